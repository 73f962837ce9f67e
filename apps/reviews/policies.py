"""When a step may be taken. Each function gives None, or the sentence that says why not: the page shows it beside the
disabled button, and the action refuses with the same words. Who may do it is in permissions.py."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from apps.accounts.models import User
from apps.reviews.models import ApprovalCondition, Review, Status
from apps.reviews.queries import people_involved
from apps.reviews.transitions import APPROVALS, NotPossible, Verb, transition
from apps.ui.formats import day

MOST_CONDITIONS = 10
SILENT = frozenset({Status.APPROVED, Status.REJECTED, Status.WITHDRAWN, Status.LAPSED})


class ConditionText(NamedTuple):
    text: str
    due_on: datetime.date


def wrong_status(review: Review, verb: Verb) -> str | None:
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
        return "Start the review first, so that others see who is on it."
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


def condition_barred(review: Review, condition: ApprovalCondition, today: datetime.date) -> str | None:
    if review.status != Status.APPROVED_WITH_CONDITIONS:
        return f"This review is {review.get_status_display()}: there is no condition to meet."
    if condition.met_at is not None:
        return "This condition was already reported as met."
    if condition.due_on < today:
        return f"This was due on {day(condition.due_on)}, so the approval no longer holds. Ask a risk officer."
    return None
