"""Ways to break the sound definition, one at a time."""

from collections.abc import Callable
from typing import Any

from apps.scoring import check_questionnaire
from tests.factories.definitions import make_question, make_scored_definition

Change = Callable[[dict[str, Any]], Any]
Broken = tuple[Change, str, str]

# Where the questions of the sound definition are.
Q = ("sections", 0, "questions")
TEXT = make_question("note", type="short_text")
NUMBER = make_question("users", type="number")


def put(*path: Any, value: Any) -> Change:
    """A change of one value of the sound definition; `...` takes it away."""

    def change(data: dict[str, Any]) -> None:
        target: Any = data
        for step in path[:-1]:
            target = target[step]
        if value is ...:
            del target[path[-1]]
        else:
            target[path[-1]] = value

    return change


def add(*path: Any, value: Any) -> Change:
    def change(data: dict[str, Any]) -> None:
        target: Any = data
        for step in path:
            target = target[step]
        target.append(value)

    return change


def check_broken(change: Change, path: str, sentence: str) -> None:
    """The change is reported at its place, in its sentence."""
    data = make_scored_definition()
    change(data)

    problems = check_questionnaire(data, known_references={"nist_govern_1_1", "iso_42001"})

    assert any(p.path.endswith(path) and sentence in p.message for p in problems), list(map(str, problems))
