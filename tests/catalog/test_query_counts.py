"""How often each page asks the database: as often for 300 models and 20 snapshots as for four models and one."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.catalog.models import Change, Fact, Lifecycle, Model, Offer, Pricing, Provider, Snapshot, Source
from tests.factories.accounts import make_admin, make_member, make_team
from tests.factories.catalog import AS_OF, make_provider, make_source

pytestmark = pytest.mark.django_db
SOURCES = 2
COMPARED = "&".join(f"model=maker-{n}/model-{n}" for n in range(4))
# Statements for somebody not signed in.
PAGES = {
    "/catalog/": 2,  # the state of the catalog; rows are drawn already
    "/catalog/?q=model&capability=tools&price=cost_efficient&sort=cheapest": 3,  # and aliases
    "/catalog/models/maker-0/model-0/": 5,
    "/catalog/models/maker-1/model-1/": 7,  # its end is announced: what could take its place
    f"/catalog/compare/?{COMPARED}": 4,
    f"/catalog/cost/?requests=10&tokens_in=100&tokens_out=100&{COMPARED}": 3,
    "/catalog/changes/": 1,
    "/catalog/history/maker-0/model-0/": 5,
    "/catalog/export.csv": 4,
    "/catalog/export.json": 4,
}
SIGNED_IN = 2  # the session, and the person with all memberships
IN_NO_TEAM = 1  # the person alone, when there are none
# Assessments about the models that changed.
ONLY_ADMINS = {"/catalog/changes/": 1}


def catalog_of(models: int, snapshots: int) -> None:
    """Adds what is missing: every model with two offers, facts of two sources, and a changed price in each snapshot."""
    sources = [make_source(key=f"list-{n}") for n in range(SOURCES)]
    for n in range(models):
        make_provider(key=f"maker-{n % 60}")
    providers = {provider.key: provider for provider in Provider.objects.all()}
    known = set(Model.objects.values_list("slug", flat=True))
    numbers = [n for n in range(models) if f"maker-{n % 60}/model-{n}" not in known]
    added = Model.objects.bulk_create(a_model(n, providers[f"maker-{n % 60}"]) for n in numbers)
    sellers = [providers["maker-0"], providers["maker-1"]]
    offers = Offer.objects.bulk_create(an_offer(model, seller, sellers) for model in added for seller in sellers)
    Fact.objects.bulk_create(fact for offer in offers for source in sources for fact in facts_of(offer, source))
    for n in range(snapshots - Snapshot.objects.count()):
        a_snapshot(n, sources[0])


def a_model(number: int, provider: Provider) -> Model:
    return Model(
        slug=f"maker-{number % 60}/model-{number}",
        name=f"Model {number}",
        provider=provider,
        context_window=128_000,
        input_modalities=["text"],
        output_modalities=["text"],
        tools=True,
        lifecycle=Lifecycle.DEPRECATED if number == 1 else Lifecycle.ACTIVE,
    )


def an_offer(model: Model, seller: Provider, sellers: list[Provider]) -> Offer:
    prices: dict[str, Any] = {"input_price": "0.1", "output_price": "0.2", "pricing": Pricing.METERED}
    return Offer(model=model, provider=seller, leading=seller == sellers[0], **prices)


def facts_of(offer: Offer, source: Source) -> list[Fact]:
    own = {"model": offer.model, "source": source, "since": AS_OF, "as_of": AS_OF}
    said = [Fact(offer=offer, field="input_price", value=f"0.{source.pk}", **own)]
    return [*said, Fact(field="context_window", value=128_000, **own)] if offer.leading else said


def a_snapshot(number: int, source: Source) -> None:
    day = AS_OF + timedelta(days=number)
    snapshot = Snapshot.objects.create(source=source, as_of=day, sha256=str(number), records=1)
    offers = list(Offer.objects.filter(leading=True).order_by("pk")[:20])
    change: dict[str, Any] = {"snapshot": snapshot, "field": "input_price", "before": "1", "after": "2", "on": day}
    Change.objects.bulk_create(Change(model_id=o.model_id, offer=o, kind="changed", **change) for o in offers)
    past: dict[str, Any] = {"field": "input_price", "value": str(number), "source": source, "superseded_on": day}
    Fact.objects.bulk_create(Fact(model_id=o.model_id, offer=o, since=AS_OF, as_of=day, **past) for o in offers)


def statements(client: Client, address: str) -> list[str]:
    client.get(address)  # the index in memory and its rows are made once for every state of the catalog
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
        assert b"".join(response) if response.streaming else response.content
    assert response.status_code == 200
    return [query["sql"] for query in captured]


def expected(who: str) -> dict[str, int]:
    more = {"anonymous": 0, "member": SIGNED_IN, "admin": SIGNED_IN + IN_NO_TEAM}[who]
    extra = ONLY_ADMINS if who == "admin" else {}
    return {address: number + more + extra.get(address, 0) for address, number in PAGES.items()}


@pytest.mark.parametrize("who", ["anonymous", "member", "admin"])
def test_pages_ask_as_often_for_many_models_and_snapshots_as_for_few(client: Client, who: str) -> None:
    if who != "anonymous":
        client.force_login(make_admin() if who == "admin" else make_member(team=make_team()))
    catalog_of(models=4, snapshots=1)
    few = {address: len(statements(client, address)) for address in PAGES}

    catalog_of(models=300, snapshots=20)
    many = {address: len(statements(client, address)) for address in PAGES}

    assert many == few
    assert few == expected(who)
