"""My next steps: what waits for this person, most urgent first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from textwrap import shorten
from typing import Any

from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.permissions import allowed
from apps.assessments.models import Assessment, State
from apps.assessments.sheets import Sheet, sheets_of
from apps.catalog.models import NOT_FOR_NEW_WORK
from apps.reviews.models import ApprovalCondition, ConditionState, Review, Status
from apps.reviews.policies import MOST_CONDITIONS
from apps.reviews.queries import reported_conditions, unaccepted_conditions
from apps.ui.formats import day

SHOWN = 6

# What a team has to do when its review is in this state, and why; other states wait for somebody else.
TEAM_TO_DO = {
    Status.CHANGES_REQUESTED: ("Change the answers", "Changes requested"),
    Status.LAPSED: ("Submit again", "Approval lapsed"),
}


# Whatever becomes of its model, the team does not use it any more.
NO_LONGER_USED = (Status.REJECTED, Status.LAPSED)


Conditions = list[ApprovalCondition]  # of one approval


@dataclass(frozen=True)
class NextStep:
    what: str
    title: str
    detail: str
    url: str
    since: datetime | None = None


def next_steps(user: User) -> list[NextStep]:
    steps = [*team_steps(user)]
    if allowed(user, "review.queue"):
        steps = [*review_steps(user), *steps]
    return steps[:SHOWN]


def review_steps(user: User) -> list[NextStep]:
    """The officer's queue: own claims first, then by risk and waiting time; room is left for reported conditions."""
    waiting = Review.objects.open().select_related("assessment__team").order_by("-risk_rank", "submitted_at")
    rows = sorted(waiting[:SHOWN], key=lambda review: review.claimed_by_id != user.pk)
    reviews = [
        NextStep("Review", row.assessment.title, row.assessment.team.name, row.get_absolute_url(), row.submitted_at)
        for row in rows
    ]
    judge = condition_steps(reported_conditions()[: SHOWN * MOST_CONDITIONS], to_judge)
    return [*reviews[: max(SHOWN // 2, SHOWN - len(judge))], *judge]


def team_steps(user: User) -> list[NextStep]:
    own = (
        Assessment.objects.of_teams_of(user)
        .select_related("team", "questionnaire", "model", "review")
        .order_by("-changed_at")
    )
    returned = own.filter(review__status__in=TEAM_TO_DO)
    drafts = own.filter(state=State.DRAFT, review=None)
    barred = own.filter(model__approval__in=NOT_FOR_NEW_WORK).exclude(review__status__in=NO_LONGER_USED)
    by_state: dict[str, Conditions] = {state: [] for state in ConditionState}
    for condition in unaccepted_conditions(user)[: SHOWN * MOST_CONDITIONS]:
        by_state[condition.state].append(condition)
    return [
        *[barred_step(assessment) for assessment in barred[:SHOWN]],
        *condition_steps(by_state[ConditionState.RETURNED], to_report_again),
        *condition_steps(by_state[ConditionState.OPEN], to_meet),
        *[returned_step(assessment) for assessment in returned[:SHOWN]],
        *[draft_step(user, sheet) for sheet in sheets_of(drafts.prefetch_related("answers")[:SHOWN])],
        *condition_steps(by_state[ConditionState.REPORTED], to_wait_for),
    ]


def returned_step(assessment: Any) -> NextStep:
    review = assessment.review
    what, why = TEAM_TO_DO[Status(review.status)]
    detail = f"{why}: {assessment.questionnaire.title}, {assessment.team}"
    return NextStep(what, assessment.title, detail, review.get_absolute_url(), assessment.changed_at)


def barred_step(assessment: Any) -> NextStep:
    """To where the reason stands, and what may be used instead."""
    review, model = getattr(assessment, "review", None), assessment.model
    detail = f"{model} is now {model.get_approval_display()}, {assessment.team}"
    return NextStep("See why", assessment.title, detail, (review or model).get_absolute_url(), model.approval_at)


def condition_steps(conditions: Iterable[ApprovalCondition], make: Callable[[Conditions], NextStep]) -> list[NextStep]:
    """One per approval, in the order of its first condition."""
    by_review: dict[Review, Conditions] = {}
    for condition in conditions:
        by_review.setdefault(condition.decision.review, []).append(condition)
    return [make(found) for found in by_review.values()]


def to_meet(conditions: Conditions) -> NextStep:
    """Overdue, the approval lapses."""
    return condition_step("Meet the condition", f"Due on {day(conditions[0].due_on)}", conditions)


def to_report_again(conditions: Conditions) -> NextStep:
    start = f"Returned by the risk officer, due on {day(conditions[0].due_on)}"
    return condition_step("Report it again", start, conditions)


def to_wait_for(conditions: Conditions) -> NextStep:
    return condition_step("See the report", "Reported as met, waits for a risk officer", conditions)


def to_judge(conditions: Conditions) -> NextStep:
    team = conditions[0].decision.review.assessment.team
    return condition_step("Check the condition", f"{team} reported it as met", conditions)


def condition_step(what: str, start: str, conditions: Conditions) -> NextStep:
    first, count = conditions[0], len(conditions)
    more = f" (the first of {count})" if count > 1 else ""
    detail = f"{start}{more}: {shorten(first.text, 100, placeholder=' …')}"
    review = first.decision.review
    return NextStep(what, review.assessment.title, detail, f"{review.get_absolute_url()}#conditions")


def draft_step(user: User, sheet: Sheet) -> NextStep:
    """Where everything that is required has an answer, only a look at it and the submission are left."""
    draft = sheet.assessment
    what, url = "Continue", draft.get_absolute_url()
    if not sheet.unanswered_required:
        may_submit = allowed(user, "assessment.submit", draft.team)
        what, url = (
            "Check and submit" if may_submit else "Check the answers",
            reverse("assessments:check", args=[draft.pk]),
        )
    return NextStep(what, draft.title, f"{draft.questionnaire.title}, {draft.team.name}", url, draft.changed_at)


def submitted_by_teams_of(user: User) -> list[Review]:
    """The newest reviews of the person's teams, to follow what happens to them."""
    reviews = Review.objects.filter(assessment__team__members=user).select_related("assessment__team", "snapshot")
    return list(reviews.order_by("-submitted_at")[:SHOWN])


def start_url(questionnaire: str) -> str:
    return f"{reverse('assessments:start')}?questionnaire={questionnaire}"
