"""What one reader sees of a review: built once, so that the template only prints."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString

from apps.accounts.models import User
from apps.accounts.permissions import allowed
from apps.reviews import policies, queries
from apps.reviews.changes import Changes, changes
from apps.reviews.models import (
    UNMET,
    ApprovalCondition,
    Comment,
    ConditionState,
    ConditionStep,
    Decision,
    Review,
    Status,
)
from apps.reviews.permissions import may
from apps.reviews.transitions import DECISIONS, ConditionVerb, Verb, possible
from apps.risktest import flags
from apps.risktest.pictures import ruler
from apps.risktest.verdict import level_titles, not_known


@dataclass(frozen=True)
class AnswerRow:
    key: str
    title: str
    answer: str
    comments: list[Comment]
    before: str  # in the earlier submission, where it is another one now


@dataclass(frozen=True)
class AnswerSection:
    title: str
    rows: list[AnswerRow]

    @property
    def note(self) -> str:
        changed = sum(bool(row.before) for row in self.rows)
        count = sum(len(row.comments) for row in self.rows)
        comments = "1 comment" if count == 1 else f"{count} comments" if count else ""
        return ", ".join(filter(None, [f"{changed} changed" if changed else "", comments]))


@dataclass(frozen=True)
class ConditionRow:
    condition: ApprovalCondition
    steps: list[ConditionStep]
    is_late: bool  # its day has passed
    can_report: bool
    can_judge: bool
    barred: str | None  # what this reader would do next, and why they cannot

    @property
    def overdue(self) -> bool:
        return self.is_late and self.condition.state in UNMET

    @property
    def written(self) -> str:
        """The team's newest report, to be edited where it was returned."""
        reports = [step.text for step in self.steps if step.state == ConditionState.REPORTED]
        return reports[-1] if reports else ""


@dataclass(frozen=True)
class Sheet:
    review: Review
    content: Mapping[str, Any]
    ruler: SafeString | str
    level_titles: Mapping[str, str]
    not_known: list[Mapping[str, Any]]
    possible_notices: list[str]
    changes: Changes | None  # since the submission before
    sections: list[AnswerSection]
    remarks: list[Comment]
    decisions: list[Decision]
    conditions: list[ConditionRow]
    lapses_because: str | None
    is_officer: bool
    claim_barred: str | None
    decision_barred: dict[Verb, str | None]
    comment_barred: str | None
    can_release: bool
    can_withdraw: bool
    can_resubmit: bool
    can_start_again: bool

    @property
    def outcome(self) -> Mapping[str, Any]:
        outcome: Mapping[str, Any] = self.content["outcome"]
        return outcome

    @property
    def rules(self) -> list[flags.Flag]:
        return [flag for flag in flags.rules(self.outcome) if flag["in_force"]]

    @property
    def notices(self) -> list[flags.Flag]:
        return flags.notices(self.outcome)

    @property
    def level_range(self) -> str:
        """The levels it could be, where missing answers leave it open."""
        low, high = self.outcome["level_low"], self.outcome["level_high"]
        return "" if low == high else f"{self.level_titles[low]} to {self.level_titles[high]}"

    @property
    def level_title(self) -> str:
        return self.level_titles.get(self.outcome["level"] or "", "")

    @property
    def standing(self) -> Decision | None:
        """The decision on what is submitted now; one on an earlier submission is history."""
        newest = self.decision
        return newest if newest and newest.snapshot_id == self.review.snapshot_id else None

    @property
    def earlier(self) -> list[Decision]:
        return [decision for decision in self.decisions if decision != self.standing]

    @property
    def decision(self) -> Decision | None:
        return self.decisions[0] if self.decisions else None

    @property
    def can_decide(self) -> bool:
        return self.is_officer and not all(self.decision_barred.values())

    @property
    def everything_barred(self) -> str | None:
        """The sentence to show instead of the whole form, when it holds for every choice."""
        if any(row.can_judge for row in self.conditions):
            return "The answers are decided on. What the team reported for the conditions waits for you below."
        if not self.review.is_open:
            return f"Nothing is left to decide. Status: {self.review.get_status_display()}."
        sentences = set(self.decision_barred.values())
        return sentences.pop() if len(sentences) == 1 else None


