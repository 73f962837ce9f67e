"""LiteLLM's price map, read as a file: key -> prices per token as numbers, batch prices and end dates included."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from apps.catalog.importers.records import (
    Found,
    NotTaken,
    Record,
    count,
    each,
    is_alias,
    key_of,
    known,
    modalities,
    name_or,
    number,
    parse_json,
    per_million,
    seller_key,
    stated_price,
)
from apps.catalog.observations import Problem, Refused
from apps.catalog.tiers import tier

parse = parse_json
ABOVE = re.compile(
    r"(?:input_cost_per_token|output_cost_per_token|cache_read_input_token_cost)_above_(\d{1,6})k_tokens"
)
TEXT_MODES = {"chat", "completion", "responses"}
OWN = {"openai", "anthropic", "gemini", "mistral", "xai", "deepseek", "cohere", "cohere_chat", "perplexity"}
MEDIA_FLAGS = {
    "supports_vision": "image",
    "supports_pdf_input": "file",
    "supports_audio_input": "audio",
    "supports_video_input": "video",
}


def records(data: Any, on: date) -> Iterator[Found]:
    if not isinstance(data, Mapping) or not data:
        raise Refused([Problem("feed", "expected a mapping from model to prices, as LiteLLM's map has it")])
    ordered = sorted(data.items(), key=lambda pair: not is_own(pair[1]))
    return each(((key, (key, item)) for key, item in ordered if key != "sample_spec"), convert, id_of)


def is_own(item: Any) -> bool:
    return isinstance(item, Mapping) and str(item.get("litellm_provider")) in OWN


def id_of(entry: Any) -> str:
    key, item = entry
    seller = item["litellm_provider"]
    return f"{seller}/{key.removeprefix(f'{seller}/')}"


def convert(path: str, entry: Any) -> Record:
    key, item = entry
    if item.get("mode") not in TEXT_MODES:
        raise NotTaken("not a text model")
    if "input_cost_per_token" not in item and "tiered_pricing" not in item:
        raise NotTaken("no price per token")
    seller = item["litellm_provider"]
    identifier = key.removeprefix(f"{seller}/")
    return Record(
        external_id=id_of(entry),
        path=path,
        name=identifier,
        model_name=identifier,
        maker=seller_key(seller) if seller in OWN else "",
        seller=seller_key(seller),
        seller_name=name_or(key_of(seller), seller.replace("_", " ").title()),
        facts=facts_of(item),
        offer=offer_of(item),
        is_alias=is_alias(identifier),
    )


def facts_of(item: Mapping[str, Any]) -> dict[str, Any]:
    return known(
        max_input=count(item.get("max_input_tokens")),
        max_output=count(item.get("max_output_tokens")),
        input_modalities=modalities(taken(item)),
        output_modalities=modalities(item.get("supported_output_modalities")),
        tools=item.get("supports_function_calling"),
        structured_outputs=item.get("supports_response_schema"),
        reasoning=item.get("supports_reasoning"),
        end_of_life=item.get("deprecation_date"),
    )


def taken(item: Mapping[str, Any]) -> list[str] | None:
    """Newer maps name the media; all have flags for some of them. A text model takes text."""
    listed, stated = item.get("supported_modalities"), [flag for flag in MEDIA_FLAGS if flag in item]
    if listed is None and not stated:
        return None
    return ["text", *(listed or []), *(MEDIA_FLAGS[flag] for flag in stated if item[flag])]


def offer_of(item: Mapping[str, Any]) -> dict[str, Any]:
    tiered = tiered_pricing(item.get("tiered_pricing") or [])
    base = {**item, **(tiered[0][1] if tiered and "input_cost_per_token" not in item else {})}
    price_in, price_out = base.get("input_cost_per_token"), base.get("output_cost_per_token")
    if price_in is None or number(price_in) == 0 == number(price_out or 0):
        return {"pricing": "unknown"}
    return known(
        pricing="metered",
        input_price=per_million(price_in),
        output_price=per_million(price_out),
        cached_input_price=per_million(stated_price(base.get("cache_read_input_token_cost"))),
        cache_write_price=per_million(stated_price(base.get("cache_creation_input_token_cost"))),
        batch_input_price=per_million(item.get("input_cost_per_token_batches")),
        batch_output_price=per_million(item.get("output_cost_per_token_batches")),
        price_tiers=[tier_from(above, prices) for above, prices in tiered if above] or tiers_of(item),
    )


def tiered_pricing(entries: Any) -> list[tuple[int, Mapping[str, Any]]]:
    """The newer way to state them: each entry with its range of lengths; the first one holds the usual prices. Some
    entries are tiers of something else and have no range of tokens."""
    return sorted(((int(entry["range"][0]), entry) for entry in entries if "range" in entry), key=lambda pair: pair[0])


def tiers_of(item: Mapping[str, Any]) -> list[dict[str, Any]]:
    """input_cost_per_token_above_200k_tokens and the like, each with its length in the name."""
    lengths = {int(found.group(1)) for key in item if (found := ABOVE.fullmatch(key)) and item[key] is not None}
    return [tier_from(length * 1000, item, f"_above_{length}k_tokens") for length in sorted(lengths)]


def tier_from(above: int, prices: Mapping[str, Any], ending: str = "") -> dict[str, Any]:
    return tier(
        above,
        input=per_million(prices.get(f"input_cost_per_token{ending}")),
        output=per_million(prices.get(f"output_cost_per_token{ending}")),
        cached_input=per_million(stated_price(prices.get(f"cache_read_input_token_cost{ending}"))),
    )
