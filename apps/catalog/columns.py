"""Which of the facts the columns of Model and Offer go by. Pure: reads and writes no database."""

import sys
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from apps.catalog.fields import CHECKED_FIELDS, CHECKED_OFFER_FIELDS, MODEL_FIELDS, OFFER_FIELDS, PRICE_FIELDS, Field
from apps.catalog.models import Fact, Lifecycle, Model, Offer, Pricing

# Prices come from one source as a set: half a price list of one and half of another would be nobody's offer.
PRICE_SET = ("pricing", "input_price", "output_price", "price_tiers")
BASES = ("input_price", "output_price")
# A discount is one off a price: another source's counts only where it states the same prices.
DISCOUNTS = tuple(name for name in PRICE_FIELDS if name not in BASES)
MODEL_COLUMNS = [*MODEL_FIELDS, "lifecycle", "data_checked"]
OFFER_COLUMNS = [*OFFER_FIELDS, "leading"]
ITSELF = ""
# The key of a fact that is not stored yet: newer than all that are.
NOT_STORED = sys.maxsize
# The seller whose offer it is about, or ITSELF for the model, and the field.
Place = tuple[str, str]


class Said(NamedTuple):
    """What a current fact says, without the weight of a Fact: an import goes through a hundred thousand of them."""

    pk: int
    value: Any
    source_id: int
    rank: int
    as_of: date
    preferred: bool
    url: str


AllSaid = Mapping[Place, Sequence[Said]]


def trust(fact: Fact) -> tuple[bool, int, int, int]:
    """Sorts facts of one field: an admin's decision, then the trusted source, then the newest."""
    return in_order(fact.preferred, fact.source.rank, fact.as_of, fact.pk)


def in_order(preferred: bool, rank: int, as_of: date, pk: int) -> tuple[bool, int, int, int]:
    return (not preferred, rank, -as_of.toordinal(), -pk)


def trusted(found: Sequence[Said]) -> Said:
    if len(found) == 1:
        return found[0]
    return min(found, key=lambda said: in_order(said.preferred, said.rank, said.as_of, said.pk))


def set_all(model: Model, offers: Mapping[str, Offer], said: AllSaid) -> None:
    """`offers` by seller, in the order they were made."""
    set_columns(model, ITSELF, said, MODEL_FIELDS)
    model.lifecycle = lifecycle(model)
    for seller, offer in offers.items():
        set_offer(offer, seller, said)
    leading = choose_leading(model, offers)
    model.data_checked = checked_on(leading, said)


def set_columns(row: Model | Offer, about: str, said: AllSaid, fields: Mapping[str, Field]) -> None:
    for name, kind in fields.items():
        found = said.get((about, name))
        setattr(row, name, kind.load(trusted(found).value) if found else kind.empty)


def set_offer(offer: Offer, seller: str, said: AllSaid) -> None:
    set_columns(offer, seller, said, OFFER_FIELDS)
    pricing = said.get((seller, "pricing"))
    leader = trusted(pricing).source_id if pricing else None
    for name in PRICE_SET[1:]:
        own = [one for one in said.get((seller, name), ()) if one.source_id == leader]
        kind = OFFER_FIELDS[name]
        setattr(offer, name, kind.load(own[0].value) if own else kind.empty)
    for name in DISCOUNTS:
        fitting = [one for one in said.get((seller, name), ()) if agree(said, seller, one.source_id, leader)]
        setattr(offer, name, OFFER_FIELDS[name].load(trusted(fitting).value) if fitting else None)
    if offer.pricing != Pricing.METERED:
        for name in PRICE_FIELDS:
            setattr(offer, name, None)
        offer.price_tiers = []


def agree(said: AllSaid, seller: str, source: int, other: int | None) -> bool:
    """Whether two sources state the same prices of this seller."""
    return source == other or all(
        stated_by(said, seller, name, source) == stated_by(said, seller, name, other) for name in BASES
    )


def stated_by(said: AllSaid, seller: str, name: str, source: int | None) -> Any:
    return next((one.value for one in said.get((seller, name), ()) if one.source_id == source), None)


def lifecycle(model: Model) -> str:
    if model.gone_since is not None:
        return Lifecycle.GONE
    return Lifecycle.DEPRECATED if model.deprecated or model.end_of_life else Lifecycle.ACTIVE


def choose_leading(model: Model, offers: Mapping[str, Offer]) -> str:
    """The maker's own price if it has one, else the cheapest metered one, else whatever there is. Gives the seller."""
    for offer in offers.values():
        offer.leading = False
    alive = [seller for seller, offer in offers.items() if offer.gone_since is None] or list(offers)
    if not alive:
        return ITSELF
    chosen = min(alive, key=lambda seller: leading_order(model, offers[seller]))
    offers[chosen].leading = True
    return chosen


def leading_order(model: Model, offer: Offer) -> tuple[bool, bool, Any]:
    metered = offer.pricing == Pricing.METERED
    total = (offer.input_price or 0) * 3 + (offer.output_price or 0)
    return (not metered, offer.provider_id != model.provider_id, total)


def checked_on(leading: str, said: AllSaid) -> date | None:
    """The oldest confirmation among the leading figures: a page is as fresh as its stalest figure."""
    places = [(ITSELF, name) for name in CHECKED_FIELDS]
    if leading:
        places += [(leading, name) for name in CHECKED_OFFER_FIELDS]
    return min((trusted(said[place]).as_of for place in places if said.get(place)), default=None)
