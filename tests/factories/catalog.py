"""Models, offers and facts for tests. Columns are set as given; `make_known_model` goes through sources instead."""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from apps.accounts.models import Team
from apps.catalog.facts import store
from apps.catalog.models import Approval, Fact, Model, Offer, Pricing, Provider, Source
from apps.catalog.observations import Observation, read_observation

numbers = count(1)
AS_OF = date(2026, 5, 1)


def make_provider(*, key: str = "", name: str = "") -> Provider:
    key = key or f"maker-{next(numbers)}"
    return Provider.objects.get_or_create(key=key, defaults={"name": name or key.title()})[0]


def make_source(*, key: str = "", rank: int = 20) -> Source:
    key = key or f"source-{next(numbers)}"
    return Source.objects.get_or_create(key=key, defaults={"title": key.title(), "rank": rank})[0]


def make_model(*, slug: str = "", provider: Provider | None = None, **fields: Any) -> Model:
    slug = slug or f"maker/model-{next(numbers)}"
    values = {"name": slug.split("/")[1].title(), "context_window": 128_000, "data_checked": timezone.localdate()}
    values |= {"input_modalities": ["text"], "output_modalities": ["text"]}
    return Model.objects.create(
        slug=slug, provider=provider or make_provider(key=slug.split("/")[0]), **values | fields
    )


def make_approved_model(*, teams: list[Team] | None = None, **fields: Any) -> Model:
    status = Approval.RESTRICTED if teams else Approval.APPROVED
    model = make_model(**{"approval": status, "approval_at": timezone.now(), "approval_reason": "Reviewed."} | fields)
    model.restricted_to.set(teams or [])
    return model


def make_offer(
    *, model: Model, input_price: str | None = "0.15", output_price: str | None = "0.60", **fields: Any
) -> Offer:
    prices = {
        "input_price": input_price and Decimal(input_price),
        "output_price": output_price and Decimal(output_price),
    }
    pricing = Pricing.METERED if input_price is not None else Pricing.UNKNOWN
    values = {"provider": model.provider, "pricing": pricing, "leading": True} | prices | fields
    return Offer.objects.create(model=model, **values)


def make_fact(*, model: Model, field: str, value: Any, source: Source | None = None, **fields: Any) -> Fact:
    values = {"since": AS_OF, "as_of": AS_OF} | fields
    return Fact.objects.create(model=model, field=field, value=value, source=source or make_source(), **values)


def make_observation(
    *,
    slug: str = "maker/model",
    source: str = "list",
    as_of: date = AS_OF,
    facts: dict[str, Any] | None = None,
    offers: dict[str, Any] | None = None,
) -> Observation:
    for key in [slug.split("/")[0], *(offers or {})]:
        make_provider(key=key)
    raw = {"facts": facts or {}, "offers": offers or {}}
    return read_observation(
        slug=slug, name=slug, provider=slug.split("/")[0], source=source, as_of=as_of, raw=raw, path="record"
    )


def metered(input_price: str, output_price: str, **more: Any) -> dict[str, Any]:
    return {"pricing": "metered", "input_price": input_price, "output_price": output_price} | more


def make_known_model(*, rank: int = 20, **observation: Any) -> Model:
    """A model whose columns follow from what one source says."""
    seen = make_observation(**observation)
    store([seen], make_source(key=seen.source, rank=rank))
    return Model.objects.get(slug=seen.slug)
