import html
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from apps.assessments import actions
from apps.questionnaires import references
from tests.factories.accounts import make_lead, make_team
from tests.factories.assessments import COMPLETE, make_assessment, save
from tests.factories.questionnaires import make_questionnaire, publish_next

pytestmark = pytest.mark.django_db


def open_result(assessment, user=None, query: str = "", **headers: str) -> tuple[int, str]:
    client = Client()
    client.force_login(user or assessment.created_by)
    response = client.get(reverse("risktest:result", args=[assessment.pk]) + query, headers=headers)
    return response.status_code, response.content.decode()


def test_result_shows_level_gap_and_the_teams_own_answer() -> None:
    _, page = open_result(make_assessment(answers=COMPLETE))

    assert "High" in page
    assert "No owner" in page
    assert "You answered: “Nobody”" in page
    assert "Govern" in page or "GOVERN 2.1" in page


def test_level_of_any_name_has_its_look_and_its_sentence() -> None:
    coloured = [
        ("{key: low, title: Low", "{key: green, title: Green"),
        ("{key: high, title: High", "{key: red, title: Red"),
    ]
    version = publish_next(make_questionnaire(), *coloured)

    _, page = open_result(make_assessment(questionnaire=version, answers=COMPLETE | {"owner": "missing"}))

    assert 'class="level level--critical level--large"' in page
    assert "Level 2 of 2, where 2 is the worst." in page


def test_result_of_an_empty_form_is_not_safe_and_says_what_is_open() -> None:
    _, page = open_result(make_assessment())

    assert "lies between Low and High" in page
    assert "Not known yet" in page
    assert "Find out first what is not known" in page


def test_what_if_lowers_the_level_without_changing_anything() -> None:
    assessment = make_assessment(answers=COMPLETE | {"users": "1"})

    status, fragment = open_result(assessment, query="?close=owner", **{"HX-Request": "true"})

    assert status == 200
    assert "<html" not in fragment
    assert "With 1 gap closed" in fragment
    assert "No owner" in open_result(assessment)[1]


def test_what_if_of_a_gap_that_does_not_exist_is_400() -> None:
    assert open_result(make_assessment(answers=COMPLETE), query="?close=owner&close=forged")[0] == 400


def test_plan_names_the_cheapest_way_down() -> None:
    answers = {"name": "Drafts", "data": ["secret"], "owner": "missing", "users": "1"}

    _, page = open_result(make_assessment(answers=answers))

    assert "1 person-day takes the level" in page


def test_frozen_result_comes_from_the_snapshot() -> None:
    assessment = make_assessment(answers=COMPLETE)
    by = assessment.created_by
    actions.freeze(by=by, assessment=assessment)
    frozen = open_result(assessment)[1]
    actions.reopen(by=by, assessment=assessment)

    save(by=by, assessment=assessment, owner="named", seen=1)
    assessment.refresh_from_db()

    assert "No owner" in frozen
    assert "No owner" not in open_result(assessment)[1]


def test_frozen_result_names_the_law_as_it_was_then(monkeypatch) -> None:
    assessment = make_assessment(answers=COMPLETE)
    actions.freeze(by=assessment.created_by, assessment=assessment)
    then = references.all_references()["nist_govern_2_1"]
    monkeypatch.setattr(references, "all_references", lambda: {then.key: replace(then, title="As amended")})

    assert then.title in html.unescape(open_result(assessment)[1])
    assert "As amended" in open_result(make_assessment(answers=COMPLETE))[1]


NOTICES = """
flags:
  - {key: told, title: Assess privacy, when: "'personal' in data", effect: notice, because: It may hurt people.,
     action: Do it.}
  - {key: soon, title: Register it, when: "'personal' in data", effect: notice, because: It will.,
     applies_from: 2035-01-01}
"""


def test_notices_stand_apart_from_what_bears_on_the_level() -> None:
    version = publish_next(make_questionnaire(), renames=NOTICES)
    answers = COMPLETE | {"data": ["personal"], "consent": "told"}

    page = html.unescape(open_result(make_assessment(questionnaire=version, answers=answers))[1])
    before, after = page.split("Also applies")

    assert "Assess privacy" not in before
    assert "It does not change the level." in after
    assert "Assess privacy" in after
    assert "What to do:</strong> Do it." in after
    assert "It applies from 1 January 2035.</p>" in after
    assert "callout--warn" not in after


def test_notices_that_open_answers_may_bring_up_are_named() -> None:
    version = publish_next(make_questionnaire(), renames=NOTICES)

    _, page = open_result(make_assessment(questionnaire=version))

    assert "this may apply as well: Assess privacy; Register it." in page


def test_without_notices_nothing_is_said_of_them() -> None:
    assert "Also applies" not in open_result(make_assessment(answers=COMPLETE))[1]


def test_foreign_team_sees_404() -> None:
    assert open_result(make_assessment(), make_lead(team=make_team()))[0] == 404


def test_selector_assessment_leads_to_its_own_result() -> None:
    assessment = make_assessment(questionnaire=make_questionnaire(result="use_cases"))

    assert open_result(assessment)[0] == 302
