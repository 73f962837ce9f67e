"""Each format: one small feed as its publisher writes it, and the ways it can be broken."""

import json
from decimal import Decimal
from typing import Any

import pytest

from apps.catalog.feeds import read_feed
from apps.catalog.fields import read_tiers
from apps.catalog.importers import FORMATS
from apps.catalog.importers.records import LeftOut, Record, is_alias
from apps.catalog.observations import Problem, Refused
from tests.factories.catalog import AS_OF

OPENROUTER = {
    "id": "openai/gpt-4o-mini",
    "name": "OpenAI: GPT-4o-mini",
    "created": 1721260800,
    "context_length": 128000,
    "architecture": {"input_modalities": ["text", "image", "file"], "output_modalities": ["text"]},
    "pricing": {"prompt": "0.00000015", "completion": "0.0000006", "input_cache_read": "0.000000075"},
    "top_provider": {"max_completion_tokens": 16384},
    "supported_parameters": ["max_tokens", "tools"],
    "knowledge_cutoff": "2023-10-31",
    "expiration_date": None,
}
MODELSDEV = {
    "id": "mistral-small",
    "name": "Mistral Small",
    "release_date": "2026-03-16",
    "reasoning": False,
    "tool_call": True,
    "open_weights": True,
    "cost": {"input": Decimal("0.15"), "output": Decimal("0.6")},
    "limit": {"context": 256000, "input": 200000, "output": 0},
    "modalities": {"input": ["text", "pdf"], "output": ["text"]},
}
LITELLM = {
    "litellm_provider": "openai",
    "mode": "chat",
    "input_cost_per_token": Decimal("1.5e-07"),
    "output_cost_per_token": Decimal("6e-07"),
    "input_cost_per_token_batches": Decimal("7.5e-08"),
    "max_input_tokens": 128000,
    "supports_vision": True,
    "deprecation_date": "2027-01-01",
}
GENAI = """
providers: list[Provider] = [
    Provider(id='openai', name='OpenAI', models=[
        ModelInfo(id='gpt-9', match=ClauseEquals(equals='gpt-9'), context_window=1000, prices=[
            ConditionalPrice(prices=ModelPrice(input_mtok=Decimal('4'), output_mtok=Decimal('8'))),
            ConditionalPrice(constraint=StartDateConstraint(start_date=datetime.date(2026, 3, 13)),
                prices=ModelPrice(input_mtok=TieredPrices(base=Decimal('3'), tiers=[Tier(start=9, price=Decimal('5'))]),
                    output_mtok=Decimal('6'))),
            ConditionalPrice(constraint=TimeOfDateConstraint(start_time=datetime.time(1)),
                prices=ModelPrice(input_mtok=Decimal('1')))],
            price_variants=[PriceVariant(when={'processing': 'batch'}, prices=ModelPrice(input_mtok=Decimal('1.5')))]),
    ]),
]
"""


def as_json(data: Any) -> str:
    return json.dumps(data, default=float)


def read(name: str, text: str) -> list[Any]:
    kind = FORMATS[name]
    return list(kind.records(kind.parse(text), AS_OF))


def openrouter(**changes: Any) -> Any:
    return read("openrouter", as_json({"data": [OPENROUTER | changes]}))[0]


def test_openrouter_gives_facts_and_exact_prices() -> None:
    found = openrouter()

    assert (found.external_id, found.maker, found.model_name, found.name) == (
        "openrouter/openai/gpt-4o-mini",
        "openai",
        "gpt-4o-mini",
        "GPT-4o-mini",
    )
    assert Decimal(found.offer["input_price"]) == Decimal("0.15")
    assert Decimal(found.offer["cached_input_price"]) == Decimal("0.075")
    assert found.facts["input_modalities"] == ["text", "image", "file"]
    assert str(found.facts["listed_on"]) == "2024-07-18"
    assert (found.facts["tools"], found.facts["reasoning"]) == (True, False)
    assert "end_of_life" not in found.facts


