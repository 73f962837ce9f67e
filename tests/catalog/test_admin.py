from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.catalog.models import Approval, Fact, Model, Offer
from tests.factories.accounts import make_admin, make_officer, make_team
from tests.factories.catalog import (
    make_approved_model,
    make_known_model,
    make_model,
    make_offer,
    make_provider,
    metered,
)

pytestmark = pytest.mark.django_db
MODELS = "/admin/catalog/model/"


@pytest.fixture
def admin_client(client: Client) -> Client:
    client.force_login(make_admin())
    return client


def form_data(model: Model, **changes: Any) -> dict[str, Any]:
    data = {
        "name": model.name,
        "slug": model.slug,
        "provider": model.provider_id,
        "listed": "on",
        "context_window": model.context_window or "",
        "input_modalities": model.input_modalities,
        "output_modalities": model.output_modalities,
        "tools": "unknown",
        "offers-TOTAL_FORMS": 0,
        "offers-INITIAL_FORMS": 0,
        "statement_edits-TOTAL_FORMS": 0,
        "statement_edits-INITIAL_FORMS": 0,
    }
    return data | changes


def test_admin_lists_models_with_few_queries(admin_client: Client, django_assert_max_num_queries: Any) -> None:
    for _ in range(15):
        make_offer(model=make_model())

    with django_assert_max_num_queries(12):
        response = admin_client.get(MODELS)

    assert b"$0.15 / $0.60" in response.content


@pytest.mark.parametrize("query", ["checked=stale", "sources=disagree", "approval__exact=unreviewed", "q=maker"])
def test_admin_filters_work(admin_client: Client, query: str) -> None:
    make_known_model(source="one", facts={"context_window": 1})
    make_known_model(source="two", rank=30, facts={"context_window": 2})
    make_known_model(slug="maker/other", source="one", facts={"context_window": 1})

    response = admin_client.get(f"{MODELS}?{query}")

    assert b"maker/model" in response.content
    assert (b"maker/other" in response.content) == ("disagree" not in query)


def test_models_on_whose_leading_price_sources_disagree_are_found(admin_client: Client) -> None:
    make_known_model(source="one", offers={"maker": metered("0.15", "0.60")})
    make_known_model(source="two", rank=30, offers={"maker": metered("0.30", "0.60")})
    for source in ("one", "two"):  # each seller has its own price: nothing to settle
        make_known_model(
            slug="maker/other", source=source, offers={"maker": metered("1", "2"), source: metered("3", "4")}
        )

    page = admin_client.get(f"{MODELS}?sources=disagree").content.decode()

    assert "maker/model" in page
    assert "maker/other" not in page


def test_bulk_approval_asks_first_and_then_records_for_each(admin_client: Client) -> None:
    models = [make_model(), make_model()]
    chosen = {"action": "decide", "_selected_action": [model.pk for model in models]}

    asked = admin_client.post(MODELS, chosen)
    assert b"Record the decision" in asked.content
    assert Model.objects.filter(approval=Approval.APPROVED).count() == 0

    decision = {"status": "approved", "reason": "Reviewed together.", "decided": "1"}
    done = admin_client.post(MODELS, chosen | decision)

    assert done.status_code == 302
    assert Model.objects.filter(approval=Approval.APPROVED).count() == 2
    assert AuditEvent.objects.filter(verb="model.approval_decided").count() == 2


@pytest.mark.parametrize(
    "decision",
    [{"status": "approved", "reason": ""}, {"status": "maybe", "reason": "x"}, {"status": "restricted", "reason": "x"}],
)
def test_bulk_approval_with_something_missing_changes_nothing(admin_client: Client, decision: dict[str, str]) -> None:
    model = make_model()

    response = admin_client.post(MODELS, {"action": "decide", "_selected_action": model.pk, "decided": "1"} | decision)

    assert response.status_code == 422
    assert Model.objects.get().approval == Approval.UNREVIEWED


