from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from apps.accounts.models import Office
from apps.assessments.actions import Incomplete, NotADraft
from apps.assessments.sheets import Sheet
from apps.audit.models import AuditEvent
from apps.reviews import actions, queries, renderers
from apps.reviews.models import ApprovalCondition, Decision, IssuedReport, Review, Status, SubmittedReport
from apps.reviews.policies import ConditionText
from apps.reviews.rendering import Renderer, RenderingFailed
from apps.reviews.transitions import NotPossible, Verb
from tests.factories.accounts import make_lead, make_member, make_officer, make_team
from tests.factories.assessments import make_assessment, save
from tests.factories.reviews import (
    FORBIDDEN,
    SAFE,
    UNCERTAIN,
    decide,
    fresh,
    make_claimed,
    make_complete,
    make_decided,
    make_review,
    make_selector_questionnaire,
)

pytestmark = pytest.mark.django_db


def failing(snapshot):
    raise ZeroDivisionError(snapshot.sha256)


FAILING = Renderer(name="failing 1.0", draw=failing)


@pytest.fixture
def renderer_fails(monkeypatch):
    monkeypatch.setattr(renderers, "_registered", [f"{__name__}.FAILING"])
    monkeypatch.setattr("apps.reviews.rendering.import_string", lambda _path: FAILING)


def audit_verbs():
    return list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))


# --- submit


def test_submit_freezes_and_opens_a_review():
    draft = make_complete()

    review = actions.submit(by=draft.created_by, assessment=draft)

    draft.refresh_from_db()
    assert not draft.is_draft
    assert review.status == Status.SUBMITTED
    assert review.snapshot.sha256 in str(AuditEvent.objects.get(verb="review.submitted").details)


@pytest.mark.parametrize(
    ("answers", "rank", "uncertain"), [(SAFE, 1, False), (UNCERTAIN, 3, True), (FORBIDDEN, 1000, False)]
)
def test_submit_ranks_by_level_and_doubt(answers, rank, uncertain):
    review = make_review(answers=answers)

    assert (review.risk_rank, review.uncertain) == (rank, uncertain)


def test_submit_by_a_plain_member_is_refused():
    draft = make_complete()

    with pytest.raises(PermissionDenied):
        actions.submit(by=make_member(team=draft.team), assessment=draft)

    assert not Review.objects.exists()


def test_submit_with_missing_answers_stores_nothing():
    draft = make_assessment()

    with pytest.raises(Incomplete):
        actions.submit(by=draft.created_by, assessment=draft)

    assert not Review.objects.exists()
    assert "review.submitted" not in audit_verbs()


def test_submit_of_use_cases_freezes_what_was_recommended(monkeypatch):
    monkeypatch.setattr(Sheet, "unanswered_required", [])
    draft = make_assessment(questionnaire=make_selector_questionnaire(), answers={"team_function": "finance"})

    review = actions.submit(by=draft.created_by, assessment=draft)

    assert set(queries.content_of(review.snapshot)["recommendations"]) >= {"start_here", "next", "not_yet", "refused"}
    assert (review.risk_rank, review.uncertain) == (0, True)


def test_submit_twice_is_refused():
    review = make_review()

    with pytest.raises(NotPossible):
        actions.submit(by=review.submitted_by, assessment=review.assessment)

    assert review.assessment.snapshots.count() == 1


def test_resubmit_after_requested_changes_brings_a_new_snapshot_to_the_same_review():
    review = make_decided(verb=Verb.REQUEST_CHANGES)
    save(by=review.submitted_by, assessment=review.assessment, seen=1, owner="named")

    again = actions.submit(by=review.submitted_by, assessment=review.assessment)

    assert again.pk == review.pk
    assert again.status == Status.SUBMITTED
    assert again.claimed_by is None
    assert again.snapshot.number == 2
    assert again.snapshot.sha256 != review.snapshot.sha256


@pytest.mark.django_db(transaction=True)
def test_submit_stores_the_report_once_committed():
    review = make_review()

    assert bytes(SubmittedReport.objects.get(snapshot=review.snapshot).pdf).startswith(b"%PDF")


