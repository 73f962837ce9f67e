"""What the selector recommends to a team described by its differences from a ready one."""

from typing import Any

from apps.selector.library import Library
from apps.selector.recommend import Recommendation, Recommendations, recommend
from tests.factories.use_cases import (
    READY_TEAM,
    make_library,
    selector_library,
    selector_questionnaire,
    team_answers,
)

# The least a team can have; everything it answers about its readiness is at the bottom.
NOTHING_READY = {
    "owner": "nobody",
    "policy": "none",
    "approved_tools": "none",
    "training": "nobody",
    "review_capacity": "hardly_any",
    "logging": "none",
}


def ask(library: Library, **answers: Any) -> Recommendations:
    given = {key: value for key, value in {**READY_TEAM, **answers}.items() if value is not None}
    return recommend(library, selector_questionnaire(), given)


def judge(library: Library | None = None, /, **answers: Any) -> Recommendation:
    return ask(library or make_library(), **answers).of("drafts")


def for_team(words: str, **changes: Any) -> Recommendations:
    answers = {key: value for key, value in {**team_answers(words), **changes}.items() if value is not None}
    return recommend(selector_library(), selector_questionnaire(), answers)


def keys(found: tuple[Recommendation, ...]) -> list[str]:
    return [recommendation.use_case.key for recommendation in found]
