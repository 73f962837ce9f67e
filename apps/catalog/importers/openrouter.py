"""OpenRouter's list of models: {"data": [...]}, prices per token as decimal text, -1 for routers."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from apps.catalog.fields import CUTOFF
from apps.catalog.importers.records import (
    Found,
    NotTaken,
    Record,
    count,
    day_of,
    day_text,
    each,
    is_alias,
    known,
    maker_key,
    modalities,
    name_or,
    number,
    parse_json,
    per_million,
    stated_price,
    target_of,
)
from apps.catalog.observations import Problem, Refused
from apps.catalog.tiers import tier

parse = parse_json
# What may be paid for besides tokens.
OPTIONAL_PRICES = ("request", "image", "image_output", "audio", "audio_output", "web_search", "internal_reasoning")
OVERRIDDEN = {"prompt": "input", "completion": "output", "input_cache_read": "cached_input"}
HOURS = {"utc_start", "utc_end"}


def records(data: Any, on: date) -> Iterator[Found]:
    if not isinstance(data, Mapping) or not isinstance(data.get("data"), list):
        raise Refused([Problem("feed", 'expected {"data": [...]} as OpenRouter\'s list has it')])
    total = data.get("total_count")
    if isinstance(total, int) and total > len(data["data"]):
        reason = f"is one page of a longer list: it holds {len(data['data'])} of {total} models"
        raise Refused([Problem("feed", reason)])
    return each(((f"data[{place}]", item) for place, item in enumerate(data["data"])), convert, id_of)


def id_of(item: Any) -> str:
    return f"openrouter/{item['id']}"


def convert(path: str, item: Any) -> Record:
    identifier, prices = item["id"], item["pricing"]
    if number(prices["prompt"]) == -1:
        raise NotTaken("a router without a price of its own")
    maker_name, _, title = item["name"].rpartition(": ")
    maker, name = identifier.lstrip("~").split("/", 1)
    alias = is_alias(identifier)
    return Record(
        external_id=id_of(item),
        path=path,
        name=title,
        model_name=name,
        maker=maker_key(maker),
        maker_name=name_or("", maker_name),
        seller="openrouter",
        seller_name="OpenRouter",
        facts=facts_of(item),
        offer=offer_of(identifier, item),
        is_alias=alias,
        target=target_of(identifier, (item.get("alias_target") or {}).get("slug")) if alias else "",
    )


def facts_of(item: Mapping[str, Any]) -> dict[str, Any]:
    parameters = item.get("supported_parameters")
    limits, cutoff = item.get("top_provider") or {}, item.get("knowledge_cutoff")
    takes, gives = media_of(item["architecture"])
    supported = {
        "tools": "tools" in parameters,
        "structured_outputs": "structured_outputs" in parameters,
        "reasoning": "reasoning" in parameters,
    } if isinstance(parameters, list) else {}  # fmt: skip
    return known(
        context_window=count(item.get("context_length")),
        max_output=count(limits.get("max_completion_tokens")),
        input_modalities=modalities(takes),
        output_modalities=modalities(gives),
        parameters=parameters,
        open_weights=True if item.get("hugging_face_id") else None,
        listed_on=day_of(item.get("created")),
        knowledge_cutoff=cutoff if cutoff and CUTOFF.fullmatch(cutoff) else None,
        end_of_life=day_text(item.get("expiration_date")),
        **supported,
    )


def media_of(shape: Mapping[str, Any]) -> tuple[Any, Any]:
    """Feeds from before 2025 say it in one word: "text+image->text"."""
    if "input_modalities" in shape:
        return shape["input_modalities"], shape["output_modalities"]
    takes, _, gives = shape["modality"].partition("->")
    return takes.split("+"), gives.split("+")


def offer_of(identifier: str, item: Mapping[str, Any]) -> dict[str, Any]:
    prices = item["pricing"]
    if number(prices["prompt"]) == 0 == number(prices["completion"]):
        return {"pricing": "free" if is_free(identifier, item) else "unknown"}
    return known(
        pricing="metered",
        input_price=per_million(prices["prompt"]),
        output_price=per_million(prices["completion"]),
        cached_input_price=per_million(stated_price(prices.get("input_cache_read"))),
        cache_write_price=per_million(stated_price(prices.get("input_cache_write"))),
        price_tiers=tiers_of(prices.get("overrides") or []),
    )


def is_free(identifier: str, item: Mapping[str, Any]) -> bool:
    """Nothing to pay per token is free only where nothing else is paid for: songs and pictures cost apiece."""
    if identifier.lower().endswith(":free"):
        return True
    paid = any(stated_price(item["pricing"].get(name)) is not None for name in OPTIONAL_PRICES)
    return not paid and modalities(media_of(item["architecture"])[1]) == ["text"]


def tiers_of(overrides: Any) -> list[dict[str, Any]]:
    """Each holds from its length on, together with those for shorter inputs; of two that state a price the later one
    counts. Overrides for certain hours are not the price."""
    stated = [entry for entry in overrides if "min_prompt_tokens" in entry and not set(entry) & HOURS]
    lengths = sorted({int(entry["min_prompt_tokens"]) for entry in stated})
    found = []
    for least in lengths:
        prices: dict[str, Any] = {}
        for entry in stated:
            if entry["min_prompt_tokens"] <= least:
                prices |= known(**{name: per_million(entry.get(key)) for key, name in OVERRIDDEN.items()})
        found.append(tier(least - 1, **prices))
    return [item for item in found if len(item) > 1]
