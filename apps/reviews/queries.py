"""Reads that span models: the queue, the frozen content, what is overdue."""

import datetime
import json
from collections.abc import Mapping
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When

from apps.accounts.models import TeamRole, User
from apps.assessments.models import AnswerChange, Snapshot
from apps.questionnaires.models import QuestionnaireVersion
from apps.questionnaires.queries import definition
from apps.reviews.models import (
    FORBIDDEN_RANK,
    OPEN,
    UNMET,
    ApprovalCondition,
    ConditionState,
    ConditionStep,
    Decision,
    Review,
    Status,
    SubmittedReport,
)
from apps.scoring import Questionnaire
from apps.ui.formats import day

APPROVED = (Status.APPROVED, Status.APPROVED_WITH_CONDITIONS)
# Beside the statuses, what the queue can be asked for.
REPORTED = "condition_reported"
# Highest risk first, then what we know least about, then what waits longest.
QUEUE_ORDER = ("-risk_rank", "-uncertain", "submitted_at", "id")


def content_of(snapshot: Snapshot) -> dict[str, Any]:
    """The frozen document, as it was hashed."""
    content: dict[str, Any] = json.loads(snapshot.content)
    return content


def earlier_content(snapshot: Snapshot) -> dict[str, Any] | None:
    """What was submitted the time before."""
    before = Snapshot.objects.filter(assessment=snapshot.assessment_id, number__lt=snapshot.number)
    earlier = before.order_by("-number").first()
    return content_of(earlier) if earlier else None


def definition_of(content: Mapping[str, Any]) -> Questionnaire:
    """The questionnaire version a document was made with; published versions stay for ever."""
    key, version = content["questionnaire"]["key"], content["questionnaire"]["version"]
    return definition(QuestionnaireVersion.objects.get(key=key, version=version))


def risk_rank(content: Mapping[str, Any], questionnaire: Questionnaire) -> int:
    """Orders the queue: 0 where there are no levels, then from best to worst, what a rule forbids above all."""
    outcome = content["outcome"]
    if outcome["forbidden"]:
        return FORBIDDEN_RANK
    if questionnaire.levels is None or outcome["level"] is None:
        return 0
    return 1 + questionnaire.levels.index(outcome["level"])


def is_uncertain(content: Mapping[str, Any]) -> bool:
    """Could answers that are missing change the level, or, where there are no levels, anything?"""
    outcome = content["outcome"]
    return bool(outcome["missing"]) if outcome["level"] is None else outcome["level_low"] != outcome["level_high"]


def people_involved(review: Review) -> set[int]:
    """Whoever wrote, edited or submitted any of it, earlier submissions included."""
    submitters = Snapshot.objects.filter(assessment=review.assessment_id).values_list("taken_by", flat=True)
    return set(submitters) | set(content_of(review.snapshot)["author_ids"])


def latest_decision(review: Review) -> Decision | None:
    return review.decisions.select_related("snapshot").order_by("-at", "-pk").first()


def standing_conditions() -> QuerySet[ApprovalCondition]:
    """Those an approval rests on now, the next due first."""
    return ApprovalCondition.objects.filter(
        decision__snapshot=F("decision__review__snapshot"),
        decision__review__status=Status.APPROVED_WITH_CONDITIONS,
    ).select_related("decision__review__assessment__team")


def unaccepted_conditions(user: User) -> QuerySet[ApprovalCondition]:
    """What a lead's teams still have to meet, and what they reported and an officer has not answered yet."""
    leads = user.memberships.filter(role=TeamRole.LEAD).values("team")
    return standing_conditions().exclude(state=ConditionState.MET).filter(decision__review__assessment__team__in=leads)


def reported_conditions() -> QuerySet[ApprovalCondition]:
    """What waits for an officer to accept or return it."""
    return standing_conditions().filter(state=ConditionState.REPORTED)


def lock(review: int) -> None:
    """Until the transaction ends nobody else takes a step on it: of two at once, the second sees the first."""
    Review.objects.select_for_update().filter(pk=review).first()


