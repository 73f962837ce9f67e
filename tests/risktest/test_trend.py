"""A risk summary beside the team's earlier tests of the same thing."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import User
from apps.assessments import actions, queries
from apps.assessments.models import Assessment
from apps.questionnaires.models import QuestionnaireVersion
from apps.risktest.trend import SHOWN, Trend, trend_of
from tests.factories.accounts import make_lead, make_member, make_officer, make_team
from tests.factories.assessments import COMPLETE, make_assessment, save
from tests.factories.questionnaires import make_questionnaire, publish_next

pytestmark = pytest.mark.django_db


def make_submitted(*, times: int = 1, **fields: Any) -> Assessment:
    """Open again after each submission."""
    assessment = make_assessment(**{"answers": COMPLETE, **fields})
    for _ in range(times):
        actions.freeze(by=assessment.created_by, assessment=assessment)
        actions.reopen(by=assessment.created_by, assessment=assessment)
    assessment.refresh_from_db()
    return assessment


def trend(assessment: Assessment, user: User | None = None) -> Trend | None:
    shown = Assessment.objects.get(pk=assessment.pk)
    return trend_of(user or shown.created_by, shown, queries.shown_content(shown), queries.definition(shown))


def differences(found: Trend | None) -> tuple[Decimal | None, ...]:
    assert found is not None
    each = found.difference
    return each.total, each.answers, each.questionnaire


def test_first_test_has_nothing_to_compare_with() -> None:
    assert trend(make_assessment(answers=COMPLETE)) is None


def test_changed_answer_is_the_whole_difference() -> None:
    draft = make_submitted()
    before = trend(draft)
    assert differences(before) == (0, 0, 0)

    save(by=draft.created_by, assessment=draft, seen=1, owner="named")

    total, answers, questionnaire = differences(trend(draft))
    assert total < 0
    assert (answers, questionnaire) == (total, 0)


def test_changed_questionnaire_is_the_whole_difference() -> None:
    draft = make_submitted()
    newer = publish_next(
        draft.questionnaire,
        ("share(control) / 2", "share(control)"),
        ('untold, title: "No", points: {exposure: 2}', 'untold, title: "No", points: {exposure: 1}'),
    )

    actions.migrate(by=draft.created_by, assessment=draft, to=newer)

    total, answers, questionnaire = differences(trend(draft))
    assert total != 0
    assert (answers, questionnaire) == (0, total)


def test_answers_are_carried_over_renames_of_every_version_between() -> None:
    named = COMPLETE | {"owner": "named"}
    draft = make_submitted(answers=named)
    renamed = ("key: owner\n", "key: responsible\n")
    second = publish_next(draft.questionnaire, renamed, renames="renames:\n  - {question: owner, to: responsible}\n")
    third = publish_next(second, renamed)
    answers = {"responsible" if key == "owner" else key: value for key, value in named.items()}
    newest = make_assessment(by=draft.created_by, questionnaire=third, title=draft.title, answers=answers)

    found = trend(newest)

    assert differences(found) == (0, 0, 0)
    assert [result.version for result in found.results] == [1, 3]


def test_answers_are_carried_over_a_version_that_was_never_published() -> None:
    old = make_submitted()
    skipped = QuestionnaireVersion(key=old.questionnaire.key, version=2)
    newest = make_assessment(by=old.created_by, questionnaire=publish_next(skipped), title=old.title, answers=COMPLETE)

    assert differences(trend(newest)) == (0, 0, 0)


def test_newest_of_many_submissions_are_shown() -> None:
    found = trend(make_submitted(times=SHOWN + 2))

    assert [result.number for result in found.results] == [*range(3, SHOWN + 3), 0]


def test_both_changes_add_up_to_the_difference() -> None:
    draft = make_submitted()
    save(by=draft.created_by, assessment=draft, seen=1, owner="named")
    newer = publish_next(draft.questionnaire, ("share(control) / 2", "share(control) / 4"))

    actions.migrate(by=draft.created_by, assessment=draft, to=newer)

    total, answers, questionnaire = differences(trend(draft))
    assert answers + questionnaire == total


def test_test_of_an_older_version_is_compared_but_not_split() -> None:
    version = make_questionnaire()
    old = make_assessment(questionnaire=version, answers=COMPLETE)
    make_submitted(team=old.team, questionnaire=publish_next(version))

    assert differences(trend(old)) == (0, None, None)


def test_same_name_or_same_use_case_is_the_same_thing_and_nothing_else() -> None:
    mine = make_submitted(title="Reply drafts")
    team, version = mine.team, mine.questionnaire
    for title, use_case in [("Reply drafts", ""), ("Answers", "reply_drafts"), ("Minutes", "minutes"), ("Blank", "")]:
        other = make_submitted(team=team, questionnaire=version, title=title)
        Assessment.objects.filter(pk=other.pk).update(use_case=use_case)
    make_submitted(questionnaire=version, title="Reply drafts")  # of another team
    Assessment.objects.filter(pk=mine.pk).update(use_case="reply_drafts")

    found = trend(mine)

    assert [result.title for result in found.results] == ["Reply drafts", "Reply drafts", "Answers", "Reply drafts"]
    assert len(trend(mine, make_officer()).results) == 4  # who may see the other team's as well


def test_submission_is_compared_with_what_came_before_it_only() -> None:
    draft = make_submitted()
    actions.freeze(by=draft.created_by, assessment=draft)
    make_submitted(team=draft.team, questionnaire=draft.questionnaire, title=draft.title)

    assert [result.number for result in trend(draft).results] == [1, 2]


@pytest.mark.parametrize(("member", "seen"), [(True, True), (False, False)])
def test_only_who_may_see_the_tests_sees_the_trend(member: bool, seen: bool) -> None:
    draft = make_submitted()
    somebody = make_member(team=draft.team) if member else make_lead(team=make_team())

    assert (trend(draft, somebody) is not None) is seen
    assert trend(draft, make_officer()) is not None


def test_page_shows_picture_table_and_how_it_was_compared() -> None:
    draft = make_submitted()
    save(by=draft.created_by, assessment=draft, seen=1, owner="named")

    page = open_page(draft)

    assert "Because answers changed" in page
    assert "Risk of 2 tests" in page
    assert "1. submission 1" in page
    assert "same name" in page


def test_page_asks_as_often_for_many_submissions_as_for_one() -> None:
    few, many = make_submitted(), make_submitted(times=12)

    assert queries_of(many) <= queries_of(few)


def open_page(assessment: Assessment) -> str:
    client = Client()
    client.force_login(assessment.created_by)
    return client.get(reverse("risktest:result", args=[assessment.pk])).content.decode()


def queries_of(assessment: Assessment) -> int:
    open_page(assessment)
    with CaptureQueriesContext(connection) as captured:
        open_page(assessment)
    return len(captured)
