"""The same document is the same bytes."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from apps.scoring import canonical_bytes, content_hash, plain_decimal


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
