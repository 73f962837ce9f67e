"""Many answer sheets as columns: the raw answers to each question, and what a questionnaire reads in them."""

import json
from array import array
from collections.abc import Hashable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.scoring.answers import Answer, InvalidAnswer, read_answer
from apps.scoring.definitions import Question, Questionnaire
from apps.scoring.versions.columns import Column, Numbering, apply, constant, dense, narrow
from apps.scoring.versions.packing import BITS, Field, Packing
from apps.scoring.versions.renames import moved_questions, with_renamed_choices

KNOWN_BY_THEMSELVES = {str, type(None)}

Row = tuple[int, Mapping[str, Any], str]  # number of the sheet, raw answers, level then


class Sheets(NamedTuple):
    """`answers` are raw answers by the question keys of the version they were given to; None is none."""

    numbers: NDArray[np.int64]
    then: Column
    answers: Mapping[str, Column]

    @property
    def rows(self) -> int:
        return len(self.numbers)


class Gathering:
    """Takes rows in and keeps codes only, so that sheets in any number can be gathered in little memory."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.numbers = array("q")
        self.then = _Codes()
        self.answers = {key: _Codes() for keys in sources(questionnaire).values() for key in keys}

    def add(self, rows: Sequence[Row]) -> None:
        self.numbers.extend([number for number, _, _ in rows])
        self.then.add([then for _, _, then in rows])
        by_row = [tuple(map(raw.get, self.answers)) for _, raw, _ in rows]
        for codes, values in zip(self.answers.values(), zip(*by_row, strict=True), strict=False):
            codes.add(values)

    def add_packed(self, packing: Packing, rows: Sequence[tuple[int, bytes, str]]) -> None:
        """Numbers, packed answers and levels of sheets that were given to one version."""
        self.numbers.extend([number for number, _, _ in rows])
        self.then.add([then for _, _, then in rows])
        table = np.frombuffer(b"".join([packed for _, packed, _ in rows]), _layout(packing))
        fields = {field.question.key: field for field in packing.fields}
        for key, codes in self.answers.items():
            if key in fields:
                codes.add_field(fields[key], table[key])
            else:
                codes.add([None] * len(rows))

    def sheets(self) -> Sheets:
        answers = {key: codes.column() for key, codes in self.answers.items()}
        return Sheets(np.array(self.numbers, np.int64), self.then.column(), answers)


class _Codes:
    def __init__(self) -> None:
        self.code_of, self.codes = Numbering(), array("I")

    def add(self, values: Sequence[Any]) -> None:
        if not set(map(type, values)) <= KNOWN_BY_THEMSELVES:
            values = list(map(_known_by, values))
        self.codes.extend(map(self.code_of.__getitem__, values))

    def add_field(self, field: Field, packed: NDArray[Any]) -> None:
        codes, firsts = dense(packed, int(packed.max()) + 1) if packed.dtype.kind == "u" else _sorted(packed)
        found = [self.code_of[_known_by(field.raw(code))] for code in packed[firsts].tolist()]
        self.codes.frombytes(np.array(found, np.uint32).take(codes).tobytes())

    def column(self) -> Column:
        values = [_known_as(name) for name in self.code_of]
        return Column(narrow(np.array(self.codes, np.uint32), len(values)), values)


def _layout(packing: Packing) -> np.dtype[Any]:
    """The fields of a row, as numpy reads them."""
    kinds = [
        f"<u{BITS[field.format] // 8}" if field.format in BITS else f"S{field.format[:-1]}" for field in packing.fields
    ]
    return np.dtype([(field.question.key, kind) for field, kind in zip(packing.fields, kinds, strict=True)])


def _sorted(packed: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    _found, firsts, codes = np.unique(packed, return_index=True, return_inverse=True)
    return codes, firsts


def _known_by(value: Any) -> Hashable:
    """Lists cannot be looked up, and 1 and True look alike: what is not texts is known by its JSON."""
    if type(value) in KNOWN_BY_THEMSELVES:
        return value  # type: ignore[no-any-return]
    if type(value) is list and set(map(type, value)) <= KNOWN_BY_THEMSELVES:
        return tuple(value)
    return json.dumps(value, sort_keys=True).encode()


def _known_as(name: Hashable) -> Any:
    if isinstance(name, bytes):
        return json.loads(name)
    return list(name) if isinstance(name, tuple) else name


def sources(questionnaire: Questionnaire) -> dict[str, list[str]]:
    """The keys under which each question may have been answered, its own first."""
    moved = moved_questions(questionnaire)
    found = {question.key: [] if question.key in moved else [question.key] for question in questionnaire.questions}
    for old, new in moved.items():
        found.setdefault(new, []).append(old)
    return found


def read_columns(questionnaire: Questionnaire, sheets: Sheets) -> dict[str, Column]:
    """What the questionnaire reads in the answers to each question; what it would refuse is None."""
    keys, found = sources(questionnaire), {}
    for question in questionnaire.questions:
        raw = [sheets.answers[key] for key in keys[question.key]]
        read = partial(_read, questionnaire, question)
        found[question.key] = apply(read, *raw) if raw else constant(None, sheets.rows)
    return found


def _read(questionnaire: Questionnaire, question: Question, *raw: Any) -> Answer | None:
    given = next((value for value in raw if value is not None), None)
    try:
        return read_answer(question, with_renamed_choices(questionnaire, question.key, given))
    except InvalidAnswer:
        return None
