"""A portal as it is in use: the published content, people of every role, and assessments in every state."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from django.utils import timezone

from apps.accounts.models import Team, User
from apps.assessments import queries
from apps.assessments.models import Assessment
from apps.assessments.sheets import locked_answers
from apps.catalog.actions import load_catalog, load_demo_approvals
from apps.catalog.models import Model
from apps.questionnaires.actions import publish_folder
from apps.questionnaires.golden import cases_beside
from apps.questionnaires.queries import newest
from apps.reviews import actions
from apps.reviews.models import Review
from apps.reviews.policies import ConditionText
from apps.reviews.transitions import Verb
from apps.scoring import Questionnaire, visible_questions
from apps.scoring.definitions import Question
from tests.factories.accounts import make_admin, make_lead, make_member, make_officer, make_team, make_user
from tests.factories.assessments import make_assessment, save
from tests.factories.published import QUESTIONNAIRES, current_file

WELL_PREPARED = "a customer support team that is well prepared"
HALF_WAY = "a customer chat that is half way is moderate"
CAREFUL = "a careful assistant for the own team is low"
# Long, with a word that cannot be broken at a space: what people paste from elsewhere.
UNBROKEN = (
    "Rückfragen zur Kraftfahrzeughaftpflichtversicherungsbeitragsbescheinigung https://wiki.example/display/SUPPORT/All"
)
LONG_TITLE = f"Drafting replies to complaints, {UNBROKEN}, {UNBROKEN}"[:200].strip()


def load_content() -> None:
    """What `make run` loads: questionnaires, catalog, and decisions on some models."""
    publish_folder(QUESTIONNAIRES)
    load_catalog(by=None)
    load_demo_approvals()


@cache
def answer_sheet(key: str, name: str) -> dict[str, Any]:
    """The answers of one golden case."""
    (found,) = [case for case in cases_beside(current_file(key)) if case.name == name]
    return found.answers


def make_filled(*, by: User, team: Team, key: str, sheet: str, **fields: Any) -> Assessment:
    """A complete draft of a published questionnaire, with the answers of a golden case."""
    assessment = make_assessment(by=by, team=team, questionnaire=newest(key), **fields)
    locked = locked_answers(assessment)
    save(by=by, assessment=assessment, **{q: a for q, a in answer_sheet(key, sheet).items() if q not in locked})
    return assessment


def make_worst(*, by: User, team: Team, title: str) -> Assessment:
    """A risk test in which every control is missing and every text is as long as it may be."""
    assessment = make_assessment(by=by, team=team, questionnaire=newest("risktest"), title=title)
    save(by=by, assessment=assessment, **worst_answers(queries.definition(assessment)))
    return assessment


def worst_answers(questionnaire: Questionnaire) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    while True:
        shown = [q for section in visible_questions(questionnaire, answers).sections for q in section.questions]
        new = {q.key: worst_answer(q) for q in shown if q.key not in answers and q.type != "static"}
        if not new:
            return answers
        answers |= new


def worst_answer(question: Question) -> Any:
    if question.type == "single":
        return question.choices[-1].key
    if question.type == "multi":
        return [choice.key for choice in question.choices if not choice.exclusive] or [question.choices[0].key]
    if question.type in ("short_text", "long_text"):
        return (LONG_TITLE * 20)[: question.max_length].strip()
    return str(question.maximum)


@dataclass(frozen=True)
class Portal:
    """Everybody and everything by name. All passwords are `tests.factories.accounts.PASSWORD`."""

    team: Team
    people: dict[str, User]
    begun: Assessment
    selector: Assessment
    risk_test: Assessment
    worst: Assessment
    waiting: Review
    in_review: Review
    returned: Review
    approved: Review
    model: Model


def make_portal() -> Portal:
    load_content()
    team = make_team(name="Customer support")
    people = make_people(team)
    lead, officer = people["lead"], people["officer"]
    model = Model.objects.get(slug="openai/gpt-4o-mini")
    filled: dict[str, Any] = {"by": lead, "team": team}
    risk_test: dict[str, Any] = {**filled, "key": "risktest", "sheet": HALF_WAY}
    return Portal(
        team=team,
        people=people,
        begun=make_assessment(**filled, questionnaire=newest("risktest"), title="Summaries of long contracts"),
        selector=make_filled(**filled, key="selector", sheet=WELL_PREPARED, title="First steps of customer support"),
        risk_test=make_filled(**risk_test, model=model, title="Help chat in the customer portal"),
        worst=make_worst(**filled, title=LONG_TITLE),
        waiting=actions.submit(by=lead, assessment=make_worst(**filled, title=LONG_TITLE)),
        in_review=make_reviewed(officer, **risk_test, title="Help chat on the website"),
        returned=make_decided(officer, Verb.REQUEST_CHANGES, **risk_test, title="Help chat on the phone"),
        approved=make_decided(officer, Verb.APPROVE_WITH_CONDITIONS, **risk_test, title="Help chat for partners"),
        model=model,
    )


def make_people(team: Team) -> dict[str, User]:
    return {
        "lead": make_lead(team=team, username="lead", name="Demo team lead"),
        "member": make_member(team=team, username="member", name="Demo team member"),
        "officer": make_officer(username="officer", name="Demo risk officer"),
        "admin": make_admin(username="admin", name="Demo admin"),
        "newcomer": make_user(username="newcomer", name="Nobody's member yet"),
    }


def make_reviewed(officer: User, **assessment: Any) -> Review:
    """Claimed and commented on."""
    review = actions.submit(by=assessment["by"], assessment=make_filled(**assessment))
    actions.claim(by=officer, review=review)
    review = Review.objects.get(pk=review.pk)
    actions.comment(by=officer, review=review, question="owner", text="Who stands in when this person is away?")
    return review


def make_decided(officer: User, verb: Verb, **assessment: Any) -> Review:
    review = make_reviewed(officer, **assessment)
    due_on = timezone.localdate() + timedelta(days=30)
    conditions = [ConditionText("Everyone who uses it has had the training.", due_on)]
    actions.decide(
        by=officer,
        review=review,
        verb=verb,
        reason="The answers are sound.\n\nWhat is still open can be closed while it runs.",
        seen_sha256=review.snapshot.sha256,
        conditions=conditions if verb is Verb.APPROVE_WITH_CONDITIONS else (),
    )
    return Review.objects.get(pk=review.pk)
