"""`matrixdropdown`: a question of its own for every row and column."""

import re
from collections.abc import Callable
from itertools import count
from typing import Any

from apps.questionnaires.surveyjs import questions
from apps.questionnaires.surveyjs.notes import shown
from apps.questionnaires.surveyjs.programs import OWN_VALUE
from apps.questionnaires.surveyjs.questions import Built, Element, rows_of
from apps.questionnaires.surveyjs.reading import Part, plain_name
from apps.questionnaires.surveyjs.texts import Text

MAX_CELLS = 500
CELLS = frozenset({"dropdown", "radiogroup", "checkbox", "tagbox", "text", "comment", "boolean", "rating"})
WITH_CHOICES = frozenset({"dropdown", "radiogroup", "checkbox", "tagbox"})
CONDITIONS = ("visibleIf", "enableIf")


def matrixdropdown(element: Element) -> list[Built]:
    """In conditions a cell is matrix.row.column, and matrix.row is answered when one of its cells is."""
    part = element.part
    rows, columns = list(rows_of(element)), _columns(element)
    part.get("choices"), part.get("cellType")
    if not rows or not columns or len(rows) * len(columns) > MAX_CELLS:
        told = f"more than {MAX_CELLS} cells" if rows and columns else "no rows or no columns"
        part.note(f"it has {told}, so it is not carried over.")
        return []
    built: list[Built] = []
    for index, (row, name, said) in enumerate(rows):
        title = element.tools.texts.joined(element.title, said, between=": ")
        for column in columns:
            quiet = Part(column.data, column.place, part.notes if index == 0 else [])
            built += _cell(element, quiet, row, name, title)
    element.each_row = any(one.data["required"] and not one.aside for one in built)
    return built


def _columns(element: Element) -> list[Part]:
    """Those that can be asked, each as a question without its row."""
    matrix, columns = element.part.data, []
    listed = list(element.part.parts("columns"))
    for column, name in zip(listed, _names(listed), strict=True):
        types = (column.string("cellType"), matrix.get("cellType"), "dropdown")
        type_ = next(one for one in types if isinstance(one, str) and one not in ("", "default"))
        if type_ not in CELLS:
            column.note(f"this column is of the type {shown(type_)}, which is not carried over.")
            continue
        data: dict[str, Any] = {**column.data, "type": type_, "name": name}
        if type_ in WITH_CHOICES and not data.get("choices"):
            data["choices"] = matrix.get("choices")
        columns.append(Part(data, column.place, element.part.notes))
    return columns


def _names(columns: list[Part]) -> list[str]:
    """What has none is called as SurveyJS does from version 2 on: `question1`, or the next that no column has."""
    given = [plain_name(column.string("name")) for column in columns]
    taken = frozenset(given)
    free = (name for number in count(1) if (name := f"question{number}") not in taken)
    return [name or next(free) for name in given]


def _cell(element: Element, column: Part, row: Part, row_name: str, title: Text) -> list[Built]:
    texts, name = element.tools.texts, str(column.data["name"])
    said = texts.read(column, "title") or texts.same(name)
    cell = Element(
        part=column,
        name=f"{element.name}.{row_name}.{name}",
        title=texts.joined(title, said, between=": "),
        help=Text(),
        required=column.truth("isRequired"),
        dimension=element.dimension,
        tools=element.tools,
    )
    built = BUILDERS[column.string("type")](cell)
    own = row, _conditions(element, column, row, row_name)
    column.rest(frozenset({"name", "cellType", *CONDITIONS}))
    for one in built:
        one.own, one.group = own, f"{element.name}.{row_name}"
    return built


def _conditions(element: Element, column: Part, row: Part, row_name: str) -> Part:
    """Those of the column, which may look at its own row, as conditions of this cell."""
    inside = f"{{{element.name}.{row_name}."
    data = {key: column.data[key] for key in (*CONDITIONS, *OWN_VALUE) if key in column.data}
    for key in CONDITIONS:
        if isinstance(source := data.get(key), str):
            data[key] = re.sub(r"\{row\.", lambda _: inside, source, flags=re.IGNORECASE)
    if not column.truth("visible", default=True) and not column.string("visibleIf").strip():
        data["visibleIf"] = "false"
    return Part(data, f"{column.place} of {row.place}", element.part.notes, asked=set(OWN_VALUE))


BUILDERS: dict[str, Callable[[Element], list[Built]]] = {**questions.BUILDERS, "matrixdropdown": matrixdropdown}
