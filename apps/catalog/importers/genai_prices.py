"""genai-prices: its JSON, or the package's data.py read as a syntax tree and never run."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from apps.catalog.importers.records import (
    Found,
    NotTaken,
    Record,
    count,
    decimal_text,
    each,
    is_alias,
    key_of,
    known,
    name_or,
    number,
    parse_json,
    seller_key,
    stated_price,
)
from apps.catalog.observations import Problem, Refused
from apps.catalog.tiers import tier

OWN = {"openai", "anthropic", "google", "mistral", "x-ai", "deepseek", "cohere", "perplexity", "moonshotai", "minimax"}
TIERED = {"input_mtok": "input", "output_mtok": "output", "cache_read_mtok": "cached_input"}


def parse(text: str) -> Any:
    return parse_json(text) if text.lstrip()[:1] in ("[", "{") else parse_python(text)


def parse_python(text: str) -> Any:
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Refused([Problem("feed", f"is neither JSON nor the package's data.py: {error}")]) from None
    for statement in body:
        if isinstance(statement, ast.AnnAssign) and getattr(statement.target, "id", "") == "providers":
            return plain(statement.value)
    raise Refused([Problem("feed", "holds no list called providers")])


def plain(node: ast.expr | None) -> Any:
    """Literals as they are; Name(key=value) as a mapping; Decimal and dates as values. Anything else is left out."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [plain(item) for item in items]
        case ast.Dict(keys=keys, values=values):
            return {plain(key): plain(value) for key, value in zip(keys, values, strict=True)}
        case ast.Call(func=ast.Name(id="Decimal"), args=[ast.Constant(value=text)]):
            return Decimal(str(text))
        case ast.Call(func=ast.Attribute(attr="date"), args=parts):
            return date(*[plain(part) for part in parts]).isoformat()
        case ast.Call(keywords=pairs):
            return {pair.arg: plain(pair.value) for pair in pairs}
    return None


def records(data: Any, on: date) -> Iterator[Found]:
    if not isinstance(data, list) or not data:
        raise Refused([Problem("feed", "expected a list of providers, as genai-prices has it")])
    return each(entries(data), lambda path, entry: convert(path, entry, on), id_of)


def entries(data: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    for place, provider in sorted(enumerate(data), key=lambda pair: not is_own(pair[1])):
        models = provider.get("models") if isinstance(provider, Mapping) else None
        if not isinstance(models, list) or not isinstance(provider.get("id"), str):
            yield f"[{place}]", None
            continue
        for position, item in enumerate(models):
            yield f"[{place}].models[{position}]", (provider, item)


def is_own(provider: Any) -> bool:
    return isinstance(provider, Mapping) and str(provider.get("id")) in OWN


def id_of(entry: Any) -> str:
    provider, item = entry
    return f"{provider['id']}/{item['id']}"


def convert(path: str, entry: Any, on: date) -> Record:
    if entry is None:
        raise ValueError("expected a provider with an id and models")
    provider, item = entry
    seller, identifier = provider["id"], item["id"]
    return Record(
        external_id=id_of(entry),
        path=path,
        name=item.get("name") or identifier,
        model_name=identifier,
        maker=seller_key(seller) if seller in OWN else "",
        seller=seller_key(seller),
        seller_name=name_or(key_of(seller), provider.get("name")),
        facts=known(context_window=count(item.get("context_window")), deprecated=item.get("deprecated") or None),
        offer=offer_of(item, on),
        is_alias=is_alias(identifier),
    )


def offer_of(item: Mapping[str, Any], on: date) -> dict[str, Any]:
    prices, batch = in_force(item.get("prices"), on), batch_prices(item.get("price_variants"))
    if "input_mtok" not in prices:
        raise NotTaken("no price per token")
    if number(base(prices["input_mtok"])) == 0 == number(base(prices.get("output_mtok")) or 0):
        return {"pricing": "unknown"}
    return known(
        pricing="metered",
        input_price=base(prices["input_mtok"]),
        output_price=base(prices.get("output_mtok")),
        cached_input_price=stated_price(base(prices.get("cache_read_mtok"))),
        cache_write_price=stated_price(base(prices.get("cache_write_mtok"))),
        batch_input_price=base(batch.get("input_mtok")),
        batch_output_price=base(batch.get("output_mtok")),
        price_tiers=tiers_of(prices),
    )


def tiers_of(prices: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each price has tiers of its own; here each length has its prices."""
    stated: dict[int, dict[str, Any]] = {}
    for key, name in TIERED.items():
        price = prices.get(key)
        for entry in (price.get("tiers") or []) if isinstance(price, Mapping) else []:
            stated.setdefault(entry["start"], {})[name] = decimal_text(entry["price"])
    return [tier(above, **stated[above]) for above in sorted(stated)]


def in_force(prices: Any, on: date) -> Mapping[str, Any]:
    """The price list that began last before the feed's day; lists for certain hours of the day are not the price."""
    if isinstance(prices, Mapping):
        return prices
    begun = [(began(entry), place, entry["prices"]) for place, entry in enumerate(prices or []) if not for_hours(entry)]
    dated = [entry for entry in begun if entry[0] <= on]
    return max(dated)[2] if dated else {}


def began(entry: Mapping[str, Any]) -> date:
    start = (entry.get("constraint") or {}).get("start_date")
    return date.fromisoformat(start) if start else date.min


def for_hours(entry: Mapping[str, Any]) -> bool:
    return "start_time" in (entry.get("constraint") or {})


def batch_prices(variants: Any) -> Mapping[str, Any]:
    found = [v["prices"] for v in variants or [] if (v.get("when") or {}) == {"processing": "batch"}]
    return found[0] if found else {}


def base(price: Any) -> str | None:
    """A price in tiers starts with its base."""
    return decimal_text(price.get("base") if isinstance(price, Mapping) else price)
