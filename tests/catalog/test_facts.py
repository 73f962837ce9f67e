from datetime import date, timedelta
from decimal import Decimal

import pytest

from apps.catalog.facts import store
from apps.catalog.models import Fact, Lifecycle, Model, Offer, Pricing
from tests.factories.catalog import AS_OF, make_known_model, make_observation, make_source, metered

pytestmark = pytest.mark.django_db
LATER = AS_OF + timedelta(days=30)


def test_storing_the_same_again_changes_nothing() -> None:
    model = make_known_model(facts={"tools": True}, offers={"maker": metered("1", "2")})
    before = Model.objects.get(pk=model.pk).updated_at

    stored = store(
        [make_observation(facts={"tools": True}, offers={"maker": metered("1", "2")})], make_source(key="list")
    )

    assert not stored.anything_new
    assert stored.confirmed == 4
    assert Model.objects.get(pk=model.pk).updated_at == before


def test_a_changed_value_keeps_the_old_one_as_history() -> None:
    make_known_model(offers={"maker": metered("1", "2")})

    store([make_observation(as_of=LATER, offers={"maker": metered("0.5", "2")})], make_source(key="list"))

    prices = Fact.objects.filter(field="input_price").order_by("since")
    assert [(fact.value, fact.since, fact.superseded_on) for fact in prices] == [
        ("1", AS_OF, LATER),
        ("0.5", LATER, None),
    ]
    assert Offer.objects.get().input_price == Decimal("0.5")


def test_a_confirmed_value_moves_its_day_but_not_its_beginning() -> None:
    make_known_model(facts={"tools": True})

    store([make_observation(as_of=LATER, facts={"tools": True})], make_source(key="list"))

    fact = Fact.objects.get()
    assert (fact.since, fact.as_of) == (AS_OF, LATER)


def test_an_older_record_does_not_turn_back_the_clock() -> None:
    make_known_model(as_of=LATER, facts={"max_output": 2000})

    stored = store([make_observation(facts={"max_output": 1000})], make_source(key="list"))

    assert stored.outdated == 1
    assert Model.objects.get().max_output == 2000


def test_what_a_source_no_longer_says_is_withdrawn() -> None:
    make_known_model(facts={"tools": True, "max_output": 1000})

    store([make_observation(as_of=LATER, facts={"tools": True})], make_source(key="list"))

    assert Model.objects.get().max_output is None
    assert Fact.objects.get(field="max_output").superseded_on == LATER


def test_where_sources_differ_the_trusted_one_is_gone_by_and_both_are_kept() -> None:
    make_known_model(source="newer", rank=30, as_of=LATER, facts={"context_window": 1000})
    make_known_model(source="trusted", rank=10, facts={"context_window": 2000})

    assert Model.objects.get().context_window == 2000
    assert Fact.objects.current().filter(field="context_window").count() == 2


def test_prices_come_from_one_source_as_a_set() -> None:
    make_known_model(source="trusted", rank=10, offers={"maker": {"pricing": "free"}})
    make_known_model(source="other", rank=30, offers={"maker": metered("1", "2")})

    offer = Offer.objects.get()

    assert (offer.pricing, offer.input_price, offer.output_price) == (Pricing.FREE, None, None)


@pytest.mark.parametrize(("input_price", "known"), [("1", True), ("0.5", False)])
def test_a_discount_counts_only_off_the_price_it_was_stated_with(input_price: str, known: bool) -> None:
    make_known_model(source="trusted", rank=10, offers={"maker": metered("1", "2")})
    discounts = {"cached_input_price": "0.1", "batch_output_price": "0.8"}
    make_known_model(source="other", rank=30, offers={"maker": metered(input_price, "2", **discounts)})

    offer = Offer.objects.get()

    assert (offer.cached_input_price is not None, offer.batch_output_price is not None) == (known, known)


def test_the_makers_own_price_leads_over_a_cheaper_one() -> None:
    make_known_model(offers={"reseller": metered("0.1", "0.2"), "maker": metered("1", "2")})

    assert Offer.objects.get(leading=True).provider.key == "maker"


def test_without_an_own_price_the_cheapest_leads() -> None:
    offers = {"dear": metered("3", "4"), "cheap": metered("1", "2"), "maker": {"pricing": "unknown"}}

    make_known_model(offers=offers)

    assert Offer.objects.get(leading=True).provider.key == "cheap"


def test_data_checked_is_the_oldest_of_the_leading_figures() -> None:
    old = {"value": 128_000, "as_of": date(2026, 3, 19)}
    make_known_model(facts={"context_window": old, "tools": True}, offers={"maker": metered("1", "2")})

    assert Model.objects.get().data_checked == date(2026, 3, 19)


@pytest.mark.parametrize("facts", [{"deprecated": True}, {"end_of_life": "2027-01-01"}])
def test_an_announced_end_is_a_state(facts: dict[str, object]) -> None:
    assert make_known_model(facts=facts).lifecycle == Lifecycle.DEPRECATED


def test_storing_takes_the_same_queries_for_many_models(django_assert_max_num_queries: object) -> None:
    seen = [make_observation(slug=f"maker/model-{n}", offers={"maker": metered("1", "2")}) for n in range(50)]
    source = make_source(key="list")

    with django_assert_max_num_queries(18):  # type: ignore[operator]
        store(seen, source)

    assert Offer.objects.filter(leading=True).count() == 50


def test_of_equally_trusted_sources_the_one_that_confirms_last_is_gone_by() -> None:
    make_known_model(source="one", as_of=AS_OF, facts={"context_window": 1000})
    make_known_model(source="two", as_of=AS_OF + timedelta(days=1), facts={"context_window": 2000})
    assert Model.objects.get().context_window == 2000

    make_known_model(source="one", as_of=LATER, facts={"context_window": 1000})

    assert Model.objects.get().context_window == 1000


def test_what_is_only_confirmed_is_checked_on_the_new_day() -> None:
    model = make_known_model(facts={"context_window": 1000}, offers={"maker": metered("1", "2")})

    make_known_model(as_of=LATER, facts={"context_window": 1000}, offers={"maker": metered("1", "2")})

    after = Model.objects.get()
    assert after.data_checked == LATER
    assert after.updated_at > model.updated_at


def test_a_new_offer_takes_the_lead_from_an_older_one() -> None:
    make_known_model(source="shop", offers={"reseller": metered("1", "2")})

    make_known_model(source="list", offers={"maker": metered("3", "4")})

    assert list(Offer.objects.filter(leading=True).values_list("provider__key", flat=True)) == ["maker"]
    assert Offer.objects.count() == 2


def test_an_admins_choice_of_a_source_survives_its_next_value() -> None:
    make_known_model(source="trusted", rank=10, facts={"context_window": 1000})
    make_known_model(source="other", rank=30, facts={"context_window": 2000})
    Fact.objects.filter(source__key="other").update(preferred=True)

    make_known_model(source="other", rank=30, as_of=LATER, facts={"context_window": 3000})

    assert Model.objects.get().context_window == 3000
    assert Fact.objects.current().get(source__key="other").preferred


def test_confirming_takes_the_same_queries_for_many_models(django_assert_max_num_queries: object) -> None:
    seen = [make_observation(slug=f"maker/model-{n}", offers={"maker": metered("1", "2")}) for n in range(50)]
    source = make_source(key="list")
    store(seen, source)
    later = [make_observation(slug=o.slug, as_of=LATER, offers={"maker": metered("1", "2")}) for o in seen]

    with django_assert_max_num_queries(12):  # type: ignore[operator]
        store(later, source)

    assert set(Fact.objects.values_list("as_of", flat=True)) == {LATER}
