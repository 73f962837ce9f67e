from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.catalog.index import FACETS, Selection, build_index, current_index
from apps.catalog.models import Model
from tests.factories.catalog import make_approved_model, make_model, make_offer, make_provider

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def found(*words: str, sort: str = "name", **ticked: tuple[str, ...]) -> list[str]:
    keys = build_index(with_unlisted=False, today=TODAY).find(Selection(words, ticked, sort)).keys()
    names = Model.objects.in_bulk(keys)
    return [names[key].slug for key in keys]


def counts(facet: str, **ticked: tuple[str, ...]) -> dict[str, int]:
    index = build_index(with_unlisted=False, today=TODAY)
    wanted = next(f for f in FACETS if f.key == facet)
    return {option.value: option.models for option in index.find(Selection(ticked=ticked)).options(wanted)}


def test_search_needs_every_word_in_name_id_or_provider() -> None:
    make_model(slug="acme/small", name="Small", provider=make_provider(key="acme", name="Acme Labs"))
    make_model(slug="acme/large", name="Large")

    assert found("labs", "small") == ["acme/small"]
    assert found("small", "large") == []


@pytest.mark.parametrize("typed", ["gpt4o", "gpt-4o", "gpt 4o mini", "gpt4omini", "openai/gpt-4o", "GPT4o", "4o_mini"])
def test_search_ignores_signs_and_spaces(typed: str) -> None:
    make_model(slug="openai/gpt-4o-mini", name="GPT-4o mini")
    make_model(slug="openai/gpt-5", name="GPT-5")

    assert found(*typed.lower().split()) == ["openai/gpt-4o-mini"]


@pytest.mark.parametrize("typed", ["aione", "--", "o4", "4omini5"])
def test_search_without_signs_stays_within_one_name(typed: str) -> None:
    make_model(slug="openai/one", name="GPT-4o")

    assert found(typed) == []


def test_values_of_one_facet_add_up_and_facets_narrow() -> None:
    for slug, tokens in [("a/standard", 100_000), ("a/long", 300_000), ("b/ultra", 1_000_000)]:
        make_model(slug=slug, context_window=tokens)

    assert found(context=("long", "ultra_long")) == ["a/long", "b/ultra"]
    assert found(context=("long", "ultra_long"), provider=("a",)) == ["a/long"]


def test_capabilities_must_all_be_there() -> None:
    make_model(slug="a/both", tools=True, reasoning=True)
    make_model(slug="a/one", tools=True, reasoning=None)

    assert found(capability=("tools", "reasoning")) == ["a/both"]


@pytest.mark.parametrize(
    ("facet", "value", "fields"),
    [
        ("modality", "reads-image", {"input_modalities": ["text", "image"]}),
        ("modality", "makes-audio", {"output_modalities": ["audio"]}),
        ("weights", "open", {"open_weights": True}),
        ("lifecycle", "deprecated", {"lifecycle": "deprecated"}),
        ("checked", "stale", {"data_checked": TODAY - timedelta(days=400)}),
        ("parameter", "seed", {"parameters": ["seed"]}),
        ("capability", "low_latency", {"latency": "low"}),
    ],
)
def test_each_facet_finds_what_it_says(facet: str, value: str, fields: dict[str, Any]) -> None:
    make_model(slug="a/other")
    make_model(slug="a/wanted", **fields)

    assert found(**{facet: (value,)}) == ["a/wanted"]


def test_free_and_unknown_prices_are_no_band() -> None:
    make_offer(model=make_model(slug="a/cheap"), input_price="0.1")
    make_offer(model=make_model(slug="a/free"), input_price=None, output_price=None, pricing="free")
    make_model(slug="a/unknown")

    assert counts("price") == {"cost_efficient": 1, "free": 1, "unknown": 1}


def test_an_expired_approval_counts_as_unreviewed() -> None:
    make_approved_model(slug="a/expired", approval_expires=TODAY - timedelta(days=1))
    make_approved_model(slug="a/valid", approval_expires=TODAY)

    assert found(approval=("approved",)) == ["a/valid"]


def test_counts_ignore_the_own_facet_and_follow_the_others() -> None:
    make_model(slug="a/one", context_window=100_000, tools=True)
    make_model(slug="a/two", context_window=300_000, tools=True)
    make_model(slug="b/three", context_window=300_000)

    assert counts("context", context=("long",), capability=("tools",)) == {"long": 1, "standard": 1}


def test_sorting_puts_what_is_not_known_last() -> None:
    make_offer(model=make_model(slug="a/dear"), input_price="9")
    make_offer(model=make_model(slug="a/cheap"), input_price="1")
    make_model(slug="a/unknown")

    assert found(sort="cheapest") == ["a/cheap", "a/dear", "a/unknown"]


def test_unlisted_models_are_only_for_admins() -> None:
    make_model(slug="a/hidden", listed=False)

    assert len(build_index(with_unlisted=False, today=TODAY).rows) == 0
    assert len(build_index(with_unlisted=True, today=TODAY).rows) == 1


def test_the_cached_index_follows_changes(django_assert_num_queries: Any) -> None:
    make_model(slug="a/one")
    first = current_index(with_unlisted=False, today=TODAY)
    with django_assert_num_queries(2):
        assert current_index(with_unlisted=False, today=TODAY) is first

    make_offer(model=make_model(slug="a/two"))

    with django_assert_num_queries(4):
        assert len(current_index(with_unlisted=False, today=TODAY).rows) == 2
