import hashlib
import json

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from apps.assessments import actions, queries
from apps.assessments.actions import Posted
from apps.assessments.models import AnswerChange, Assessment, State
from apps.assessments.sheets import sheet
from apps.audit.models import AuditEvent
from tests.factories.accounts import make_lead, make_member, make_team, make_user
from tests.factories.assessments import COMPLETE, make_assessment, save
from tests.factories.questionnaires import make_long_questionnaire, make_questionnaire

pytestmark = pytest.mark.django_db


def test_start_refuses_somebody_outside_the_team() -> None:
    team, stranger = make_team(), make_user()

    with pytest.raises(PermissionDenied):
        actions.start(by=stranger, team=team, questionnaire=make_questionnaire(), title="Mine now")

    assert not Assessment.objects.exists()


def test_start_carries_over_only_what_the_questionnaire_takes() -> None:
    lead = make_lead(team=make_team())
    prefill = {"data": ["personal"], "owner": "a choice of another questionnaire", "unknown": "x"}

    assessment = actions.start(
        by=lead, team=lead.teams.get(), questionnaire=make_questionnaire(), title="From elsewhere", prefill=prefill
    )

    assert queries.raw_answers(assessment) == {"data": ["personal"]}


def test_saved_answer_is_current_and_in_the_history() -> None:
    assessment = make_assessment()
    by = assessment.created_by

    save(by=by, assessment=assessment, owner="named")
    save(by=by, assessment=assessment, owner="missing", seen=1)

    assert queries.raw_answers(assessment) == {"owner": "missing"}
    history = AnswerChange.objects.order_by("version").values_list("question", "value", "version")
    assert list(history) == [("owner", "named", 1), ("owner", "missing", 2)]


def test_repeated_post_stores_nothing_twice() -> None:
    assessment = make_assessment()
    by = assessment.created_by
    save(by=by, assessment=assessment, owner="named")
    save(by=by, assessment=assessment, owner="missing", seen=1)

    repeated = save(by=by, assessment=assessment, owner="missing", seen=1)
    late = save(by=by, assessment=assessment, owner="named", seen=0)

    assert repeated["owner"].version == 2
    assert late["owner"].value == "missing"
    assert AnswerChange.objects.count() == 2


def test_stale_answer_is_refused_with_the_current_one() -> None:
    team = make_team()
    assessment = make_assessment(team=team, answers={"owner": "named"})
    colleague = make_member(team=team)

    with pytest.raises(actions.StaleAnswers) as refusal:
        save(by=colleague, assessment=assessment, owner="missing", seen=0)

    assert refusal.value.current["owner"].value == "named"
    assert queries.raw_answers(assessment) == {"owner": "named"}


def test_answers_of_different_questions_by_two_people_are_both_kept() -> None:
    team = make_team()
    assessment = make_assessment(team=team, answers={"owner": "named"})

    save(by=make_member(team=team), assessment=assessment, name="Drafts")

    assert queries.raw_answers(assessment) == {"owner": "named", "name": "Drafts"}


@pytest.mark.parametrize(
    ("question", "raw"),
    [
        ("owner", "not_a_choice"),
        ("owner", ["named"]),
        ("data", "personal"),
        ("data", ["none", "personal"]),
        ("users", "1e309"),
        ("users", "NaN"),
        ("users", "9" * 5000),
        ("users", "-1"),
        ("users", "١٢"),
        ("name", "x" * 41),
        ("name", "a\0b"),
        ("no_such_question", "x"),
    ],
)
def test_bad_value_is_refused_and_nothing_of_the_post_is_stored(question: str, raw: object) -> None:
    assessment = make_assessment()

    with pytest.raises(actions.AnswersRefused) as refusal:
        save(by=assessment.created_by, assessment=assessment, **{"vault": "fine", question: raw})

    assert set(refusal.value.errors) == {question}
    assert not AnswerChange.objects.exists()


def test_version_of_an_answer_that_never_was_is_refused() -> None:
    assessment = make_assessment()

    with pytest.raises(actions.AnswersRefused, match="reload"):
        save(by=assessment.created_by, assessment=assessment, owner="named", seen=7)


