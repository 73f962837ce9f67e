"""Outcomes of the definitions in `definitions.py`."""

from datetime import date
from typing import Any

from apps.scoring import Outcome, evaluate, parse_questionnaire

TODAY = date(2026, 11, 22)
ANSWERED = {"reach": "everyone", "data": ["personal"], "review": "missing", "logging": "there"}


def outcome_of(data: dict[str, Any], answers: dict[str, Any], on_date: date = TODAY, **changes: Any) -> Outcome:
    return evaluate(parse_questionnaire(data), answers, on_date=on_date, **changes)


def sentences(outcome: Outcome, about: str) -> list[str]:
    return [explanation.sentence for explanation in outcome.explanations if explanation.about == about]
