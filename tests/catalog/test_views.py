from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import html5lib
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.catalog.actions import approve, save_offer
from apps.catalog.models import Approval, Listing, Model
from apps.catalog.views import PER_PAGE
from tests.factories.accounts import make_admin, make_team, make_user
from tests.factories.catalog import make_approved_model, make_known_model, make_model, make_offer, make_source, metered

pytestmark = pytest.mark.django_db
LIST = "/catalog/"
HEADINGS = [
    "Governed AI Model Profile",
    "Model Positioning",
    "Key Specs",
    "Strengths",
    "Tradeoffs",
    "High-Fit Use Cases",
    "Deployment Checklist",
    "Safe AI Use Case Selector",
    "Parameter Guidance",
    "AI Risk Test",
    "Knowledge Hub",
    "Deploy This Model With Governance",
]


def test_profile_has_every_section_in_order_for_a_newcomer(client: Client, gpt_4o_mini: Model) -> None:
    page = client.get(gpt_4o_mini.get_absolute_url()).content.decode()

    places = [page.index(f">{heading}<") for heading in HEADINGS]
    assert places == sorted(places)
    assert page.count("Use GPT-4o-mini in your company") == 2
    assert page.count("You get") == 2
    assert "19 March 2026" in page


def test_profile_buttons_lead_into_the_wizards(client: Client, gpt_4o_mini: Model) -> None:
    page = client.get(gpt_4o_mini.get_absolute_url()).content.decode()

    start = reverse("assessments:start")
    assert f"{start}?questionnaire=risktest&amp;model=openai%2Fgpt-4o-mini" in page
    assert f'{start}?questionnaire=selector"' in page


@pytest.mark.parametrize("approval", ["blocked", "retired"])
def test_profile_of_a_barred_model_does_not_invite_to_use_it(client: Client, approval: str) -> None:
    model = make_approved_model(slug="maker/mini", approval=approval)

    page = client.get(model.get_absolute_url()).content.decode()

    assert "in your company</a>" not in page
    assert "model=maker%2Fmini" not in page.replace("/catalog/cost/?model=maker%2Fmini", "")
    assert f"{reverse('catalog:list')}?approval=approved" in page


def test_profile_answers_why_with_rule_source_and_day(client: Client, gpt_4o_mini: Model) -> None:
    page = client.get(gpt_4o_mini.get_absolute_url()).content.decode()

    assert "strengths.context_standard" in page
    assert "The provider&#x27;s own announcement" in page or "Provider-Statement" in page


def test_pages_are_well_formed(client: Client, gpt_4o_mini: Model) -> None:
    for address in (LIST, gpt_4o_mini.get_absolute_url()):
        parser = html5lib.HTMLParser()
        parser.parse(client.get(address).content.decode())
        assert parser.errors == []


def test_profile_of_a_model_nothing_is_known_about_says_so(client: Client) -> None:
    model = make_model(context_window=None, input_modalities=[], output_modalities=[], data_checked=None)

    page = client.get(model.get_absolute_url())

    assert page.status_code == 200
    assert "not known" in page.content.decode()


@pytest.mark.parametrize("slug", ["nobody/nothing", "x", "../etc/passwd", "a/b/c", "openai/GPT-4o-mini"])
def test_an_unknown_model_is_404(client: Client, slug: str) -> None:
    assert client.get(f"/catalog/models/{slug}/").status_code == 404


def test_an_unlisted_model_is_there_for_admins_only(client: Client) -> None:
    model = make_model(listed=False)
    assert client.get(model.get_absolute_url()).status_code == 404
    client.force_login(make_user())
    assert client.get(model.get_absolute_url()).status_code == 404

    client.force_login(make_admin())

    assert client.get(model.get_absolute_url()).status_code == 200


def test_profile_shows_who_may_use_a_restricted_model_to_those_signed_in(client: Client) -> None:
    model = make_approved_model(teams=[make_team(name="Payroll")])
    client.force_login(make_user())

    assert "Only for: Payroll" in client.get(model.get_absolute_url()).content.decode()


