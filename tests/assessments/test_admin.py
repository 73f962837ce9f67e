import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.assessments import actions
from apps.audit.models import AuditEvent
from apps.questionnaires import actions as actions_of_questionnaires
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
    assert "Only if <code>&#x27;personal&#x27; in data</code>" in html
    assert QuestionnaireVersion.objects.count() == 1


def test_replay_names_levels_questions_and_links_what_changes(admin: Client) -> None:
    assessment = make_assessment(questionnaire=make_questionnaire(key="small"), answers=COMPLETE, title="Reply drafts")
    snapshot = actions.freeze(by=assessment.created_by, assessment=assessment)
    milder = VERSION_2.replace("below: 25", "below: 99").replace("at_least: 25", "at_least: 99")

    page = admin.post(URL, {"source": milder, "check": "1"})

    html = page.content.decode()
    link = reverse("admin:assessments_snapshot_change", args=[snapshot.pk])
    assert f'<a href="{link}">Reply drafts</a>' in html
    assert "submission 1): High to Low" in html
    assert "High <code>high</code>" in html
    assert "Who answers for it? <code>owner</code>" in html
    assert admin.get(link).status_code == 200


def test_level_that_the_candidate_no_longer_has_is_named_by_its_key(admin: Client) -> None:
    assessment = make_assessment(questionnaire=make_questionnaire(key="small"), answers=COMPLETE)
    actions.freeze(by=assessment.created_by, assessment=assessment)

    page = admin.post(URL, {"source": VERSION_2.replace("key: high, title: High", "key: grave, title: Grave")})

    assert "submission 1): high to Grave" in page.content.decode()


def test_golden_cases_are_kept_shown_and_downloaded(admin: Client) -> None:
    cases = CASES.replace("LEVEL", "high")
    page = admin.post(URL, {"source": VERSION_2, "cases": cases, "publish": "1"}, follow=True)
    version = QuestionnaireVersion.objects.get()

    file = admin.get(reverse("admin:questionnaire_cases_yaml", args=[version.pk]))

    assert "an empty form is not safe" in page.content.decode()
    assert file.content.decode() == cases
    assert file.headers["Content-Disposition"] == 'attachment; filename="small-v2-cases.yaml"'
    document = admin.get(reverse("admin:questionnaire_yaml", args=[version.pk]))
    assert document.content.decode() == VERSION_2


def test_next_version_starts_from_the_one_before_with_its_golden_cases(admin: Client) -> None:
    admin.post(URL, {"source": VERSION_2, "cases": CASES.replace("LEVEL", "high"), "publish": "1"})
    version = QuestionnaireVersion.objects.get()

    page = admin.get(f"{URL}?from={version.pk}").content.decode()

    assert "version: 3" in page
    assert "an empty form is not safe" in page


def test_pasted_next_version_is_checked_with_the_golden_cases_of_the_one_before(admin: Client) -> None:
    admin.post(URL, {"source": VERSION_2, "cases": CASES.replace("LEVEL", "high"), "publish": "1"})

    milder = (
        VERSION_2.replace("version: 2", "version: 3").replace("below: 25", "below: 101").replace("st: 25", "st: 101")
    )
    page = admin.post(URL, {"source": milder, "check": "1"}).content.decode()

    assert "0 of 1 come out as written" in page
    assert "taken over from the version before" in page
    assert 'name="publish"' not in page


def test_publishing_twice_is_published_once(admin: Client) -> None:
    for _ in range(2):
        response = admin.post(URL, {"source": VERSION_2, "publish": "1"}, follow=True)

    assert "Small test v2 is published" in response.content.decode()
    assert QuestionnaireVersion.objects.count() == 1
    assert AuditEvent.objects.filter(verb="questionnaire.published").count() == 1


def test_other_golden_cases_for_a_published_version_are_not_taken(admin: Client) -> None:
    admin.post(URL, {"source": VERSION_2, "cases": CASES.replace("LEVEL", "high"), "publish": "1"})

    page = admin.post(URL, {"source": VERSION_2, "cases": "", "publish": "1"}, follow=True)

    assert "with other golden cases; those stay" in page.content.decode()


def test_problem_comes_with_the_line_it_speaks_of(admin: Client) -> None:
    page = admin.post(URL, {"source": VERSION_2.replace("type: number", "type: nummer"), "check": "1"})

    assert "<code>type: nummer</code>" in page.content.decode()


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
        ({"source": re.sub("(?m)^title: .*$", "title: " + "t" * 201, VERSION_2)}, "The title has 201 characters"),
        ({"source": "a: &x 1"}, "alias or anchor"),
        ({"source": VERSION_2, "cases": "- {name: x}"}, "each needs name, answers, on and expect"),
        ({"source": VERSION_2, "cases": "{"}, "golden cases: line"),
        ({"file": SimpleUploadedFile("x.yaml", b"x" * (1024 * 1024 + 1))}, "larger than 1 MiB"),
        ({"file": SimpleUploadedFile("x.yaml", b"\xff\xfe")}, "“x.yaml” is not UTF-8 text. Choose"),
        ({"file": SimpleUploadedFile("x.pdf", b"%PDF-1.7\nold")}, "“x.pdf” is not UTF-8 text. Choose"),
        ({"source": VERSION_2, "file": SimpleUploadedFile("x.yaml", b"key: x")}, "Empty the text to check the file"),
    ],
)
def test_bad_candidate_is_422_with_the_reason_and_nothing_stored(admin: Client, values: dict, sentence: str) -> None:
    response = admin.post(URL, values | {"publish": "1"})

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not QuestionnaireVersion.objects.exists()