def test_restricting_in_admin_names_the_team(admin_client: Client) -> None:
    model, team = make_model(), make_team()
    decision = {"status": "restricted", "reason": "Only they.", "teams": team.pk, "decided": "1"}

    admin_client.post(MODELS, {"action": "decide", "_selected_action": model.pk} | decision)

    assert list(Model.objects.get().restricted_to.all()) == [team]


def test_adding_a_model_records_its_values_as_facts_of_the_admin(admin_client: Client) -> None:
    provider = make_provider(key="acme")
    model = Model(slug="acme/new", name="New", provider=provider, input_modalities=["text"], context_window=1000)

    response = admin_client.post(
        f"{MODELS}add/", form_data(model, output_modalities=["text"], parameters="seed, tools")
    )

    assert response.status_code == 302, response.context["errors"]
    stored = Model.objects.get()
    assert (stored.context_window, stored.parameters) == (1000, ["seed", "tools"])
    assert set(Fact.objects.values_list("source__key", flat=True)) == {"admin"}


def test_adding_an_offer_in_admin_gives_the_model_its_price(admin_client: Client) -> None:
    model = make_known_model(facts={"context_window": 1000})
    offer = {"provider": model.provider_id, "pricing": "metered", "input_price": "1.5", "output_price": "3"}
    data = {f"offers-0-{name}": value for name, value in offer.items()} | {"offers-TOTAL_FORMS": 1}

    response = admin_client.post(f"{MODELS}{model.pk}/change/", form_data(model) | data)

    assert response.status_code == 302, response.context["errors"]
    stored = Offer.objects.get()
    assert stored.leading
    assert str(stored.input_price.normalize()) == "1.5"


def offer_data(offer: Offer, **changes: Any) -> dict[str, Any]:
    values = {"id": offer.pk, "model": offer.model_id, "provider": offer.provider_id, "pricing": offer.pricing}
    values |= {"input_price": offer.input_price or "", "output_price": offer.output_price or ""}
    fields = {f"offers-0-{name}": value for name, value in (values | changes).items()}
    return fields | {"offers-TOTAL_FORMS": 1, "offers-INITIAL_FORMS": 1}


def test_prices_of_long_inputs_are_edited_as_facts_of_the_admin(admin_client: Client) -> None:
    tiers = [{"above": 200000, "input": "4"}]
    model = make_known_model(facts={"tools": True}, offers={"maker": metered("1", "2", price_tiers=tiers)})
    address, offer = f"{MODELS}{model.pk}/change/", Offer.objects.get()
    assert b"above 200000: 4 in" in admin_client.get(address).content

    admin_client.post(address, form_data(model) | offer_data(offer, price_tiers="above 100000: 5 in, 9 out"))

    offer.refresh_from_db()
    assert offer.price_tiers == [{"above": 100000, "input": "5", "output": "9"}]
    assert Fact.objects.current().filter(field="price_tiers").count() == 2
    stated = Fact.objects.current().filter(source__key="admin").values_list("field", flat=True)
    assert set(stated) == {"pricing", "input_price", "output_price", "price_tiers"}

    admin_client.post(address, form_data(model) | offer_data(offer, price_tiers=""))
    offer.refresh_from_db()
    assert (offer.price_tiers, offer.pricing) == ([], "metered")


@pytest.mark.parametrize(
    "changes",
    [{"price_tiers": "above 100000: cheap"}, {"pricing": "free", "input_price": "", "price_tiers": "above 9: 5 in"}],
)
def test_prices_of_long_inputs_that_are_none_are_refused_in_admin(
    admin_client: Client, changes: dict[str, Any]
) -> None:
    model = make_known_model(facts={"tools": True}, offers={"maker": metered("1", "2")})
    offer = Offer.objects.get()

    response = admin_client.post(f"{MODELS}{model.pk}/change/", form_data(model) | offer_data(offer, **changes))

    assert b"errorlist" in response.content
    assert Offer.objects.get().price_tiers == []


def test_an_offer_without_its_price_is_refused_in_admin(admin_client: Client) -> None:
    model = make_model()
    data = {"offers-0-provider": model.provider_id, "offers-0-pricing": "metered", "offers-TOTAL_FORMS": 1}

    response = admin_client.post(f"{MODELS}{model.pk}/change/", form_data(model) | data)

    assert response.status_code == 200
    assert not Offer.objects.exists()


