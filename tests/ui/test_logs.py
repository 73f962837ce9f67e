"""What the log says of requests that went wrong."""

import logging
import sys
from collections.abc import Iterator

import pytest
from django.test import Client

from apps.dashboard import queries
from apps.ui.logs import OneLineFormatter

pytestmark = pytest.mark.django_db
ANSWER = "what-the-team-typed"
MULTIPART = b'--x\r\nContent-Disposition: form-data; name="username"\r\n\r\n%s\xff\r\n--x--\r\n'


class Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(OneLineFormatter())
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(self.format(record))


@pytest.fixture
def log() -> Iterator[list[str]]:
    handler = Lines()
    logging.getLogger().addHandler(handler)
    yield handler.texts
    logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (f"username={ANSWER}&a={'x' * 3_000_000}".encode(), "application/x-www-form-urlencoded"),
        (f"username={ANSWER}".encode() + b"&a=1" * 1001, "application/x-www-form-urlencoded"),
        (f"username={ANSWER}%FF".encode(), "application/x-www-form-urlencoded"),
        (f"username={ANSWER}".encode(), "application/x-www-form-urlencoded; charset=utf-16"),
        (MULTIPART % ANSWER.encode(), "multipart/form-data; boundary=x"),
    ],
    ids=["too large", "too many fields", "no UTF-8", "other charset", "damaged multipart"],
)
def test_refused_post_is_one_line_without_what_was_typed(log: list[str], data: bytes, content_type: str) -> None:
    Client(raise_request_exception=False).post("/account/sign-in/", data, content_type=content_type)

    (line,) = log
    assert "\n" not in line
    assert ANSWER not in line


def test_unknown_host_is_one_line(log: list[str]) -> None:
    assert Client().get("/", headers={"Host": "elsewhere.example"}).status_code == 400

    assert [line.count("\n") for line in log] == [0]


def test_fault_of_ours_keeps_its_traceback(log: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise ValueError("broken")

    monkeypatch.setattr(queries, "start_url", fail)
    Client(raise_request_exception=False).get("/")

    assert "ValueError: broken" in log[-1]


def test_message_cannot_forge_a_line_even_with_a_traceback() -> None:
    try:
        raise ValueError("broken")
    except ValueError:
        record = logging.LogRecord("name", logging.ERROR, "", 0, "one\ntwo", None, sys.exc_info())

    first, *rest = OneLineFormatter().format(record).splitlines()

    assert first.endswith("one\\x0atwo")
    assert rest[0].startswith("Traceback")