def test_openrouter_keeps_free_apart_from_zero() -> None:
    assert openrouter(pricing={"prompt": "0", "completion": "0"}).offer == {"pricing": "free"}


def test_openrouter_leaves_out_routers_and_marks_aliases() -> None:
    assert openrouter(pricing={"prompt": "-1", "completion": "-1"}) == LeftOut("a router without a price of its own")
    assert openrouter(id="~openai/gpt-latest").is_alias


def test_modelsdev_gives_limits_apart_and_files_for_pdf() -> None:
    data = {"mistral": {"name": "Mistral", "models": {"mistral-small": MODELSDEV}}}

    found = read("modelsdev", as_json(data))[0]

    assert (found.seller, found.maker) == ("mistralai", "mistralai")
    assert (found.facts["context_window"], found.facts["max_input"]) == (256000, 200000)
    assert "max_output" not in found.facts
    assert found.facts["input_modalities"] == ["text", "file"]


@pytest.mark.parametrize(
    ("seller", "name", "pricing"),
    [("zai-coding-plan", "glm", "included"), ("shop", "glm-free", "free"), ("shop", "glm", "unknown")],
)
def test_modelsdev_zero_is_free_included_or_unknown(seller: str, name: str, pricing: str) -> None:
    item = MODELSDEV | {"cost": {"input": 0, "output": 0}}

    found = read("modelsdev", as_json({seller: {"name": "S", "models": {name: item}}}))[0]

    assert found.offer["pricing"] == pricing


def test_modelsdev_puts_makers_before_resellers() -> None:
    shop = {"name": "S", "models": {"a": MODELSDEV}}

    found = read("modelsdev", as_json({"shop": shop, "openai": shop}))

    assert [record.seller for record in found] == ["openai", "shop"]


def test_litellm_gives_batch_prices_flags_and_end() -> None:
    found = read("litellm", as_json({"sample_spec": {}, "gpt-4o-mini": LITELLM}))

    assert len(found) == 1
    assert Decimal(found[0].offer["batch_input_price"]) == Decimal("0.075")
    assert found[0].facts["max_input"] == 128000
    assert "context_window" not in found[0].facts
    assert found[0].facts["input_modalities"] == ["text", "image"]
    assert found[0].facts["end_of_life"] == "2027-01-01"


def test_litellm_leaves_out_what_is_no_text_model() -> None:
    assert read("litellm", as_json({"x": LITELLM | {"mode": "embedding"}})) == [LeftOut("not a text model")]


def test_genai_prices_takes_the_list_in_force_from_python_without_running_it() -> None:
    found = read("genai-prices", GENAI)[0]

    assert (found.offer["input_price"], found.offer["output_price"]) == ("3", "6")
    assert found.offer["batch_input_price"] == "1.5"


TIERED = [{"above": 200000, "input": "4", "output": "18", "cached_input": "0.4"}]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (
            "modelsdev",
            {
                "cost": {
                    "input": 2,
                    "output": 12,
                    "tiers": [
                        {"tier": {"size": 200_000}, "input": 4, "output": 18, "cache_read": Decimal("0.4")},
                        {"tier": {"size": 400_000}, "input_audio": 7},
                    ],
                }
            },
        ),
        (
            "modelsdev",
            {
                "cost": {
                    "input": 2,
                    "output": 12,
                    "context_over_200k": {"input": 4, "output": 18, "cache_read": Decimal("0.4")},
                }
            },
        ),
        (
            "litellm",
            {
                "input_cost_per_token_above_200k_tokens": Decimal("4e-06"),
                "output_cost_per_token_above_200k_tokens": Decimal("18e-06"),
                "cache_read_input_token_cost_above_200k_tokens": Decimal("4e-07"),
                "input_cost_per_token_above_128k_tokens": None,
            },
        ),
        (
            "genai-prices",
            {
                "input_mtok": {"base": 2, "tiers": [{"start": 200_000, "price": 4}]},
                "output_mtok": {"base": 12, "tiers": [{"start": 200_000, "price": 18}]},
                "cache_read_mtok": {"base": Decimal("0.2"), "tiers": [{"start": 200_000, "price": Decimal("0.4")}]},
            },
        ),
    ],
)
def test_prices_of_long_inputs_are_read(name: str, data: dict[str, Any]) -> None:
    feeds = {
        "modelsdev": lambda: {"mistral": {"name": "Mistral", "models": {"m": MODELSDEV | data}}},
        "litellm": lambda: {"gpt-9": LITELLM | data},
        "genai-prices": lambda: [{"id": "openai", "models": [{"id": "m", "prices": data}]}],
    }

    (found,) = read(name, as_json(feeds[name]()))

    assert isinstance(found, Record)
    assert read_tiers(found.offer["price_tiers"]) == TIERED


