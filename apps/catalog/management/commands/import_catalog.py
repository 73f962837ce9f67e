from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError
from django.utils import timezone

from apps.catalog.feeds import LARGEST_FEED, check_day, day_in, read_feed, text_of
from apps.catalog.history import words_of
from apps.catalog.importers import FORMATS
from apps.catalog.importing import Imported, import_feed
from apps.catalog.models import Change
from apps.catalog.observations import Problem, Refused

SHOWN = 20
TIMEOUT = 30


class Command(BaseCommand):
    help = "Import a public model list from a file or an https address. All or nothing; repeating it changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("feed", help="a file, or an https address")
        parser.add_argument("--format", required=True, choices=list(FORMATS))
        parser.add_argument(
            "--as-of", type=date.fromisoformat, help="the day the feed speaks of; else from its name, else today"
        )
        parser.add_argument("--dry-run", action="store_true", help="show what would change, change nothing")
        parser.add_argument(
            "--accept-gone",
            action="store_true",
            help="believe a feed that lacks most of its models or moves most prices far",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        as_of = options["as_of"] or day_in(options["feed"]) or timezone.localdate()
        self.stdout.write(f"as of {as_of}")
        try:
            check_day(as_of)
            feed = read_feed(options["format"], read_text(options["feed"]), as_of)
            result = import_feed(
                by=None,
                feed=feed,
                as_of=as_of,
                dry_run=options["dry_run"],
                accept_gone=options["accept_gone"],
                progress=lambda done, total: self.stdout.write(f"  {done} of {total} models"),
            )
        except Refused as refused:
            reasons = "\n".join(f"  {problem}" for problem in refused.problems[:SHOWN])
            raise CommandError(f"Nothing was imported; the catalog is as it was.\n{reasons}") from None
        except OperationalError as error:
            raise CommandError(f"Nothing was imported: another import may be running. {error}") from None
        self.report(result, dry_run=options["dry_run"])

    def report(self, result: Imported, *, dry_run: bool) -> None:
        if result.repeated:
            self.stdout.write("This feed is already in the catalog: nothing changed.")
            return
        for what, number in result.summary().items():
            self.stdout.write(f"{what}: {number}")
        for reason, number in result.feed.left_out.items():
            self.stdout.write(f"  left out, {reason}: {number}")
        for problem in result.feed.problems[:SHOWN]:
            self.stdout.write(f"  refused: {problem}")
        changed = [change for change in result.changes if change.kind != Change.Kind.ADDED]
        for change in changed[:SHOWN]:
            self.stdout.write(f"  {change.model.slug}: {words_of(change)}")
        if len(changed) > SHOWN:
            self.stdout.write(f"  and {len(changed) - SHOWN} more changes")
        if dry_run:
            self.stdout.write("This was a dry run: nothing was changed.")


def read_text(feed: str) -> str:
    """Raises Refused; an address is read up to the largest size only."""
    try:
        raw = fetch(feed) if "://" in feed else Path(feed).read_bytes()
    except (OSError, ValueError) as error:
        raise Refused([Problem("feed", f"cannot be read: {error}")]) from None
    return text_of(raw)


def fetch(address: str) -> bytes:
    if urlsplit(address).scheme != "https":
        raise ValueError("only https addresses are read")
    request = Request(address, headers={"Accept": "application/json"})  # noqa: S310 (https checked above)
    with urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
        raw: bytes = response.read(LARGEST_FEED + 1)
    return raw
