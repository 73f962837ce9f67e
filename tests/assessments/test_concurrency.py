"""Answers saved at the same moment: none is overwritten unseen, and the history has each once."""

import pytest

from apps.assessments import actions, queries
from apps.assessments.actions import Posted
from apps.assessments.models import AnswerChange, Assessment
from apps.assessments.sheets import sheet
from apps.audit.models import AuditEvent
from tests.factories.accounts import make_member
from tests.factories.assessments import make_assessment
from tests.factories.questionnaires import publish_next
from tests.factories.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


PERSONAL, SECRET, CLEARED = {"data": ["personal"], "owner": "named"}, {"data": ["secret"]}, {"data": [], "owner": ""}


@pytest.mark.parametrize(
    ("stored", "values"),
    [({}, [PERSONAL, SECRET]), ({"owner": "missing", "data": ["personal", "secret"]}, [PERSONAL, SECRET, CLEARED])],
    ids=["first answers", "changed answers"],
)
def test_of_several_who_save_other_values_at_once_one_wins(stored, values):
    assessment = make_assessment(answers=stored)
    seen = 1 if stored else 0
    people = [make_member(team=assessment.team) for _ in values]
    sheets = [sheet(assessment) for _ in people]

    def save(by, own, value):
        posted = {key: Posted(raw, seen) for key, raw in value.items()}
        return lambda: actions.save_answers(by=by, sheet=own, posted=posted)

    raised = at_once(*map(save, people, sheets, values))

    assert sorted(raised, key=str) == [type(None), *[actions.StaleAnswers] * (len(values) - 1)]
    winner = values[raised.index(type(None))]
    assert queries.raw_answers(assessment) == {key: value for key, value in (stored | winner).items() if value}
    assert AnswerChange.objects.filter(version=seen + 1).count() == len(winner)


def test_the_same_person_sending_the_same_twice_at_once_saves_it_once():
    assessment = make_assessment()
    by, sheets = assessment.created_by, [sheet(assessment) for _ in range(3)]

    raised = at_once(
        *(
            lambda own=own: actions.save_answers(by=by, sheet=own, posted={"owner": Posted("named", 0)})
            for own in sheets
        )
    )

    assert raised == [type(None)] * 3
    assert AnswerChange.objects.filter(assessment=assessment).count() == 1


def test_different_answers_of_one_draft_saved_at_once_are_all_kept():
    assessment = make_assessment()
    answers = {"owner": "named", "data": ["personal"], "consent": "untold", "name": "Reply drafts"}
    sheets = [sheet(assessment) for _ in answers]

    def save(own, item):
        return lambda: actions.save_answers(by=assessment.created_by, sheet=own, posted={item[0]: Posted(item[1], 0)})

    raised = at_once(*map(save, sheets, answers.items()))

    assert raised == [type(None)] * len(answers)
    assert queries.raw_answers(assessment) == answers


def test_of_two_who_move_a_draft_at_once_one_moves_it():
    assessment = make_assessment(answers={"owner": "named"})
    to = publish_next(assessment.questionnaire)
    tabs = [Assessment.objects.get(pk=assessment.pk) for _ in range(2)]

    raised = at_once(
        *(lambda tab=tab: actions.migrate(by=assessment.created_by, assessment=tab, to=to) for tab in tabs)
    )

    assert sorted(raised, key=str) == [type(None), actions.NotNewer]
    assert AuditEvent.objects.filter(verb="assessment.migrated").count() == 1


def test_answer_saved_while_the_draft_is_moved_is_carried_over_or_refused():
    assessment = make_assessment(answers={"owner": "named"})
    renames = "renames:\n  - {question: owner, to: responsible}\n"
    to = publish_next(assessment.questionnaire, ("- key: owner\n", "- key: responsible\n"), renames=renames)
    own, tab = sheet(assessment), Assessment.objects.get(pk=assessment.pk)

    _, refused = at_once(
        lambda: actions.migrate(by=assessment.created_by, assessment=tab, to=to),
        lambda: actions.save_answers(by=assessment.created_by, sheet=own, posted={"owner": Posted("missing", 1)}),
    )

    moved = Assessment.objects.get(pk=assessment.pk)
    assert refused in (type(None), actions.AnswersRefused)
    assert queries.raw_answers(moved) == {"responsible": "missing" if refused is type(None) else "named"}
