"""What every importer gives: one record per listed model, or why there is none."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from apps.catalog.fields import MODALITIES
from apps.catalog.observations import Problem, Refused

MILLION = Decimal(1_000_000)
LARGEST_EXPONENT = 50
LONGEST_ID = 200
FIRST_SECOND, LAST_SECOND = 1_200_000_000, 4_000_000_000  # 2008 to 2096
# Feeds say "pdf" where others say "file".
SAME_MODALITY = {"pdf": "file"}
# Lists and sellers spell makers differently; on the right the maker's key here.
MAKERS = {
    "ai21labs": "ai21",
    "alibaba": "qwen",
    "amazon-bedrock": "amazon",
    "deepseek-ai": "deepseek",
    "ibm": "ibm-granite",
    "llama": "meta-llama",
    "meta": "meta-llama",
    "minimaxai": "minimax",
    "mistral": "mistralai",
    "mistral-ai": "mistralai",
    "moonshot": "moonshotai",
    "xai": "x-ai",
    "zai": "z-ai",
    "zai-org": "z-ai",
    "zhipuai": "z-ai",
}

# Sellers under another key here. One that is a maker too has one key, so that a maker's own price is known as such.
SELLERS = {
    "alibaba": "qwen",
    "amazon-bedrock": "amazon",
    "aws": "amazon",
    "bedrock": "amazon",
    "bedrock-converse": "amazon",
    "cohere-chat": "cohere",
    "gemini": "google",
    "llama": "meta-llama",
    "mistral": "mistralai",
    "xai": "x-ai",
    "zai": "z-ai",
}


@dataclass(frozen=True)
class Record:
    """One listed model, its values as read_observation takes them. `model_name` is the id as its
    seller writes it, without the maker where that is known; `maker` is empty where the feed does not say."""

    external_id: str
    path: str
    name: Any  # checked when it is read as an observation
    model_name: str
    seller: str
    seller_name: str
    maker: str = ""
    maker_name: str = ""
    base: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    offer: Mapping[str, Any] = field(default_factory=dict)
    is_alias: bool = False
    target: str = ""  # of an alias: maker/name of the model it points at, where the feed says so


@dataclass(frozen=True)
class LeftOut:
    """Not an error: the portal has no use for it."""

    reason: str
    about: str = field(default="", compare=False)


Found = Record | Problem | LeftOut


class NotTaken(Exception):
    """Raised by an importer for a record the portal has no use for; the argument is the reason."""


class StatedTwice:
    """Stands for two different values under one key: no reader takes it for either of them."""

    def __getattr__(self, name: str) -> Any:
        raise ValueError("is in the feed twice, with different values")


def parse_json(text: str) -> Any:
    """Numbers stay exact. Raises Refused for what is not JSON."""
    try:
        return json.loads(text, parse_float=read_number, parse_constant=Decimal, object_pairs_hook=read_object)
    except (ValueError, RecursionError) as error:
        raise Refused([Problem("feed", f"is not valid JSON: {error}")]) from None


def read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        for key, value in pairs:
            if found[key] != value:
                found[key] = StatedTwice()
    return found


def read_number(text: str) -> Decimal:
    """1e99999999 is a number too, but written out it would fill the memory: no reader takes infinity."""
    found = Decimal(text)
    return found if abs(found.adjusted()) <= LARGEST_EXPONENT else Decimal("Infinity")


def each(
    items: Iterable[tuple[str, Any]], convert: Callable[[str, Any], Record], id_of: Callable[[Any], str]
) -> Iterator[Found]:
    """One bad record is a problem of its own and never stops the rest."""
    seen: dict[str, Record] = {}
    for place, item in items:
        path = shown(place)
        try:
            record = convert(path, item)
            check_id(record, seen)
            yield record
        except NotTaken as left_out:
            yield LeftOut(str(left_out), about(item, id_of))
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            yield Problem(path, reason_of(error), about(item, id_of))


def reason_of(error: Exception) -> str:
    """Ours speak for themselves; Python's own say in its words what kind of value stood where another belongs."""
    if isinstance(error, KeyError):
        return f"{shown(error)} is missing"
    words = shown(" ".join(str(error).split()))
    kind = "" if isinstance(error, ValueError) else "a value is of another kind than in this list's records: "
    return f"is not as expected: {kind}{words}"


