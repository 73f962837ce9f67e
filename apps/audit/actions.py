"""Append to the audit chain, and check it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import connection, models, transaction
from django.utils import timezone

from apps.audit.models import AuditEvent

CHAIN_LOCK = 0x676F76706F7274  # any fixed number: the PostgreSQL advisory lock of this chain


class Head(NamedTuple):
    """Number of entries and the hash of the last one: printed on every report, so that a cut tail shows."""

    entries: int
    hash: str


class ChainBroken(Exception):
    """The chain does not add up; the argument names the first bad entry."""


@transaction.atomic
def record(*, by: Any, verb: str, subject: models.Model, details: Mapping[str, Any] | None = None) -> AuditEvent:
    """Append one entry in the caller's transaction: if it cannot be written, the change is not made either."""
    lock_chain()
    last = AuditEvent.objects.order_by("-pk").first()
    event = AuditEvent(
        at=timezone.now(),
        by=by,
        by_name=str(by) if by is not None else "",
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        details=plain(details or {}),
        previous_hash=last.hash if last else "",
    )
    event.hash = entry_hash(event)
    event.save(force_insert=True)
    return event


def plain(details: Mapping[str, Any]) -> Any:
    """What both databases give back unchanged: PostgreSQL's jsonb rewrites numbers like 1e16, so those become text."""
    return json.loads(json.dumps(details, default=str), parse_float=str, parse_constant=str)


def lock_chain() -> None:
    """SQLite needs none: its transactions are IMMEDIATE, so there is one writer at a time."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])


def entry_hash(event: AuditEvent) -> str:
    """SHA-256 over the previous hash and the entry as canonical JSON."""
    entry = {
        "at": event.at.isoformat(),
        "by": event.by_id,
        "by_name": event.by_name,
        "verb": event.verb,
        "subject": [event.subject_type, event.subject_id],
        "details": event.details,
        "previous": event.previous_hash,
    }
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def head() -> Head:
    last = AuditEvent.objects.order_by("-pk").first()
    if last is None:
        return Head(0, "")
    # Not all(): another process may have appended since, and the pair must belong together.
    return Head(AuditEvent.objects.filter(pk__lte=last.pk).count(), last.hash)


def verify(expected: Head | None = None) -> Head:
    """Walk the chain. Raises ChainBroken at the first changed, missing or swapped entry, or when it is
    shorter than `expected` (a head noted earlier) or does not contain it."""
    previous, count, seen = "", 0, expected is None or expected.entries == 0
    for event in AuditEvent.objects.order_by("pk").iterator(chunk_size=1000):
        if event.previous_hash != previous or event.hash != entry_hash(event):
            raise ChainBroken(f"Entry {event.pk} ({event.verb} {event.subject_type} {event.subject_id}) was altered.")
        previous, count = event.hash, count + 1
        seen = seen or (expected is not None and expected == Head(count, event.hash))
    if not seen:
        raise ChainBroken("The chain does not contain the head that was noted earlier: entries were removed.")
    return Head(count, previous)
