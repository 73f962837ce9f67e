"""What other rooms and the pages ask the catalog."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count

from apps.accounts.models import Team
from apps.catalog.models import NOT_FOR_NEW_WORK, Approval, Fact, Lifecycle, Model, Offer, Pricing
from apps.catalog.rules import profile_rules
from apps.catalog.tiers import tier_for

MILLION = Decimal(1_000_000)
# What a use case may ask of a model: capabilities by name, or a list of input modalities.
CAPABILITIES = ("tools", "structured_outputs", "reasoning", "open_weights")


class Prices(NamedTuple):
    """US$ per 1M tokens; None for what no source states."""

    input: Decimal | None
    output: Decimal | None
    cached: Decimal | None

    @property
    def from_cache(self) -> Decimal | None:
        """What input read from cache counts as: in full where no source states a price for it."""
        return self.input if self.cached is None else self.cached


@dataclass(frozen=True)
class Candidate:
    """A model that could do the work; `meets` names the needs it is known to meet, `lacks` the others."""

    model: Model
    offer: Offer | None
    monthly_cost: Decimal | None
    meets: tuple[str, ...]
    lacks: tuple[str, ...]
    approval: str


def monthly_cost(
    offer: Offer | None,
    requests: int,
    tokens_in: int,
    tokens_out: int,
    cached_share: Decimal | int = 0,
    batch: bool = False,
) -> Decimal | None:
    """US$ for so many requests of so many tokens each, not rounded; `cached_share` from 0 to 1. None where a price is
    not known."""
    if offer is None or offer.pricing in (Pricing.UNKNOWN, Pricing.INCLUDED):
        return None
    if offer.pricing == Pricing.FREE:
        return Decimal(0)
    prices = prices_for(offer, tokens_in, batch)
    if prices.input is None or prices.from_cache is None or (prices.output is None and tokens_out):
        return None
    cached = Decimal(cached_share)
    per_token_in = prices.input * (1 - cached) + prices.from_cache * cached
    per_request = tokens_in * per_token_in + tokens_out * (prices.output or 0)
    return requests * per_request / MILLION


def prices_for(offer: Offer, tokens_in: int, batch: bool) -> Prices:
    """Those for requests of this length. No source states batch prices of long inputs."""
    above = tier_for(offer.price_tiers, tokens_in)
    if batch and above:
        return Prices(None, None, None)
    if batch:
        return Prices(offer.batch_input_price, offer.batch_output_price, offer.cached_input_price)
    usual = {"input": offer.input_price, "output": offer.output_price, "cached_input": offer.cached_input_price}
    stated = {name: Decimal(above[name]) for name in usual if above and name in above}
    if "input" in stated and "cached_input" not in stated:
        usual["cached_input"] = None  # the discount on short inputs says nothing about long ones
    found = usual | stated
    return Prices(found["input"], found["output"], found["cached_input"])


def usable_models(team: Team | None, today: date) -> list[Model]:
    """What this team may use, with what a shortlist looks at; fetched once for all shortlists of a page."""
    usable = Model.objects.usable_by(team, today).select_related("provider")
    return list(usable.prefetch_related("offers__provider"))


def shortlist(
    models: Iterable[Model], needs: Mapping[str, Any], tokens_in: int, tokens_out: int, requests_per_month: int
) -> list[Candidate]:
    """Those of `models` that meet every need, cheapest first, those without a price last.

    Needs: `tools`, `structured_outputs`, `reasoning`, `open_weights`: True; `input_modalities`, `output_modalities`:
    lists; `context_window`: tokens. What is not known counts as not met.
    """
    found = [candidate(model, needs, tokens_in, tokens_out, requests_per_month) for model in models]
    return sorted((c for c in found if not c.lacks), key=by_cost)


def candidate(
    model: Model, needs: Mapping[str, Any], tokens_in: int, tokens_out: int, requests_per_month: int
) -> Candidate:
    offer = next((offer for offer in model.offers.all() if offer.leading), None)
    asked = dict(needs) | {"context_window": max(int(needs.get("context_window", 0)), tokens_in + tokens_out)}
    met = [name for name, value in asked.items() if meets(model, name, value)]
    return Candidate(
        model=model,
        offer=offer,
        monthly_cost=monthly_cost(offer, requests_per_month, tokens_in, tokens_out),
        meets=tuple(met),
        lacks=tuple(name for name in asked if name not in met),
        approval=model.approval,
    )


def meets(model: Model, need: str, value: Any) -> bool:
    """Raises KeyError for a need the catalog cannot judge: a misspelt need must not pass."""
    if need in CAPABILITIES:
        return not value or getattr(model, need) is True
    if need in ("input_modalities", "output_modalities"):
        return set(value) <= set(getattr(model, need))
    if need == "context_window":
        return model.context_window is not None and model.context_window >= value
    raise KeyError(need)


def by_cost(item: Candidate) -> tuple[bool, Decimal, str]:
    return (item.monthly_cost is None, item.monthly_cost or Decimal(0), item.model.slug)


def fallback(candidates: list[Candidate], first: Candidate) -> Candidate | None:
    """The cheapest one of another provider: an outage or a price change of one maker then stops nothing."""
    return next((c for c in candidates if c.model.provider_id != first.model.provider_id), None)


def is_stale(model: Model, today: date) -> bool:
    limit = today - timedelta(days=profile_rules().stale_after_days)
    return model.data_checked is None or model.data_checked < limit


def facts_for_questionnaire(model: Model, *, today: date) -> dict[str, dict[str, Any]]:
    """What the catalog can answer in a questionnaire: field -> value, source, as_of. Unknown fields are absent."""
    rules = profile_rules()
    offer = model.offers.filter(leading=True).first()
    decided = model.approval_at.date() if model.approval_at else None
    context, price = rules.context.find(model.context_window), rules.price.find(offer.input_price if offer else None)
    own, derived = "Approval decision of this company", "Derived by the profile rules"
    found = {
        "approval": entry(model.approval_on(today), own, decided),
        "staleness": entry("stale" if is_stale(model, today) else "fresh", "Model catalog", model.data_checked),
        "lifecycle": entry(model.lifecycle, "Model catalog", model.data_checked),
    }
    if context:
        found["context_band"] = entry(context.key, derived, model.data_checked)
    if price:
        found["price_band"] = entry(price.key, derived, model.data_checked)
    stated = Fact.objects.current().filter(model=model, offer=None, field__in=CAPABILITIES).select_related("source")
    for fact in stated.order_by("-preferred", "source__rank", "-as_of"):
        if fact.value == getattr(model, fact.field):
            found.setdefault(fact.field, entry("yes" if fact.value else "no", fact.source.title, fact.as_of))
    return found


def entry(value: str, source: str, as_of: date | None) -> dict[str, Any]:
    return {"value": str(value), "source": source, "as_of": as_of}


def assessments_about(models: Iterable[Model]) -> dict[int, int]:
    """How many assessments name each of them: counted by the relation, whose other end this room does not know."""
    found = Model.objects.filter(pk__in=[model.pk for model in models]).annotate(about=Count("assessments"))
    return dict(found.order_by().values_list("pk", "about"))


def suggested_successor(model: Model) -> Model | None:
    """The active model with the same or a better context band and price band, that reads and does at least as much, and
    whose price is nearest; approved ones first. None where nothing fits or the price is not known."""
    rules = profile_rules()
    own = model.offers.filter(leading=True).first()
    context, price = rules.context.find(model.context_window), rules.price.find(own.input_price if own else None)
    if own is None or own.input_price is None or context is None or price is None:
        return None
    needs = {"input_modalities": model.input_modalities, "output_modalities": model.output_modalities}
    needs |= {name: True for name in CAPABILITIES if name != "open_weights" and getattr(model, name)}
    needs |= {"context_window": int(context.at_least or 0)}
    leading = Offer.objects.filter(leading=True, input_price__isnull=False, model__listed=True).exclude(model=model)
    leading = leading.filter(model__lifecycle=Lifecycle.ACTIVE).exclude(model__approval__in=NOT_FOR_NEW_WORK)
    if price.at_most is not None:
        leading = leading.filter(input_price__lte=price.at_most)
    fits = [
        (
            offer.model.approval != Approval.APPROVED,
            abs((offer.input_price or 0) - own.input_price),
            offer.model.slug,
            offer,
        )
        for offer in leading.select_related("model__provider")
        if all(meets(offer.model, name, value) for name, value in needs.items())
    ]
    return min(fits)[-1].model if fits else None
