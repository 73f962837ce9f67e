"""Which model a listing speaks of. The rules are tried in order, each is named, and nothing is guessed in silence:
what no rule finds, or what fits several, becomes an entry of its own and is listed for an admin to link."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from apps.catalog.importers.records import Record, maker_key

LINKED = "linked by an admin"
SAME_ID = "same id"
SPELLING = "same id, spelt differently"
BASE = "the feed names the model"
ELSEWHERE = "same id at another seller"
NEW = "new"
NO_MATCH = "no match"
AMBIGUOUS = "several fit"
ALIAS = "alias without a target"
NEEDS_LINK = (NO_MATCH, AMBIGUOUS, ALIAS)


@dataclass(frozen=True)
class Match:
    """`slug` is empty for an alias nobody has linked: it is left out."""

    slug: str
    rule: str


@dataclass
class Known:
    """The slugs matching may choose from, by every key the rules use."""

    linked: Mapping[str, Match] = field(default_factory=dict)
    slugs: set[str] = field(default_factory=set)
    by_spelling: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_name: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, slug: str) -> None:
        if slug not in self.slugs:
            self.slugs.add(slug)
            maker, name = slug.split("/", 1)
            self.by_spelling[f"{maker}/{spelling(name)}"].add(slug)
            self.by_name[spelling(name)].add(slug)


def known_slugs(slugs: Iterable[str], linked: Mapping[str, Match]) -> Known:
    known = Known(linked=linked)
    for slug in slugs:
        known.add(slug)
    return known


def spelling(name: str) -> str:
    """claude-sonnet-4.5 and Claude_Sonnet-4-5 are one name; dates and sizes stay part of it."""
    return re.sub(r"[._\s-]+", "-", name.lower()).strip("-")


def clean(name: str) -> str:
    return re.sub(r"[^a-z0-9._:-]+", "-", name.lower()).strip("-._:")


def match(record: Record, known: Known) -> Match:
    """Always the same for the same record and the same known slugs."""
    if record.external_id in known.linked:
        return known.linked[record.external_id]
    if record.is_alias:
        return Match("", ALIAS)
    for maker, name, rule in candidates(record):
        if found := resolve(maker, name, rule, known):
            return found
    if record.maker:
        return Match(f"{record.maker}/{clean(record.model_name)}", NEW)
    return by_name_alone(record, known)


def candidates(record: Record) -> list[tuple[str, str, str]]:
    """Maker and name, from the surest statement to the weakest."""
    found = []
    if record.maker:
        found.append((record.maker, record.model_name, SAME_ID))
    if "/" in record.base:
        maker, name = record.base.split("/", 1)
        found.append((maker_key(maker), name, BASE))
    if "/" in record.model_name and not record.maker:
        *_, maker, name = record.model_name.split("/")
        if re.search(r"[a-z0-9]", maker.lower()):
            found.append((maker_key(maker), name, SAME_ID))
    return found


def resolve(maker: str, name: str, rule: str, known: Known) -> Match | None:
    if f"{maker}/{name}" in known.slugs:
        return Match(f"{maker}/{name}", rule)
    fits = known.by_spelling.get(f"{maker}/{spelling(name)}", set())
    return Match(next(iter(fits)), BASE if rule == BASE else SPELLING) if len(fits) == 1 else None


def by_name_alone(record: Record, known: Known) -> Match:
    fits = known.by_name.get(spelling(record.model_name), set())
    if len(fits) == 1:
        return Match(next(iter(fits)), ELSEWHERE)
    return Match(f"{record.seller}/{clean(record.model_name)}", AMBIGUOUS if fits else NO_MATCH)
