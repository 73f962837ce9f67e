import pytest
from django.test import Client
from django.urls import reverse

from apps.assessments import controls
from tests.factories.assessments import make_assessment
from tests.factories.questionnaires import make_questionnaire

pytestmark = pytest.mark.django_db


def section_html(assessment, section: str) -> str:
    client = Client()
    client.force_login(assessment.created_by)
    return client.get(reverse("assessments:section", args=[assessment.pk, section])).content.decode()


def test_kept_control_shows_each_draft_its_own_choice() -> None:
    questionnaire = make_questionnaire()
    named = make_assessment(questionnaire=questionnaire, answers={"owner": "named"})
    missing = make_assessment(questionnaire=questionnaire, answers={"owner": "missing"})

    for _ in range(2):
        assert 'value="named" id="q-owner_0" checked' in section_html(named, "care")
        assert 'value="missing" id="q-owner_1" checked' in section_html(missing, "care")


def test_typed_text_is_never_kept(monkeypatch) -> None:
    monkeypatch.setattr(controls, "_rendered", {})

    page = section_html(make_assessment(answers={"name": "Our secret plan", "data": ["none"]}), "about")

    assert "Our secret plan" in page
    assert controls._rendered
    assert not any("Our secret plan" in html for html in controls._rendered.values())


def test_refused_form_is_never_kept(monkeypatch) -> None:
    monkeypatch.setattr(controls, "_rendered", {})
    draft, client = make_assessment(), Client()
    client.force_login(draft.created_by)

    refused = client.post(reverse("assessments:section", args=[draft.pk, "care"]), {"q-owner": "nobody", "v-owner": 0})

    assert refused.status_code == 422
    assert not controls._rendered


def test_kept_controls_are_bounded(monkeypatch) -> None:
    monkeypatch.setattr(controls, "_rendered", {})
    monkeypatch.setattr(controls, "MOST", 1)

    section_html(make_assessment(answers={"data": ["personal"]}), "about")

    assert len(controls._rendered) == 1