def about(item: Any, id_of: Callable[[Any], str]) -> str:
    """A record that is refused is still listed: its model is not gone."""
    try:
        return id_of(item)
    except (AttributeError, KeyError, TypeError, ValueError):
        return ""


def check_id(record: Record, seen: dict[str, Record]) -> None:
    """Letters that only look like those of another model's id must not bring their prices there."""
    identifier = record.external_id
    if not identifier.isascii() or not identifier.isprintable() or len(identifier) > LONGEST_ID:
        raise ValueError(f"the id {identifier[:60]!r} has more than {LONGEST_ID} characters, or others than plain ones")
    first = seen.setdefault(identifier, record)
    if first is not record and (first.facts, first.offer) == (record.facts, record.offer):
        raise NotTaken("the same as an earlier record")
    if first is not record:
        raise ValueError(f"the id {identifier} is in the feed twice: the first record counts")


def shown(text: Any) -> str:
    """Fit for a page and a database, whatever the feed holds."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in str(text)[:LONGEST_ID])


def known(**values: Any) -> dict[str, Any]:
    """Without what is not stated. A value with a date and an address of its own is for our own files alone."""
    if any(isinstance(value, Mapping) for value in values.values()):
        raise ValueError(f"expected plain values, not {values!r}")
    return {name: value for name, value in values.items() if value is not None and value != []}


def count(value: Any) -> Any:
    """0 stands for "not known" in feeds; whole numbers may be written as 128000.0."""
    if isinstance(value, Decimal) and number(value) == value.to_integral_value():
        value = int(value)
    return None if value == 0 and not isinstance(value, bool) else value


def modalities(values: Any) -> list[str] | None:
    if values is not None and not isinstance(values, list):
        raise ValueError(f"expected a list of modalities, not {values!r}")
    found = {SAME_MODALITY.get(str(value), str(value)) for value in values or []}
    return [name for name in MODALITIES if name in found] or None


def per_million(value: Any) -> str | None:
    """From a price per token."""
    return None if value is None else f"{number(value) * MILLION:f}"


def decimal_text(value: Any) -> str | None:
    return None if value is None else f"{number(value):f}"


def number(value: Any) -> Decimal:
    try:
        found = value if isinstance(value, Decimal) else read_number(str(value))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise ValueError(f"expected a number, not {str(value)[:40]!r}")
    return found


def stated_price(value: Any) -> Any:
    """For prices that feeds set to 0 where they do not know them."""
    return None if value is None or number(value) == 0 else value


def day_of(seconds: Any) -> date | None:
    """From seconds since 1970. What is no day of this field's history is in another unit."""
    if seconds is None or seconds == 0:
        return None
    if isinstance(seconds, bool) or not FIRST_SECOND < int(seconds) < LAST_SECOND:
        raise ValueError(f"expected seconds since 1970, not {seconds!r}")
    return datetime.fromtimestamp(int(seconds), UTC).date()


def day_text(value: Any) -> str | None:
    """A day, also where the time of day follows it."""
    if not value:
        return None
    if not isinstance(value, str):
        raise ValueError(f"expected a day as YYYY-MM-DD, not {value!r}")
    return datetime.fromisoformat(value).date().isoformat()


def name_or(key: str, name: Any) -> str:
    """A provider's name as the feed writes it, else its key."""
    fits = isinstance(name, str) and name.isprintable() and 0 < len(name.strip()) <= 100
    return " ".join(name.split()) if fits else key


def key_of(text: str) -> str:
    """A provider's key as kept here: lower case letters, digits, hyphens."""
    key = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60].strip("-")
    if not key:
        raise ValueError(f"{text!r} is no name of a provider")
    return key


def seller_key(text: str) -> str:
    key = key_of(text)
    return SELLERS.get(key, key)


def maker_key(text: str) -> str:
    key = key_of(text)
    return MAKERS.get(key, key)


def is_alias(identifier: str) -> bool:
    """It points at whatever is newest: its figures belong to its target, today to one model and tomorrow to another."""
    return "~" in identifier or bool(re.search(r"[-@:_]latest\b", identifier))


def target_of(identifier: str, *stated: Any) -> str:
    """Where an alias points: the first statement of the feed that names another model, one that is no alias itself."""
    named = [text for text in stated if isinstance(text, str) and "/" in text]
    return next((text for text in named if text != identifier and not is_alias(text)), "")
