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
    moved = {rename.question: rename.to for rename in questionnaire.renames if rename.choice is None}
    candidates = {moved.get(key, key): value for key, value in raw.items()}
    for rename in questionnaire.renames:
        if rename.choice is not None and rename.question in candidates:
            candidates[rename.question] = _with_choice(candidates[rename.question], rename.choice, rename.to)
    answers = read_answers(questionnaire, candidates)
    refused = {ignored.key for ignored in answers[1]}
    return Carried(
        answers={key: value for key, value in candidates.items() if key not in refused},
        renamed={old: new for old, new in moved.items() if old in raw and new not in refused},
        left_behind=tuple(answers[1]),
    )


def _with_choice(value: Any, old: str, new: str) -> Any:
    if isinstance(value, list):
        return [new if item == old else item for item in value]
    return new if value == old else value
