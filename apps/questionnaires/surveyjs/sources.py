"""Where the choices of a question come from: its own list, numbers from one to another, or another question."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from apps.questionnaires.surveyjs.notes import READ, shown
from apps.questionnaires.surveyjs.reading import Part

MOST = 501  # choices to make: enough to see that there are too many
WITH_CHOICES = frozenset({"radiogroup", "dropdown", "checkbox", "tagbox", "imagepicker", "buttongroup", "ranking"})
FROM_ANSWERS = frozenset({"paneldynamic", "matrixdynamic"})  # their answers are the choices


def elements_of(data: Any) -> dict[str, dict[str, Any]]:
    """Every question of the survey that has a name; the first of each name, in the order of the file."""
    found: dict[str, dict[str, Any]] = {}
    queue = [data]
    while queue:
        item = queue.pop()
        if isinstance(item, dict):
            if isinstance(item.get("name"), str) and item.get("type") not in (None, "panel"):
                found.setdefault(item["name"], item)
            queue += reversed([item[key] for key in ("pages", "elements", "questions") if key in item])
        elif isinstance(item, list):
            queue += reversed(item)
    return found


class Sources:
    """Whose choices each question offers. Copies of copies are followed once for all of them, since a file can hold
    thousands in a row."""

    def __init__(self, data: Any) -> None:
        self.elements = elements_of(data)
        self.ends: dict[int, dict[str, Any]] = {}
        for element in self.elements.values():
            self._follow(element)

    def of(self, part: Part) -> Part:
        """The part whose choices are offered: the question's own, unless they are copied, as often as they are."""
        source, found = part, self._copied_from(part.data)
        if found is not None:
            end = self.ends.get(id(part.data)) or self.ends[id(found)]  # a second one of its name is not among them
            source = part if end is part.data else Part(end, part.place, [])  # what is odd there is told there
        if part.get("choicesFromQuestion") is not None and source is part:
            told = "there is no other question with choices of that name, so its own are taken."
            part.note(told, "choicesFromQuestion")
        if part.string("choicesFromQuestionMode") not in ("", "all") and source is not part:
            told = "all choices of the other question are offered, not only those that SurveyJS picks by its answer."
            part.note(told, "choicesFromQuestionMode")
        return source

    def _follow(self, element: dict[str, Any]) -> None:
        path: dict[int, dict[str, Any]] = {}
        found: dict[str, Any] | None = element
        while found is not None and id(found) not in path and id(found) not in self.ends:
            path[id(found)] = found
            found = self._copied_from(found)
        met = list(path.values())
        if id(found) in path:  # copied in a ring: each offers what the one before it in the ring lists
            ring = met[list(path).index(id(found)) :]
            self.ends |= {id(one): before for before, one in zip([ring[-1], *ring], ring, strict=False)}
        end = met[-1] if found is None else self.ends[id(found)]
        for one in met:
            self.ends.setdefault(id(one), end)

    def _copied_from(self, data: Mapping[str, Any]) -> dict[str, Any] | None:
        name = data.get("choicesFromQuestion")
        found = self.elements.get(name) if isinstance(name, str) else None
        return found if found is not None and _is_source(found) else None


def _is_source(found: dict[str, Any]) -> bool:
    return isinstance(found["type"], str) and found["type"] in WITH_CHOICES | FROM_ANSWERS


def is_open(source: Part) -> bool:
    """What is known of the choices is then not all of them."""
    return "choicesByUrl" in source.data or source.data.get("type") in FROM_ANSWERS


def items_of(source: Part, part: Part) -> list[tuple[str, Any]]:
    """The choices that are listed, each with its place, and then the numbers."""
    if source.data.get("type") in FROM_ANSWERS:
        part.note("its choices are the answers to another question, which are not known here.", "choicesFromQuestion")
        return []
    numbers = _numbers(source) if source.data.get("type") == "dropdown" else []
    return [*source.entries("choices"), *((source.place, number) for number in numbers)]


def _numbers(source: Part) -> list[int | Decimal]:
    low, high = source.number("choicesMin") or Decimal(0), source.number("choicesMax") or Decimal(0)
    step = source.number("choicesStep") or Decimal(1)
    if step < 1:
        source.note(f"{shown(str(step))} is less than 1, so it is read as 1.", "choicesStep", READ)
        step = Decimal(1)
    count = min(MOST, int((high - low) / step) + 1) if high > low else 0
    made = (low + step * index for index in range(count))
    return [int(number) if number == int(number) else number for number in made]