def build_sheet(review: Review, user: User) -> Sheet:
    content = queries.content_of(review.snapshot)
    questionnaire = queries.definition_of(content)
    comments = list(review.comments.select_related("by").order_by("at", "pk"))
    earlier = queries.earlier_content(review.snapshot)
    changed = changes(earlier, content) if earlier else None
    decisions = list(review.decisions.prefetch_related("conditions__steps__by").order_by("-at", "-pk"))
    return Sheet(
        review=review,
        content=content,
        ruler=ruler(questionnaire, content["outcome"]),
        level_titles=level_titles(questionnaire),
        not_known=not_known(questionnaire, content["outcome"]),
        possible_notices=flags.possible_notices(questionnaire, content["outcome"]),
        changes=changed,
        sections=answer_sections(content, comments, changed.before if changed else {}),
        remarks=[comment for comment in comments if not comment.question],
        decisions=decisions,
        conditions=condition_rows(review, decisions, user),
        lapses_because=lapse(review, decisions),
        is_officer=user.is_risk_officer,
        claim_barred=policies.claim_barred(review, user),
        decision_barred={verb: policies.decision_barred(review, user, content, verb) for verb in DECISIONS},
        comment_barred=policies.comment_barred(review),
        can_release=allowed(user, "review.decide") and possible(review.status, Verb.RELEASE),
        can_withdraw=may(user, review, "review.withdraw") and possible(review.status, Verb.WITHDRAW),
        can_resubmit=may(user, review, "assessment.edit") and possible(review.status, Verb.RESUBMIT),
        can_start_again=may(user, review, "assessment.start") and review.status == Status.REJECTED,
    )


def answer_sections(
    content: Mapping[str, Any], comments: Iterable[Comment], before: Mapping[str, str]
) -> list[AnswerSection]:
    on_answer: dict[str, list[Comment]] = {}
    for comment in comments:
        on_answer.setdefault(comment.question, []).append(comment)
    return [
        AnswerSection(title, [answer_row(answer, on_answer, before) for answer in answers])
        for title, answers in groupby(content["answers"], key=lambda answer: str(answer["section_title"]))
    ]


def answer_row(
    answer: Mapping[str, Any], comments: Mapping[str, list[Comment]], before: Mapping[str, str]
) -> AnswerRow:
    key = answer["question"]
    return AnswerRow(key, answer["title"], answer["answer"], comments.get(key, []), before.get(key, ""))


def condition_rows(review: Review, decisions: list[Decision], user: User) -> list[ConditionRow]:
    conditions = list(decisions[0].conditions.all()) if decisions else []
    own_work = policies.own_work(review, user) if conditions and allowed(user, "condition.judge") else None
    return [condition_row(review, condition, user, own_work) for condition in conditions]


def condition_row(review: Review, condition: ApprovalCondition, user: User, own_work: str | None) -> ConditionRow:
    today = timezone.localdate()
    reports = may(user, review, "condition.report_met") and condition.state in UNMET
    judges = allowed(user, "condition.judge") and condition.state == ConditionState.REPORTED
    verb = ConditionVerb.REPORT if reports else ConditionVerb.ACCEPT
    barred = policies.condition_barred(review, condition, verb, today) if reports or judges else None
    if judges:
        barred = barred or policies.own_report(condition, user) or own_work
    return ConditionRow(
        condition,
        steps=list(condition.steps.all()),
        is_late=condition.due_on < today,
        can_report=reports and not barred,
        can_judge=judges and not barred,
        barred=barred,
    )


def lapse(review: Review, decisions: list[Decision]) -> str | None:
    """Said from the first day after, even before the nightly command has recorded it."""
    if not decisions or review.status not in (*queries.APPROVED, Status.LAPSED):
        return None
    return queries.lapse_reason(decisions[0], timezone.localdate())
