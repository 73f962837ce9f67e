"""Elements without a name get the one that SurveyJS gives them, under which it keeps their answers.

`question1`, `panel1`, `page1`: the least number that no element of that sort before it has, in the order of the file.
Names that come later are not looked at, so one of them may be the same.
"""

from collections.abc import Iterator
from typing import Any

from apps.questionnaires.surveyjs.notes import READ, Note
from apps.questionnaires.surveyjs.reading import plain_name

# Every type of SurveyJS that is a question; what is none of them it leaves out, and gives no name.
QUESTIONS = frozenset(
    {"boolean", "buttongroup", "checkbox", "comment", "dropdown", "empty", "expression", "file", "html", "image"}
    | {"imagemap", "imagepicker", "matrix", "matrixdropdown", "matrixdynamic", "multipletext", "paneldynamic"}
    | {"radiogroup", "ranking", "rating", "signaturepad", "slider", "tagbox", "text"}
)
NAMED_PARTS = {"multipletext": "items", "matrixdropdown": "columns", "matrixdynamic": "columns"}
LISTS = ("pages", "elements", "questions")


def name_elements(data: dict[str, Any]) -> list[Note]:
    """Writes the names into `data`; tells those of questions."""
    naming = _Naming()
    key = _last_of(data, LISTS)
    if key == "pages":
        naming.pages(data[key])
    elif key:
        naming.elements(data[key], key)
    return naming.notes


def _last_of(data: dict[str, Any], keys: tuple[str, ...]) -> str:
    """Of several lists SurveyJS takes the one that stands last."""
    return next((key for key in reversed(data) if key in keys and data[key] is not None), "")


class _Naming:
    def __init__(self) -> None:
        self.notes: list[Note] = []
        self.used: dict[str, set[str]] = {"question": set(), "panel": set(), "page": set()}
        self.last: dict[str, int] = {}

    def pages(self, pages: Any) -> None:
        for place, page in _objects(pages, "pages"):
            self.name(page, "page")
            self.inside(page, place, LISTS[1:])

    def elements(self, elements: Any, place: str) -> None:
        for here, element in _objects(elements, place):
            type_ = element.get("type")
            if type_ == "panel":
                self.name(element, "panel")
                self.inside(element, here, LISTS[1:])
            elif isinstance(type_, str) and type_ in QUESTIONS:
                self.question(element, here)

    def question(self, element: dict[str, Any], place: str) -> None:
        if self.name(element, "question"):
            told = "it has no name; this is what SurveyJS calls it."
            self.notes.append(Note(f"{place}.name", told, element["name"], READ))
        if element["type"] == "paneldynamic":
            self.inside(element, place, ("templateElements",))
        elif parts := element.get(NAMED_PARTS.get(element["type"], "")):
            names = [item.get("name") for _, item in _objects(parts, place)]
            self.used["question"].update(plain_name(name) for name in names if isinstance(name, str))

    def inside(self, element: dict[str, Any], place: str, keys: tuple[str, ...]) -> None:
        if key := _last_of(element, keys):
            self.elements(element[key], f"{place}.{key}")

    def name(self, element: dict[str, Any], sort: str) -> bool:
        """Whether it had none."""
        used, given = self.used[sort], element.get("name")
        if given is None:
            number = self.last.get(sort, 0) + 1
            while f"{sort}{number}" in used:
                number += 1
            self.last[sort] = number  # those below are used: none is ever given back
            element["name"] = f"{sort}{number}"
        used.add(plain_name(element["name"]) if isinstance(element["name"], str) else "")
        return given is None


def _objects(items: Any, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    listed = enumerate(items) if isinstance(items, list) else ()
    yield from ((f"{place}[{index}]", item) for index, item in listed if isinstance(item, dict))
