"""The catalog in memory for search and facets: one bit per model and value, so that every count is free.

Rebuilt when the catalog's version, its rows or the day change; 5,000 models take a third of a second.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import and_, or_
from threading import Lock
from typing import Any, NamedTuple

from django.db.models import Count, Max
from django.utils.safestring import SafeString

from apps.catalog.matching import squeezed
from apps.catalog.models import Approval, CatalogState, Lifecycle, Model, Offer, Pricing
from apps.catalog.queries import is_stale
from apps.catalog.rows import without_collector
from apps.catalog.rules import parameters, profile_rules

UNKNOWN = "unknown"
UNKNOWN_TITLE = "Not known"
MEDIA = {"image": "images", "file": "files", "audio": "audio", "video": "video"}
FLAGS = {
    "tools": "Calls tools",
    "structured_outputs": "Structured outputs",
    "reasoning": "Reasoning",
}
# What search, facets and the rows of the list look at.
MODEL_COLUMNS = (
    *("slug", "name", "provider__key", "provider__name", "listed_on", "released_on", "data_checked", "lifecycle"),
    *("context_window", "input_modalities", "output_modalities", "parameters", "latency", "open_weights", *FLAGS),
    *("approval", "approval_expires"),
)
OFFER_COLUMNS = ("model", "pricing", "input_price", "output_price")


@dataclass(frozen=True)
class Facet:
    """`every`: a model must have all ticked values; otherwise any of them."""

    key: str
    title: str
    every: bool = False
    folded: bool = False


FACETS = (
    Facet("approval", "Approval here"),
    Facet("price", "Price band"),
    Facet("context", "Context band"),
    Facet("modality", "Modality", every=True),
    Facet("capability", "Capability", every=True),
    Facet("provider", "Provider", folded=True),
    Facet("weights", "Weights", folded=True),
    Facet("lifecycle", "Lifecycle", folded=True),
    Facet("checked", "Data", folded=True),
    Facet("parameter", "Parameter", every=True, folded=True),
)
SORTS = {
    "name": "Name",
    "newest": "Newest",
    "cheapest": "Cheapest",
    "context": "Largest context",
    "provider": "Provider",
}


class Option(NamedTuple):
    value: str
    title: str
    models: int
    ticked: bool


@dataclass(frozen=True)
class Selection:
    """What somebody looks for; only values the index knows."""

    words: tuple[str, ...] = ()
    ticked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = "name"


class Row(NamedTuple):
    pk: int
    text: str
    values: Mapping[str, tuple[str, ...]]
    order: Mapping[str, Any]


class Index:
    def __init__(self, rows: Sequence[Row], titles: Mapping[str, Mapping[str, str]]) -> None:
        self.rows = rows
        self.titles = titles
        # Rows of the list by model, kept by the view for as long as this index is the current one.
        self.drawn: dict[int, SafeString] = {}
        self.everything = (1 << len(rows)) - 1
        self.bits: dict[str, dict[str, int]] = {facet.key: defaultdict(int) for facet in FACETS}
        for place, row in enumerate(rows):
            for key, values in row.values.items():
                for value in values:
                    self.bits[key][value] |= 1 << place
        self.orders = {
            sort: sorted(range(len(rows)), key=lambda place, sort=sort: rows[place].order[sort])  # type: ignore[misc]
            for sort in SORTS
        }
        self.keys = {sort: [rows[place].pk for place in order] for sort, order in self.orders.items()}

    def knows(self, facet: str, value: str) -> bool:
        return value in self.titles.get(facet, {})

    def find(self, selection: Selection) -> "Found":
        return Found(self, selection)

    def with_values(self, facet: Facet, values: Iterable[str]) -> int:
        sets = [self.bits[facet.key].get(value, 0) for value in values]
        if not sets:
            return self.everything
        return reduce(and_ if facet.every else or_, sets)

    def with_words(self, words: Iterable[str]) -> int:
        found = self.everything
        for word in words:
            bare = squeezed(word) or word
            marks = "".join("1" if word in row.text or bare in row.text else "0" for row in reversed(self.rows))
            found &= int(marks or "0", 2)
        return found


class Found:
    """What a selection leaves, worked out once: the models in order, and the counts of every facet."""

    def __init__(self, index: Index, selection: Selection) -> None:
        self.index = index
        self.selection = selection
        self.by_words = index.with_words(selection.words)
        self.by_facet = {facet.key: index.with_values(facet, self.ticked(facet)) for facet in FACETS}
        self.by_all = reduce(and_, self.by_facet.values(), self.by_words)

    def keys(self) -> list[int]:
        """Primary keys in the wanted order."""
        keys = self.index.keys[self.selection.sort]
        if self.by_all == self.index.everything:
            return keys
        marks = f"{self.by_all:b}"[::-1].ljust(len(self.index.rows), "0")
        order = self.index.orders[self.selection.sort]
        return [key for key, place in zip(keys, order, strict=True) if marks[place] == "1"]

    def options(self, facet: Facet) -> list[Option]:
        """Every value with how many models it would leave; values without any are shown only when ticked."""
        base, ticked, bits = self.without(facet), self.ticked(facet), self.index.bits[facet.key]
        found = [
            Option(value, title, (bits.get(value, 0) & base).bit_count(), value in ticked)
            for value, title in self.index.titles[facet.key].items()
        ]
        return [option for option in found if option.models or option.ticked]

    def ticked(self, facet: Facet) -> tuple[str, ...]:
        return self.selection.ticked.get(facet.key, ())

    def without(self, facet: Facet) -> int:
        """What would be left if nothing were ticked in it: another tick there adds models. Where a model must have all
        ticked values, another tick narrows what is left now."""
        if facet.every:
            return self.by_all
        return reduce(and_, (bits for key, bits in self.by_facet.items() if key != facet.key), self.by_words)


_lock = Lock()
_cached: dict[bool, tuple[Any, Index]] = {}


def current_index(*, with_unlisted: bool, today: date) -> Index:
    """Two queries when nothing changed, two more and a rebuild otherwise."""
    stamp = Model.objects.aggregate(Count("pk"), Max("updated_at"))
    key = (today, CatalogState.objects.values_list("version", flat=True).first(), *stamp.values())
    with _lock:
        if with_unlisted not in _cached or _cached[with_unlisted][0] != key:
            _cached[with_unlisted] = (key, build_index(with_unlisted=with_unlisted, today=today))
        return _cached[with_unlisted][1]


@without_collector()
def build_index(*, with_unlisted: bool, today: date) -> Index:
    """Two queries, for the columns that are looked at and no others."""
    models = Model.objects.select_related("provider").only(*MODEL_COLUMNS)
    models = models if with_unlisted else models.filter(listed=True)
    offers = {offer.model_id: offer for offer in Offer.objects.filter(leading=True).only(*OFFER_COLUMNS)}
    ordered = list(models.order_by("name", "slug"))
    rows = [row_of(model, offers.get(model.pk), place, today) for place, model in enumerate(ordered)]
    return Index(rows, titles(ordered))


def row_of(model: Model, offer: Offer | None, place: int, today: date) -> Row:
    price = offer.input_price if offer else None
    newest = model.released_on or model.listed_on
    return Row(
        pk=model.pk,
        text=searched(model),
        values=facet_values(model, offer, today),
        order={
            "name": (model.name.lower(), place),
            "newest": (newest is None, -(newest.toordinal() if newest else 0), place),
            "cheapest": (price is None, price or Decimal(0), place),
            "context": (-(model.context_window or 0), place),
            "provider": (model.provider.name.lower(), place),
        },
    )


def searched(model: Model) -> str:
    """Its names as they are written, and without what people leave out: gpt4o finds GPT-4o."""
    named = f"{model.name} {model.provider.name}".lower()
    bare = map(squeezed, (*model.slug.split("/"), model.name, model.provider.name))
    return " ".join((model.slug, named, *bare))


def facet_values(model: Model, offer: Offer | None, today: date) -> dict[str, tuple[str, ...]]:
    rules = profile_rules()
    context = rules.context.find(model.context_window)
    reads = [f"reads-{name}" for name in model.input_modalities if name in MEDIA]
    makes = [f"makes-{name}" for name in model.output_modalities if name in MEDIA]
    flags = [name for name in FLAGS if getattr(model, name)]
    weights = {True: "open", False: "closed", None: UNKNOWN}[model.open_weights]
    return {
        "approval": (str(model.approval_on(today)),),
        "price": (price_value(offer),),
        "context": (context.key if context else UNKNOWN,),
        "modality": (*reads, *makes),
        "capability": (*flags, *(["low_latency"] if model.latency == "low" else [])),
        "provider": (model.provider.key,),
        "weights": (weights,),
        "lifecycle": (str(model.lifecycle),),
        "checked": ("stale" if is_stale(model, today) else "fresh",),
        "parameter": tuple(model.parameters),
    }


def price_value(offer: Offer | None) -> str:
    if offer is None:
        return UNKNOWN
    band = profile_rules().price.find(offer.input_price)
    return band.key if band and offer.pricing == Pricing.METERED else str(offer.pricing)


def titles(models: Iterable[Model]) -> dict[str, dict[str, str]]:
    """Facet -> value -> words, in the order shown."""
    rules = profile_rules()
    models = list(models)
    reads = {f"reads-{name}": f"Reads {words}" for name, words in MEDIA.items()}
    makes = {f"makes-{name}": f"Makes {words}" for name, words in MEDIA.items()}
    seen = {name for model in models for name in model.parameters}
    providers = {model.provider.key: model.provider.name for model in models}
    prices = {band.key: band.title.capitalize() for band in rules.price.steps}
    return {
        "approval": {value: str(label).capitalize() for value, label in Approval.choices},
        "price": prices | {"free": "Free of charge", "included": "In a subscription", UNKNOWN: UNKNOWN_TITLE},
        "context": {band.key: band.title.capitalize() for band in rules.context.steps} | {UNKNOWN: UNKNOWN_TITLE},
        "modality": reads | makes,
        "capability": FLAGS | {"low_latency": "Low latency"},
        "provider": dict(sorted(providers.items(), key=lambda item: item[1].lower())),
        "weights": {"open": "Open", "closed": "Closed", UNKNOWN: UNKNOWN_TITLE},
        "lifecycle": {value: str(label).capitalize() for value, label in Lifecycle.choices},
        "checked": {"fresh": "Checked recently", "stale": "Needs checking"},
        "parameter": {name: name for name in [*parameters(), *sorted(seen - set(parameters()))] if name in seen},
    }
