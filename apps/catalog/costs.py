"""What models cost a month for the same work, and where one becomes cheaper than another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from itertools import pairwise
from typing import Any

from apps.catalog.models import Model, Offer, Pricing
from apps.catalog.queries import Prices, monthly_cost, prices_for
from apps.catalog.tiers import tier_for

DAYS_A_MONTH = 30


@dataclass(frozen=True)
class Work:
    """So many requests a day of so many tokens; `cached` is the share of input read from cache, in per cent."""

    requests: int
    tokens_in: int
    tokens_out: int
    cached: int = 0
    batch: bool = False

    @property
    def share(self) -> Decimal:
        return Decimal(self.cached) / 100

    @property
    def tokens_in_a_month(self) -> int:
        return self.requests * DAYS_A_MONTH * self.tokens_in

    @property
    def tokens_out_a_month(self) -> int:
        return self.requests * DAYS_A_MONTH * self.tokens_out

    def cost(self, offer: Offer | None, tokens_out: int | None = None) -> Decimal | None:
        tokens = self.tokens_out if tokens_out is None else tokens_out
        return monthly_cost(offer, self.requests * DAYS_A_MONTH, self.tokens_in, tokens, self.share, self.batch)


@dataclass(frozen=True)
class Costed:
    model: Model
    offer: Offer | None
    cost: Decimal | None
    tier: Mapping[str, Any] | None = None  # the prices of long inputs, where they count
    prices: Prices | None = None  # those it was worked out with; None where nothing is paid per token


@dataclass(frozen=True)
class Crossing:
    """From so many output tokens per request on, `then` is cheaper than `first`."""

    first: Model
    then: Model
    tokens_out: int


def leading_offer(model: Model) -> Offer | None:
    return next((offer for offer in model.offers.all() if offer.leading), None)


def costed(models: Sequence[Model], work: Work) -> list[Costed]:
    """Cheapest first, those without a price last."""
    rows = [costed_one(model, leading_offer(model), work) for model in models]
    return sorted(rows, key=lambda row: (row.cost is None, row.cost or Decimal(0), row.model.slug))


def costed_one(model: Model, offer: Offer | None, work: Work) -> Costed:
    tier = tier_for(offer.price_tiers, work.tokens_in) if offer else None
    metered = offer if offer and offer.pricing == Pricing.METERED else None
    prices = prices_for(metered, work.tokens_in, work.batch) if metered else None
    return Costed(model, offer, work.cost(offer), tier, prices)


def crossings(rows: Sequence[Costed], work: Work, highest: int) -> list[Crossing]:
    """For each neighbouring pair in the order of cost: does longer output turn the order round, and where?"""
    priced = [row for row in rows if row.cost is not None]
    found = [crossing(a, b, work, highest) for a, b in pairwise(priced)]
    return [item for item in found if item is not None]


def crossing(cheaper: Costed, dearer: Costed, work: Work, highest: int) -> Crossing | None:
    """Costs are straight lines over output tokens: two points of each give the place where they meet."""
    points = [work.cost(row.offer, tokens) for row in (cheaper, dearer) for tokens in (0, highest)]
    if None in points:
        return None
    a_low, a_high, b_low, b_high = (Decimal(point or 0) for point in points)
    slope = (a_high - a_low) - (b_high - b_low)
    if slope == 0:
        return None
    tokens = ((b_low - a_low) / slope * highest).to_integral_value(ROUND_CEILING)
    if not 0 < tokens <= highest:
        return None
    first, then = (cheaper, dearer) if slope > 0 else (dearer, cheaper)
    return Crossing(first.model, then.model, int(tokens))
