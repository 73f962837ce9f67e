"""Takes a feed into the catalog: read, match, store, note what is gone, keep a snapshot with its changes."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.permissions import require
from apps.audit.actions import record as audit
from apps.catalog import matching
from apps.catalog.facts import BATCH, Stored, lock_catalog, refresh, store
from apps.catalog.importers import FORMATS
from apps.catalog.importers.records import Record
from apps.catalog.models import Change, Fact, Listing, Model, PendingImport, Provider, Snapshot, Source
from apps.catalog.observations import Observation, Problem, Refused, read_observation
from apps.catalog.rows import insert, without_collector

LARGEST_FEED = 64 * 1024 * 1024
KEPT_PROBLEMS = 500
CHANGE_COLUMNS = ("snapshot", "model", "offer", "kind", "field", "before", "after", "on", "is_noise")
NOISE_DAYS = 7
# A feed without most of what it held is more likely cut off than true.
MOST_GONE = 0.5
FEW = 10
ENDS = ("end_of_life", "deprecated")


@dataclass
class Feed:
    """A feed as read, before anything is stored."""

    source: str
    sha256: str
    only_prices: bool = False
    records: list[Record] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


@dataclass
class Imported:
    stored: Stored
    feed: Feed
    changes: list[Change] = field(default_factory=list)
    needs_link: int = 0
    repeated: bool = False

    def summary(self) -> dict[str, int]:
        kinds = Counter(str(change.kind) for change in self.changes)
        return {
            "records": len(self.feed.records),
            "refused": len(self.feed.problems),
            "left out": self.feed.left_out.total(),
            "to be linked": self.needs_link,
            **self.stored.summary(),
            "models gone": kinds["gone"],
            "models returned": kinds["returned"],
        }


def read_feed(name: str, text: str, as_of: date | None = None) -> Feed:
    """What it says as of that day, else today: price lists may begin later. Raises Refused when there is nothing to
    take from it."""
    if len(text) > LARGEST_FEED:
        raise Refused([Problem("feed", f"is larger than {LARGEST_FEED // 1024 // 1024} MiB")])
    kind = FORMATS[name]
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    feed = Feed(kind.source, digest, kind.only_prices)
    for found in kind.records(kind.parse(text), as_of or timezone.localdate()):
        if isinstance(found, Record):
            feed.records.append(found)
        elif isinstance(found, Problem):
            feed.problems.append(found)
        else:
            feed.left_out[found.reason] += 1
    if not feed.records:
        raise Refused([*feed.problems[:KEPT_PROBLEMS], Problem("feed", "holds no record that can be taken")])
    return feed


@without_collector()
@transaction.atomic
def import_feed(
    *,
    by: User | None,
    feed: Feed,
    as_of: date,
    dry_run: bool = False,
    accept_gone: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Imported:
    """All or nothing, one import at a time. Raises Refused when the feed seems cut off. A dry run does everything and
    takes it back, so that what it shows is what would happen."""
    if by is not None:
        require(by, "catalog.manage")
    state = lock_catalog()
    source = source_of(feed)
    if Snapshot.objects.filter(source=source, sha256=feed.sha256, as_of=as_of).exists():
        return Imported(Stored(), feed, repeated=True)
    reading = observe(feed, source, as_of)
    ensure_providers(record for record, _ in reading.matches.values())
    result = Imported(store_all(list(reading.observations.values()), source, progress), feed)
    if feed.only_prices:
        unlist(result.stored.added, reading)
    store_listings(reading.matches, source)
    result.needs_link = sum(match.rule in matching.NEEDS_LINK for _, match in reading.matches.values())
    comings = comings_and_goings(reading.mentioned, source, as_of, accept_gone)
    result.changes = [*differences(result.stored, as_of), *comings]
    keep_snapshot(result, source, as_of, by)
    details = {"source": source.key, "as_of": as_of} | result.summary()
    audit(by=by, verb="catalog.imported", subject=state, details=details)
    if dry_run:
        transaction.set_rollback(True)
    return result


def source_of(feed: Feed) -> Source:
    try:
        return Source.objects.get(key=feed.source)
    except Source.DoesNotExist:
        reason = f"the source {feed.source} is not set up. Run manage.py load_catalog first."
        raise Refused([Problem("feed", reason)]) from None


def keep_snapshot(result: Imported, source: Source, as_of: date, by: User | None) -> None:
    snapshot = Snapshot.objects.create(
        source=source,
        as_of=as_of,
        taken_by=by,
        sha256=result.feed.sha256,
        records=len(result.feed.records),
        summary=result.summary(),
        refused=[[problem.path, problem.reason] for problem in result.feed.problems[:KEPT_PROBLEMS]],
    )
    mark_noise(result.changes, as_of)
    for change in result.changes:
        change.snapshot = snapshot
    insert(Change, CHANGE_COLUMNS, map(change_row, result.changes))


def change_row(change: Change) -> tuple[Any, ...]:
    before, after = (None if value is None else json.dumps(value) for value in (change.before, change.after))
    of = (change.snapshot_id, change.model_id, change.offer_id)
    return *of, str(change.kind), change.field, before, after, change.on, change.is_noise


def store_all(
    observations: Sequence[Observation], source: Source, progress: Callable[[int, int], None] | None
) -> Stored:
    total = Stored()
    for start in range(0, len(observations), BATCH):
        total.add(store(observations[start : start + BATCH], source))
        if progress:
            progress(min(start + BATCH, len(observations)), len(observations))
    return total


@dataclass
class Reading:
    """What the feed says, by model. `mentioned` also holds models whose record was refused: they are not gone."""

    observations: dict[str, Observation] = field(default_factory=dict)
    matches: dict[str, tuple[Record, matching.Match]] = field(default_factory=dict)
    mentioned: set[str] = field(default_factory=set)


def observe(feed: Feed, source: Source, as_of: date) -> Reading:
    """One observation per model: several sellers' records of it are put together, the maker's own words first."""
    listings = Listing.objects.filter(source=source).exclude(model=None).order_by()
    rows = listings.values_list("external_id", "model__slug", "rule")
    linked = {external_id: matching.Match(slug, rule) for external_id, slug, rule in rows}
    known = matching.known_slugs(Model.objects.values_list("slug", flat=True), linked)
    reading = Reading()
    for record in feed.records:
        match = matching.match(record, known)
        reading.matches[record.external_id] = (record, match)
        if not match.slug:
            feed.left_out[match.rule] += 1
            continue
        reading.mentioned.add(match.slug)
        try:
            seen = as_observation(record, match, source.key, as_of)
        except Refused as refused:
            feed.problems += refused.problems
            del reading.matches[record.external_id]
            continue
        known.add(match.slug)
        reading.observations[match.slug] = together(reading.observations.get(match.slug), seen)
    return reading


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


def together(first: Observation | None, then: Observation) -> Observation:
    if first is None:
        return then
    offers = {**then.offers, **first.offers}
    return Observation(first.slug, first.name, first.provider, first.source, first.facts or then.facts, offers)


def ensure_providers(records: Iterable[Record]) -> None:
    wanted: dict[str, str] = {}
    for record in records:
        wanted.setdefault(record.seller, record.seller_name)
        if record.maker:
            wanted.setdefault(record.maker, record.maker_name or record.maker)
    existing = dict(Provider.objects.values_list("key", "name"))
    names = set(existing.values())
    missing = []
    for key, name in wanted.items():
        if key not in existing:
            shown = name[:100] if name and name[:100] not in names else key
            names.add(shown)
            missing.append(Provider(key=key, name=shown))
    Provider.objects.bulk_create(missing)


def unlist(added: Iterable[Model], reading: Reading) -> None:
    unmatched = {match.slug for _, match in reading.matches.values() if match.rule in matching.NEEDS_LINK}
    hidden = [model.pk for model in added if model.slug in unmatched]
    for start in range(0, len(hidden), BATCH):
        Model.objects.filter(pk__in=hidden[start : start + BATCH]).update(listed=False)


def store_listings(matches: dict[str, tuple[Record, matching.Match]], source: Source) -> None:
    """What was matched stays matched, until an admin links it otherwise."""
    known = set(Listing.objects.filter(source=source).values_list("external_id", flat=True))
    keys = dict(Model.objects.values_list("slug", "pk"))
    new = (
        Listing(
            source=source,
            external_id=key[:200],
            name=record.name[:200],
            model_id=keys.get(match.slug),
            rule=match.rule,
            needs_link=match.rule in matching.NEEDS_LINK,
        )
        for key, (record, match) in matches.items()
        if key not in known
    )
    Listing.objects.bulk_create(new, batch_size=BATCH)


def differences(stored: Stored, as_of: date) -> list[Change]:
    added = [Change(model=model, kind=Change.Kind.ADDED, on=as_of) for model in stored.added]
    changed = [Change(kind=Change.Kind.CHANGED, on=as_of, **found._asdict()) for found in stored.changed]
    return added + changed


def comings_and_goings(listed: set[str], source: Source, as_of: date, accept_gone: bool) -> list[Change]:
    """A model no feed lists any longer is gone: a state, with its last known figures kept."""
    if Snapshot.objects.filter(source=source, as_of__gt=as_of).exists():
        return []
    back = list(Model.objects.filter(slug__in=listed).exclude(gone_since=None))
    stated = Model.objects.filter(pk__in=Fact.objects.current().filter(source=source, as_of__lt=as_of).values("model"))
    missing = [model for model in stated if model.slug not in listed]
    check_not_cut_off(len(missing), len(listed), accept_gone)
    gone = [model for model in nowhere_else(missing, source) if model.gone_since is None]
    for model in back:
        model.gone_since = None
    for model in gone:
        model.gone_since = as_of
    Model.objects.bulk_update([*back, *gone], ["gone_since"], batch_size=BATCH)
    refresh([*back, *gone])
    returned = [Change(model=model, kind=Change.Kind.RETURNED, on=as_of) for model in back]
    return returned + [Change(model=model, kind=Change.Kind.GONE, on=as_of) for model in gone]


def check_not_cut_off(missing: int, listed: int, accept_gone: bool) -> None:
    if missing > FEW and missing > MOST_GONE * (missing + listed) and not accept_gone:
        reason = f"lacks {missing} of {missing + listed} models it held before: it seems cut off"
        raise Refused([Problem("feed", f"{reason}. Say --accept-gone if it is right.")])


def nowhere_else(missing: Sequence[Model], source: Source) -> list[Model]:
    """Those of `missing` that no other feed confirmed in its own latest snapshot."""
    latest = dict(Snapshot.objects.exclude(source=source).values_list("source").annotate(Max("as_of")))
    confirmed = (
        Fact.objects.current()
        .filter(model__in=missing, source__in=latest)
        .values_list("model", "source")
        .annotate(Max("as_of"))
    )
    alive = {model for model, other, as_of in confirmed if as_of >= latest[other]}
    return [model for model in missing if model.pk not in alive]


def mark_noise(changes: Sequence[Change], as_of: date) -> None:
    """A change that takes back one made within the noise window alerts nobody a second time."""
    recent = Change.objects.filter(kind=Change.Kind.CHANGED, on__gte=as_of - timedelta(days=NOISE_DAYS))
    wanted = {(change.model_id, change.offer_id, change.field) for change in changes if change.field}
    earlier: dict[tuple[int, int | None, str], Change] = {}
    for change in recent.order_by("on", "pk").iterator():
        key = (change.model_id, change.offer_id, change.field)
        if key in wanted:
            earlier[key] = change
    for change in changes:
        before = earlier.get((change.model_id, change.offer_id, change.field))
        change.is_noise = before is not None and before.before == change.after


@transaction.atomic
def keep_for_confirmation(*, by: User, format: str, as_of: date, text: str) -> PendingImport:  # noqa: A002
    """An upload waits for its confirmation; the same person's earlier ones are dropped."""
    require(by, "catalog.manage")
    PendingImport.objects.filter(by=by).delete()
    return PendingImport.objects.create(by=by, format=format, as_of=as_of, text=text)


@transaction.atomic
def confirm_import(*, by: User, pending: PendingImport, accept_gone: bool = False) -> Imported:
    feed = read_feed(pending.format, pending.text, pending.as_of)
    result = import_feed(by=by, feed=feed, as_of=pending.as_of, accept_gone=accept_gone)
    pending.delete()
    return result
