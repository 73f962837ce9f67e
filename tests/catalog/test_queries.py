from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import Team
from apps.catalog.models import Offer
from apps.catalog.queries import (
    Candidate,
    facts_for_questionnaire,
    fallback,
    monthly_cost,
    shortlist,
    suggested_successor,
    usable_models,
)
from tests.factories.accounts import make_team
from tests.factories.catalog import (
    AS_OF,
    make_approved_model,
    make_fact,
    make_model,
    make_offer,
)

TODAY = timezone.localdate()


def short(needs: dict[str, Any], *numbers: int, team: Team | None = None) -> list[Candidate]:
    return shortlist(usable_models(team, TODAY), needs, *numbers)


def offer(**fields: Any) -> Offer:
    prices = {"input_price": Decimal("0.15"), "output_price": Decimal("0.60"), "pricing": "metered"}
    return Offer(**prices | fields)


@pytest.mark.parametrize(
    ("kind", "options", "cost"),
    [
        (offer(), {}, "0.45"),
        (offer(cached_input_price=Decimal("0.075")), {"cached_share": 1}, "0.375"),
        (offer(cached_input_price=Decimal("0.075")), {"cached_share": Decimal("0.5")}, "0.4125"),
        (offer(), {"cached_share": 1}, "0.45"),
        (offer(batch_input_price=Decimal("0.075"), batch_output_price=Decimal("0.3")), {"batch": True}, "0.225"),
        (offer(), {"batch": True}, None),
        (offer(output_price=None), {}, None),
        (offer(pricing="free", input_price=None, output_price=None), {}, "0"),
        (offer(pricing="included", input_price=None, output_price=None), {}, None),
        (offer(pricing="unknown", input_price=None, output_price=None), {}, None),
        (None, {}, None),
    ],
)
def test_monthly_cost_by_kind_of_price(kind: Offer | None, options: dict[str, Any], cost: str | None) -> None:
    found = monthly_cost(kind, 1000, 1000, 500, **options)

    assert found == (None if cost is None else Decimal(cost))


@pytest.mark.django_db
def test_shortlist_is_usable_models_that_meet_every_need_cheapest_first() -> None:
    for slug, price, fields in [
        ("a/dear", "9", {"tools": True}),
        ("b/cheap", "1", {"tools": True}),
        ("c/none", None, {"tools": True}),
        ("d/lacks", "1", {"tools": None}),
    ]:
        make_offer(model=make_approved_model(slug=slug, **fields), input_price=price, output_price=price)
    make_offer(model=make_model(slug="e/unreviewed", tools=True))

    found = short({"tools": True, "input_modalities": ["text"]}, 1000, 500, 100)

    assert [candidate.model.slug for candidate in found] == ["b/cheap", "a/dear", "c/none"]
    assert found[0].monthly_cost == Decimal("0.15")
    assert set(found[0].meets) == {"tools", "input_modalities", "context_window"}


@pytest.mark.django_db
def test_shortlist_needs_room_for_the_tokens() -> None:
    make_offer(model=make_approved_model(context_window=1000))

    assert short({}, 900, 200, 1) == []
    assert len(short({}, 900, 100, 1)) == 1


@pytest.mark.django_db
def test_shortlist_offers_restricted_models_to_their_team_only() -> None:
    team = make_team()
    make_approved_model(teams=[team])

    assert len(short({}, 1, 1, 1, team=team)) == 1
    assert short({}, 1, 1, 1, team=make_team()) == []
    assert short({}, 1, 1, 1) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"approval_expires": TODAY - timedelta(days=1)},
        {"lifecycle": "gone"},
        {"listed": False},
        {"approval": "blocked"},
    ],
)
def test_shortlist_leaves_out_what_may_not_be_used(fields: dict[str, Any]) -> None:
    make_approved_model(**fields)

    assert short({}, 1, 1, 1) == []


@pytest.mark.django_db
def test_shortlist_refuses_a_need_it_cannot_judge() -> None:
    make_approved_model()

    with pytest.raises(KeyError):
        short({"telepathy": True}, 1, 1, 1)


@pytest.mark.django_db
def test_fallback_is_the_cheapest_of_another_provider() -> None:
    for slug, price in [("a/one", "1"), ("a/two", "2"), ("b/three", "3")]:
        make_offer(model=make_approved_model(slug=slug), input_price=price)
    found = short({}, 1000, 1000, 1000)

    other = fallback(found, found[0])

    assert other is not None
    assert other.model.slug == "b/three"
    assert fallback(found[:2], found[0]) is None


@pytest.mark.django_db
def test_shortlist_takes_the_same_queries_for_many_models(django_assert_num_queries: Any) -> None:
    for _ in range(20):
        make_offer(model=make_approved_model())

    with django_assert_num_queries(3):
        short({}, 1, 1, 1)


@pytest.mark.django_db
def test_facts_for_a_questionnaire_name_source_and_day() -> None:
    model = make_approved_model(tools=True, data_checked=date(2026, 3, 19))
    make_offer(model=model)
    make_fact(model=model, field="tools", value=True)

    facts = facts_for_questionnaire(model, today=date(2026, 4, 1))

    assert {name: fact["value"] for name, fact in facts.items()} == {
        "approval": "approved",
        "staleness": "fresh",
        "lifecycle": "active",
        "context_band": "standard",
        "price_band": "cost_efficient",
        "tools": "yes",
    }
    assert facts["tools"]["as_of"] == AS_OF
    assert all(fact["source"] for fact in facts.values())


@pytest.mark.django_db
def test_facts_for_a_questionnaire_know_old_data_and_expired_approvals() -> None:
    model = make_approved_model(data_checked=date(2025, 1, 1), approval_expires=date(2026, 1, 1))

    facts = facts_for_questionnaire(model, today=date(2026, 1, 2))

    assert (facts["staleness"]["value"], facts["approval"]["value"]) == ("stale", "unreviewed")
    assert "price_band" not in facts


def offered(slug: str, price: str, **fields: Any) -> Any:
    return make_offer(model=make_model(slug=slug, **fields), input_price=price).model


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("price", "fields"),
    [
        ("2.6", {}),
        ("1.2", {"context_window": 100_000}),
        ("1.2", {"context_window": 300_000, "input_modalities": ["text"]}),
        ("1.2", {"context_window": 300_000, "tools": None}),
        ("1.2", {"context_window": 300_000, "lifecycle": "gone"}),
        ("1.2", {"context_window": 300_000, "approval": "blocked", "approval_at": timezone.now()}),
    ],
)
def test_successor_must_not_be_worse_in_anything(price: str, fields: dict[str, Any]) -> None:
    media = {"input_modalities": ["text", "image"], "tools": True, "context_window": 300_000}
    ending = offered("a/ending", "1", **media)
    offered("a/worse", price, **media | fields)

    assert suggested_successor(ending) is None


@pytest.mark.django_db
def test_successor_is_the_nearest_in_price_and_an_approved_one_first() -> None:
    ending = offered("a/ending", "1")
    nearest = offered("a/near", "1.2")
    offered("a/far", "2")
    assert suggested_successor(ending) == nearest

    approved = offered("a/approved", "2.2", approval="approved", approval_at=timezone.now())

    assert suggested_successor(ending) == approved
