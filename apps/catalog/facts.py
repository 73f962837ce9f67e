"""Stores observations as facts and keeps the columns of Model and Offer in step with them.

Works on any number of models with a fixed number of queries per batch. Callers hold the catalog's lock.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone

from apps.catalog.fields import (
    CHECKED_FIELDS,
    CHECKED_OFFER_FIELDS,
    MODEL_FIELDS,
    OFFER_FIELDS,
    PRICE_FIELDS,
)
from apps.catalog.models import CatalogState, Fact, Lifecycle, Model, Offer, Pricing, Provider, Source
from apps.catalog.observations import Observation, Stated

BATCH = 500
# Prices come from one source as a set: half a price list of one and half of another would be nobody's offer.
PRICE_SET = ("pricing", "input_price", "output_price", "price_tiers")
MODEL_COLUMNS = [*MODEL_FIELDS, "lifecycle", "data_checked"]
OFFER_COLUMNS = [*OFFER_FIELDS, "leading"]
Key = tuple[int, int | None, str]


@dataclass
class Stored:
    """What storing came to."""

    added: list[Model] = field(default_factory=list)
    changed: list[tuple[Fact, Fact]] = field(default_factory=list)
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


def lock_catalog() -> CatalogState:
    """One writer at a time; readers see a new version only when everything is in. SQLite has one writer anyway."""
    CatalogState.objects.get_or_create(pk=1)
    state = CatalogState.objects.select_for_update().get(pk=1)
    state.version += 1
    state.save(update_fields=["version"])
    return state


def store(observations: Sequence[Observation], source: Source) -> Stored:
    """All observations must be of this source. A record older than what the source said before changes nothing."""
    stored = Stored()
    for start in range(0, len(observations), BATCH):
        batch = observations[start : start + BATCH]
        models = ensure_models(batch, stored)
        offers = ensure_offers(batch, models)
        store_facts(batch, source, models, offers, stored)
        refresh(list(models.values()))
    return stored


def ensure_models(batch: Sequence[Observation], stored: Stored) -> dict[str, Model]:
    providers = {provider.key: provider for provider in Provider.objects.all()}
    found = {model.slug: model for model in Model.objects.filter(slug__in=[seen.slug for seen in batch])}
    missing = {
        seen.slug: Model(slug=seen.slug, name=seen.name, provider=providers[seen.provider])
        for seen in batch
        if seen.slug not in found
    }
    for model in missing.values():
        model.clean_fields(exclude=["provider"])
    stored.added += Model.objects.bulk_create(missing.values())
    return found | missing


def ensure_offers(batch: Sequence[Observation], models: Mapping[str, Model]) -> dict[tuple[int, str], Offer]:
    providers = {provider.key: provider for provider in Provider.objects.all()}
    known = Offer.objects.filter(model__in=models.values()).select_related("provider")
    found = {(offer.model_id, offer.provider.key): offer for offer in known}
    missing = {}
    for seen in batch:
        model = models[seen.slug]
        for key in seen.offers:
            if (model.pk, key) not in found:
                missing[model.pk, key] = Offer(model=model, provider=providers[key])
    Offer.objects.bulk_create(missing.values())
    return found | missing


def store_facts(
    batch: Sequence[Observation],
    source: Source,
    models: Mapping[str, Model],
    offers: Mapping[tuple[int, str], Offer],
    stored: Stored,
) -> None:
    current: dict[int, dict[Key, Fact]] = defaultdict(dict)
    for fact in Fact.objects.current().filter(model__in=models.values(), source=source):
        current[fact.model_id][fact.model_id, fact.offer_id, fact.field] = fact
    new: list[Fact] = []
    ended: list[Fact] = []
    confirmed: list[Fact] = []
    for seen in batch:
        model = models[seen.slug]
        stated = statements(seen, model, offers)
        before = current[model.pk]
        for key, statement in stated.items():
            compare(key, statement, source, before.pop(key, None), new, ended, confirmed, stored)
        withdraw(before.values(), stated.values(), ended, stored)
    write_alike(ended, "superseded_on")
    write_alike(confirmed, "as_of", "url")
    Fact.objects.bulk_create(new, batch_size=BATCH)


def write_alike(facts: Sequence[Fact], *names: str) -> None:
    """In one feed nearly all facts get the same day: a plain UPDATE per value is many times faster than bulk_update."""
    alike: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for fact in facts:
        alike[tuple(getattr(fact, name) for name in names)].append(fact.pk)
    for values, keys in alike.items():
        for start in range(0, len(keys), BATCH):
            chosen = Fact.objects.filter(pk__in=keys[start : start + BATCH])
            chosen.update(**dict(zip(names, values, strict=True)))


def statements(seen: Observation, model: Model, offers: Mapping[tuple[int, str], Offer]) -> dict[Key, Stated]:
    found: dict[Key, Stated] = {(model.pk, None, name): stated for name, stated in seen.facts.items()}
    for provider, prices in seen.offers.items():
        offer = offers[model.pk, provider]
        found |= {(model.pk, offer.pk, name): stated for name, stated in prices.items()}
    return found


def compare(
    key: Key,
    stated: Stated,
    source: Source,
    before: Fact | None,
    new: list[Fact],
    ended: list[Fact],
    confirmed: list[Fact],
    stored: Stored,
) -> None:
    if before is not None and stated.as_of < before.as_of:
        stored.outdated += 1
        return
    if before is not None and before.value == stated.value:
        if (before.as_of, before.url) != (stated.as_of, stated.url):
            before.as_of, before.url = stated.as_of, stated.url
            confirmed.append(before)
        stored.confirmed += 1
        return
    model_id, offer_id, name = key
    fact = Fact(
        model_id=model_id,
        offer_id=offer_id,
        field=name,
        value=stated.value,
        source=source,
        since=stated.as_of,
        as_of=stated.as_of,
        url=stated.url,
    )
    new.append(fact)
    if before is None:
        stored.new_facts += 1
    else:
        before.superseded_on = stated.as_of
        fact.preferred = before.preferred
        ended.append(before)
        stored.changed.append((before, fact))


def withdraw(unmentioned: Iterable[Fact], stated: Iterable[Stated], ended: list[Fact], stored: Stored) -> None:
    """What the source no longer says is over, unless the record is older than the fact."""
    newest = max((statement.as_of for statement in stated), default=None)
    for fact in unmentioned:
        if newest is not None and newest >= fact.as_of:
            fact.superseded_on = newest
            ended.append(fact)
            stored.withdrawn += 1


def refresh(models: Sequence[Model]) -> None:
    """Set every column from the fact that is gone by: an admin's decision, then the trusted source, then the newest.
    Rows that come out the same are not written."""
    chosen: dict[int, dict[int | None, dict[str, list[Fact]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    sources = Source.objects.in_bulk()
    facts = list(Fact.objects.current().filter(model__in=models))
    for fact in facts:
        fact.source = sources[fact.source_id]  # one object per source, not one per fact
    for fact in sorted(facts, key=trust):
        chosen[fact.model_id][fact.offer_id][fact.field].append(fact)
    offers: dict[int, list[Offer]] = defaultdict(list)
    before: dict[Model | Offer, tuple[Any, ...]] = {model: state_of(model, MODEL_COLUMNS) for model in models}
    for offer in Offer.objects.filter(model__in=models).order_by("pk"):
        before[offer] = state_of(offer, OFFER_COLUMNS)
        set_offer(offer, chosen[offer.model_id][offer.pk])
        offers[offer.model_id].append(offer)
    for model in models:
        set_columns(model, chosen[model.pk][None], MODEL_FIELDS)
        model.lifecycle = lifecycle(model)
        choose_leading(model, offers[model.pk])
        model.data_checked = checked_on(chosen[model.pk], offers[model.pk])
    write_changed(before)


def write_changed(before: Mapping[Model | Offer, tuple[Any, ...]]) -> None:
    offers = [row for row, old in before.items() if isinstance(row, Offer) and state_of(row, OFFER_COLUMNS) != old]
    touched = {offer.model_id for offer in offers}
    models = [
        row
        for row, old in before.items()
        if isinstance(row, Model) and (row.pk in touched or state_of(row, MODEL_COLUMNS) != old)
    ]
    for model in models:
        model.updated_at = timezone.now()
    # Leading is unique per model: first none, then the chosen one.
    Offer.objects.filter(pk__in=[offer.pk for offer in offers], leading=True).update(leading=False)
    # Insert-or-update by key: several times faster than bulk_update's CASE for every value.
    Offer.objects.bulk_create(offers, update_conflicts=True, unique_fields=["pk"], update_fields=OFFER_COLUMNS)
    columns = [*MODEL_COLUMNS, "updated_at"]
    Model.objects.bulk_create(models, update_conflicts=True, unique_fields=["pk"], update_fields=columns)


def state_of(row: Model | Offer, names: Iterable[str]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)


def trust(fact: Fact) -> tuple[bool, int, int, int]:
    return (not fact.preferred, fact.source.rank, -fact.as_of.toordinal(), -fact.pk)


def set_columns(row: Model | Offer, facts: Mapping[str, list[Fact]], fields: Mapping[str, Any]) -> None:
    for name, kind in fields.items():
        found = facts.get(name)
        setattr(row, name, kind.load(found[0].value) if found else kind.empty)


def set_offer(offer: Offer, facts: Mapping[str, list[Fact]]) -> None:
    set_columns(offer, facts, OFFER_FIELDS)
    leader = facts["pricing"][0].source_id if facts.get("pricing") else None
    for name in PRICE_SET[1:]:
        own = [fact for fact in facts.get(name, []) if fact.source_id == leader]
        kind = OFFER_FIELDS[name]
        setattr(offer, name, kind.load(own[0].value) if own else kind.empty)
    if offer.pricing != Pricing.METERED:
        for name in PRICE_FIELDS:
            setattr(offer, name, None)
        offer.price_tiers = []


def lifecycle(model: Model) -> str:
    if model.gone_since is not None:
        return Lifecycle.GONE
    return Lifecycle.DEPRECATED if model.deprecated or model.end_of_life else Lifecycle.ACTIVE


def choose_leading(model: Model, offers: Sequence[Offer]) -> None:
    """The maker's own price if it has one, else the cheapest metered one, else whatever there is."""
    for offer in offers:
        offer.leading = False
    alive = [offer for offer in offers if offer.gone_since is None] or offers
    if alive:
        min(alive, key=lambda offer: leading_order(model, offer)).leading = True


def leading_order(model: Model, offer: Offer) -> tuple[bool, bool, Any, int]:
    metered = offer.pricing == Pricing.METERED
    total = (offer.input_price or 0) * 3 + (offer.output_price or 0)
    return (not metered, offer.provider_id != model.provider_id, total, offer.pk)


def checked_on(facts: Mapping[int | None, Mapping[str, list[Fact]]], offers: Sequence[Offer]) -> date | None:
    """The oldest confirmation among the leading figures: a page is as fresh as its stalest figure."""
    leading = next((offer.pk for offer in offers if offer.leading), None)
    used = [facts[None].get(name) for name in CHECKED_FIELDS]
    if leading is not None:
        used += [facts[leading].get(name) for name in CHECKED_OFFER_FIELDS]
    return min((found[0].as_of for found in used if found), default=None)
