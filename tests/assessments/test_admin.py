import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.assessments import actions
from apps.questionnaires.models import QuestionnaireVersion, Status
from tests.factories.accounts import make_admin, make_officer
from tests.factories.assessments import COMPLETE, make_assessment
from tests.factories.questionnaires import SOURCE, make_questionnaire

pytestmark = pytest.mark.django_db
URL = "/admin/questionnaires/questionnaireversion/add/"
VERSION_2 = SOURCE.format(key="small", version=2, result="risk")
CASES = """
- name: an empty form is not safe
  answers: {}
  on: 2026-11-22
  expect: {level: LEVEL}
"""


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(make_admin())
    return client


def test_check_previews_and_replays_and_stores_nothing(admin: Client) -> None:
    assessment = make_assessment(questionnaire=make_questionnaire(key="small"), answers=COMPLETE)
    actions.freeze(by=assessment.created_by, assessment=assessment)

    page = admin.post(URL, {"source": VERSION_2, "cases": CASES.replace("LEVEL", "high"), "check": "1"})

    html = page.content.decode()
    assert "1 of 1 come out as written" in html
    assert "1 submission scored again, 0 change level" in html
    assert "Who answers for it?" in html
    assert QuestionnaireVersion.objects.count() == 1


def test_publish_makes_it_what_teams_start_with(admin: Client) -> None:
    make_questionnaire(key="small")

    response = admin.post(URL, {"source": VERSION_2, "publish": "1"})

    version = QuestionnaireVersion.objects.offered().get(key="small")
    assert response.url == reverse("admin:questionnaires_questionnaireversion_change", args=[version.pk])
    assert version.version == 2
    assert admin.get(response.url).status_code == 200


def test_uploaded_file_is_checked_and_comes_back_as_text(admin: Client) -> None:
    upload = SimpleUploadedFile("v2.yaml", VERSION_2.encode())

    response = admin.post(URL, {"file": upload, "check": "1"})

    assert response.status_code == 200
    assert "title: Small test" in response.content.decode()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "Paste a questionnaire"),
        ({"source": VERSION_2.replace("type: number", "type: nummer")}, "line "),
        ({"source": "a: &x 1"}, "alias or anchor"),
        ({"source": VERSION_2, "cases": "- {name: x}"}, "each needs name, answers, on and expect"),
        ({"source": VERSION_2, "cases": "{"}, "golden cases: line"),
        ({"source": VERSION_2, "file": SimpleUploadedFile("x.yaml", b"x" * (1024 * 1024 + 1))}, "larger than 1 MiB"),
        ({"source": VERSION_2, "file": SimpleUploadedFile("x.yaml", b"\xff\xfe")}, "is not UTF-8"),
    ],
)
def test_bad_candidate_is_422_with_the_reason_and_nothing_stored(admin: Client, values: dict, sentence: str) -> None:
    response = admin.post(URL, values | {"publish": "1"})

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not QuestionnaireVersion.objects.exists()


def test_red_golden_case_cannot_be_published(admin: Client) -> None:
    values = {"source": VERSION_2, "cases": CASES.replace("LEVEL", "low")}

    response = admin.post(URL, values | {"publish": "1"})

    assert response.status_code == 422
    assert 'name="publish"' not in admin.post(URL, values).content.decode()
    assert not QuestionnaireVersion.objects.exists()


def test_retire_takes_it_from_the_offer(admin: Client) -> None:
    version = make_questionnaire()
    url = reverse("admin:questionnaires_questionnaireversion_changelist")

    admin.post(url, {"action": "retire", "_selected_action": [version.pk]})

    version.refresh_from_db()
    assert version.status == Status.RETIRED


def test_published_source_cannot_be_edited_or_deleted(admin: Client) -> None:
    version = make_questionnaire()
    change = reverse("admin:questionnaires_questionnaireversion_change", args=[version.pk])

    admin.post(change, {"source": "changed", "status": "retired"})

    before = version.source
    version.refresh_from_db()
    assert (version.source, version.status) == (before, Status.PUBLISHED)
    assert admin.post(change.replace("change", "delete")).status_code == 403


def test_risk_officer_has_no_admin() -> None:
    client = Client()
    client.force_login(make_officer())

    assert client.get(URL).status_code in (302, 403)
