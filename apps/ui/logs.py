"""One log record, one line: control characters from requests cannot forge entries."""

import logging


class OneLineFormatter(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        message = super().format(record)
        if record.exc_info:
            return message
        return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in message)
