"""A public list as somebody downloaded it: from bytes to text, from text to records."""

import hashlib
import re
import zlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from apps.catalog.importers import FORMATS
from apps.catalog.importers.records import Record
from apps.catalog.observations import Problem, Refused

LARGEST_FEED = 64 * 1024 * 1024
KEPT_PROBLEMS = 500
FIRST_DAY = date(2015, 1, 1)  # no list of models is older
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
GZIP = b"\x1f\x8b"


@dataclass
class Feed:
    """A feed as read, before anything is stored."""

    source: str
    sha256: str
    only_prices: bool = False
    records: list[Record] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    named: set[str] = field(default_factory=set)  # ids of records that were refused or left out


def text_of(raw: bytes) -> str:
    """Also where a browser saved it compressed or an editor put a mark before it. Raises Refused."""
    if raw.startswith(GZIP):
        raw = unpacked(raw)
    if len(raw) > LARGEST_FEED:
        raise refusal(f"is larger than {LARGEST_FEED // 1024 // 1024} MiB")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refusal("is not UTF-8 text") from None
    if "\0" in text:
        raise refusal("holds NUL characters: it is not a model list")
    return text


def unpacked(raw: bytes) -> bytes:
    """No further than the largest size: a small file can hold a very large one."""
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(raw, LARGEST_FEED + 1)
    except zlib.error as error:
        raise refusal(f"is compressed, but cannot be unpacked: {error}") from None


def refusal(reason: str) -> Refused:
    return Refused([Problem("feed", reason)])


def day_in(name: str) -> date | None:
    """The day a file's name speaks of."""
    found = DAY.search(name.rsplit("/", 1)[-1])
    try:
        return date.fromisoformat(found.group()) if found else None
    except ValueError:
        return None


def check_day(as_of: date) -> date:
    """Raises Refused: a list of a day to come would make every true one an older one."""
    if not FIRST_DAY <= as_of <= timezone.localdate():
        raise refusal(f"cannot speak of {as_of}: give a day from {FIRST_DAY} to today")
    return as_of


def read_feed(name: str, text: str, as_of: date | None = None) -> Feed:
    """What it says as of that day, else today: price lists may begin later. Raises Refused when there is nothing to
    take from it."""
    if len(text) > LARGEST_FEED:
        raise refusal(f"is larger than {LARGEST_FEED // 1024 // 1024} MiB")
    kind = FORMATS[name]
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    feed = Feed(kind.source, digest, kind.only_prices)
    for found in kind.records(kind.parse(text), as_of or timezone.localdate()):
        if isinstance(found, Record):
            feed.records.append(found)
            continue
        feed.named.add(found.about)
        if isinstance(found, Problem):
            feed.problems.append(found)
        else:
            feed.left_out[found.reason] += 1
    if not feed.records:
        raise Refused(
            [
                *feed.problems[:KEPT_PROBLEMS],
                Problem("feed", "holds no record that can be taken. Is it in the format that was chosen?"),
            ]
        )
    return feed
