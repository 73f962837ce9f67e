"""Takes a feed into the catalog: read, match, store, note what is gone, keep a snapshot with its changes."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max

from apps.accounts.models import User
from apps.accounts.permissions import require
from apps.audit.actions import record as audit
from apps.catalog import matching
from apps.catalog.entries import Changed
from apps.catalog.facts import BATCH, Stored, lock_catalog, refresh, store
from apps.catalog.feeds import KEPT_PROBLEMS, Feed, refusal
from apps.catalog.fields import PRICE_FIELDS
from apps.catalog.importers.records import Record
from apps.catalog.listings import observe, store_listings, unlist
from apps.catalog.models import Change, Fact, Model, Provider, Snapshot, Source
from apps.catalog.observations import Observation
from apps.catalog.rows import insert, without_collector

CHANGE_COLUMNS = ("snapshot", "model", "offer", "kind", "field", "before", "after", "on", "is_noise")
NOISE_DAYS = 7
# A feed without most of what it held is more likely cut off than true.
MOST_GONE = 0.5
FEW = 10
# Prices do move, but not most of them by this much on one day: such a list counts in another unit.
FARTHEST_MOVE = Decimal(100)


@dataclass
class Imported:
    stored: Stored
    feed: Feed
    changes: list[Change] = field(default_factory=list)
    needs_link: int = 0
    repeated: bool = False
    doubts: list[str] = field(default_factory=list)

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
    """All or nothing, one import at a time. Raises Refused when the feed cannot be right as a whole. A dry run does
    everything and takes it back, so that what it shows is what would happen."""
    if by is not None:
        require(by, "catalog.manage")
    state = lock_catalog()
    source = source_of(feed)
    if Snapshot.objects.filter(source=source, sha256=feed.sha256, as_of=as_of).exists():
        return Imported(Stored(), feed, repeated=True)
    newest = not Snapshot.objects.filter(source=source, as_of__gt=as_of).exists()
    reading = observe(feed, source, as_of)
    ensure_providers(record for record, _ in reading.matches.values())
    result = Imported(store_all(list(reading.observations.values()), source, progress), feed)
    if feed.only_prices:
        unlist(result.stored.added, reading)
    store_listings(reading.matches, source, newest=newest)
    result.needs_link = sum(match.rule in matching.NEEDS_LINK for _, match in reading.matches.values())
    result.doubts = unit_doubts(result.stored.changed)
    comings = comings_and_goings(reading.mentioned, source, as_of, result.doubts) if newest else []
    if result.doubts and not accept_gone:
        raise refusal(f"{'; '.join(result.doubts)}. Say --accept-gone if it is right.")
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
        raise refusal(f"the source {feed.source} is not set up. Run manage.py load_catalog first.") from None


def keep_snapshot(result: Imported, source: Source, as_of: date, by: User | None) -> None:
    snapshot = Snapshot.objects.create(
        source=source,
        as_of=as_of,
        taken_by=by,
        sha256=result.feed.sha256,
        records=len(result.feed.records),
        summary=result.summary(),
        refused=[[problem.place, problem.reason] for problem in result.feed.problems[:KEPT_PROBLEMS]],
    )
    mark_noise(result.changes, source, as_of)
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
            shown = next(text for text in (name, key, f"{key} (provider)") if text and text not in names)
            names.add(shown)
            missing.append(Provider(key=key, name=shown))
    Provider.objects.bulk_create(missing)


def differences(stored: Stored, as_of: date) -> list[Change]:
    added = [Change(model=model, kind=Change.Kind.ADDED, on=as_of) for model in stored.added]
    changed = [Change(kind=Change.Kind.CHANGED, on=as_of, **found._asdict()) for found in stored.changed]
    return added + changed


def comings_and_goings(listed: set[str], source: Source, as_of: date, doubts: list[str]) -> list[Change]:
    """A model no feed lists any longer is gone: a state, with its last known figures kept."""
    back = [model for model in Model.objects.exclude(gone_since=None) if model.slug in listed]
    facts = Fact.objects.current().filter(source=source, as_of__lt=as_of)
    stated = Model.objects.filter(pk__in=facts.values("model"))
    missing = [model for model in stated if model.slug not in listed]
    doubts += cut_off_doubts(lately_listed(missing, source), len(listed))
    gone = [model for model in nowhere_else(missing, source) if model.gone_since is None]
    for model in back:
        model.gone_since = None
    for model in gone:
        model.gone_since = as_of
    Model.objects.bulk_update([*back, *gone], ["gone_since"], batch_size=BATCH)
    refresh([*back, *gone])
    returned = [Change(model=model, kind=Change.Kind.RETURNED, on=as_of) for model in back]
    return returned + [Change(model=model, kind=Change.Kind.GONE, on=as_of) for model in gone]


def lately_listed(missing: Sequence[Model], source: Source) -> int:
    """How many of them the source still held the last time; what left earlier has been believed already."""
    last = Snapshot.objects.filter(source=source).aggregate(last=Max("as_of"))["last"]
    if last is None:
        return len(missing)
    held = set(Fact.objects.current().filter(source=source, as_of__gte=last).values_list("model", flat=True))
    return sum(model.pk in held for model in missing)


def cut_off_doubts(missing: int, listed: int) -> list[str]:
    if missing <= FEW or missing <= MOST_GONE * (missing + listed):
        return []
    return [f"lacks {missing} of {missing + listed} models it held before: it seems cut off"]


def unit_doubts(changed: Sequence[Changed]) -> list[str]:
    prices = [(found.before, found.after) for found in changed if found.field in PRICE_FIELDS]
    moves = [Decimal(after) / Decimal(before) for before, after in prices if Decimal(before) and Decimal(after)]
    far = sum(not 1 / FARTHEST_MOVE < move < FARTHEST_MOVE for move in moves)
    if far <= FEW or far <= MOST_GONE * len(moves):
        return []
    return [f"moves {far} of {len(moves)} changed prices by a factor of {FARTHEST_MOVE} or more: another unit?"]


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


def mark_noise(changes: Sequence[Change], source: Source, as_of: date) -> None:
    """A change that takes back one the source made within the noise window alerts nobody a second time."""
    recent = Change.objects.filter(kind=Change.Kind.CHANGED, on__gte=as_of - timedelta(days=NOISE_DAYS))
    recent = recent.filter(snapshot__source=source)
    wanted = {(change.model_id, change.offer_id, change.field) for change in changes if change.field}
    earlier: dict[tuple[int, int | None, str], Change] = {}
    for change in recent.order_by("on", "pk").iterator():
        key = (change.model_id, change.offer_id, change.field)
        if key in wanted:
            earlier[key] = change
    for change in changes:
        before = earlier.get((change.model_id, change.offer_id, change.field))
        change.is_noise = before is not None and before.before == change.after
