"""Prices that rise with the length of the input: read strictly, shown, and used for what a month costs."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from apps.catalog.fields import Unreadable, read_tiers
from apps.catalog.forms import TiersField
from apps.catalog.models import Model, Offer, Pricing
from apps.catalog.queries import monthly_cost
from apps.catalog.tiers import show_tiers, tier_for, write_tier
from tests.factories.catalog import make_approved_model, make_known_model, make_offer, metered

LONG = {"above": 200_000, "input": "4", "output": "18"}
LONGER = {"above": 400_000, "input": "8"}


def offer(**changes: Any) -> Offer:
    values = {
        "pricing": Pricing.METERED,
        "input_price": Decimal(2),
        "output_price": Decimal(12),
        "cached_input_price": Decimal("0.2"),
        "batch_input_price": Decimal(1),
        "batch_output_price": Decimal(6),
        "price_tiers": [LONG],
    }
    return Offer(**values | changes)


@pytest.mark.parametrize(
    ("tokens", "expected"), [(0, None), (200_000, None), (200_001, LONG), (400_000, LONG), (400_001, LONGER)]
)
def test_the_tier_is_the_highest_the_input_exceeds(tokens: int, expected: Any) -> None:
    assert tier_for([LONG, LONGER], tokens) == expected
    assert tier_for([LONGER, LONG], tokens) == expected


@pytest.mark.parametrize(
    ("tokens", "options", "changes", "cost"),
    [
        (200_000, {}, {}, "412.00"),  # 1,000 requests: 0.2M in at $2, 1,000 out at $12
        (300_000, {}, {}, "1218.00"),  # 0.3M in at $4, 1,000 out at $18
        (300_000, {}, {"price_tiers": [{"above": 200_000, "input": "4"}]}, "1212.00"),  # output stays
        (300_000, {"cached_share": 1}, {}, "1218.00"),  # no discount is stated for long inputs
        (300_000, {"cached_share": 1}, {"price_tiers": [LONG | {"cached_input": "0.4"}]}, "138.00"),
        (200_000, {"cached_share": 1}, {}, "52.00"),
        (200_000, {"batch": True}, {}, "206.00"),
        (300_000, {"batch": True}, {}, None),
    ],
)
def test_monthly_cost_of_long_inputs(
    tokens: int, options: dict[str, Any], changes: dict[str, Any], cost: str | None
) -> None:
    found = monthly_cost(offer(**changes), 1000, tokens, 1000, **options)

    assert found == (None if cost is None else Decimal(cost))


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        ["4"],
        [{"above": 200_000}],
        [{"input": "4", "output": "18"}],
        [{"above": 0, "input": "4"}],
        [{"above": True, "input": "4"}],
        [{"above": 200_000, "input": "-4"}],
        [{"above": 200_000, "input": 4.0}],
        [{"above": 200_000, "input": "4", "sound": "1"}],
        [{"above": number, "input": "4"} for number in range(1, 12)],
    ],
)
def test_tiers_that_make_no_sense_are_refused(value: Any) -> None:
    with pytest.raises(Unreadable):
        read_tiers(value)


def test_tiers_are_stored_from_the_lowest_on_with_exact_prices() -> None:
    stored = read_tiers([LONGER, LONG | {"input": Decimal("4.10")}])

    assert stored == [LONG | {"input": "4.1"}, LONGER]
    assert show_tiers(stored[:1]) == "above 200,000 tokens in: $4.10 in, $18.00 out per 1M tokens"


@pytest.mark.django_db
def test_tiers_come_with_the_price_list_they_belong_to() -> None:
    make_known_model(source="first", rank=10, offers={"maker": metered("2", "12")})
    model = make_known_model(source="second", rank=20, offers={"maker": metered("3", "13", price_tiers=[LONG])})

    assert model.offers.get().price_tiers == []


@pytest.mark.django_db
def test_profile_and_cost_page_show_the_prices_of_long_inputs(client: Client) -> None:
    known = make_known_model(offers={"maker": metered("2", "12", price_tiers=[LONG])})
    approved = make_approved_model()
    make_offer(model=approved, input_price="2", output_price="12", price_tiers=[LONG])

    profile = client.get(known.get_absolute_url()).content.decode()
    work = "requests=1000&tokens_in=300000&tokens_out=500&cached=0"
    long = client.get(f"/catalog/cost/?model={approved.slug}&{work}").content.decode()
    short = client.get(f"/catalog/cost/?model={approved.slug}&{work.replace('300000', '1000')}").content.decode()

    assert Model.objects.get(pk=known.pk).offers.get().price_tiers == [LONG]
    assert "above 200,000 tokens in: $4.00 in, $18.00 out" in profile
    assert "above 200k</span>" in long
    assert "$4.00" in long
    assert "$18.00" in long
    assert "above 200k</span>" not in short
    assert "$4.00" not in short


LINES = "above 200000: 4 in, 18 out, 0.4 cached in\nabove 400000: 8 in"
TYPED = [{"above": 200000, "input": "4", "output": "18", "cached_input": "0.4"}, {"above": 400000, "input": "8"}]


def test_tiers_are_written_as_they_are_read() -> None:
    assert "\n".join(map(write_tier, TYPED)) == LINES
    assert TiersField(required=False).clean(f"  {LINES}\n\n") == TYPED
    assert TiersField(required=False).clean("above 200,000: $4 in,18 out") == [
        {"above": 200000, "input": "4", "output": "18"}
    ]
    assert TiersField(required=False).clean(" ") == []


@pytest.mark.parametrize(
    "line",
    [
        "4", "above: 4 in", "above x: 4 in", "above 200000", "above 200000: 4", "above 200000: -4 in", "above 0: 4 in",
        "above 200000: four in", "above 200000: 4 sideways", "above ٢: 4 in, 4", "above 99999999999999999999: 4 in",
    ],
)  # fmt: skip
def test_a_line_that_is_no_tier_is_refused(line: str) -> None:
    with pytest.raises(ValidationError):
        TiersField(required=False).clean(line)
