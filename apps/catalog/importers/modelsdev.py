"""models.dev's api.json: seller -> models, prices per 1M tokens as numbers."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from apps.catalog.fields import CUTOFF
from apps.catalog.importers.records import (
    Found,
    Record,
    count,
    decimal_text,
    each,
    is_alias,
    known,
    modalities,
    name_or,
    number,
    parse_json,
    seller_key,
    stated_price,
    target_of,
)
from apps.catalog.observations import Problem, Refused
from apps.catalog.tiers import tier

parse = parse_json
# Sellers that list only what they make themselves; their entries describe the model, not just an offer.
OWN = {
    "anthropic", "cohere", "deepseek", "google", "inception", "minimax", "mistral", "moonshotai", "morph", "openai",
    "perplexity", "poolside", "sarvam", "stepfun", "upstage", "xai", "xiaomi", "zai", "alibaba",
}  # fmt: skip


def records(data: Any, on: date) -> Iterator[Found]:
    if not isinstance(data, Mapping) or not data:
        raise Refused([Problem("feed", "expected a mapping from seller to models, as api.json of models.dev has it")])
    if all("/" in key for key in data):
        reason = "lists models without sellers and prices, as models.json of models.dev does: take its api.json"
        raise Refused([Problem("feed", reason)])
    return each(entries(data), convert, id_of)


def entries(data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Makers first: what others sell is matched with it."""
    for key in sorted(data, key=lambda name: (name not in OWN, name != "openrouter")):
        seller = data[key]
        models = seller.get("models") if isinstance(seller, Mapping) else None
        if not isinstance(models, Mapping):
            yield key, None
            continue
        for name, item in models.items():
            yield f"{key}.models.{name}", (key, name_or(key, seller.get("name")), name, item)


def id_of(entry: Any) -> str:
    seller, _, identifier, _ = entry
    return f"{seller}/{identifier}"


def convert(path: str, entry: Any) -> Record:
    if entry is None:
        raise ValueError("expected a seller with models")
    seller, seller_name, identifier, item = entry
    alias, base = is_alias(identifier), item.get("base_model")
    return Record(
        external_id=id_of(entry),
        path=path,
        name=item["name"],
        model_name=identifier,
        maker=seller_key(seller) if seller in OWN else "",
        base=base if isinstance(base, str) else "",
        seller=seller_key(seller),
        seller_name=seller_name,
        facts=facts_of(item),
        offer=offer_of(seller, identifier, item),
        is_alias=alias,
        target=target_of(identifier, base) if alias else "",
    )


def facts_of(item: Mapping[str, Any]) -> dict[str, Any]:
    limits, shape, cutoff = item.get("limit") or {}, item.get("modalities") or {}, item.get("knowledge")
    released = item.get("release_date")
    return known(
        context_window=count(limits.get("context")),
        max_input=count(limits.get("input")),
        max_output=count(limits.get("output")),
        input_modalities=modalities(shape.get("input")),
        output_modalities=modalities(shape.get("output")),
        tools=item.get("tool_call"),
        structured_outputs=item.get("structured_output"),
        reasoning=item.get("reasoning"),
        open_weights=item.get("open_weights"),
        released_on=released if released and len(released) == len("2024-07-18") else None,
        knowledge_cutoff=cutoff if cutoff and CUTOFF.fullmatch(cutoff) else None,
        deprecated=True if item.get("status") == "deprecated" else None,
    )


def offer_of(seller: str, identifier: str, item: Mapping[str, Any]) -> dict[str, Any]:
    prices, limits = item.get("cost"), item.get("limit") or {}
    sizes = known(context_window=count(limits.get("context")), max_output=count(limits.get("output")))
    if not prices:
        return {"pricing": "unknown"} | sizes
    if number(prices["input"]) == 0 == number(prices["output"]):
        return {"pricing": pricing_of_zero(seller, identifier)} | sizes
    return sizes | known(
        pricing="metered",
        input_price=decimal_text(prices["input"]),
        output_price=decimal_text(prices["output"]),
        cached_input_price=decimal_text(stated_price(prices.get("cache_read"))),
        cache_write_price=decimal_text(stated_price(prices.get("cache_write"))),
        price_tiers=tiers_of(prices),
    )


def tiers_of(prices: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Older feeds know one tier only, under a name of its own. Tiers for sound and pictures alone are no use here."""
    above_200k = prices.get("context_over_200k")
    older = [{"tier": {"size": 200_000}, **above_200k}] if above_200k else []
    found = [
        tier(
            count(entry["tier"]["size"]),
            input=decimal_text(entry.get("input")),
            output=decimal_text(entry.get("output")),
            cached_input=decimal_text(stated_price(entry.get("cache_read"))),
        )
        for entry in prices.get("tiers") or older
        if entry["tier"].get("type", "context") == "context"
    ]
    return [item for item in found if len(item) > 1]


def pricing_of_zero(seller: str, identifier: str) -> str:
    """0 may be "free", "in a subscription" or simply not filled in; only the first two can be told by their names."""
    if "plan" in seller or seller in ("github-copilot", "kimi-for-coding", "ollama-cloud"):
        return "included"
    return "free" if identifier.endswith((":free", "-free")) else "unknown"
