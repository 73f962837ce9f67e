from datetime import date
from typing import Any

import pytest

from apps.catalog.observations import Refused, read_observation

DAY = date(2026, 5, 1)


def read(**changes: Any) -> Any:
    values: dict[str, Any] = {"slug": "maker/one", "name": "One", "provider": "maker", "raw": {}, "path": "m[0]"}
    return read_observation(source="list", as_of=DAY, **values | changes)


def test_a_value_may_carry_its_own_day_and_address() -> None:
    raw = {"facts": {"tools": {"value": True, "as_of": "2026-03-19", "url": "https://example.com/a"}}}

    stated = read(raw=raw).facts["tools"]

    assert (stated.value, stated.as_of, stated.url) == (True, date(2026, 3, 19), "https://example.com/a")


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"slug": "no maker"}, "m[0].id"),
        ({"slug": "a/" + "b" * 200}, "m[0].id"),
        ({"slug": None}, "m[0].id"),
        ({"provider": "Maker Ltd"}, "m[0].provider"),
        ({"name": ""}, "m[0].name"),
        ({"name": "a\x00b"}, "m[0].name"),
        ({"raw": []}, "m[0]"),
        ({"raw": {"fact": {}}}, "m[0]"),
        ({"raw": {"facts": {"weight": 3}}}, "m[0].facts.weight"),
        ({"raw": {"facts": {"tools": "yes"}}}, "m[0].facts.tools"),
        ({"raw": {"facts": {"tools": {"value": True, "url": "http://example.com"}}}}, "m[0].facts.tools"),
        ({"raw": {"offers": {"maker": {"input_price": "1"}}}}, "m[0].offers.maker.pricing"),
        ({"raw": {"offers": {"maker": {"pricing": "metered"}}}}, "m[0].offers.maker.input_price"),
        ({"raw": {"offers": {"maker": {"pricing": "free", "input_price": "1"}}}}, "m[0].offers.maker"),
        ({"raw": {"offers": {"maker": {"pricing": "metered", "input_price": "-1"}}}}, "m[0].offers.maker.input_price"),
    ],
)
def test_a_broken_record_is_refused_with_its_place(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(Refused) as refused:
        read(**changes)

    assert path in [problem.path for problem in refused.value.problems]


def test_all_problems_of_a_record_are_given_at_once() -> None:
    with pytest.raises(Refused) as refused:
        read(name="", raw={"facts": {"tools": 1, "max_output": 0}})

    assert len(refused.value.problems) == 3
