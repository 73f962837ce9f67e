"""When a step may be taken. Each function gives None, or the sentence that says why not: the page shows it beside the
disabled button, and the action refuses with the same words. Who may do it is in permissions.py."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from apps.accounts.models import User
from apps.reviews.models import ApprovalCondition, ConditionState, Review, Status
from apps.reviews.queries import lapse_reason, people_involved, reported_by
from apps.reviews.transitions import (
    APPROVALS,
    CONDITION_TRANSITIONS,
    DECISIONS,
    ConditionVerb,
    NotPossible,
    Verb,
    transition,
)
from apps.ui.formats import day

MOST_CONDITIONS = 10
START_FIRST = "Start the review first, so that others see who is on it."
SILENT = frozenset({Status.APPROVED, Status.REJECTED, Status.WITHDRAWN, Status.LAPSED})


class ConditionText(NamedTuple):
    text: str
    due_on: datetime.date


def wrong_status(review: Review, verb: Verb) -> str | None:
    if review.status == Status.SUBMITTED and verb in DECISIONS:
        return START_FIRST  # also where it was released meanwhile: still possible, one step earlier
    try:
        transition(review.status, verb)
    except NotPossible as reason:
        return str(reason)
    return None


def own_work(review: Review, user: User) -> str | None:
    """Four eyes, for everybody: an office, however high, does not help."""
    if user.pk in people_involved(review):
        return "You wrote, edited or submitted this, so somebody else has to decide it."
    return None


def not_in_hand(review: Review, user: User) -> str | None:
    if review.claimed_by is None:
        return START_FIRST
    if review.claimed_by != user:
        return f"{review.claimed_by} is reviewing this. It can be released to the queue."
    return None


def forbidden(content: Mapping[str, Any], verb: Verb) -> str | None:
    if verb in APPROVALS and content["outcome"].get("forbidden"):
        return "A rule forbids this use, so it cannot be approved. Request changes or reject it."
    return None


def stale(review: Review, seen_sha256: str) -> str | None:
    if review.snapshot.sha256 != seen_sha256:
        return "What you decided on is not what is submitted now: the answers were changed and submitted again."
    return None


def reason_missing(reason: str) -> str | None:
    return None if reason.strip() else "Give the reason: it is what the team reads first."


def conditions_wrong(verb: Verb, conditions: Sequence[ConditionText], today: datetime.date) -> str | None:
    if verb is not Verb.APPROVE_WITH_CONDITIONS:
        return "Conditions belong to “approve with conditions” only." if conditions else None
    if not conditions:
        return "Name at least one condition, with the day it is due."
    if len(conditions) > MOST_CONDITIONS:
        return f"Name at most {MOST_CONDITIONS} conditions."
    if any(condition.due_on <= today for condition in conditions):
        return "Every condition needs a due date in the future."
    return None


def validity_wrong(
    verb: Verb, valid_until: datetime.date | None, conditions: Sequence[ConditionText], today: datetime.date
) -> str | None:
    if valid_until is None:
        return None
    if verb not in APPROVALS:
        return "Only an approval can have an end date."
    if valid_until <= today:
        return "The approval must end on a day in the future."
    if late := [condition.due_on for condition in conditions if condition.due_on > valid_until]:
        return f"A condition is due on {day(max(late))}, after the approval ends. Change one of the two days."
    return None


def decision_barred(review: Review, user: User, content: Mapping[str, Any], verb: Verb) -> str | None:
    """What can be said before anything is typed: the reason beside the disabled button."""
    return wrong_status(review, verb) or own_work(review, user) or not_in_hand(review, user) or forbidden(content, verb)


def claim_barred(review: Review, user: User) -> str | None:
    return wrong_status(review, Verb.CLAIM) or own_work(review, user)


def comment_barred(review: Review) -> str | None:
    if review.status in SILENT:
        return f"This review is {review.get_status_display()}: the discussion is closed."
    return None


def question_unknown(content: Mapping[str, Any], question: str) -> str | None:
    if question and question not in {answer["question"] for answer in content["answers"]}:
        return "There is no such question in what was submitted."
    return None


# What a condition in this state cannot be reported, accepted or returned for.
OUT_OF_TURN = {
    ConditionState.OPEN: "The team has not reported this condition as met yet.",
    ConditionState.REPORTED: "This condition was already reported as met, and waits for a risk officer.",
    ConditionState.MET: "This condition was already accepted as met.",
    ConditionState.RETURNED: "This condition was returned, and the team has not reported it again yet.",
}


def condition_barred(
    review: Review, condition: ApprovalCondition, verb: ConditionVerb, today: datetime.date
) -> str | None:
    if review.status != Status.APPROVED_WITH_CONDITIONS:
        return f"This review is {review.get_status_display()}: there is no condition to meet."
    if condition.decision.snapshot_id != review.snapshot_id:
        return "This condition belongs to an earlier decision."
    if condition.state not in CONDITION_TRANSITIONS[verb].start:
        return OUT_OF_TURN[ConditionState(condition.state)]
    if ended := lapse_reason(condition.decision, today):
        return f"{ended} So the approval no longer holds."
    return None


def condition_stale(condition: ApprovalCondition, seen: int | None) -> str | None:
    if seen != condition.steps.count():
        return "Somebody took a step with this condition since you opened the page, in another tab perhaps."
    return None


def own_report(condition: ApprovalCondition, user: User) -> str | None:
    """Four eyes on the evidence as well, whoever wrote the answers."""
    if user.pk in reported_by(condition):
        return "You reported this condition as met, so somebody else has to judge it."
    return None


def return_wrong(
    condition: ApprovalCondition, reason: str, due_on: datetime.date | None, today: datetime.date
) -> str | None:
    if missing := reason_missing(reason):
        return missing
    if due_on is None:
        late = f"It was due on {day(condition.due_on)}. Name a new day, or the approval would lapse at once."
        return late if condition.due_on < today else None
    if due_on < today:
        return "The new day cannot be in the past."
    ends = condition.decision.valid_until
    if ends is not None and due_on > ends:
        return f"The approval ends on {day(ends)}, so the new day cannot be after that."
    return None