def test_cleared_answer_counts_as_unanswered() -> None:
    assessment = make_assessment(answers={"owner": "named"})

    save(by=assessment.created_by, assessment=assessment, owner=None, seen=1)

    assert queries.raw_answers(assessment) == {}


def test_several_answers_are_replaced_and_cleared_together() -> None:
    assessment = make_assessment(answers={"name": "Reply drafts", "data": ["personal"], "owner": "missing"})
    by = assessment.created_by

    save(by=by, assessment=assessment, seen=1, name="", data=["personal", "secret"], owner="named")
    save(by=by, assessment=assessment, seen=2, data=[], owner="")
    save(by=by, assessment=assessment, seen=2, name="Replies")

    assert queries.raw_answers(assessment) == {"name": "Replies"}
    versions = dict(assessment.answers.values_list("question", "version"))
    assert versions == {"name": 3, "data": 3, "owner": 3}
    assert not assessment.answers.filter(value__isnull=True, question="name").exists()
    assert assessment.answers.filter(value__isnull=True).count() == 2


def test_hundreds_of_answers_are_replaced_together() -> None:
    assessment = make_assessment(questionnaire=make_long_questionnaire(1_500))
    first = {f"q{number}": f"Answer {number}" for number in range(1_500)}
    save(by=assessment.created_by, assessment=assessment, **first)
    second = {key: f"{text}, again" for key, text in first.items()}

    save(by=assessment.created_by, assessment=assessment, seen=1, **second)

    assert queries.raw_answers(assessment) == second
    assert set(assessment.answers.values_list("version", flat=True)) == {2}


@pytest.mark.parametrize("mine", ["missing", ""])
def test_answer_that_somebody_gave_after_the_sheet_was_read_is_not_overwritten(mine: str) -> None:
    assessment = make_assessment(answers={"owner": "missing", "data": ["personal"]})
    by, early = make_member(team=assessment.team), sheet(assessment)
    save(by=assessment.created_by, assessment=assessment, seen=1, owner="named", data=["secret"])

    with pytest.raises(actions.StaleAnswers):
        actions.save_answers(by=by, sheet=early, posted={"owner": Posted(mine, 1), "data": Posted([], 1)})

    assert queries.raw_answers(assessment) == {"owner": "named", "data": ["secret"]}


def test_first_answer_that_somebody_gave_after_the_sheet_was_read_is_not_overwritten() -> None:
    assessment = make_assessment()
    early = sheet(assessment)
    save(by=make_member(team=assessment.team), assessment=assessment, owner="named")

    with pytest.raises(actions.StaleAnswers):
        actions.save_answers(by=assessment.created_by, sheet=early, posted={"owner": Posted("missing", 0)})

    assert queries.raw_answers(assessment) == {"owner": "named"}


def test_one_stale_answer_of_several_keeps_all_of_them_from_being_stored() -> None:
    assessment = make_assessment(answers={"owner": "missing", "data": ["personal"]})
    by = make_member(team=assessment.team)
    save(by=assessment.created_by, assessment=assessment, seen=1, owner="named")
    posted = {"data": Posted(["secret"], 1), "owner": Posted("missing", 1)}

    with pytest.raises(actions.StaleAnswers) as refused:
        actions.save_answers(by=by, sheet=sheet(assessment), posted=posted)

    assert list(refused.value.current) == ["owner"]
    assert queries.raw_answers(assessment) == {"owner": "named", "data": ["personal"]}
    assert not AnswerChange.objects.filter(by=by).exists()


def test_freeze_refuses_missing_required_answers_by_title() -> None:
    assessment = make_assessment(answers={"name": "Drafts", "data": ["personal"]})

    with pytest.raises(actions.Incomplete) as refusal:
        actions.freeze(by=assessment.created_by, assessment=assessment)

    assert refusal.value.titles == ["Do people know?", "Who answers for it?"]


def test_dont_know_is_an_answer() -> None:
    assessment = make_assessment(answers={"name": "Drafts", "data": {"dont_know": True}, "owner": "named"})

    snapshot = actions.freeze(by=assessment.created_by, assessment=assessment)

    outcome = json.loads(snapshot.content)["outcome"]
    assert outcome["level_low"] != outcome["level_high"]


