"""The check page: what to look at once more, and what can be done with a draft."""

import pytest
from django.urls import reverse

from apps.assessments import actions
from apps.assessments.models import Assessment
from apps.audit.models import AuditEvent
from tests.assessments.test_views import signed_in
from tests.factories.accounts import make_member, make_team
from tests.factories.assessments import COMPLETE, make_assessment
from tests.factories.questionnaires import make_questionnaire, publish_next

pytestmark = pytest.mark.django_db

CONTRADICTION = """
contradictions:
  - key: nobody_tells
    when: "owner == 'missing' and consent == 'told'"
    title: Told, but by whom?
    ask: Ask who tells people.
"""


def url(assessment: Assessment, name: str = "check") -> str:
    return reverse(f"assessments:{name}", args=[assessment.pk])


def page(assessment: Assessment) -> str:
    return signed_in(assessment.created_by).get(url(assessment)).content.decode()


def link(assessment: Assessment, section: str, question: str) -> str:
    return f'{reverse("assessments:section", args=[assessment.pk, section])}#slot-{question}"'


def test_contradictions_are_shown_before_submitting_with_links_to_their_answers() -> None:
    version = publish_next(make_questionnaire(), renames=CONTRADICTION)
    assessment = make_assessment(questionnaire=version, answers=COMPLETE | {"consent": "told"})

    html = page(assessment)

    assert "Told, but by whom?" in html
    callout = html[html.index("Answers that cannot both be true") : html.index("<h2>")]
    assert link(assessment, "about", "consent") in callout
    assert link(assessment, "care", "owner") in callout


def test_what_is_left_open_is_listed_though_nothing_required_is_missing() -> None:
    assessment = make_assessment(answers=COMPLETE | {"data": {"dont_know": True}})

    html = page(assessment)

    assert "Required before you can submit" not in html
    callout = html[html.index("Left open") : html.index("<h2>")]
    assert link(assessment, "about", "data") in callout
    assert link(assessment, "about", "users") in callout


def test_text_left_out_is_not_said_to_make_the_result_less_certain() -> None:
    version = publish_next(
        make_questionnaire(), ("name, title: What do you call it?,", "name, required: false, title: Name,")
    )
    assessment = make_assessment(questionnaire=version, answers={**COMPLETE, "name": None, "users": "3"})

    assert "Left open" not in page(assessment)


def test_submitted_assessment_lists_nothing_to_look_at() -> None:
    assessment = make_assessment(answers=COMPLETE)
    actions.freeze(by=assessment.created_by, assessment=assessment)

    assert "Left open" not in signed_in(assessment.created_by).get(url(assessment)).content.decode()


def test_draft_that_was_submitted_before_is_not_offered_for_deletion() -> None:
    assessment = make_assessment(answers=COMPLETE)
    assert "Delete this draft" in page(assessment)
    actions.freeze(by=assessment.created_by, assessment=assessment)
    actions.reopen(by=assessment.created_by, assessment=assessment)

    assert "Delete this draft" not in page(assessment)
    response = signed_in(assessment.created_by).post(url(assessment, "delete"), follow=True)
    assert response.status_code == 200
    assert "it stays on record" in response.content.decode()
    assert Assessment.objects.exists()


def rename(assessment: Assessment, title: str, seen: str = "Reply drafts"):
    member = make_member(team=assessment.team)
    return signed_in(member).post(url(assessment, "rename"), {"title": title, "seen": seen})


def test_member_renames_a_draft_and_it_is_on_record() -> None:
    assessment = make_assessment(team=make_team())

    response = rename(assessment, "Replies to complaints")

    assert response.url == url(assessment)
    assessment.refresh_from_db()
    assert assessment.title == "Replies to complaints"
    event = AuditEvent.objects.order_by("pk").last()
    assert (event.verb, event.details) == (
        "assessment.renamed",
        {"from": "Reply drafts", "to": "Replies to complaints"},
    )


@pytest.mark.parametrize("title", ["", "   ", "x" * 201])
def test_title_out_of_bounds_is_refused(title: str) -> None:
    assessment = make_assessment(team=make_team())

    assert rename(assessment, title).status_code == 422
    assert Assessment.objects.get().title == "Reply drafts"


def test_title_somebody_else_changed_is_not_overwritten_unseen() -> None:
    assessment = make_assessment(team=make_team(), title="Their title")

    response = rename(assessment, "My title", seen="The title before")

    html = response.content.decode()
    assert response.status_code == 409
    assert html.index("This was not done") < html.index("Somebody else changed it to “Their title”")
    assert '<a href="#id_title">Go to the title</a>' in html
    assert 'value="My title"' in html
    assert 'name="seen" value="Their title"' in html
    assert Assessment.objects.get().title == "Their title"


def test_renaming_twice_is_harmless() -> None:
    assessment = make_assessment(team=make_team(), title="My title")

    assert rename(assessment, "My title", seen="The title before").status_code == 302


def test_submitted_assessment_keeps_its_title() -> None:
    assessment = make_assessment(team=make_team(), answers=COMPLETE)
    actions.freeze(by=assessment.created_by, assessment=assessment)

    assert rename(assessment, "Too late").status_code == 409
    assert Assessment.objects.get().title == "Reply drafts"
