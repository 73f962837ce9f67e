"""What a team changed between two submissions of the same assessment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Changes:
    number: int  # of the earlier submission
    before: Mapping[str, str]  # the earlier answers of the questions that are answered otherwise now
    gone: list[Mapping[str, Any]]  # answers to questions that are no longer asked


def changes(earlier: Mapping[str, Any], now: Mapping[str, Any]) -> Changes:
    then = {answer["question"]: answer for answer in earlier["answers"]}
    asked = {answer["question"] for answer in now["answers"]}
    return Changes(
        number=earlier["number"],
        before={
            key: then[key]["answer"] if key in then else "not asked"
            for key, value in ((answer["question"], answer["value"]) for answer in now["answers"])
            if key not in then or then[key]["value"] != value
        },
        gone=[answer for key, answer in then.items() if key not in asked],
    )
