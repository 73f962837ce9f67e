"""Every step of a review. Each one is one transaction with its audit entry; of two at once, one wins."""

import datetime
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.permissions import OFFICES, require
from apps.assessments import actions as assessments
from apps.assessments.models import Assessment, Snapshot
from apps.audit.actions import record
from apps.reviews import policies, queries, rendering
from apps.reviews.models import (
    ApprovalCondition,
    Comment,
    ConditionStep,
    Decision,
    IssuedReport,
    Review,
    Status,
    SubmittedReport,
)
from apps.reviews.permissions import require_step
from apps.reviews.policies import ConditionText
from apps.reviews.transitions import CONDITION_TRANSITIONS, ConditionVerb, Transition, Verb, transition
from apps.selector.queries import recommendations_json


class Refused(Exception):
    """A policy says no; the argument is its sentence."""


class Conflict(Exception):
    """Somebody else was faster, or what was seen is no longer what is there."""


def submit(*, by: User, assessment: Assessment) -> Review:
    """Freezes the answers and opens the review, or brings a new snapshot to it.

    Raises what `freeze` raises (Incomplete, NotADraft) and NotPossible while a review is under way or decided."""
    require(by, "assessment.submit", assessment.team)
    return _submit(by=by, assessment=assessment)


@transaction.atomic
def _submit(*, by: User, assessment: Assessment) -> Review:
    before = Review.objects.select_related("snapshot").filter(assessment=assessment).first()
    step = transition(before.status if before else None, Verb.RESUBMIT if before else Verb.SUBMIT)
    snapshot = assessments.freeze(by=by, assessment=assessment, extra=lambda: _recommendations(assessment))
    fields = _queue_fields(snapshot) | {"submitted_by": by, "submitted_at": snapshot.taken_at, "status": step.to}
    if before is None:
        review = Review.objects.create(assessment=assessment, **fields)
    else:
        review = before
        _move(review, Verb.RESUBMIT, **fields)
        review.refresh_from_db()
    record(by=by, verb=step.audit, subject=review, details={"snapshot": snapshot.sha256, "number": snapshot.number})
    # After the commit and unable to undo it: a submission stands whatever becomes of its PDF.
    transaction.on_commit(lambda: report_of(snapshot=snapshot), robust=True)
    return review


def _recommendations(assessment: Assessment) -> Mapping[str, Any] | None:
    if assessment.questionnaire.result != "use_cases":
        return None
    return {"recommendations": recommendations_json(assessment)}


def _queue_fields(snapshot: Snapshot) -> dict[str, Any]:
    content = queries.content_of(snapshot)
    return {
        "snapshot": snapshot,
        "risk_rank": queries.risk_rank(content, queries.definition_of(content)),
        "uncertain": queries.is_uncertain(content),
        "claimed_by": None,
        "claimed_at": None,
    }


def report_of(*, snapshot: Snapshot) -> SubmittedReport:
    """The stored PDF of a snapshot, made now if it is not there yet. Raises RenderingFailed."""
    if stored := queries.stored_report(snapshot):
        return stored
    pdf = rendering.render(snapshot)
    report, _ = SubmittedReport.objects.get_or_create(
        snapshot=snapshot,
        defaults={
            "pdf": pdf,
            "sha256": hashlib.sha256(pdf).hexdigest(),
            "renderer": rendering.renderer().name,
            "made_at": timezone.now(),
        },
    )
    return report


def note_issued(*, snapshot: Snapshot, pdf: bytes) -> None:
    """Whoever holds this PDF with the decision can verify it from now on."""
    digest = hashlib.sha256(pdf).hexdigest()
    IssuedReport.objects.get_or_create(sha256=digest, defaults={"snapshot": snapshot, "made_at": timezone.now()})


@transaction.atomic
def claim(*, by: User, review: Review) -> None:
    require_step(by, review, Verb.CLAIM)
    _refuse(policies.own_work(review, by))
    step = _move(review, Verb.CLAIM, claimed_by=by, claimed_at=timezone.now())
    record(by=by, verb=step.audit, subject=review)


@transaction.atomic
def release(*, by: User, review: Review) -> None:
    """Back to the queue; any officer may, or a colleague's holiday would block a team."""
    require_step(by, review, Verb.RELEASE)
    step = _move(review, Verb.RELEASE, claimed_by=None, claimed_at=None)
    record(by=by, verb=step.audit, subject=review, details={"was_with": review.claimed_by_id})


@transaction.atomic
def withdraw(*, by: User, review: Review) -> None:
    """The team takes it back and may change its answers again."""
    require_step(by, review, Verb.WITHDRAW)
    step = _move(review, Verb.WITHDRAW, claimed_by=None, claimed_at=None)
    record(by=by, verb=step.audit, subject=review, details={"snapshot": review.snapshot.sha256})
    assessments.reopen(by=by, assessment=review.assessment)


def start_again(*, by: User, review: Review) -> Assessment:
    """A new draft from the answers of what was rejected. Raises Conflict, AlreadyStarted."""
    require(by, "assessment.start", review.assessment.team)
    if review.status != Status.REJECTED:
        raise Conflict("Only what was rejected is started again from its answers.")
    return assessments.start_again(by=by, earlier=review.assessment)