def condition_now(condition: ApprovalCondition) -> ApprovalCondition:
    """As it stands once nobody else can change it."""
    lock(condition.decision.review_id)
    related = ApprovalCondition.objects.select_related(
        "decision__review__assessment__team", "decision__review__snapshot"
    )
    return related.filter(pk=condition.pk).get()


def reported_by(condition: ApprovalCondition) -> set[int]:
    """Whoever reported it as met, this time or earlier."""
    return {step.by_id for step in condition.steps.all() if step.state == ConditionState.REPORTED}


def stored_report(snapshot: Snapshot) -> SubmittedReport | None:
    return SubmittedReport.objects.filter(snapshot=snapshot).first()


def queue(wanted: Mapping[str, Any], user: User) -> QuerySet[Review]:
    """What the filters of the queue ask for; without a status, what still needs an officer."""
    reported = reported_conditions().order_by().values("decision__review")
    rows = Review.objects.select_related(
        "assessment__team", "assessment__questionnaire", "assessment__model", "snapshot", "claimed_by"
    )
    if not wanted.get("status"):
        rows = rows.filter(Q(status__in=OPEN) | Q(pk__in=reported))
    elif wanted["status"] == REPORTED:
        rows = rows.filter(pk__in=reported)
    elif wanted["status"] != "all":
        rows = rows.filter(status=wanted["status"])
    if wanted.get("level"):
        rows = rows.filter(snapshot__level=wanted["level"])
    if wanted.get("team"):
        rows = rows.filter(assessment__team=wanted["team"])
    if wanted.get("uncertain"):
        rows = rows.filter(uncertain=True)
    if wanted.get("mine"):
        rows = rows.filter(claimed_by=user)
    found: QuerySet[Review] = rows
    return found


def with_own_work(reviews: QuerySet[Review], user: User) -> QuerySet[Review]:
    """Marks with `is_own` what this person wrote or submitted, so that the queue can say who else is needed."""
    own = Q(assessment=OuterRef("assessment")) | Q(assessment=OuterRef("assessment__started_from"))
    touched = AnswerChange.objects.filter(own, by=user)
    return reviews.annotate(
        is_own=Case(
            When(Q(submitted_by=user) | Q(assessment__created_by=user) | Exists(touched), then=True), default=False
        )
    )


def with_reported_conditions(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Marks with `reported_at` since when conditions that were reported as met wait for an officer, if any do."""
    later = ConditionStep.objects.filter(condition=OuterRef("condition"), number__gt=OuterRef("number"))
    waiting = ConditionStep.objects.filter(
        ~Exists(later),
        state=ConditionState.REPORTED,
        condition__decision__review=OuterRef("pk"),
        condition__decision__review__status=Status.APPROVED_WITH_CONDITIONS,
        condition__decision__snapshot=OuterRef("snapshot"),
    )
    return reviews.annotate(reported_at=Subquery(waiting.order_by("at").values("at")[:1]))


def overdue_approvals(today: datetime.date) -> QuerySet[Review]:
    """Approvals whose latest decision has run out, or has a condition that is due and not met."""
    newest = Decision.objects.filter(review=OuterRef("review")).order_by("-at", "-pk").values("pk")[:1]
    unmet = ApprovalCondition.objects.filter(decision=OuterRef("pk"), state__in=UNMET, due_on__lt=today)
    ended = Decision.objects.filter(Q(valid_until__lt=today) | Exists(unmet), review=OuterRef("pk"))
    current = ended.filter(pk__in=newest)
    return Review.objects.filter(Exists(current), status__in=APPROVED)


def lapse_reason(decision: Decision, today: datetime.date) -> str | None:
    """Why an approval no longer holds on `today`, in a sentence."""
    if decision.valid_until is not None and decision.valid_until < today:
        return f"The approval was valid until {day(decision.valid_until)}."
    for condition in decision.conditions.all():
        if condition.state in UNMET and condition.due_on < today:
            return f"The condition “{condition.text}” was due on {day(condition.due_on)} and is not met."
    return None
