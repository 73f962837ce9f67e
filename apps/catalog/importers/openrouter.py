"""OpenRouter's list of models: {"data": [...]}, prices per token as decimal text, -1 for routers."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from apps.catalog.fields import CUTOFF
from apps.catalog.importers.records import (
    Found,
    NotTaken,
    Record,
    count,
    day_of,
    each,
    is_alias,
    known,
    maker_key,
    modalities,
    parse_json,
    per_million,
)
from apps.catalog.observations import Problem, Refused

parse = parse_json


def records(data: Any) -> Iterator[Found]:
    if not isinstance(data, Mapping) or not isinstance(data.get("data"), list):
        raise Refused([Problem("feed", 'expected {"data": [...]} as OpenRouter\'s list has it')])
    return each(((f"data[{place}]", item) for place, item in enumerate(data["data"])), convert)


def convert(path: str, item: Any) -> Record:
    identifier, prices = item["id"], item["pricing"]
    if Decimal(prices["prompt"]) < 0:
        raise NotTaken("a router without a price of its own")
    maker_name, _, title = item["name"].rpartition(": ")
    maker, name = identifier.lstrip("~").split("/", 1)
    return Record(
        external_id=f"openrouter/{identifier}",
        path=path,
        name=title,
        model_name=name,
        maker=maker_key(maker),
        maker_name=maker_name,
        seller="openrouter",
        seller_name="OpenRouter",
        facts=facts_of(item),
        offer=offer_of(prices),
        is_alias=is_alias(identifier),
    )


def facts_of(item: Mapping[str, Any]) -> dict[str, Any]:
    parameters = item.get("supported_parameters")
    limits, shape = item.get("top_provider") or {}, item["architecture"]
    cutoff, end = item.get("knowledge_cutoff"), item.get("expiration_date")
    supported = {
        "tools": "tools" in parameters,
        "structured_outputs": "structured_outputs" in parameters,
        "reasoning": "reasoning" in parameters,
    } if isinstance(parameters, list) else {}  # fmt: skip
    return known(
        context_window=count(item["context_length"]),
        max_output=count(limits.get("max_completion_tokens")),
        input_modalities=modalities(shape["input_modalities"]),
        output_modalities=modalities(shape["output_modalities"]),
        parameters=parameters,
        open_weights=True if item.get("hugging_face_id") else None,
        listed_on=day_of(item.get("created")),
        knowledge_cutoff=cutoff if cutoff and CUTOFF.fullmatch(cutoff) else None,
        end_of_life=date.fromisoformat(end) if end else None,
        **supported,
    )


def offer_of(prices: Mapping[str, Any]) -> dict[str, Any]:
    if Decimal(prices["prompt"]) == 0 == Decimal(prices["completion"]):
        return {"pricing": "free"}
    return known(
        pricing="metered",
        input_price=per_million(prices["prompt"]),
        output_price=per_million(prices["completion"]),
        cached_input_price=per_million(prices.get("input_cache_read")),
        cache_write_price=per_million(prices.get("input_cache_write")),
    )
