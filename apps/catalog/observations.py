"""What a file or feed says about one model, read from plain data: whole and valid, or refused with every reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from apps.catalog.fields import MODEL_FIELDS, OFFER_FIELDS, Field, Unreadable, read_day
from apps.catalog.models import KEY, SLUG

OBSERVATION_KEYS = {"as_of", "facts", "offers"}


@dataclass(frozen=True)
class Problem:
    """Where something is wrong in a file, and what."""

    path: str
    reason: str
    about: str = field(default="", compare=False)  # the id of the record, where it could be read

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"

    @property
    def place(self) -> str:
        """The record's own id first: nobody counts to the 197th."""
        return f"{self.about} ({self.path})" if self.about else self.path


class Refused(Exception):
    """The data is not taken; `problems` holds all reasons."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True)
class Stated:
    """A value as stored, the day it was last confirmed, and where exactly (may be empty)."""

    value: Any
    as_of: date
    url: str = ""


@dataclass(frozen=True)
class Observation:
    """Everything one source says about one model. What it does not mention, it no longer says."""

    slug: str
    name: str
    provider: str
    source: str
    facts: Mapping[str, Stated]
    offers: Mapping[str, Mapping[str, Stated]] = field(default_factory=dict)


def read_observation(
    *, slug: Any, name: Any, provider: Any, source: str, as_of: date, raw: Any, path: str = ""
) -> Observation:
    """Raises Refused with every problem of this record."""
    problems: list[Problem] = []
    check(slug, SLUG, 120, f"{path}.id", problems)
    check(provider, KEY, 60, f"{path}.provider", problems)
    if not isinstance(name, str) or not 0 < len(name.strip()) <= 120 or not name.isprintable():
        problems.append(Problem(f"{path}.name", "expected a name of 1 to 120 printable characters"))
    if not isinstance(raw, Mapping) or set(raw) - OBSERVATION_KEYS:
        raise Refused([*problems, Problem(path, f"expected a mapping with {', '.join(sorted(OBSERVATION_KEYS))}")])
    facts = read_fields(raw.get("facts", {}), MODEL_FIELDS, as_of, f"{path}.facts", problems)
    offers = read_offers(raw.get("offers", {}), as_of, f"{path}.offers", problems)
    if problems:
        raise Refused(problems)
    return Observation(slug, name.strip(), provider, source, facts, offers)


def check(value: Any, validator: Any, longest: int, path: str, problems: list[Problem]) -> None:
    try:
        if not isinstance(value, str) or len(value) > longest:
            raise ValidationError(f"expected text of at most {longest} characters")
        validator(value)
    except ValidationError as error:
        problems.append(Problem(path, f"{str(value)[:80]!r}: {error.messages[0]}"))


def read_offers(raw: Any, as_of: date, path: str, problems: list[Problem]) -> dict[str, dict[str, Stated]]:
    if not isinstance(raw, Mapping):
        problems.append(Problem(path, "expected a mapping from provider to prices"))
        return {}
    offers = {}
    for provider, prices in raw.items():
        check(provider, KEY, 60, f"{path}.{provider}", problems)
        offers[str(provider)] = read_fields(prices, OFFER_FIELDS, as_of, f"{path}.{provider}", problems)
        check_pricing(offers[str(provider)], f"{path}.{provider}", problems)
    return offers


def check_pricing(prices: Mapping[str, Stated], path: str, problems: list[Problem]) -> None:
    pricing = prices["pricing"].value if "pricing" in prices else None
    if pricing is None:
        problems.append(Problem(f"{path}.pricing", "say whether the price is metered, free, included or unknown"))
    elif pricing == "metered" and "input_price" not in prices:
        problems.append(Problem(f"{path}.input_price", "a metered offer needs an input price"))
    elif pricing != "metered" and any(name.startswith("price_") or name.endswith("_price") for name in prices):
        problems.append(Problem(path, f"an offer that is {pricing} has no prices"))


def read_fields(
    raw: Any, known: Mapping[str, Field], as_of: date, path: str, problems: list[Problem]
) -> dict[str, Stated]:
    if not isinstance(raw, Mapping):
        problems.append(Problem(path, "expected a mapping from field to value"))
        return {}
    stated = {}
    for name, value in raw.items():
        if name not in known:
            problems.append(Problem(f"{path}.{name}", f"unknown field; known are {', '.join(known)}"))
            continue
        try:
            stated[name] = read_stated(value, known[name], as_of)
        except Unreadable as error:
            problems.append(Problem(f"{path}.{name}", str(error)))
    return stated


def read_stated(value: Any, kind: Field, as_of: date) -> Stated:
    """Either the bare value, or a mapping with its own date and address."""
    if not isinstance(value, Mapping):
        return Stated(kind.read(value), as_of)
    if set(value) - {"value", "as_of", "url"} or "value" not in value:
        raise Unreadable("expected value, and optionally as_of and url")
    own_date = date.fromisoformat(read_day(value["as_of"])) if "as_of" in value else as_of
    url = value.get("url", "")
    if not isinstance(url, str) or (url and not url.startswith("https://")) or len(url) > 200:
        raise Unreadable("expected an https address of at most 200 characters")
    return Stated(kind.read(value["value"]), own_date, url)
