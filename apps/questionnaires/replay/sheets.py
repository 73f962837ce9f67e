"""Many answer sheets as columns: the raw answers to each question, and what a questionnaire reads in them."""

import json
from array import array
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.questionnaires.replay.columns import Column, Numbering, apply, look_up, narrow
from apps.questionnaires.replay.packing import BITS, Field, Packing
from apps.scoring.answers import Answer, InvalidAnswer, read_answer
from apps.scoring.definitions import Question, Questionnaire
from apps.scoring.renames import Steps, key_after, renamed, value_after

NEAR = 8_192  # rows that fit into the processor's cache
FEW = 32  # numbers that are looked for one by one
SHORT = 2  # bytes of numbers that a table is made for
KNOWN_BY_THEMSELVES = {str, type(None)}

Row = tuple[int, Mapping[str, Any], str]  # number of the sheet, raw answers, level then
PackedRow = tuple[Any, ...]  # the same with bytes for the answers; what follows does not matter


class Sheets(NamedTuple):
    """`answers` are raw answers by question key; None is none."""

    numbers: NDArray[np.int64]
    then: Column
    answers: Mapping[str, Column]

    @property
    def rows(self) -> int:
        return len(self.numbers)

    def part(self, first: int, size: int) -> "Sheets":
        if size >= self.rows:
            return self
        rows = slice(first, first + size)
        answers = {key: column.part(rows) for key, column in self.answers.items()}
        return Sheets(self.numbers[rows], self.then.part(rows), answers)


class Gathering:
    """Takes rows in and keeps codes only, so that sheets in any number can be gathered in little memory.

    `steps` lead from the version that the rows answered to the questionnaire they are gathered for (`renames.py`).
    """

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.numbers = array("q")
        self.then = _Codes()
        self.answers = {question.key: _Codes() for question in questionnaire.questions}

    @property
    def different_answers(self) -> int:
        """What most of the memory goes to."""
        return sum(len(codes.code_of) for codes in self.answers.values())

    def add(self, rows: Sequence[Row], steps: Steps = ()) -> None:
        if not rows:
            return
        numbers, raws, then = zip(*rows, strict=True)
        self._add_numbers(numbers, then)
        by_row = [tuple(map(renamed(steps, raw).get, self.answers)) for raw in raws]
        for codes, values in zip(self.answers.values(), zip(*by_row, strict=True), strict=False):
            codes.add(values)

    def add_packed(self, packing: Packing, rows: Sequence[PackedRow], steps: Steps = ()) -> None:
        """Rows that answered the version of `packing`."""
        fields = {key_after(steps, field.question.key): field for field in packing.fields}
        # Two questions became one: which one counts differs from row to row. Or only texts to read: a row is no bytes.
        if not 0 < len(fields) == len(packing.fields):
            self.add([(number, packing.unpack(row), then) for number, row, then, *_ in rows], steps)
            return
        self._add_numbers(map(itemgetter(0), rows), list(map(itemgetter(2), rows)))
        table = _by_field(np.frombuffer(b"".join(map(itemgetter(1), rows)), layout(packing)))
        for key, codes in self.answers.items():
            if field := fields.get(key):
                codes.add_field(partial(_unpacked, field, steps), table[field.question.key])
            else:
                codes.add([None] * len(rows))

    def _add_numbers(self, numbers: Iterable[int], then: Sequence[str]) -> None:
        self.numbers.extend(numbers)
        self.then.add(then)

    def sheets(self) -> Sheets:
        answers = {key: codes.column() for key, codes in self.answers.items()}
        return Sheets(np.array(self.numbers, np.int64), self.then.column(), answers)


class _Codes:
    """The codes of one column, in pieces as they come, and what they stand for."""

    def __init__(self) -> None:
        self.code_of, self.pieces = Numbering(), [np.zeros(0, np.uint8)]

    def add(self, values: Sequence[Any]) -> None:
        if not set(map(type, values)) <= KNOWN_BY_THEMSELVES:
            values = list(map(_known_by, values))
        codes = np.fromiter(map(self.code_of.__getitem__, values), np.uint32, len(values))
        self.pieces.append(narrow(codes, len(self.code_of)))

    def add_field(self, unpacked: Callable[[int | bytes], Any], packed: NDArray[Any]) -> None:
        found, slots, slot_of_row = _different(packed)
        table = np.zeros(int(slots[-1]) + 1, np.uint32)
        table[slots] = [self.code_of[_known_by(unpacked(code))] for code in found.tolist()]
        self.pieces.append(look_up(narrow(table, len(self.code_of)), slot_of_row))

    def column(self) -> Column:
        self.pieces = [np.concatenate(self.pieces)]  # what was in pieces need not be held twice
        return Column(self.pieces[0], [_known_as(name) for name in self.code_of])


def _by_field(table: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Each field of all rows side by side. Copied by so many rows that they stay at hand for all of their fields."""
    fields = {name: np.empty(len(table), table.dtype[name]) for name in table.dtype.names or ()}
    for first in range(0, len(table), NEAR):
        for name, column in fields.items():
            column[first : first + NEAR] = table[name][first : first + NEAR]
    return fields


def _different(packed: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """The different numbers or texts, a slot for each, in order, and the slot of every row."""
    if packed.dtype == np.uint8 and (end := int(packed.max()) + 1) <= FEW:
        found = np.array([code for code in range(end) if (packed == code).any()])
        return found, found, packed
    if packed.dtype.kind == "u" and packed.itemsize <= SHORT:
        occurs = np.zeros(2 ** (8 * packed.itemsize), bool)
        occurs[packed] = True
        found = np.flatnonzero(occurs)
        return found, found, packed
    found, slot_of_row = np.unique(packed, return_inverse=True)
    return found, np.arange(len(found)), slot_of_row


def _unpacked(field: Field, steps: Steps, code: int | bytes) -> Any:
    return value_after(steps, field.question.key, field.raw(code))


def layout(packing: Packing) -> np.dtype[Any]:
    """The fields of a row, as numpy reads them."""
    kinds = [
        f"<u{BITS[field.format] // 8}" if field.format in BITS else f"S{field.format[:-1]}" for field in packing.fields
    ]
    return np.dtype([(field.question.key, kind) for field, kind in zip(packing.fields, kinds, strict=True)])


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


def read_columns(questionnaire: Questionnaire, sheets: Sheets) -> dict[str, Column]:
    """What the questionnaire reads in the answers to each question; what it would refuse is None."""
    questions = questionnaire.questions
    return {question.key: apply(partial(_read, question), sheets.answers[question.key]) for question in questions}


def _read(question: Question, raw: Any) -> Answer | None:
    try:
        return read_answer(question, raw)
    except InvalidAnswer:
        return None
