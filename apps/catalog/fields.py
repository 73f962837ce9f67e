"""The fields a source may state, how each is read, compared and written: one table for files, feeds and pages."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from apps.catalog.tiers import TIER_PRICES, show_tiers
from apps.ui import formats

MODALITIES = ("text", "image", "file", "audio", "video")
LARGEST_COUNT = 1_000_000_000
# Above that, a list counts in another unit: per thousand tokens, or per million where it says per token.
HIGHEST_PRICE = Decimal(10_000)
MOST_TIERS = 10
FINEST_PRICE = Decimal("1e-10")
PARAMETER = re.compile(r"[a-z][a-z0-9_]{0,39}")
CUTOFF = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?")


class Unreadable(ValueError):
    """The value is not of the field's kind; the argument says what is expected."""


@dataclass(frozen=True)
class Field:
    """`read` gives the value as stored in a Fact (JSON), `load` the value of the column, `show` the words on a page."""

    label: str
    read: Callable[[Any], Any]
    load: Callable[[Any], Any] = lambda value: value
    show: Callable[[Any], str] = str
    empty: Any = None


def read_count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= LARGEST_COUNT:
        raise Unreadable("expected a whole number of tokens from 1 to 1,000,000,000")
    return value


def read_price(value: Any) -> str:
    """Exact decimal text without trailing zeros, so that 0.60 and 0.6 compare equal."""
    if isinstance(value, float) or not isinstance(value, str | int | Decimal) or isinstance(value, bool):
        raise Unreadable("expected a price as decimal text in US$ per 1M tokens")
    try:
        amount = Decimal(value)
    except InvalidOperation:
        raise Unreadable(f"{value!r} is not a decimal number") from None
    if not amount.is_finite() or not 0 <= amount <= HIGHEST_PRICE:
        raise Unreadable(f"a price is from 0 to {HIGHEST_PRICE:,}, not {value}")
    # Feeds carry binary noise such as 0.08333333333333334; ten decimals of a dollar per million tokens are enough.
    rounded = amount.quantize(FINEST_PRICE)
    if amount and not rounded:
        raise Unreadable(f"{value} is too small for a price per 1M tokens")
    return f"{rounded.normalize():f}"


def read_tiers(value: Any) -> list[dict[str, Any]]:
    """From the lowest on; each names the length above which it holds, and at least one price."""
    if not isinstance(value, list) or not 0 < len(value) <= MOST_TIERS:
        raise Unreadable(f"expected a list of 1 to {MOST_TIERS} price tiers")
    found = {}
    for item in value:
        if not isinstance(item, Mapping) or len(item) < 2 or set(item) - {"above", *TIER_PRICES}:
            raise Unreadable(f"expected a tier with above and {', '.join(TIER_PRICES)}")
        above = read_count(item.get("above"))
        found[above] = {"above": above} | {name: read_price(item[name]) for name in TIER_PRICES if name in item}
    return [found[above] for above in sorted(found)]


def read_flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unreadable("expected true or false")
    return value


def read_modalities(value: Any) -> list[str]:
    if not isinstance(value, list) or not value or not all(item in MODALITIES for item in value):
        raise Unreadable(f"expected a list of {', '.join(MODALITIES)}")
    return [name for name in MODALITIES if name in value]


def read_parameters(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) and PARAMETER.fullmatch(item) for item in value):
        raise Unreadable("expected a list of parameter names like max_tokens")
    return sorted(set(value))


def read_day(value: Any) -> str:
    try:
        return (value if isinstance(value, date) else date.fromisoformat(value)).isoformat()
    except (TypeError, ValueError):
        raise Unreadable("expected a day as YYYY-MM-DD") from None


def read_cutoff(value: Any) -> str:
    text = value.isoformat() if isinstance(value, date) else value
    if not isinstance(text, str) or not CUTOFF.fullmatch(text):
        raise Unreadable("expected a month or a day like 2023-10 or 2023-10-31")
    return text


def one_of(*words: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in words:
            raise Unreadable(f"expected one of {', '.join(words)}")
        return str(value)

    return read


def show_flag(value: bool | None) -> str:
    return formats.NOT_KNOWN if value is None else "yes" if value else "no"


def show_price(value: Any) -> str:
    return f"{formats.money(value)} per 1M tokens" if value is not None else formats.NOT_KNOWN


def show_tokens(value: Any) -> str:
    return f"{formats.number(value)} tokens" if value is not None else formats.NOT_KNOWN


def show_list(value: list[str]) -> str:
    return ", ".join(value) or formats.NOT_KNOWN


def show_day(value: Any) -> str:
    return formats.day(date.fromisoformat(value) if isinstance(value, str) else value)


def show_cutoff(value: str | None) -> str:
    """31 October 2023, or October 2023 where only the month is known. A day no calendar has stays as it is."""
    if not value:
        return formats.NOT_KNOWN
    try:
        return formats.day(value) if len(value) > len("2023-10") else formats.month(value)
    except ValueError:
        return value


def load_price(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def load_day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


def count(label: str) -> Field:
    return Field(label, read_count, show=show_tokens)


def flag(label: str) -> Field:
    return Field(label, read_flag, show=show_flag)


def day(label: str) -> Field:
    return Field(label, read_day, load_day, show_day)


def price(label: str) -> Field:
    return Field(label, read_price, load_price, show_price)


MODEL_FIELDS: Mapping[str, Field] = {
    "context_window": count("Context window"),
    "max_input": count("Maximum input"),
    "max_output": count("Maximum output"),
    "input_modalities": Field("Input modalities", read_modalities, show=show_list, empty=[]),
    "output_modalities": Field("Output modalities", read_modalities, show=show_list, empty=[]),
    "parameters": Field("Parameters", read_parameters, show=show_list, empty=[]),
    "tools": flag("Calls tools"),
    "structured_outputs": flag("Structured outputs"),
    "reasoning": flag("Reasoning"),
    "open_weights": flag("Open weights"),
    "deprecated": flag("End announced"),
    "latency": Field("Latency class", one_of("low"), empty=""),
    "knowledge_cutoff": Field("Knowledge cutoff", read_cutoff, show=show_cutoff, empty=""),
    "listed_on": day("Listing date"),
    "released_on": day("Release date"),
    "end_of_life": day("End of life"),
}
OFFER_FIELDS: Mapping[str, Field] = {
    "pricing": Field("Pricing", one_of("metered", "free", "included", "unknown"), empty="unknown"),
    "input_price": price("Input price"),
    "output_price": price("Output price"),
    "cached_input_price": price("Cached input price"),
    "cache_write_price": price("Cache write price"),
    "batch_input_price": price("Batch input price"),
    "batch_output_price": price("Batch output price"),
    "price_tiers": Field("Prices of long inputs", read_tiers, show=show_tiers, empty=[]),
    "context_window": count("Context window of this offer"),
    "max_output": count("Maximum output of this offer"),
}
PRICE_FIELDS = tuple(name for name in OFFER_FIELDS if name.endswith("_price"))
# The fields behind the leading figures; "data checked" is the oldest confirmation among them.
CHECKED_FIELDS = ("context_window", "input_modalities", "output_modalities")
CHECKED_OFFER_FIELDS = ("input_price", "output_price")
