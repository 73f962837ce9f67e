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


@dataclass(frozen=True)
class LeftOut:
    """Not an error: the portal has no use for it."""

    reason: str


Found = Record | Problem | LeftOut


class NotTaken(Exception):
    """Raised by an importer for a record the portal has no use for; the argument is the reason."""


def parse_json(text: str) -> Any:
    """Numbers stay exact. Raises Refused for what is not JSON."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Refused([Problem("feed", f"is not valid JSON: {error}")]) from None


def refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def each(items: Iterable[tuple[str, Any]], convert: Callable[[str, Any], Record]) -> Iterator[Found]:
    """One bad record is a problem of its own and never stops the rest."""
    for path, item in items:
        try:
            yield convert(path, item)
        except NotTaken as reason:
            yield LeftOut(str(reason))
        except KeyError as error:
            yield Problem(path, f"{error} is missing")
        except (AttributeError, IndexError, InvalidOperation, OverflowError, TypeError, ValueError) as error:
            yield Problem(path, f"is not as expected: {' '.join(str(error).split())[:200]}")


def known(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None and value != []}


def count(value: Any) -> Any:
    """0 stands for "not known" in feeds; whole numbers may be written as 128000.0."""
    if isinstance(value, Decimal) and value == value.to_integral_value():
        value = int(value)
    return None if value == 0 and not isinstance(value, bool) else value


def modalities(values: Any) -> list[str] | None:
    found = {SAME_MODALITY.get(str(value), str(value)) for value in values or []}
    return [name for name in MODALITIES if name in found] or None


def per_million(value: Any) -> str | None:
    """From a price per token."""
    return None if value is None else f"{Decimal(str(value)) * MILLION:f}"


def decimal_text(value: Any) -> str | None:
    return None if value is None else f"{Decimal(str(value)):f}"


def day_of(seconds: Any) -> date | None:
    return datetime.fromtimestamp(int(seconds), UTC).date() if seconds else None


def key_of(text: str) -> str:
    """A provider's key as kept here: lower case letters, digits, hyphens."""
    key = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60].strip("-")
    if not key:
        raise ValueError(f"{text!r} is no name of a provider")
    return key


def maker_key(text: str) -> str:
    key = key_of(text)
    return MAKERS.get(key, key)


def is_alias(identifier: str) -> bool:
    """It points at whatever is newest: its figures belong to a target that the feed does not name."""
    return identifier.startswith("~") or bool(re.search(r"[-@:_]latest\b", identifier))
