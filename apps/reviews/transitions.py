"""Which step leads from which status to which: the whole workflow is this table, and docs/reviews.md draws it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from apps.reviews.models import UNMET, ConditionState, Status


class Verb(StrEnum):
    SUBMIT = "submit"
    CLAIM = "claim"
    RELEASE = "release"
    REQUEST_CHANGES = "request_changes"
    RESUBMIT = "resubmit"
    APPROVE = "approve"
    APPROVE_WITH_CONDITIONS = "approve_with_conditions"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")

    @property
    def with_object(self) -> str:
        """What is "no longer possible to …"."""
        phrases = {self.REQUEST_CHANGES: "request changes", self.APPROVE_WITH_CONDITIONS: "approve it with conditions"}
        return phrases.get(self, f"{self.words} it")


class Transition(NamedTuple):
    to: Status
    permission: str  # a key of accounts' PERMISSIONS, which knows the roles; CLOCK where nobody acts
    audit: str


CLOCK = ""  # no person: the day after a due date
SUBMIT = Transition(Status.SUBMITTED, "assessment.submit", "review.submitted")
WITHDRAW = Transition(Status.WITHDRAWN, "review.withdraw", "review.withdrawn")
LAPSE = Transition(Status.LAPSED, CLOCK, "review.lapsed")

TRANSITIONS: Mapping[tuple[Status | None, Verb], Transition] = {
    (None, Verb.SUBMIT): SUBMIT,
    (Status.CHANGES_REQUESTED, Verb.RESUBMIT): SUBMIT,
    (Status.WITHDRAWN, Verb.RESUBMIT): SUBMIT,
    (Status.LAPSED, Verb.RESUBMIT): SUBMIT,
    (Status.SUBMITTED, Verb.WITHDRAW): WITHDRAW,
    (Status.IN_REVIEW, Verb.WITHDRAW): WITHDRAW,
    (Status.SUBMITTED, Verb.CLAIM): Transition(Status.IN_REVIEW, "review.decide", "review.claimed"),
    (Status.IN_REVIEW, Verb.RELEASE): Transition(Status.SUBMITTED, "review.decide", "review.released"),
    (Status.IN_REVIEW, Verb.REQUEST_CHANGES): Transition(
        Status.CHANGES_REQUESTED, "review.decide", "review.changes_requested"
    ),
    (Status.IN_REVIEW, Verb.APPROVE): Transition(Status.APPROVED, "review.decide", "review.approved"),
    (Status.IN_REVIEW, Verb.APPROVE_WITH_CONDITIONS): Transition(
        Status.APPROVED_WITH_CONDITIONS, "review.decide", "review.approved_with_conditions"
    ),
    (Status.IN_REVIEW, Verb.REJECT): Transition(Status.REJECTED, "review.decide", "review.rejected"),
    (Status.APPROVED, Verb.LAPSE): LAPSE,
    (Status.APPROVED_WITH_CONDITIONS, Verb.LAPSE): LAPSE,
}

APPROVALS = frozenset({Verb.APPROVE, Verb.APPROVE_WITH_CONDITIONS})
DECISIONS = (Verb.APPROVE, Verb.APPROVE_WITH_CONDITIONS, Verb.REQUEST_CHANGES, Verb.REJECT)


class NotPossible(Exception):
    """The review is not in a status from which this step leads anywhere; the argument says so."""


def transition(status: Status | str | None, verb: Verb) -> Transition:
    """Raises NotPossible with a sentence when the table has no such step."""
    start = None if status is None else Status(status)
    if found := TRANSITIONS.get((start, verb)):
        return found
    state = "not submitted yet" if start is None else start.label
    raise NotPossible(f"This is {state}, so it is no longer possible to {verb.with_object}.")


def possible(status: Status | str, verb: Verb) -> bool:
    return (Status(status), verb) in TRANSITIONS


class ConditionVerb(StrEnum):
    REPORT = "report"
    ACCEPT = "accept"
    RETURN = "return"


class ConditionTransition(NamedTuple):
    start: tuple[ConditionState, ...]
    to: ConditionState
    permission: str
    audit: str


WAITING = (ConditionState.REPORTED,)

CONDITION_TRANSITIONS: Mapping[ConditionVerb, ConditionTransition] = {
    ConditionVerb.REPORT: ConditionTransition(
        UNMET, ConditionState.REPORTED, "condition.report_met", "review.condition_reported"
    ),
    ConditionVerb.ACCEPT: ConditionTransition(
        WAITING, ConditionState.MET, "condition.judge", "review.condition_accepted"
    ),
    ConditionVerb.RETURN: ConditionTransition(
        WAITING, ConditionState.RETURNED, "condition.judge", "review.condition_returned"
    ),
}