def decide(
    *,
    by: User,
    review: Review,
    verb: Verb,
    reason: str,
    seen_sha256: str,
    conditions: Sequence[ConditionText] = (),
    valid_until: datetime.date | None = None,
) -> Decision:
    """Ends the review of what the officer saw. Raises Conflict when that is not what is there now, Refused with a
    sentence when a policy forbids it, RenderingFailed when there is no PDF to put the decision on."""
    require_step(by, review, verb)
    if changed := policies.stale(review, seen_sha256):
        raise Conflict(changed)
    today = timezone.localdate()
    _refuse(
        policies.own_work(review, by)
        or policies.forbidden(queries.content_of(review.snapshot), verb)
        or policies.reason_missing(reason)
        or policies.conditions_wrong(verb, conditions, today)
        or policies.validity_wrong(verb, valid_until, conditions, today)
    )
    if gone := policies.wrong_status(review, verb) or policies.not_in_hand(review, by):
        raise Conflict(gone)
    report = report_of(snapshot=review.snapshot)  # before the transaction: drawing takes long, and it may fail
    decision = Decision(
        review=review,
        snapshot=review.snapshot,
        outcome=transition(review.status, verb).to,
        reason=reason.strip(),
        by=by,
        by_name=str(by),
        by_role=OFFICES[by.office].value,
        snapshot_sha256=review.snapshot.sha256,
        report_sha256=report.sha256,
        valid_until=valid_until,
    )
    return _record_decision(decision, verb, conditions)


@transaction.atomic
def _record_decision(decision: Decision, verb: Verb, conditions: Sequence[ConditionText]) -> Decision:
    step = _move(decision.review, verb)
    decision.at = timezone.now()
    decision.save(force_insert=True)
    ApprovalCondition.objects.bulk_create(
        ApprovalCondition(decision=decision, text=condition.text, due_on=condition.due_on) for condition in conditions
    )
    details = {
        "decision": decision.pk,
        "reason": decision.reason,
        "snapshot": decision.snapshot_sha256,
        "report": decision.report_sha256,
        "valid_until": decision.valid_until,
        "conditions": [[condition.text, condition.due_on] for condition in conditions],
    }
    record(by=decision.by, verb=step.audit, subject=decision.review, details=details)
    if step.to == Status.CHANGES_REQUESTED:
        assessments.reopen(by=decision.by, assessment=decision.review.assessment)
    return decision


@transaction.atomic
def comment(*, by: User, review: Review, text: str, question: str = "") -> Comment:
    """On one answer of the snapshot, or on the whole review. Raises Refused for a question that is not in it."""
    require(by, "review.comment", review.assessment.team)
    _refuse(policies.comment_barred(review) or policies.question_unknown(queries.content_of(review.snapshot), question))
    made = Comment.objects.create(review=review, question=question, text=text, by=by, at=timezone.now())
    record(by=by, verb="review.commented", subject=review, details={"question": question, "text": text})
    return made


@transaction.atomic
def step_condition(
    *,
    by: User,
    condition: ApprovalCondition,
    verb: ConditionVerb,
    seen: int | None,
    text: str = "",
    due_on: datetime.date | None = None,
) -> None:
    """Report a condition as met, accept the report, or return it. `seen` is how many steps the reader had on screen.

    The same post again does nothing. Raises Conflict when things have moved on, Refused when a policy forbids it."""
    step = CONDITION_TRANSITIONS[verb]
    now = queries.condition_now(condition)
    review, today = now.decision.review, timezone.localdate()
    require(by, step.permission, review.assessment.team)
    said = {"state": step.to, "text": text, "due_on": due_on or now.due_on}
    if seen is not None and now.steps.filter(number=seen + 1, by=by, **said).exists():
        return
    if gone := policies.condition_stale(now, seen) or policies.condition_barred(review, now, verb, today):
        raise Conflict(gone)
    if verb is not ConditionVerb.REPORT:
        _refuse(policies.own_report(now, by) or policies.own_work(review, by))
    if verb is ConditionVerb.RETURN:
        _refuse(policies.return_wrong(now, text, due_on, today))
    made = ConditionStep.objects.create(condition=now, number=now.steps.count() + 1, by=by, at=timezone.now(), **said)
    ApprovalCondition.objects.filter(pk=now.pk).update(state=made.state, due_on=made.due_on)
    details = {"condition": now.pk, "text": now.text, "step": made.number, "said": text, "due_on": made.due_on}
    record(by=by, verb=step.audit, subject=review, details=details)


def lapse_overdue(*, today: datetime.date) -> list[Review]:
    """Ends approvals that ran out or whose conditions are overdue, and opens their answers for a new submission.
    Doing it twice does nothing the second time."""
    return [review for review in queries.overdue_approvals(today) if _lapse(review, today)]


@transaction.atomic
def _lapse(review: Review, today: datetime.date) -> bool:
    queries.lock(review.pk)
    decision = queries.latest_decision(review)
    reason = decision and queries.lapse_reason(decision, today)
    if not reason:
        return False  # it was reported as met a moment ago
    step = _move(review, Verb.LAPSE)
    record(by=None, verb=step.audit, subject=review, details={"reason": reason})
    assessments.reopen(by=None, assessment=review.assessment)
    return True


def _refuse(sentence: str | None) -> None:
    if sentence:
        raise Refused(sentence)


def _move(review: Review, verb: Verb, **changes: Any) -> Transition:
    """The only place a status changes. Whoever comes second finds another status and gets Conflict."""
    sentence = policies.wrong_status(review, verb)
    if sentence:
        raise Conflict(sentence)
    step = transition(review.status, verb)
    unchanged = Review.objects.filter(
        pk=review.pk, status=review.status, snapshot=review.snapshot_id, claimed_by=review.claimed_by_id
    )
    if not unchanged.update(**{"status": step.to} | changes):
        raise Conflict("Somebody else changed this review a moment ago.")
    return step
