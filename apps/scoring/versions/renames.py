"""Answers given to one version, carried over to the next: declared renames, what no longer fits, what is new."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.scoring.answers import Ignored, read_answers
from apps.scoring.definitions import Questionnaire


@dataclass(frozen=True, slots=True)
class Carried:
    """`answers` are raw answers to the new version; `renamed` maps old question keys to new ones."""

    answers: Mapping[str, Any]
    renamed: Mapping[str, str]
    left_behind: tuple[Ignored, ...]  # no longer asked, or no longer a valid answer: each with why


def carry_over(questionnaire: Questionnaire, raw: Mapping[str, Any]) -> Carried:
    """Never raises: what the new version does not take is left behind and listed."""
    moved = moved_questions(questionnaire)
    candidates = {moved[key]: value for key, value in raw.items() if key in moved}
    candidates |= {key: value for key, value in raw.items() if key not in moved and value is not None}
    candidates = {key: with_renamed_choices(questionnaire, key, value) for key, value in candidates.items()}
    answers = read_answers(questionnaire, candidates)
    refused = {ignored.key for ignored in answers[1]}
    return Carried(
        answers={key: value for key, value in candidates.items() if key not in refused},
        renamed={old: new for old, new in moved.items() if old in raw and new not in refused},
        left_behind=tuple(answers[1]),
    )


def moved_questions(questionnaire: Questionnaire) -> dict[str, str]:
    """Old key to new key. An answer that is there under the new key already counts before one that moves there."""
    return {rename.question: rename.to for rename in questionnaire.renames if rename.choice is None}


def with_renamed_choices(questionnaire: Questionnaire, question: str, value: Any) -> Any:
    for rename in questionnaire.renames:
        if rename.choice is not None and rename.question == question:
            value = _with_choice(value, rename.choice, rename.to)
    return value


def _with_choice(value: Any, old: str, new: str) -> Any:
    if isinstance(value, list):
        return [new if item == old else item for item in value]
    return new if value == old else value
