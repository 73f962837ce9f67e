"""The catalog in memory for search and facets: one bit per model and value, so that every count is free.

Rebuilt when the catalog's version, its rows or the day change; 5,000 models take well under a second.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from threading import Lock
from typing import Any, NamedTuple

from django.db.models import Count, Max

from apps.catalog.models import Approval, CatalogState, Lifecycle, Model, Offer, Pricing
from apps.catalog.queries import is_stale
from apps.catalog.rules import parameters, profile_rules

UNKNOWN = "unknown"
UNKNOWN_TITLE = "Not known"
MEDIA = {"image": "images", "file": "files", "audio": "audio", "video": "video"}
FLAGS = {
    "tools": "Calls tools",
    "structured_outputs": "Structured outputs",
    "reasoning": "Reasoning",
}


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

    def knows(self, facet: str, value: str) -> bool:
        return value in self.titles.get(facet, {})

    def search(self, selection: Selection) -> list[int]:
        """Primary keys in the wanted order."""
        found = self._words(selection.words)
        for facet in FACETS:
            found &= self._facet(facet, selection)
        return [self.rows[place].pk for place in self.orders[selection.sort] if found >> place & 1]

    def options(self, facet: Facet, selection: Selection) -> list[Option]:
        """Every value with how many models it would leave; values without any are shown only when ticked."""
        base = self._words(selection.words)
        for other in FACETS:
            if other.key != facet.key or facet.every:
                base &= self._facet(other, selection)
        ticked = selection.ticked.get(facet.key, ())
        found = [
            Option(value, title, (self.bits[facet.key].get(value, 0) & base).bit_count(), value in ticked)
            for value, title in self.titles[facet.key].items()
        ]
        return [option for option in found if option.models or option.ticked]

    def _facet(self, facet: Facet, selection: Selection) -> int:
        ticked = selection.ticked.get(facet.key, ())
        if not ticked:
            return self.everything
        sets = [self.bits[facet.key].get(value, 0) for value in ticked]
        found = self.everything if facet.every else 0
        for bits in sets:
            found = found & bits if facet.every else found | bits
        return found

    def _words(self, words: Iterable[str]) -> int:
        found = self.everything
        for word in words:
            found &= sum(1 << place for place, row in enumerate(self.rows) if word in row.text)
        return found


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


def build_index(*, with_unlisted: bool, today: date) -> Index:
    models = Model.objects.select_related("provider").defer("approval_reason")
    models = models if with_unlisted else models.filter(listed=True)
    offers = {offer.model_id: offer for offer in Offer.objects.filter(leading=True)}
    ordered = list(models.order_by("name", "slug"))
    rows = [row_of(model, offers.get(model.pk), place, today) for place, model in enumerate(ordered)]
    return Index(rows, titles(ordered))


def row_of(model: Model, offer: Offer | None, place: int, today: date) -> Row:
    price = offer.input_price if offer else None
    newest = model.released_on or model.listed_on
    return Row(
        pk=model.pk,
        text=f"{model.slug} {model.name} {model.provider.name}".lower(),
        values=facet_values(model, offer, today),
        order={
            "name": (model.name.lower(), place),
            "newest": (newest is None, -(newest.toordinal() if newest else 0), place),
            "cheapest": (price is None, price or Decimal(0), place),
            "context": (-(model.context_window or 0), place),
            "provider": (model.provider.name.lower(), place),
        },
    )


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
