"""An upload that waits for its confirmation: tried out once, its difference kept and shown, then taken in."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max

from apps.accounts.models import User
from apps.accounts.permissions import require
from apps.catalog.facts import lock_catalog
from apps.catalog.feeds import read_feed
from apps.catalog.history import SHOWN_CHANGES, words_of
from apps.catalog.importing import Imported, import_feed
from apps.catalog.models import Change, Offer, PendingImport, Snapshot


class NoLongerWaiting(Exception):
    """It was confirmed already, or a newer upload of the same person took its place."""


class ShownTooEarly(Exception):
    """Another list went in since the difference was shown; it has been worked out anew and waits."""


@transaction.atomic
def keep_for_confirmation(*, by: User, format: str, as_of: date, text: str) -> PendingImport:  # noqa: A002
    """Tries it out; the same person's earlier uploads are dropped. Raises Refused, and nothing is kept."""
    require(by, "catalog.manage")
    pending = PendingImport(by=by, format=format, as_of=as_of, text=text)
    try_out(pending, by)
    PendingImport.objects.filter(by=by).delete()
    pending.save()
    return pending


def try_out(pending: PendingImport, by: User) -> None:
    """Everything an import does, taken back; what it came to is kept, so that the page need not do it again."""
    pending.after_snapshot = latest_snapshot()
    feed = read_feed(pending.format, pending.text, pending.as_of)
    result = import_feed(by=by, feed=feed, as_of=pending.as_of, dry_run=True, accept_gone=True)
    pending.preview = preview_of(result)


def preview_of(result: Imported) -> dict[str, Any]:
    added = [change.model.slug for change in result.changes if change.kind == Change.Kind.ADDED]
    changes = [change for change in result.changes if change.kind != Change.Kind.ADDED]
    return {
        "repeated": result.repeated,
        "doubts": result.doubts,
        "summary": result.summary(),
        "left_out": dict(result.feed.left_out),
        "changes": list(told(changes[:SHOWN_CHANGES])),
        "more_changes": max(len(changes) - SHOWN_CHANGES, 0),
        "added": added[:SHOWN_CHANGES],
        "more_added": max(len(added) - SHOWN_CHANGES, 0),
        "problems": [[problem.place, problem.reason] for problem in result.feed.problems[:SHOWN_CHANGES]],
        "more_problems": max(len(result.feed.problems) - SHOWN_CHANGES, 0),
    }


def told(changes: Sequence[Change]) -> Iterator[list[str]]:
    """Each with the seller whose price or limit it is."""
    offers = Offer.objects.filter(pk__in=[change.offer_id for change in changes])
    sellers = dict(offers.values_list("pk", "provider__name"))
    for change in changes:
        seller = sellers.get(change.offer_id or 0)
        yield [change.model.slug, f"{words_of(change)}, at {seller}" if seller else words_of(change)]


def latest_snapshot() -> int:
    return Snapshot.objects.aggregate(latest=Max("pk"))["latest"] or 0


def confirm_import(*, by: User, pk: int, accept_gone: bool = False) -> Imported:
    """Takes in what was shown. Raises NoLongerWaiting, ShownTooEarly or Refused; for the latter two it still waits."""
    require(by, "catalog.manage")
    with transaction.atomic():
        lock_catalog()  # a second click, and another admin's import, wait here
        pending = PendingImport.objects.filter(pk=pk, by=by).first()
        if pending is None:
            raise NoLongerWaiting
        outdated = pending.after_snapshot != latest_snapshot()
        if not outdated:
            feed = read_feed(pending.format, pending.text, pending.as_of)
            result = import_feed(by=by, feed=feed, as_of=pending.as_of, accept_gone=accept_gone)
            pending.delete()
            return result
        try_out(pending, by)
        pending.save()
    raise ShownTooEarly
