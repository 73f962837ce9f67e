"""The flags of an outcome: rules that bear on the level, and notices that do not."""

from collections.abc import Mapping
from typing import Any

from apps.scoring import Questionnaire
from apps.scoring.definitions import NOTICE

Flag = Mapping[str, Any]


def rules(outcome: Mapping[str, Any]) -> list[Flag]:
    return [flag for flag in outcome["flags"] if flag["effect"] != NOTICE]


def notices(outcome: Mapping[str, Any]) -> list[Flag]:
    return [flag for flag in outcome["flags"] if flag["effect"] == NOTICE]


def possible_notices(questionnaire: Questionnaire, outcome: Mapping[str, Any]) -> list[str]:
    """The titles of those that what is not answered yet could still bring up."""
    possible = outcome["possible_flags"]
    return [str(flag.title) for flag in questionnaire.flags if flag.effect == NOTICE and flag.key in possible]
