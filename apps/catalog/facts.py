"""Stores observations as facts and keeps the columns of Model and Offer in step with them.

Works on any number of models with a fixed number of queries per batch. Callers hold the catalog's lock.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone

from apps.catalog.columns import MODEL_COLUMNS, OFFER_COLUMNS, checked_on, set_all
from apps.catalog.entries import Changed, Entry, News, compare, known_entries
from apps.catalog.models import CatalogState, Fact, Model, Offer, Provider, Source
from apps.catalog.observations import Observation
from apps.catalog.rows import insert

BATCH = 500
FACT_COLUMNS = ("model", "offer", "field", "value", "source", "since", "as_of", "preferred", "url")


@dataclass
class Stored:
    """What storing came to."""

    added: list[Model] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    new_facts: int = 0
    confirmed: int = 0
    withdrawn: int = 0
    outdated: int = 0

    @property
    def anything_new(self) -> bool:
        return bool(self.added or self.changed or self.new_facts or self.withdrawn)

    def add(self, other: "Stored") -> None:
        self.added += other.added
        self.changed += other.changed
        self.new_facts += other.new_facts
        self.confirmed += other.confirmed
        self.withdrawn += other.withdrawn
        self.outdated += other.outdated

    def summary(self) -> dict[str, int]:
        return {
            "models added": len(self.added),
            "values new": self.new_facts,
            "values changed": len(self.changed),
            "values confirmed": self.confirmed,
            "values withdrawn": self.withdrawn,
            "values older than known": self.outdated,
        }


@dataclass
class Rows:
    """A model and its offers by seller, in the order they were made; new ones have no key yet."""

    model: Model
    offers: dict[str, Offer] = field(default_factory=dict)


def lock_catalog() -> CatalogState:
    """One writer at a time; readers see a new version only when everything is in. SQLite has one writer anyway."""
    CatalogState.objects.get_or_create(pk=1)
    state = CatalogState.objects.select_for_update().get(pk=1)
    state.version += 1
    state.save(update_fields=["version"])
    return state


def store(observations: Sequence[Observation], source: Source) -> Stored:
    """All observations are of this source, one per model. A record older than what the source said before changes
    nothing."""
    stored = Stored()
    for start in range(0, len(observations), BATCH):
        stored.add(store_batch({seen.slug: seen for seen in observations[start : start + BATCH]}, source))
    return stored


def store_batch(batch: Mapping[str, Observation], source: Source) -> Stored:
    entries = known_entries(batch)
    news = News(source)
    for slug, seen in batch.items():
        compare(entries.setdefault(slug, Entry()), seen, news)
    write_alike(news.ended, "superseded_on")
    write_alike(news.confirmed, "as_of", "url")
    touched = [slug for slug, entry in entries.items() if entry.touched]
    rows = rows_of(Model.objects.filter(slug__in=touched))
    added = add_missing(rows, [batch[slug] for slug in touched])
    write(rows, entries)
    insert(Fact, FACT_COLUMNS, fact_rows(news, rows))
    write_days(entry for entry in entries.values() if not entry.touched)
    return Stored(added, news.changed, news.new_facts, news.still_said, news.withdrawn, news.outdated)


def write_alike(facts: Mapping[tuple[Any, ...], Sequence[int]], *names: str) -> None:
    """In one feed nearly all facts get the same day: a plain UPDATE per value is many times faster than bulk_update."""
    for values, keys in facts.items():
        for start in range(0, len(keys), BATCH):
            chosen = Fact.objects.filter(pk__in=keys[start : start + BATCH])
            chosen.update(**dict(zip(names, values, strict=True)))


def fact_rows(news: News, rows: Mapping[str, Rows]) -> Iterator[tuple[Any, ...]]:
    for slug, (seller, name), stated, preferred in news.new:
        found = rows[slug]
        offer = found.offers[seller].pk if seller else None
        value = json.dumps(stated.value)
        yield found.model.pk, offer, name, value, news.source.pk, stated.as_of, stated.as_of, preferred, stated.url


def write_days(entries: Iterable[Entry]) -> None:
    """Nothing about these models has changed but the day they were last confirmed."""
    alike: dict[date | None, list[int]] = defaultdict(list)
    for entry in entries:
        day = checked_on(entry.leading, entry.said)
        if entry.pk and day != entry.data_checked:
            alike[day].append(entry.pk)
    for day, keys in alike.items():
        Model.objects.filter(pk__in=keys).update(data_checked=day, updated_at=timezone.now())


def refresh(models: Iterable[Model]) -> None:
    """Set every column from the fact that is gone by. Rows that come out the same are not written."""
    rows = rows_of(models)
    write(rows, known_entries(rows))


def rows_of(models: Iterable[Model]) -> dict[str, Rows]:
    """By slug, with the offers stored so far."""
    rows = {model.pk: Rows(model) for model in models}
    sellers = dict(Provider.objects.values_list("pk", "key"))
    for offer in Offer.objects.filter(model__in=rows).order_by("pk"):
        rows[offer.model_id].offers[sellers[offer.provider_id]] = offer
    return {found.model.slug: found for found in rows.values()}


def add_missing(rows: dict[str, Rows], batch: Iterable[Observation]) -> list[Model]:
    """Rows for models and offers nobody has spoken of before; they are written with all their columns at once."""
    providers = Provider.objects.in_bulk(field_name="key")
    added = []
    for seen in batch:
        if seen.slug not in rows:
            rows[seen.slug] = Rows(Model(slug=seen.slug, name=seen.name, provider=providers[seen.provider]))
            added.append(rows[seen.slug].model)
        offers = rows[seen.slug].offers
        for seller in seen.offers:
            if seller not in offers:
                offers[seller] = Offer(model=rows[seen.slug].model, provider=providers[seller])
    return added


def write(rows: Mapping[str, Rows], entries: Mapping[str, Entry]) -> None:
    models: list[Model] = []
    offers: list[Offer] = []
    for slug, found in rows.items():
        before = [state_of(offer, OFFER_COLUMNS) for offer in found.offers.values()]
        own = state_of(found.model, MODEL_COLUMNS)
        set_all(found.model, found.offers, entries[slug].said)
        changed = [
            offer
            for offer, old in zip(found.offers.values(), before, strict=True)
            if is_new(offer) or state_of(offer, OFFER_COLUMNS) != old
        ]
        if changed or is_new(found.model) or state_of(found.model, MODEL_COLUMNS) != own:
            models.append(found.model)
        offers += changed
    write_models(models)
    write_offers(offers)


def is_new(row: Model | Offer) -> bool:
    return row._state.adding  # noqa: SLF001 (Django documents it)


def state_of(row: Model | Offer, names: Iterable[str]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)


def write_models(models: Sequence[Model]) -> None:
    known = [model for model in models if not is_new(model)]
    Model.objects.bulk_create(model for model in models if is_new(model))
    for model in known:
        model.updated_at = timezone.now()
    # Insert-or-update by key: several times faster than bulk_update's CASE for every value.
    columns = [*MODEL_COLUMNS, "updated_at"]
    Model.objects.bulk_create(known, update_conflicts=True, unique_fields=["pk"], update_fields=columns)


def write_offers(offers: Sequence[Offer]) -> None:
    known = [offer for offer in offers if not is_new(offer)]
    # Leading is unique per model: first none, then the chosen one.
    Offer.objects.filter(pk__in=[offer.pk for offer in known], leading=True).update(leading=False)
    Offer.objects.bulk_create(offer for offer in offers if is_new(offer))
    Offer.objects.bulk_create(known, update_conflicts=True, unique_fields=["pk"], update_fields=OFFER_COLUMNS)
