"""One log record, one line: control characters from requests cannot forge entries."""

import copy
import logging


class OneLineFormatter(logging.Formatter):
    """Only faults of ours are followed by their traceback."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return super().format(without_traceback(record) if is_refusal(record) else record)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (the name is theirs)
        message = super().formatMessage(record)
        return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in message)


def is_refusal(record: logging.LogRecord) -> bool:
    """The request was at fault. Django tells the status of the answer with the record."""
    return 400 <= getattr(record, "status_code", 0) < 500


def without_traceback(record: logging.LogRecord) -> logging.LogRecord:
    """Other handlers get the record too, so it is left as it is."""
    brief = copy.copy(record)
    brief.exc_info = brief.exc_text = None
    return brief
