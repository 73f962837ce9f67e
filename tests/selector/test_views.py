import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from apps.assessments.models import Assessment
from apps.assessments.queries import raw_answers
from apps.questionnaires.actions import publish
from apps.selector import queries
from apps.ui.formats import EN_DASH
from tests.factories.accounts import make_lead, make_team
from tests.factories.assessments import make_assessment, save
from tests.factories.catalog import make_approved_model, make_offer
from tests.factories.published import current_file
from tests.factories.use_cases import READY_TEAM

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessment() -> Assessment:
    source = current_file("selector").read_bytes()
    return make_assessment(questionnaire=publish(by=None, source=source), title="Where to start")


def client_of(assessment: Assessment) -> Client:
    client = Client()
    client.force_login(assessment.created_by)
    return client


def test_empty_form_starts_nothing_and_names_what_is_missing(assessment: Assessment) -> None:
    page = client_of(assessment).get(reverse("selector:result", args=[assessment.pk])).content.decode()

    assert "Nothing to start with yet" in page
    assert "Some answers are missing" in page


def test_recommendations_are_plain_json_with_every_use_case_once(assessment: Assessment) -> None:
    found = json.loads(json.dumps(queries.recommendations_json(assessment)))

    keys = [case["key"] for verdict in queries.VERDICTS for case in found[verdict]]
    assert len(keys) == len(set(keys)) >= 15
    refused = {case["key"]: case for case in found["refused"]}
    assert any("eu_ai_act" in ref for case in refused.values() for b in case["blockers"] for ref in b["references"])


def test_result_page_needs_few_queries(assessment: Assessment, django_assert_max_num_queries) -> None:
    client = client_of(assessment)

    with django_assert_max_num_queries(16):
        client.get(reverse("selector:result", args=[assessment.pk]))


def test_picture_places_a_case_at_the_worst_its_open_answers_allow(assessment: Assessment) -> None:
    save(by=assessment.created_by, assessment=assessment, team_function="finance")

    response = client_of(assessment).get(reverse("selector:result", args=[assessment.pk]))

    case = next(case for case in response.context["numbered"] if case["risk"] < case["risk_at_most"])
    both = f"{case['risk']}{EN_DASH}{case['risk_at_most']}"
    assert f"{case['title']}: fit {case['fit']}, risk {both}" in response.context["picture"]
    assert f'<td class="num">{both}</td>' in response.content.decode()


def judge(assessment: Assessment, **idea: object) -> Any:
    url = reverse("selector:own_idea", args=[assessment.pk])
    form = client_of(assessment).get(url).context["form"]
    values = {name: field.choices[0][0] for name, field in form.fields.items() if hasattr(field, "choices")}
    return client_of(assessment).post(
        url, values | {"title": "Mine", "description": "What.", "special_uses": []} | idea
    )


def test_own_idea_gets_a_verdict_and_its_words_are_shown_not_run(assessment: Assessment) -> None:
    response = judge(assessment, title="<script>alert(1)</script>", description="{{ 7|add:7 }}")

    assert response.status_code == 200
    assert response.context["judged"]["verdict"] in queries.VERDICTS
    assert "&lt;script&gt;" in response.content.decode()


def test_own_idea_shows_what_speaks_against_it_as_well(assessment: Assessment) -> None:
    save(by=assessment.created_by, assessment=assessment, team_function="finance")

    page = judge(assessment, functions=["marketing"]).content.decode()

    assert "<strong>Against it:</strong> It is made for other teams" in page


def test_own_idea_without_a_name_is_told_by_the_page_not_by_the_browser(assessment: Assessment) -> None:
    response = judge(assessment, title="")

    assert response.status_code == 422
    page = response.content.decode()
    assert '<a href="#id_title">What do you call it? Give your idea a name.</a>' in page
    assert re.search(r"<form[^>]*own-idea/[^>]*novalidate", page)


def test_own_idea_with_a_forged_attribute_is_422(assessment: Assessment) -> None:
    url = reverse("selector:own_idea", args=[assessment.pk])

    response = client_of(assessment).post(url, {"title": "Kept on the page", "autonomy": "forged"})

    assert response.status_code == 422
    assert "Kept on the page" in response.content.decode()


@pytest.mark.parametrize("name", ["selector:result", "selector:own_idea"])
def test_foreign_team_sees_404(assessment: Assessment, name: str) -> None:
    stranger = Client()
    stranger.force_login(make_lead(team=make_team()))

    assert stranger.get(reverse(name, args=[assessment.pk])).status_code == 404


@pytest.mark.parametrize("name", ["selector:result", "selector:own_idea"])
def test_risk_test_leads_to_its_own_result(name: str) -> None:
    assessment = make_assessment()

    response = client_of(assessment).get(reverse(name, args=[assessment.pk]))

    assert response.url == reverse("risktest:result", args=[assessment.pk])


def test_risk_test_of_a_use_case_starts_prefilled(assessment: Assessment) -> None:
    publish(by=None, source=current_file("risktest").read_bytes())
    url = reverse("selector:test_risk", args=[assessment.pk, "report_summary"])

    client_of(assessment).post(url)

    started = Assessment.objects.get(use_case="report_summary")
    assert client_of(assessment).post(url).url == started.get_absolute_url(), "not begun twice"
    answers = raw_answers(started)
    assert answers["use_name"] == started.title == "Summaries of long reports"
    assert answers["data_kinds"] == ["internal"]
    assert answers["autonomy"] == "suggests"