@pytest.mark.django_db(transaction=True)
def test_submit_stands_when_the_report_cannot_be_made(renderer_fails):
    review = make_review()

    assert fresh(review).status == Status.SUBMITTED
    assert not SubmittedReport.objects.exists()


# --- claim, release, withdraw


def test_claim_and_release_leave_their_names_in_the_audit():
    review, officer = make_review(), make_officer()

    actions.claim(by=officer, review=review)
    actions.release(by=make_officer(), review=fresh(review))

    assert audit_verbs()[-2:] == ["review.claimed", "review.released"]
    assert fresh(review).claimed_by is None


def test_claim_of_own_work_is_refused():
    team = make_team()
    officer = make_lead(team=team, office=Office.RISK_OFFICER)
    review = make_review(by=officer, team=team)

    with pytest.raises(actions.Refused, match="somebody else"):
        actions.claim(by=officer, review=review)


def test_claim_by_two_at_once_lets_one_win():
    review = make_review()
    stale = fresh(review)
    actions.claim(by=make_officer(), review=review)

    with pytest.raises(actions.Conflict):
        actions.claim(by=make_officer(), review=stale)


def test_withdraw_opens_the_answers_again():
    review = make_claimed()

    actions.withdraw(by=review.submitted_by, review=review)

    review = fresh(review)
    assert review.status == Status.WITHDRAWN
    assert review.assessment.is_draft
    assert review.claimed_by is None


def test_withdraw_after_the_decision_conflicts():
    review = make_claimed()
    seen_before = fresh(review)
    decide(review, Verb.REJECT)

    with pytest.raises(actions.Conflict):
        actions.withdraw(by=review.submitted_by, review=seen_before)


# --- decide


def test_decide_records_who_what_why_and_on_which_bytes():
    officer = make_officer(name="Officer One")
    review = make_claimed(officer=officer)

    decision = decide(review, Verb.REJECT, reason="  Too early. ")

    assert fresh(review).status == Status.REJECTED
    assert (decision.by_name, decision.by_role, decision.reason) == ("Officer One", "risk officer", "Too early.")
    assert decision.snapshot_sha256 == review.snapshot.sha256
    assert decision.report_sha256 == SubmittedReport.objects.get().sha256
    assert AuditEvent.objects.get(verb="review.rejected").details["reason"] == "Too early."


def test_decide_with_conditions_stores_them():
    review = make_decided(verb=Verb.APPROVE_WITH_CONDITIONS, due_in=10)

    assert review.status == Status.APPROVED_WITH_CONDITIONS
    assert ApprovalCondition.objects.get().due_on == timezone.localdate() + timedelta(days=10)


def test_decide_requesting_changes_reopens_the_draft():
    assert make_decided(verb=Verb.REQUEST_CHANGES).assessment.is_draft


def test_decide_by_a_lead_is_refused():
    review = make_claimed()

    with pytest.raises(PermissionDenied):
        decide(review, Verb.APPROVE, by=review.submitted_by)


def test_decide_own_work_is_refused_even_when_the_office_came_later():
    review = make_review()
    author = review.submitted_by
    author.office = Office.RISK_OFFICER
    author.save()
    Review.objects.filter(pk=review.pk).update(status=Status.IN_REVIEW, claimed_by=author, claimed_at=timezone.now())

    with pytest.raises(actions.Refused, match="somebody else"):
        decide(fresh(review), Verb.APPROVE, by=author)

    assert not Decision.objects.exists()


def test_decide_on_another_snapshot_than_seen_conflicts():
    with pytest.raises(actions.Conflict, match="changed and submitted again"):
        decide(make_claimed(), Verb.APPROVE, seen_sha256="0" * 64)

    assert not Decision.objects.exists()


def test_decide_to_approve_what_is_forbidden_is_refused():
    with pytest.raises(actions.Refused, match="forbids"):
        decide(make_claimed(answers=FORBIDDEN), Verb.APPROVE)


def test_decide_without_reason_is_refused():
    with pytest.raises(actions.Refused, match="reason"):
        decide(make_claimed(), Verb.REJECT, reason=" ")