def test_genai_prices_reads_json_too() -> None:
    data = [{"id": "openai", "models": [{"id": "m", "prices": {"input_mtok": 1, "output_mtok": 2}}]}]

    assert read("genai-prices", as_json(data))[0].offer["input_price"] == "1"


def test_python_in_a_feed_is_never_run(tmp_path: Any) -> None:
    trap = tmp_path / "trap"
    text = f"providers: list = [Provider(id=open({str(trap)!r}, 'w'), models=[])]"

    found = read("genai-prices", text)

    assert isinstance(found[0], Problem)
    assert not trap.exists()


@pytest.mark.parametrize("name", list(FORMATS))
@pytest.mark.parametrize("text", ["", "not json", "[]", "{}", '"text"', "null", "1", "[" * 100_000, '{"data": NaN}'])
def test_a_feed_that_is_no_feed_is_refused(name: str, text: str) -> None:
    with pytest.raises(Refused):
        read_feed(name, text)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None},
        {"id": "noslash"},
        {"name": 5},
        {"pricing": None},
        {"pricing": {}},
        {"pricing": {"prompt": "cheap", "completion": "1"}},
        {"architecture": {}},
        {"architecture": []},
        {"created": "yesterday"},
        {"created": 10**30},
        {"expiration_date": "soon"},
    ],
)
def test_one_bad_record_is_a_problem_with_its_place(changes: dict[str, Any]) -> None:
    found = openrouter(**changes)

    assert isinstance(found, Problem)
    assert found.path == "data[0]"


@pytest.mark.parametrize("junk", [None, 5, "text", [], [1], {"models": 5}, {"models": {"m": None}}])
def test_junk_between_records_never_raises(junk: Any) -> None:
    for name, data in [
        ("openrouter", {"data": [junk]}),
        ("modelsdev", {"shop": junk}),
        ("litellm", {"model": junk}),
        ("genai-prices", [junk]),
    ]:
        assert not any(isinstance(found, Record) for found in read(name, as_json(data)))


@pytest.mark.parametrize(
    ("identifier", "alias"),
    [("~openai/gpt-latest", True), ("mistral-large-latest", True), ("gemini@latest", True), ("latest-news-3", False)],
)
def test_aliases_are_known_by_their_names(identifier: str, alias: bool) -> None:
    assert is_alias(identifier) is alias


@pytest.mark.parametrize(
    ("name", "feed"),
    [
        (
            "modelsdev",
            {"zai": {"name": "Z.AI", "models": {"GLM-5": {"name": "GLM-5", "cost": {"input": 1, "output": 3}}}}},
        ),
        ("litellm", {"zai/GLM-5": {"litellm_provider": "zai", "mode": "chat", "input_cost_per_token": 0.000001}}),
        ("genai-prices", [{"id": "zai", "name": "Z.AI", "models": [{"id": "GLM-5", "prices": {"input_mtok": 1}}]}]),
    ],
)
def test_a_maker_that_sells_has_one_key_in_every_list(name: str, feed: Any) -> None:
    assert [record.seller for record in read_feed(name, json.dumps(feed)).records] == ["z-ai"]