@pytest.mark.parametrize("page", ["catalog:model", "catalog:history"])
@pytest.mark.parametrize("status", [Approval.APPROVED, Approval.RESTRICTED, Approval.BLOCKED])
def test_a_visitor_sees_the_status_but_not_who_decided_why_or_for_whom(client: Client, page: str, status: str) -> None:
    admin = make_admin(name="Deciding Admin")
    team = make_team(name="Payroll")
    teams = [team] if status == Approval.RESTRICTED else []
    model = approve(by=admin, model=make_model(), status=status, reason="Cheaper contract ends soon.", teams=teams)

    seen = client.get(reverse(page, args=[model.slug])).content.decode()

    assert Approval(status).label.capitalize() in seen
    assert not [word for word in ("Deciding Admin", admin.username, "Cheaper contract", "Payroll") if word in seen]


def test_history_shows_who_decided_and_why_to_those_signed_in(client: Client) -> None:
    admin = make_admin(name="Deciding Admin")
    model = approve(by=admin, model=make_model(), status=Approval.APPROVED, reason="Tested in March.")
    client.force_login(make_user())

    seen = client.get(reverse("catalog:history", args=[model.slug])).content.decode()

    assert "Tested in March." in seen
    assert str(admin) in seen


def test_profile_says_that_an_approval_has_expired(client: Client) -> None:
    model = make_approved_model(approval_expires=timezone.localdate() - timedelta(days=1))

    assert "The approval has expired" in client.get(model.get_absolute_url()).content.decode()


def test_profile_shows_both_values_where_sources_disagree(client: Client) -> None:
    make_known_model(source="one", offers={"maker": metered("0.15", "0.6")})
    model = make_known_model(source="two", rank=30, offers={"maker": metered("0.30", "0.6")})

    page = client.get(model.get_absolute_url()).content.decode()

    assert "Where sources disagree" in page
    assert "$0.30 per 1M tokens" in page


def test_a_name_from_a_feed_cannot_carry_markup(client: Client) -> None:
    model = make_model(name="<script>alert(1)</script>")

    assert b"<script>alert" not in client.get(model.get_absolute_url()).content
    assert b"<script>alert" not in client.get(LIST).content


def test_list_filters_and_sorts_from_its_address(client: Client) -> None:
    make_offer(model=make_model(slug="a/dear", name="Dear", tools=True), input_price="9")
    make_offer(model=make_model(slug="a/cheap", name="Cheap", tools=True), input_price="1")
    make_model(slug="a/other", name="Other")

    page = client.get(LIST, {"capability": "tools", "sort": "cheapest"}).content.decode()

    assert page.index(">Cheap<") < page.index(">Dear<")
    assert ">Other<" not in page


def test_models_chosen_to_compare_stay_chosen_on_other_pages_and_with_other_filters(client: Client) -> None:
    models = [make_model(slug=f"a/m{n}", name=f"M {n:02}") for n in range(PER_PAGE + 1)]
    chosen = {"model": [models[0].slug, models[-1].slug]}

    first, second, none = (client.get(LIST, chosen | more).text for more in ({}, {"page": 2}, {"q": "nothing"}))

    for page, boxes in [(first, PER_PAGE + 1), (second, 2), (none, 2)]:
        assert page.count('name="model"') == boxes
        assert page.count(" checked>") == 2
        assert "not on this page" in page
    assert 'name="page" value="2" formaction="/catalog/"' in first
    assert 'href="/catalog/?model=a%2Fm0&amp;model=a%2Fm25"' in none  # clearing the filters keeps them


def test_list_gives_htmx_only_the_results(client: Client) -> None:
    make_model(name="One")

    response = client.get(LIST, headers={"HX-Request": "true"})

    assert b"<html" not in response.content
    assert b">One<" in response.content
    assert "HX-Request" in response["Vary"]


@pytest.mark.parametrize(
    "query",
    [
        {"approval": "perhaps"},
        {"provider": "nobody"},
        {"sort": "fame"},
        {"q": "x" * 101},
        {"q": "a b c d e f g h i"},
        {"parameter": ["' OR 1=1 --"]},
    ],
)
def test_list_says_what_it_does_not_know(client: Client, query: dict[str, Any]) -> None:
    make_model(name="One")

    response = client.get(LIST, query)

    assert response.status_code == 400
    assert b"Part of this address is not right" in response.content
    assert b">One<" in response.content


@pytest.mark.parametrize("wanted", ["0", "-1", "999", "first"])
def test_list_gives_the_nearest_page(client: Client, wanted: str) -> None:
    make_model(name="One")

    assert b">One<" in client.get(LIST, {"page": wanted}).content