def test_decide_with_an_overdue_condition_is_refused():
    with pytest.raises(actions.Refused, match="future"):
        decide(
            make_claimed(),
            Verb.APPROVE_WITH_CONDITIONS,
            conditions=[ConditionText("Too late", timezone.localdate())],
        )


def test_decide_what_another_officer_has_in_hand_conflicts():
    with pytest.raises(actions.Conflict, match="is reviewing this"):
        decide(make_claimed(), Verb.APPROVE, by=make_officer())


def test_decide_twice_lets_one_win():
    review = make_claimed()
    seen_by_the_other_tab = fresh(review)
    decide(review, Verb.APPROVE)

    with pytest.raises(actions.Conflict):
        decide(seen_by_the_other_tab, Verb.REJECT)

    assert [decision.outcome for decision in Decision.objects.all()] == [Status.APPROVED]


def test_decide_without_a_report_records_nothing(renderer_fails):
    review = make_claimed()

    with pytest.raises(RenderingFailed):
        decide(review, Verb.APPROVE)

    assert fresh(review).status == Status.IN_REVIEW
    assert not Decision.objects.exists()


@pytest.mark.parametrize("model", [Decision, IssuedReport, SubmittedReport])
@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_what_was_decided_cannot_be_changed_or_removed(model, sql):
    actions.note_issued(snapshot=make_decided().snapshot, pdf=b"%PDF")

    with pytest.raises(DatabaseError, match="cannot be changed or removed"), transaction.atomic():
        connection.cursor().execute(sql.format(model._meta.db_table))


# --- comments


def test_comment_hangs_on_an_answer():
    review = make_review()

    comment = actions.comment(by=review.submitted_by, review=review, text="Two of us.", question="owner")

    assert (comment.question, comment.text) == ("owner", "Two of us.")
    assert audit_verbs()[-1] == "review.commented"


def test_comment_on_an_unknown_question_is_refused():
    with pytest.raises(actions.Refused):
        actions.comment(by=make_officer(), review=make_review(), text="Where?", question="nowhere")


# --- lapsing


def test_lapse_overdue_condition_ends_the_approval_once():
    review = make_decided(verb=Verb.APPROVE_WITH_CONDITIONS, due_in=5)
    late = timezone.localdate() + timedelta(days=6)

    first, second = actions.lapse_overdue(today=late), actions.lapse_overdue(today=late)

    assert (first, second) == ([review], [])
    assert fresh(review).status == Status.LAPSED
    assert fresh(review).assessment.is_draft
    assert "was due on" in AuditEvent.objects.get(verb="review.lapsed").details["reason"]


def test_lapse_overdue_leaves_what_is_due_today():
    make_decided(verb=Verb.APPROVE_WITH_CONDITIONS, due_in=5)

    assert actions.lapse_overdue(today=timezone.localdate() + timedelta(days=5)) == []


def test_lapse_overdue_ends_an_approval_whose_time_is_up():
    review = make_decided(valid_for=5)

    assert actions.lapse_overdue(today=timezone.localdate() + timedelta(days=6)) == [review]


def test_resubmit_after_a_lapse_starts_a_new_round():
    review = make_decided(valid_for=1)
    actions.lapse_overdue(today=timezone.localdate() + timedelta(days=2))

    again = actions.submit(by=review.submitted_by, assessment=fresh(review).assessment)

    assert again.status == Status.SUBMITTED


def test_submit_while_frozen_without_a_review_is_refused():
    draft = make_complete()
    draft.state = "frozen"
    draft.save()

    with pytest.raises(NotADraft):
        actions.submit(by=draft.created_by, assessment=draft)


def test_latest_decision_is_the_newest():
    review = make_decided(verb=Verb.REQUEST_CHANGES)
    actions.submit(by=review.submitted_by, assessment=review.assessment)
    actions.claim(by=make_officer(), review=fresh(review))
    decide(fresh(review), Verb.REJECT)

    assert queries.latest_decision(review).outcome == Status.REJECTED
