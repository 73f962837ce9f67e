"""Feeds as their publishers wrote them earlier and later, and what must never become a figure."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from apps.catalog.feeds import read_feed
from apps.catalog.fields import read_tiers
from apps.catalog.importers.records import LeftOut, Problem, Record, target_of
from apps.catalog.observations import Refused
from tests.catalog.test_importers import GENAI, LITELLM, MODELSDEV, OPENROUTER, as_json, openrouter, read


def litellm(**changes: Any) -> Any:
    return read("litellm", as_json({"gpt-9": LITELLM | changes}))[0]


def modelsdev(**changes: Any) -> Any:
    data = {"mistral": {"name": "Mistral", "models": {"m": MODELSDEV | changes}}}
    return read("modelsdev", as_json(data))[0]


@pytest.mark.parametrize(("day", "price"), [(date(2026, 3, 12), "4"), (date(2026, 3, 13), "3")])
def test_genai_prices_that_begin_later_are_not_yet_the_price(day: date, price: str) -> None:
    (found,) = read_feed("genai-prices", GENAI, day).records

    assert found.offer["input_price"] == price


def test_litellm_prices_in_ranges_are_the_usual_ones_and_those_of_long_inputs() -> None:
    ranges = [
        {"range": [256000.0, 1000000.0], "input_cost_per_token": 2.5e-07, "output_cost_per_token": 2e-06},
        {"range": [0, 256000.0], "input_cost_per_token": 5e-08, "output_cost_per_token": 4e-07},
    ]
    item = {name: value for name, value in LITELLM.items() if "_cost_" not in name}

    (found,) = read("litellm", as_json({"qwen": item | {"tiered_pricing": ranges}}))

    assert Decimal(found.offer["input_price"]) == Decimal("0.05")
    assert Decimal(found.offer["output_price"]) == Decimal("0.4")
    assert read_tiers(found.offer["price_tiers"]) == [{"above": 256000, "input": "0.25", "output": "2"}]


def test_litellm_media_are_those_listed_and_those_flagged() -> None:
    found = litellm(
        supported_modalities=["image", "code"], supported_output_modalities=["text"], supports_pdf_input=True
    )

    assert found.facts["input_modalities"] == ["text", "image", "file"]
    assert found.facts["output_modalities"] == ["text"]


def test_openrouter_overrides_for_long_prompts_build_on_each_other() -> None:
    overrides = [
        {"min_prompt_tokens": 200001, "prompt": "0.000003", "completion": "0.00001"},
        {"min_prompt_tokens": 500001, "prompt": "0.000004"},
        {"utc_start": "00:30", "utc_end": "08:30", "prompt": "0.0000001"},
    ]

    found = openrouter(pricing=OPENROUTER["pricing"] | {"overrides": overrides})

    assert read_tiers(found.offer["price_tiers"]) == [
        {"above": 200000, "input": "3", "output": "10"},
        {"above": 500000, "input": "4", "output": "10"},
    ]


def test_openrouter_modalities_in_one_word_are_read() -> None:
    found = openrouter(architecture={"modality": "text+image->text"})

    assert (found.facts["input_modalities"], found.facts["output_modalities"]) == (["text", "image"], ["text"])


def test_one_page_of_a_longer_list_is_refused_whole() -> None:
    text = as_json({"data": [OPENROUTER], "total_count": 150, "links": {"next": "/api/v1/models?offset=1"}})

    with pytest.raises(Refused, match="1 of 150 models"):
        read_feed("openrouter", text)


def test_models_without_sellers_are_refused_with_the_name_of_the_right_file() -> None:
    with pytest.raises(Refused, match=r"take its api\.json"):
        read_feed("modelsdev", as_json({"alibaba/qwen-flash": MODELSDEV}))


@pytest.mark.parametrize(
    ("changes", "pricing"),
    [
        ({"id": "a/song", "architecture": {"input_modalities": ["text"], "output_modalities": ["audio"]}}, "unknown"),
        ({"id": "a/asks", "pricing": {"prompt": "0", "completion": "0", "request": "0.01"}}, "unknown"),
        ({"id": "a/open:free"}, "free"),
        ({"id": "a/stealth"}, "free"),
    ],
)
def test_openrouter_zero_is_free_only_where_nothing_else_is_paid(changes: dict[str, Any], pricing: str) -> None:
    zero = {"pricing": {"prompt": "0", "completion": "0"}}

    assert openrouter(**zero | changes).offer == {"pricing": pricing}


@pytest.mark.parametrize(
    ("alias", "target"),
    [({"name": "X", "slug": "openai/gpt-4o-mini"}, "openai/gpt-4o-mini"), ({"slug": "~a/b-latest"}, ""), (None, "")],
)
def test_an_alias_names_its_target_where_the_feed_says_so(alias: Any, target: str) -> None:
    found = openrouter(id="~openai/gpt-mini-latest", alias_target=alias)

    assert (found.is_alias, found.target) == (True, target)


def test_a_base_model_that_is_the_alias_itself_is_no_target() -> None:
    assert target_of("m-latest", "mistral/m-latest", "mistral/m-3") == "mistral/m-3"


@pytest.mark.parametrize("prompt", ["-2", "NaN", "Infinity", "1e99999999", "0,15", "", True, [], "1" * 5000])
def test_what_is_no_price_is_refused_and_never_taken_for_a_router(prompt: Any) -> None:
    found = openrouter(pricing={"prompt": prompt, "completion": "0.000001"})

    assert isinstance(found, Problem) or found.offer["input_price"].startswith("-")


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity", "1e99999999", "-1e-99999999"])
@pytest.mark.parametrize("key", ["created", "context_length", "prompt"])
def test_a_number_out_of_this_world_costs_one_record_only(key: str, literal: str) -> None:
    item = OPENROUTER | {"id": "a/b", "pricing": {"prompt": "0.000001", "completion": "0.000001"}}
    bad = json.dumps(item).replace('"prompt": "0.000001"', f'"prompt": {literal}') if key == "prompt" else ""
    bad = bad or json.dumps(item | {key: "HERE"}).replace('"HERE"', literal)

    feed = read_feed("openrouter", f'{{"data": [{bad}, {json.dumps(OPENROUTER)}]}}')

    assert [record.model_name for record in feed.records] == ["gpt-4o-mini"]
    assert [problem.path for problem in feed.problems] == ["data[0]"]


@pytest.mark.parametrize("provider", [{}, [], 5, None])
def test_a_seller_of_another_kind_costs_one_record_only(provider: Any) -> None:
    found = read("litellm", as_json({"gpt-8": LITELLM | {"litellm_provider": provider}, "gpt-9": LITELLM}))

    assert sorted(type(item).__name__ for item in found) == ["Problem", "Record"]


def test_a_value_with_a_date_of_its_own_is_refused() -> None:
    assert isinstance(openrouter(context_length={"value": 5, "as_of": "2099-01-01"}), Problem)


@pytest.mark.parametrize("created", [1721260800000, -5, True, 17212])
def test_a_date_in_another_unit_is_refused(created: Any) -> None:
    assert isinstance(openrouter(created=created), Problem)


def test_an_end_with_a_time_of_day_is_a_day() -> None:
    assert openrouter(expiration_date="2026-06-01T00:00:00Z").facts["end_of_life"] == "2026-06-01"


@pytest.mark.parametrize("identifier", ["openai/gpt-4\u043e-mini", "\u043epenai/gpt-4o", "a/b\u0000", "a/" + "x" * 250])
def test_an_id_of_other_than_plain_letters_is_refused(identifier: str) -> None:
    found = openrouter(id=identifier)

    assert isinstance(found, Problem)
    assert found.reason.isprintable()


def test_a_second_record_of_the_same_id_is_refused() -> None:
    first, second = read("openrouter", as_json({"data": [OPENROUTER, OPENROUTER | {"context_length": 5}]}))

    assert isinstance(first, Record)
    assert second == Problem("data[1]", second.reason)
    assert "twice" in second.reason


def test_a_record_that_says_the_same_again_is_left_out() -> None:
    found = read("openrouter", as_json({"data": [OPENROUTER, OPENROUTER]}))

    assert found[1] == LeftOut("the same as an earlier record")


def test_a_key_with_two_values_is_taken_for_neither() -> None:
    one, other = json.dumps(LITELLM, default=float), json.dumps(LITELLM | {"max_input_tokens": 5}, default=float)

    found = read("litellm", f'{{"gpt-9": {one}, "gpt-9": {other}, "gpt-8": {one}, "gpt-8": {one}}}')

    assert [type(item) for item in found] == [Record, Problem]
    assert found[0].model_name == "gpt-8"


@pytest.mark.parametrize("name", ["", 5, {"en": "Shop"}, "\u0000", "x" * 300, "S\u202eT"])
def test_a_seller_with_an_impossible_name_goes_by_its_key(name: Any) -> None:
    data = {"shop": {"name": name, "models": {"m": MODELSDEV}}}

    assert read("modelsdev", as_json(data))[0].seller_name == "shop"


def test_tiers_of_something_other_than_length_are_no_price_of_long_inputs() -> None:
    tiers = [{"tier": {"type": "requests", "size": 10}, "input": 4, "output": 18}]

    assert "price_tiers" not in modelsdev(cost={"input": 2, "output": 12, "tiers": tiers}).offer


def test_modalities_that_are_no_list_are_refused() -> None:
    assert isinstance(modelsdev(modalities={"input": "text", "output": ["text"]}), Problem)


def test_a_price_of_zero_from_cache_is_one_nobody_filled_in() -> None:
    assert "cached_input_price" not in litellm(cache_read_input_token_cost=0).offer


def test_a_text_that_cannot_be_shown_is_made_so() -> None:
    found = read("modelsdev", '{"shop": {"models": {"\\ud800\\u0000": 5}}}')[0]

    assert found.path.isprintable()
    assert found.path.encode()


def test_left_out_says_why() -> None:
    assert litellm(mode="rerank") == LeftOut("not a text model")
