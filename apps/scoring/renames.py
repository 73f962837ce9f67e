"""Answers given to one version, carried over to a later one: declared renames, what no longer fits, what is new.

`steps` are the versions after the one that was answered, oldest first: each declares what it renamed since the one
before it. The last of them is where the answers go.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.scoring.answers import Ignored, read_answers
from apps.scoring.definitions import Questionnaire

Steps = Sequence[Questionnaire]


@dataclass(frozen=True, slots=True)
class Carried:
    """`answers` are raw answers to the new version; `renamed` maps old question keys to new ones."""

    answers: Mapping[str, Any]
    renamed: Mapping[str, str]
    left_behind: tuple[Ignored, ...]  # by old key; no longer asked, or no longer a valid answer: each with why


ANOTHER = "Another answer goes to the question that this one became."


def carry_over(steps: Steps, raw: Mapping[str, Any]) -> Carried:
    """Never raises: what the new version does not take is left behind and listed. There is at least one step."""
    candidates = renamed(steps, raw)
    known = {key: value for key, value in candidates.items() if key in steps[-1].by_key}
    # Read alone: a strange key is listed cut short, and could then look like one of these.
    refused = {item.key for item in read_answers(steps[-1], known).ignored}
    taken = {key: value for key, value in known.items() if key not in refused}
    old_keys = counting(steps, raw)
    invalid = [
        Ignored(old_keys.get(item.key, item.key), item.reason) for item in read_answers(steps[-1], candidates).ignored
    ]
    replaced = sorted(key for key in raw.keys() - set(old_keys.values()) if raw[key] is not None)
    return Carried(
        answers=taken,
        renamed={old: new for new, old in old_keys.items() if old != new and new in taken},
        left_behind=(*invalid, *(Ignored(key, ANOTHER) for key in replaced)),
    )


def renamed(steps: Steps, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The same answers under the names of the last step."""
    if not any(step.renames for step in steps):
        return {key: value for key, value in raw.items() if value is not None}
    return {new: value_after(steps, old, raw[old]) for new, old in counting(steps, raw).items()}


def counting(steps: Steps, raw: Mapping[str, Any]) -> dict[str, str]:
    """The keys of the last step, each with the old key whose answer counts there.

    An answer that is there under its key already counts before one that moves there; of several that move to one key,
    the first by its old key counts.
    """
    found: dict[str, str] = {}
    for key in sorted(raw, key=lambda key: (key_after(steps, key) != key, key)):
        if raw[key] is not None:
            found.setdefault(key_after(steps, key), key)
    return found


def key_after(steps: Steps, key: str) -> str:
    for step in steps:
        key = step.renames.get((key, None), key)
    return key


def value_after(steps: Steps, key: str, value: Any) -> Any:
    """The answer to the question that was called `key`, with its choices as they are called now."""
    for step in steps:
        key = step.renames.get((key, None), key)
        value = _choices_after(step, key, value)
    return value


def _choices_after(step: Questionnaire, key: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_choices_after(step, key, item) for item in value]
    return step.renames.get((key, value), value) if isinstance(value, str) else value
