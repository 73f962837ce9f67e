"""What is known about the models of a batch, and what a source's new words change about it.

Plain values: an import goes through all current facts, and a model object for each would be most of its time.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from apps.catalog.columns import ITSELF, NOT_STORED, Place, Said
from apps.catalog.models import Fact, Model, Offer, Source
from apps.catalog.observations import Observation, Stated

SAID = ("pk", "value", "source", "source__rank", "as_of", "preferred", "url")


@dataclass
class Entry:
    """One model: its offers by seller, and what is said about it and them. Without a key it is new."""

    pk: int | None = None
    data_checked: date | None = None
    offers: dict[str, int] = field(default_factory=dict)
    leading: str = ITSELF
    said: dict[Place, list[Said]] = field(default_factory=lambda: defaultdict(list))
    # Whether other columns than the day it was last confirmed may have to change.
    touched: bool = False


class Changed(NamedTuple):
    """A source said `before` until now, and says `after` from now on."""

    model_id: int | None
    offer_id: int | None
    field: str
    before: Any
    after: Any


class NewFact(NamedTuple):
    slug: str
    place: Place
    stated: Stated
    preferred: bool


@dataclass
class News:
    """What a batch of one source's observations comes to."""

    source: Source
    new: list[NewFact] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    # Keys of facts by the values to write: superseded_on; as_of and url.
    ended: dict[tuple[date], list[int]] = field(default_factory=lambda: defaultdict(list))
    confirmed: dict[tuple[date, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    new_facts: int = 0
    still_said: int = 0
    withdrawn: int = 0
    outdated: int = 0


def known_entries(slugs: Collection[str]) -> dict[str, Entry]:
    """By slug, in three queries."""
    models = Model.objects.filter(slug__in=slugs).order_by()
    found = {slug: Entry(pk, day) for slug, pk, day in models.values_list("slug", "pk", "data_checked")}
    by_key = {entry.pk: entry for entry in found.values()}
    sellers: dict[int | None, str] = {None: ITSELF}
    offers = Offer.objects.filter(model__in=by_key).order_by("pk")
    for pk, model, seller, leading in offers.values_list("pk", "model", "provider__key", "leading"):
        entry, sellers[pk] = by_key[model], seller
        entry.offers[seller] = pk
        entry.leading = seller if leading else entry.leading
    facts = Fact.objects.current().filter(model__in=by_key).order_by()
    for model, offer, name, *said in facts.values_list("model", "offer", "field", *SAID):
        by_key[model].said[sellers[offer], name].append(Said(*said))
    return found


def compare(entry: Entry, seen: Observation, news: News) -> None:
    """Bring the entry up to what is seen, and note what that comes to."""
    own = {place: said for place, many in entry.said.items() for said in many if said.source_id == news.source.pk}
    entry.touched = entry.pk is None or not seen.offers.keys() <= entry.offers.keys()
    newest = date.min
    for place, stated in statements(seen):
        compare_one(entry, seen.slug, place, own.pop(place, None), stated, news)
        newest = max(newest, stated.as_of)
    withdraw(entry, own.items(), newest, news)


def statements(seen: Observation) -> Iterator[tuple[Place, Stated]]:
    for name, stated in seen.facts.items():
        yield (ITSELF, name), stated
    for seller, prices in seen.offers.items():
        for name, stated in prices.items():
            yield (seller, name), stated


def compare_one(entry: Entry, slug: str, place: Place, before: Said | None, stated: Stated, news: News) -> None:
    if before is None:
        news.new_facts += 1
        begin(entry, NewFact(slug, place, stated, preferred=False), news)
    elif stated.as_of < before.as_of:
        news.outdated += 1
    elif before.value == stated.value:
        news.still_said += 1
        confirm(entry, place, before, stated, news)
    else:
        seller, name = place
        news.changed.append(Changed(entry.pk, entry.offers.get(seller), name, before.value, stated.value))
        end(entry, place, before, stated.as_of, news)
        begin(entry, NewFact(slug, place, stated, before.preferred), news)


def begin(entry: Entry, fact: NewFact, news: News) -> None:
    stated, source = fact.stated, news.source
    said = Said(NOT_STORED, stated.value, source.pk, source.rank, stated.as_of, fact.preferred, stated.url)
    entry.said[fact.place].append(said)
    entry.touched = True
    news.new.append(fact)


def confirm(entry: Entry, place: Place, before: Said, stated: Stated, news: News) -> None:
    if (before.as_of, before.url) == (stated.as_of, stated.url):
        return
    many = entry.said[place]
    many[many.index(before)] = before._replace(as_of=stated.as_of, url=stated.url)
    # Where several sources speak, being the newest may decide between them.
    entry.touched = entry.touched or len(many) > 1
    news.confirmed[stated.as_of, stated.url].append(before.pk)


def end(entry: Entry, place: Place, before: Said, day: date, news: News) -> None:
    entry.said[place].remove(before)
    entry.touched = True
    news.ended[day,].append(before.pk)


def withdraw(entry: Entry, unmentioned: Iterable[tuple[Place, Said]], newest: date, news: News) -> None:
    """What the source no longer says is over, unless the record is older than the fact."""
    for place, before in unmentioned:
        if newest >= before.as_of:
            news.withdrawn += 1
            end(entry, place, before, newest, news)