def test_risk_test_of_a_use_case_leads_to_the_explanation_while_none_is_offered(assessment: Assessment) -> None:
    url = reverse("selector:test_risk", args=[assessment.pk, "report_summary"])

    response = client_of(assessment).post(url)

    assert response.url == f"{reverse('assessments:start')}?questionnaire=risktest"
    assert Assessment.objects.count() == 1


@pytest.mark.parametrize("key", ["no_such_case", "own_idea"])
def test_risk_test_of_an_unknown_use_case_is_404(assessment: Assessment, key: str) -> None:
    response = client_of(assessment).post(reverse("selector:test_risk", args=[assessment.pk, key]))

    assert response.status_code == 404
    assert Assessment.objects.count() == 1


def refused_case(assessment: Assessment) -> Any:
    found = queries.recommendations_json(assessment)
    return next(case for case in found["refused"] if case["key"] == "emotion_monitoring")


def test_refused_use_case_names_no_model_and_no_cost(assessment: Assessment) -> None:
    make_approved_model()

    case = refused_case(assessment)

    assert case["models"] is None
    assert case["first_week"], "what to do instead is still said"


def test_refused_use_case_says_what_refuses_it_and_no_way_around(assessment: Assessment) -> None:
    save(by=assessment.created_by, assessment=assessment, **READY_TEAM)

    reasons = [blocker["reason"] for blocker in refused_case(assessment)["blockers"]]

    assert "Inferring the emotions of people at work or in education is prohibited" in reasons[0]
    assert not [reason for reason in reasons if "you did not name that among your data" in reason]


def test_refused_list_of_an_earlier_submission_names_no_model_either(assessment: Assessment) -> None:
    context = {"title": "Refused", "case": {"models": {"choices": [{"slug": "a/b", "name": "A"}], "requests": 1}}}

    assert "Model and cost" not in render_to_string("selector/_case_body.html", context)


def test_refused_own_idea_gets_no_plan_for_doing_it(assessment: Assessment) -> None:
    response = judge(assessment, special_uses=["reads_emotions_at_work"])

    judged = response.context["judged"]
    assert judged["verdict"] == "refused"
    assert judged["models"] is None
    assert [judged[part] for part in queries.PLAN] == [[], [], [], []]
    page = response.content.decode()
    assert "First week" not in page
    assert "Test what can go wrong" not in page


def test_cost_says_for_how_many_tokens_and_why_this_model(assessment: Assessment) -> None:
    make_offer(model=make_approved_model())
    save(by=assessment.created_by, assessment=assessment, requests_a_month=2000, document_pages=2)

    page = judge(assessment).content.decode()

    assert "For 2,000 requests a month, each of about 3,000 tokens in and 500 out." in page
    assert "It is the cheapest the team may use for it; no approved model of another provider can do it" in page


def test_cheapest_is_cheapest_also_where_a_month_costs_less_than_a_cent(assessment: Assessment) -> None:
    for slug, price in [("a/dearer", "0.06"), ("b/cheaper", "0.02")]:
        make_offer(model=make_approved_model(slug=slug, name=slug), input_price=price, output_price=price)
    save(by=assessment.created_by, assessment=assessment, requests_a_month=12, document_pages=2)

    page = judge(assessment).content.decode()

    first, fallback = page.index(">b/cheaper</a>"), page.index(">a/dearer</a>")
    assert first < fallback
    assert "about $0.00084 a month" in page
    assert "$0.00 " not in page


def idea_of(response: Any) -> dict[str, list[str]]:
    """What the form that starts the risk test of the judged idea sends."""
    fields: dict[str, list[str]] = {}
    for name, value in response.context["form"].pairs:
        fields.setdefault(name, []).append(value)
    return fields


def test_risk_test_of_an_own_idea_starts_prefilled(assessment: Assessment) -> None:
    publish(by=None, source=(settings.FIXTURES_DIR / "questionnaires/risktest/v1.yaml").read_bytes())
    save(by=assessment.created_by, assessment=assessment, **READY_TEAM)
    judged = judge(assessment, title="Returns helper", description="It reads, it drafts.", data_kinds=["invoices"])
    url = reverse("selector:test_own_idea", args=[assessment.pk])
    assert url in judged.content.decode()

    response = client_of(assessment).post(url, idea_of(judged))

    started = Assessment.objects.get(title="Returns helper")
    assert response.url == started.get_absolute_url()
    answers = raw_answers(started)
    assert (answers["use_name"], answers["use_description"]) == ("Returns helper", "It reads, it drafts.")
    assert (answers["data_kinds"], answers["autonomy"]) == (["confidential"], "suggests")
    assert started.use_case == "", "two ideas are not one use case"


def test_risk_test_of_a_forged_idea_shows_what_is_wrong_and_starts_nothing(assessment: Assessment) -> None:
    url = reverse("selector:test_own_idea", args=[assessment.pk])

    response = client_of(assessment).post(url, {"title": "Kept on the page", "autonomy": "forged"})

    assert response.status_code == 422
    assert "Kept on the page" in response.content.decode()
    assert Assessment.objects.count() == 1


def test_lists_carry_the_numbers_of_the_picture(assessment: Assessment) -> None:
    save(by=assessment.created_by, assessment=assessment, **READY_TEAM)

    response = client_of(assessment).get(reverse("selector:result", args=[assessment.pk]))

    page, numbered = response.content.decode(), response.context["numbered"]
    later = response.context["found"]["next"][0]
    place = next(number for number, case in enumerate(numbered, start=1) if case["key"] == later["key"])
    assert f"<summary><span>{place}. {later['title']}</span>" in page