def test_snapshot_holds_its_hash_and_everyone_who_wrote() -> None:
    team = make_team()
    assessment = make_assessment(team=team, answers=COMPLETE)
    editor, lead = make_member(team=team), make_lead(team=team)
    save(by=editor, assessment=assessment, owner="named", seen=1)

    snapshot = actions.freeze(by=lead, assessment=assessment, extra=lambda: {"recommendations": {}})

    content = json.loads(snapshot.content)
    assert hashlib.sha256(snapshot.content.encode()).hexdigest() == snapshot.sha256
    assert set(content["author_ids"]) == {assessment.created_by_id, editor.pk, lead.pk}
    assert content["recommendations"] == {}
    assert content["answers"][1]["answer"] == "Personal data"


def test_frozen_assessment_takes_no_answers_until_reopened() -> None:
    assessment = make_assessment(answers=COMPLETE)
    by = assessment.created_by
    actions.freeze(by=by, assessment=assessment)

    with pytest.raises(actions.NotADraft):
        save(by=by, assessment=assessment, owner="named", seen=1)
    actions.reopen(by=by, assessment=assessment)
    save(by=by, assessment=assessment, owner="named", seen=1)

    assert actions.freeze(by=by, assessment=assessment).number == 2


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_snapshot_cannot_be_changed_even_past_the_orm(verb: str) -> None:
    assessment = make_assessment(answers=COMPLETE)
    snapshot = actions.freeze(by=assessment.created_by, assessment=assessment)
    rows = type(snapshot).objects.filter(pk=snapshot.pk)

    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(level="low") if verb == "update" else rows._raw_delete(rows.db)

    snapshot.refresh_from_db()
    assert snapshot.level == json.loads(snapshot.content)["outcome"]["level"]


def test_delete_draft_leaves_an_audit_entry_and_nothing_else() -> None:
    assessment = make_assessment(answers=COMPLETE)

    actions.delete_draft(by=assessment.created_by, assessment=assessment)

    assert not Assessment.objects.exists()
    assert AuditEvent.objects.order_by("pk").last().verb == "assessment.deleted"


def test_delete_draft_refuses_what_was_ever_submitted() -> None:
    assessment = make_assessment(answers=COMPLETE)
    actions.freeze(by=assessment.created_by, assessment=assessment)
    actions.reopen(by=assessment.created_by, assessment=assessment)

    with pytest.raises(actions.NotADraft):
        actions.delete_draft(by=assessment.created_by, assessment=assessment)

    assert Assessment.objects.get().state == State.DRAFT


def test_repeat_together_with_something_new_stores_the_new() -> None:
    assessment = make_assessment()
    by = assessment.created_by
    save(by=by, assessment=assessment, owner="named")
    save(by=by, assessment=assessment, owner="missing", seen=1)

    save(by=by, assessment=assessment, owner="named", name="Drafts", seen=0)

    assert queries.raw_answers(assessment) == {"owner": "missing", "name": "Drafts"}


def test_first_answers_at_once_keep_the_faster_one() -> None:
    team = make_team()
    assessment = make_assessment(team=team)
    slow = sheet(assessment)
    save(by=assessment.created_by, assessment=assessment, owner="named")

    with pytest.raises(actions.StaleAnswers):
        actions.save_answers(
            by=make_member(team=team), sheet=slow, posted={"owner": Posted("missing", 0), "name": Posted("Drafts", 0)}
        )

    assert queries.raw_answers(assessment) == {"owner": "named"}


def test_same_first_answer_at_once_is_no_conflict() -> None:
    team = make_team()
    assessment = make_assessment(team=team)
    slow = sheet(assessment)
    save(by=assessment.created_by, assessment=assessment, owner="named")

    saved = actions.save_answers(by=make_member(team=team), sheet=slow, posted={"owner": Posted("named", 0)})

    assert saved.stored["owner"].version == 1


def test_saving_races_with_submitting_and_loses_clearly() -> None:
    assessment = make_assessment(answers=COMPLETE)
    open_page = sheet(assessment)
    actions.freeze(by=assessment.created_by, assessment=assessment)

    with pytest.raises(actions.NotADraft):
        actions.save_answers(by=assessment.created_by, sheet=open_page, posted={"owner": Posted("named", 1)})