def test_empty_list_says_what_to_do(client: Client) -> None:
    assert b"No models yet" in client.get(LIST).content
    make_model(tools=None)
    assert b"No model fits all of this" in client.get(LIST, {"q": "zzz"}).content


def test_list_shows_a_new_price_and_decision_at_once(client: Client) -> None:
    admin = make_admin()
    offer = make_offer(model=make_model(), input_price="0.15")
    assert "$0.15" in client.get(LIST).content.decode()

    offer.input_price = Decimal("0.35")
    save_offer(by=admin, offer=offer)
    approve(by=admin, model=offer.model, status="blocked", reason="Not for us.")

    page = client.get(LIST).content.decode()
    assert "$0.35" in page
    assert "$0.15" not in page
    assert page.count("Blocked") == 2  # the facet and the row


@pytest.mark.parametrize("number", [3, 60])
def test_list_takes_the_same_queries_for_any_number_of_models(
    client: Client, django_assert_num_queries: Any, number: int
) -> None:
    for _ in range(number):
        make_offer(model=make_model())

    with django_assert_num_queries(6):  # the state of the catalog, all models for the index, those on the page
        client.get(LIST)
    with django_assert_num_queries(2):
        assert client.get(LIST).content.count(b"item--model") == min(number, PER_PAGE)


@pytest.mark.parametrize("number", [1, 20])
def test_profile_takes_the_same_queries_for_any_number_of_facts(
    client: Client, django_assert_num_queries: Any, number: int
) -> None:
    offers = {f"seller-{n}": metered("1", "2") for n in range(number)}
    model = make_known_model(facts={"tools": True}, offers=offers)

    with django_assert_num_queries(5):
        client.get(model.get_absolute_url())


def make_alias(model: Model | None, **fields: Any) -> Listing:
    values = {"source": make_source(key="list"), "external_id": "list/~acme/big-latest", "rule": "linked by an admin"}
    return Listing.objects.create(**values | {"model": model, "is_alias": True} | fields)


def test_an_alias_is_found_and_leads_to_its_target(client: Client) -> None:
    target = make_model(slug="acme/big-5", name="Big 5")
    make_alias(target)

    found = client.get(LIST, {"q": "big-latest"})
    shown = client.get(target.get_absolute_url())

    assert b"<code>list/~acme/big-latest</code> points at" in found.content
    assert target.get_absolute_url().encode() in found.content
    assert b"list/~acme/big-latest" in shown.content
    assert b"big-latest" not in client.get(LIST).content


@pytest.mark.parametrize("typed", ["biglatest", "Big Latest", "big.latest", "~"])
def test_an_alias_is_found_whatever_signs_are_typed(client: Client, typed: str) -> None:
    make_alias(make_model(slug="acme/big-5", name="Big 5"))

    assert b"points at" in client.get(LIST, {"q": typed}).content
    assert b"points at" not in client.get(LIST, {"q": "bigger"}).content


@pytest.mark.parametrize("known", [True, False])
def test_an_alias_without_a_target_to_show_says_so(client: Client, known: bool) -> None:
    make_alias(make_model(slug="acme/secret", listed=False) if known else None, rule="alias without a target")

    found = client.get(LIST, {"q": "big"}).content

    assert b"no model on record here: it has no price" in found
    assert b"acme/secret" not in found


def test_post_is_not_allowed(client: Client) -> None:
    assert client.post(LIST).status_code == 405


def test_profile_says_what_to_do_about_old_data(client: Client) -> None:
    model = make_model(data_checked=date(2026, 1, 1))
    url = reverse("catalog:model", args=[model.slug])

    page = client.get(url).content.decode()
    client.force_login(make_admin())
    of_admin = client.get(url).content.decode()

    assert "were to be confirmed again by" in page
    assert "30 June 2026" in page
    assert reverse("admin:catalog_import") not in page
    assert reverse("admin:catalog_import") in of_admin


def test_suggested_successor_says_how_it_was_found_and_whether_it_is_approved(client: Client) -> None:
    ending = make_offer(model=make_model(lifecycle="gone", gone_since=date(2026, 1, 1))).model
    make_offer(model=make_model(name="Next one"))

    page = client.get(reverse("catalog:model", args=[ending.slug])).content.decode()

    notice = page[page.index("A model that does as much") :][:400]
    assert "Next one" in notice
    assert "Unreviewed" in notice
