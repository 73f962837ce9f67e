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
UNCLEAR = "its id reads like another model's"
ALIAS = "alias without a target"
TARGET = "alias, the feed names its target"
NEEDS_LINK = (NO_MATCH, AMBIGUOUS, UNCLEAR, ALIAS)


@dataclass(frozen=True)
class Match:
    """`slug` is empty for what is left out until an admin links it. An alias only points: it brings its target no
    figures, because tomorrow they may be those of another model."""

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


def squeezed(name: str) -> str:
    """Letters and digits only, as people type names into a search."""
    return re.sub(r"[\W_]+", "", name.lower())


def clean(name: str) -> str:
    return re.sub(r"[^a-z0-9._:-]+", "-", name.lower()).strip("-._:")


def match(record: Record, known: Known) -> Match:
    """Always the same for the same record and the same known slugs."""
    earlier = known.linked.get(record.external_id)
    if record.is_alias:
        return target(record, earlier, known)
    if earlier:
        return earlier
    for maker, name, rule in candidates(record):
        if found := resolve(maker, name, rule, known):
            return found
    if record.maker:
        return own_entry(record.maker, record, NEW, known)
    return by_name_alone(record, known)


def target(record: Record, earlier: Match | None, known: Known) -> Match:
    """An admin's link stays; a feed may name another target every day."""
    if earlier and earlier.rule == LINKED:
        return earlier
    maker, _, name = record.target.partition("/")
    named = resolve(known_key(maker), name, TARGET, known) if record.target else earlier
    return Match(named.slug, TARGET) if named else Match("", ALIAS)


def candidates(record: Record) -> list[tuple[str, str, str]]:
    """Maker and name, from the surest statement to the weakest."""
    found = []
    if record.maker:
        found.append((record.maker, record.model_name, SAME_ID))
    if "/" in record.model_name and not record.maker:
        *_, maker, name = record.model_name.split("/")
        found.append((known_key(maker), name, SAME_ID))
    if "/" in record.base:
        maker, name = record.base.split("/", 1)
        found.append((known_key(maker), name, BASE))
    return [candidate for candidate in found if candidate[0]]


def is_namesake(record: Record, slug: str) -> bool:
    """Its name is the model's own, not that of a region, a speed or a free variant of it."""
    return spelling(record.model_name.rsplit("/", 1)[-1]) == spelling(slug.split("/", 1)[1])


def known_key(maker: str) -> str:
    """Empty where the text holds no letter or digit, and so names nobody."""
    return maker_key(maker) if re.search(r"[a-z0-9]", maker.lower()) else ""


def resolve(maker: str, name: str, rule: str, known: Known) -> Match | None:
    if f"{maker}/{name}" in known.slugs:
        return Match(f"{maker}/{name}", rule)
    fits = known.by_spelling.get(f"{maker}/{spelling(name)}", set())
    return Match(next(iter(fits)), BASE if rule == BASE else SPELLING) if len(fits) == 1 else None


def by_name_alone(record: Record, known: Known) -> Match:
    fits = known.by_name.get(spelling(record.model_name), set())
    if len(fits) == 1:
        return Match(next(iter(fits)), ELSEWHERE)
    return own_entry(record.seller, record, AMBIGUOUS if fits else NO_MATCH, known)


def own_entry(owner: str, record: Record, rule: str, known: Known) -> Match:
    """An id that only becomes another model's by leaving out signs is not taken for it."""
    name = clean(record.model_name)
    slug = f"{owner}/{name}"
    taken = slug in known.slugs and spelling(name) != spelling(record.model_name)
    return Match("", UNCLEAR) if taken else Match(slug, rule)
