from collections.abc import Mapping
from typing import Any

from apps.accounts.models import Team, User
from apps.assessments import actions
from apps.assessments.actions import Posted
from apps.assessments.models import Answer, Assessment
from apps.assessments.sheets import sheet
from apps.catalog.models import Model
from apps.questionnaires.models import QuestionnaireVersion
from tests.factories.accounts import make_lead, make_team
from tests.factories.questionnaires import make_questionnaire

COMPLETE: dict[str, Any] = {"name": "Reply drafts", "data": ["personal"], "consent": "untold", "owner": "missing"}


def make_assessment(
    *,
    by: User | None = None,
    team: Team | None = None,
    questionnaire: QuestionnaireVersion | None = None,
    model: Model | None = None,
    title: str = "Reply drafts",
    answers: dict[str, Any] | None = None,
) -> Assessment:
    """A draft started by `by`, a new lead of `team` unless given, with these raw answers saved."""
    team = team or (by.teams.get() if by else make_team())
    by = by or make_lead(team=team)
    assessment = actions.start(
        by=by, team=team, questionnaire=questionnaire or make_questionnaire(), title=title, model=model
    )
    save(by=by, assessment=assessment, **(answers or {}))
    return assessment


def save(*, by: User, assessment: Assessment, seen: int = 0, **answers: Any) -> Mapping[str, Answer]:
    posted = {question: Posted(raw, seen) for question, raw in answers.items()}
    return actions.save_answers(by=by, sheet=sheet(assessment), posted=posted).stored