def test_other_content_for_a_published_version_is_told_when_it_is_checked(admin: Client) -> None:
    make_questionnaire(key="small", version=2)
    make_questionnaire(key="small", version=5)

    page = admin.post(URL, {"source": VERSION_2.replace("A few", "Some"), "check": "1"})

    assert page.status_code == 422
    assert "give the change a new version, “version: 6”" in page.content.decode()


def test_file_takes_the_place_of_the_text_that_was_shown_and_not_of_one_that_was_changed(admin: Client) -> None:
    version = make_questionnaire(key="small")
    page = admin.get(f"{URL}?from={version.pk}")
    shown = page.context["form"].initial
    file = VERSION_2.replace("Small test", "Small test again")

    unchanged = admin.post(URL, shown | {"file": SimpleUploadedFile("v2.yaml", file.encode())})
    changed = {"source": f"# mine\n{shown['source']}", "file": SimpleUploadedFile("v2.yaml", file.encode())}
    refused = admin.post(URL, shown | changed)

    assert "title: Small test again" in unchanged.content.decode()
    assert refused.status_code == 422
    assert "# mine" in refused.content.decode()


def test_red_golden_case_cannot_be_published(admin: Client) -> None:
    values = {"source": VERSION_2, "cases": CASES.replace("LEVEL", "low")}

    response = admin.post(URL, values | {"publish": "1"})

    assert response.status_code == 422
    assert "golden cases: line 2: case" in response.content.decode()
    checked = admin.post(URL, values).content.decode()
    assert checked.index("It cannot be published") < checked.index("<form class")
    assert 'name="publish"' not in checked
    assert not QuestionnaireVersion.objects.exists()


LIST = "/admin/questionnaires/questionnaireversion/"


def test_retiring_asks_first_and_says_what_will_happen(admin: Client) -> None:
    first, second = make_questionnaire(key="small"), make_questionnaire(key="small", version=2)
    make_assessment(questionnaire=second)

    one = admin.post(LIST, {"action": "retire", "_selected_action": [second.pk]}).content.decode()
    both = admin.post(LIST, {"action": "retire", "_selected_action": [first.pk, second.pk]}).content.decode()

    assert "1 draft uses it." in one
    assert "New assessments use version 1 from then on, which is older." in one
    assert both.count("Nobody can start “Small test” until a version of it is offered again.") == 2
    assert not QuestionnaireVersion.objects.filter(status=Status.RETIRED).exists()


def test_retiring_an_old_version_leaves_new_assessments_on_the_newest(admin: Client) -> None:
    first, _second = make_questionnaire(key="small"), make_questionnaire(key="small", version=2)

    page = admin.post(LIST, {"action": "retire", "_selected_action": [first.pk]}).content.decode()

    assert "New assessments go on using version 2." in page


def test_confirmed_retirement_takes_it_from_the_offer_and_can_be_taken_back(admin: Client) -> None:
    version = make_questionnaire()
    retire = {"action": "retire", "_selected_action": [version.pk], "confirmed": "1"}
    page = admin.post(LIST, retire, follow=True)
    assert "Small test v1 is retired. Nobody can start" in page.content.decode()
    assert not QuestionnaireVersion.objects.offered().exists()
    again = admin.post(LIST, retire, follow=True)
    assert "retired already" in again.content.decode()

    page = admin.post(LIST, {"action": "reinstate", "_selected_action": [version.pk]}, follow=True)

    assert "Small test v1 is published. New assessments use it" in page.content.decode()
    assert list(QuestionnaireVersion.objects.offered()) == [version]
    again = admin.post(LIST, {"action": "reinstate", "_selected_action": [version.pk]}, follow=True)
    assert "Nothing to take back" in again.content.decode()
    verbs = AuditEvent.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["questionnaire.published", "questionnaire.retired", "questionnaire.reinstated"]


def test_publishing_a_retired_version_again_says_that_it_stays_retired(admin: Client) -> None:
    version = make_questionnaire(key="small", version=2)
    actions_of_questionnaires.retire(by=make_admin(), version=version)

    page = admin.post(URL, {"source": VERSION_2, "publish": "1"}, follow=True).content.decode()

    assert "it stays retired" in page
    assert "v2 is published." not in page
    version.refresh_from_db()
    assert version.status == Status.RETIRED


def test_publishing_an_older_version_names_the_one_that_new_assessments_use(admin: Client) -> None:
    make_questionnaire(key="small", version=3)

    page = admin.post(URL, {"source": VERSION_2, "publish": "1"}, follow=True).content.decode()

    assert "New assessments use version 3, the newest." in page


def test_published_source_cannot_be_edited_or_deleted(admin: Client) -> None:
    version = make_questionnaire()
    change = reverse("admin:questionnaires_questionnaireversion_change", args=[version.pk])

    response = admin.post(change, {"source": "changed", "status": "retired"})

    assert response.status_code == 403
    before = version.source
    version.refresh_from_db()
    assert (version.source, version.status) == (before, Status.PUBLISHED)
    assert admin.post(change.replace("change", "delete")).status_code == 403


def test_risk_officer_has_no_admin() -> None:
    client = Client()
    client.force_login(make_officer())

    assert client.get(URL).status_code in (302, 403)