def test_removing_an_offer_in_admin_leaves_another_leading(admin_client: Client) -> None:
    model = make_known_model(offers={"maker": metered("1", "2"), "reseller": metered("3", "4")})
    data = {"offers-TOTAL_FORMS": 2, "offers-INITIAL_FORMS": 2, "offers-0-DELETE": "on"}
    for place, offer in enumerate(model.offers.order_by("-leading")):
        data |= {f"offers-{place}-id": offer.pk, f"offers-{place}-model": model.pk}
        data |= {f"offers-{place}-provider": offer.provider_id, f"offers-{place}-pricing": "metered"}
        data |= {f"offers-{place}-input_price": offer.input_price, f"offers-{place}-output_price": offer.output_price}

    response = admin_client.post(f"{MODELS}{model.pk}/change/", form_data(model) | data)

    assert response.status_code == 302, response.context["errors"]
    assert Offer.objects.get().leading


def test_restoring_an_older_version_does_not_bring_back_its_approval(admin_client: Client) -> None:
    model = make_approved_model(name="Before")
    old = model.history.first()
    model.name, model.approval = "After", Approval.BLOCKED
    model.save()

    response = admin_client.post(f"{MODELS}{model.pk}/history/{old.history_id}/", form_data(model, name="Before"))

    model.refresh_from_db()
    assert response.status_code == 302
    assert (model.name, model.approval) == ("Before", Approval.BLOCKED)


def test_models_cannot_be_deleted(admin_client: Client) -> None:
    model = make_model()

    assert admin_client.post(f"{MODELS}{model.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Model.objects.exists()


def test_a_model_shows_what_its_sources_disagree_on_and_leads_to_its_facts(admin_client: Client) -> None:
    make_known_model(source="one", rank=10, facts={"context_window": 1000})
    model = make_known_model(source="two", rank=30, facts={"context_window": 2000})
    other = make_known_model(slug="maker/other", source="two", facts={"context_window": 5000})

    shown = admin_client.get(f"{MODELS}{model.pk}/change/").content.decode()
    facts = f"/admin/catalog/fact/?model__id__exact={model.pk}&amp;state=current&amp;field=context_window"

    assert "Context window: 1,000 tokens (One, 2026-05-01) / 2,000 tokens (Two, 2026-05-01)" in shown
    assert facts in shown
    listed = admin_client.get(facts.replace("&amp;", "&")).content.decode()
    assert listed.count("context_window</td>") == 2
    assert other.name not in listed.split("result_list")[1]


def test_facts_can_be_settled_but_not_typed_over(admin_client: Client) -> None:
    make_known_model(source="one", rank=10, facts={"context_window": 1})
    make_known_model(source="two", rank=30, facts={"context_window": 2})
    fact = Fact.objects.get(source__key="two")

    admin_client.post("/admin/catalog/fact/", {"action": "go_by_this", "_selected_action": fact.pk})

    assert Model.objects.get().context_window == 2
    assert admin_client.post(f"/admin/catalog/fact/{fact.pk}/change/", {"value": "9"}).status_code == 403


def test_admin_is_for_admins(client: Client) -> None:
    client.force_login(make_officer())

    assert client.get(MODELS).status_code == 302


@pytest.mark.parametrize("name", ["provider", "source", "fact"])
def test_the_other_lists_open(admin_client: Client, name: str) -> None:
    make_known_model(facts={"tools": True})

    assert admin_client.get(reverse(f"admin:catalog_{name}_changelist")).status_code == 200


def test_prices_in_the_form_have_no_zeros_of_the_database(admin_client: Client) -> None:
    offer = make_offer(model=make_model(), input_price="0.15", output_price="100")

    page = admin_client.get(f"{MODELS}{offer.model.pk}/change/").text

    assert 'value="0.15"' in page
    assert 'value="100"' in page
    assert "0.15000" not in page
