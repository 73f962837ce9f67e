"""Which model each record of a feed speaks of, what they say together, and what is kept about the matching."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from apps.catalog import matching
from apps.catalog.facts import BATCH
from apps.catalog.feeds import Feed
from apps.catalog.importers.records import Record, shown
from apps.catalog.models import Listing, Model, Source
from apps.catalog.observations import Observation, Problem, Refused, Stated, read_observation

ENDS = ("end_of_life", "deprecated")
LEADING = ("pricing", "input_price", "output_price", "price_tiers")
Matches = dict[str, tuple[Record, matching.Match]]
Prices = Mapping[str, Stated]


@dataclass
class Reading:
    """What the feed says, by model. `mentioned` also holds models whose record was refused: they are not gone."""

    observations: dict[str, Observation] = field(default_factory=dict)
    matches: Matches = field(default_factory=dict)
    mentioned: set[str] = field(default_factory=set)
    priced_by: dict[tuple[str, str], Record] = field(default_factory=dict)

    def take(self, record: Record, seen: Observation, feed: Feed) -> None:
        before = self.observations.get(seen.slug)
        if before is None:
            self.observations[seen.slug] = seen
            self.priced_by |= {(seen.slug, seller): record for seller in seen.offers}
            return
        offers = dict(before.offers)
        for seller, prices in seen.offers.items():
            if seller not in offers or self.replaces(record, seller, seen.slug, offers[seller], prices, feed):
                offers[seller], self.priced_by[seen.slug, seller] = prices, record
        self.observations[seen.slug] = together(before, seen, offers)

    def replaces(self, record: Record, seller: str, slug: str, old: Prices, new: Prices, feed: Feed) -> bool:
        """One seller may list a model under several ids, for regions or speeds. At the same price that is nothing to
        say; else the one named like the model counts, or the first, and the other is named instead of lost."""
        if leading(old) == leading(new) or "unknown" in (old["pricing"].value, new["pricing"].value):
            return bool(old["pricing"].value == "unknown")
        first = self.priced_by[slug, seller]
        better = matching.is_namesake(record, slug) and not matching.is_namesake(first, slug)
        counts, other = (record, first) if better else (first, record)
        reason = f"{seller} lists {slug} again, at another price: that of {counts.external_id} counts"
        feed.problems.append(Problem(other.path, reason, other.external_id))
        return better


def observe(feed: Feed, source: Source, as_of: date) -> Reading:
    """One observation per model: several sellers' records of it are put together, the maker's own words first. Aliases
    come last, when every model they may point at is known."""
    known = known_to(source)
    reading = Reading(mentioned={known.linked[name].slug for name in feed.named if name in known.linked})
    for record in sorted(feed.records, key=lambda record: record.is_alias):
        match = matching.match(record, known)
        reading.matches[record.external_id] = (record, match)
        if record.is_alias or not match.slug:
            feed.left_out[left_out_as(match)] += 1
            continue
        reading.mentioned.add(match.slug)
        try:
            seen = as_observation(record, match, source.key, as_of)
        except Refused as refused:
            feed.problems += [replace(problem, about=record.external_id) for problem in refused.problems]
            del reading.matches[record.external_id]
            continue
        known.add(match.slug)
        reading.take(record, seen, feed)
    return reading


def known_to(source: Source) -> matching.Known:
    listings = Listing.objects.filter(source=source).exclude(model=None).order_by()
    rows = listings.values_list("external_id", "model__slug", "rule")
    linked = {external_id: matching.Match(slug, rule) for external_id, slug, rule in rows}
    return matching.known_slugs(Model.objects.values_list("slug", flat=True), linked)


def left_out_as(match: matching.Match) -> str:
    return f"alias, {match.rule}" if match.rule == matching.LINKED else match.rule


def as_observation(record: Record, match: matching.Match, source: str, as_of: date) -> Observation:
    """A reseller that stops selling a model says nothing about the model's end."""
    others = not record.maker and match.rule not in matching.NEEDS_LINK
    facts = {name: value for name, value in record.facts.items() if not (others and name in ENDS)}
    raw = {"facts": facts, "offers": {record.seller: record.offer} if record.offer else {}}
    return read_observation(
        slug=match.slug,
        name=" ".join(record.name.split()) if isinstance(record.name, str) else record.name,
        provider=record.maker or match.slug.split("/", 1)[0],
        source=source,
        as_of=as_of,
        raw=raw,
        path=record.path,
    )


def leading(prices: Prices) -> list[object]:
    return [prices[name].value if name in prices else None for name in LEADING]


def together(first: Observation, then: Observation, offers: Mapping[str, Prices]) -> Observation:
    return Observation(first.slug, first.name, first.provider, first.source, first.facts or then.facts, offers)


def unlist(added: Iterable[Model], reading: Reading) -> None:
    unmatched = {match.slug for _, match in reading.matches.values() if match.rule in matching.NEEDS_LINK}
    hidden = [model.pk for model in added if model.slug in unmatched]
    for start in range(0, len(hidden), BATCH):
        Model.objects.filter(pk__in=hidden[start : start + BATCH]).update(listed=False)


def store_listings(matches: Matches, source: Source, *, newest: bool) -> None:
    """What was matched stays matched, until an admin links it otherwise. Aliases follow the newest feed."""
    known = {row.external_id: row for row in Listing.objects.filter(source=source).order_by()}
    keys = dict(Model.objects.values_list("slug", "pk"))
    new = [listing_of(key, found, keys, source) for key, found in matches.items() if key not in known]
    Listing.objects.bulk_create(new, batch_size=BATCH)
    if newest:
        follow_aliases([row for row in known.values() if row.is_alias], matches, keys)


def listing_of(key: str, found: tuple[Record, matching.Match], keys: Mapping[str, int], source: Source) -> Listing:
    record, match = found
    return Listing(
        source=source,
        external_id=key,
        name=shown(record.name),
        model_id=keys.get(match.slug),
        rule=match.rule,
        needs_link=match.rule in matching.NEEDS_LINK,
        is_alias=record.is_alias,
    )


def follow_aliases(rows: Iterable[Listing], matches: Matches, keys: Mapping[str, int]) -> None:
    """An alias its feed no longer names points nowhere; one an admin linked stays as linked."""
    for row in rows:
        if row.rule == matching.LINKED:
            continue
        if row.external_id not in matches:
            row.delete()
            continue
        match = matches[row.external_id][1]
        if (row.model_id, row.rule) != (keys.get(match.slug), match.rule):
            row.model_id, row.rule = keys.get(match.slug), match.rule
            row.needs_link = match.rule in matching.NEEDS_LINK
            row.save(update_fields=["model", "rule", "needs_link"])
