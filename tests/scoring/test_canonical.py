"""The same document is the same bytes."""

import time
import unicodedata
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis.strategies import lists, sampled_from

from apps.scoring import canonical_bytes, content_hash, plain_decimal
from apps.scoring.canonical import nfc


def test_canonical_bytes_are_sorted_compact_and_composed() -> None:
    value = {"b": [1, True, None, Decimal("1.50")], "a": "Zoe\u0308", "d": date(2026, 1, 2), "f": 12.5}

    assert canonical_bytes(value).decode() == '{"a":"Zoë","b":[1,true,null,"1.5"],"d":"2026-01-02","f":"12.5"}'


@pytest.mark.parametrize(
    ("number", "plain"), [("1.50", "1.5"), ("1E+2", "100"), ("-0", "0"), ("-0.00", "0"), ("0.1", "0.1"), ("10", "10")]
)
def test_decimal_is_written_plainly(number: str, plain: str) -> None:
    assert plain_decimal(Decimal(number)) == plain


def nested(depth: int) -> list[object]:
    value: list[object] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        {1: "x"},
        {"e\u0301": 1, "é": 2},
        object(),
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        datetime(2026, 1, 1),  # noqa: DTZ001
        nested(100),
        "\ud800",
        {"x"},
    ],
)
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        canonical_bytes(value)


def test_hash_does_not_depend_on_the_order_of_keys() -> None:
    assert content_hash({"a": 1, "b": 2}) == content_hash({"b": 2, "a": 1})


MARKS = [chr(code) for code in range(0x110000) if unicodedata.combining(chr(code)) or chr(code) in "\u0f73\u0f75\u0f81"]
LETTERS = [*"ae\u00e9\u1ec7\u1f84\uac00\u1100\u1161\u11a8", "\u0f40", "\U0001d15e", "\u2126", "\ufb2c"]


@settings(max_examples=500)
@given(lists(sampled_from(MARKS) | sampled_from(LETTERS), max_size=30).map("".join))
def test_letters_and_marks_come_out_as_unicode_says(text: str) -> None:
    assert nfc(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("unit", ["\u0315\u0300", "\u0f73", "\u0f81\u0300", "\u00e9\u0315\u0300", "\u0344\u0315"])
def test_marks_without_end_take_bounded_time(unit: str) -> None:
    started = time.process_time()

    nfc(unit * (400_000 // len(unit)))

    assert time.process_time() - started < 5
