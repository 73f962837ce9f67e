"""Answer sheets as rows of bytes of one length, beside the JSON that stays the record: a million are read in seconds.

A row has a field for each question of one version of a questionnaire, in its order, and the field holds

    single        a whole number: 2 and more is a choice, by its place
    multi         a whole number: from 2 on the ticks, a bit each
    texts         a whole number: 2 more than how long the text is, for what it says never counts
    number, date  its text in ASCII, filled up with zero bytes

Everywhere 0 (no text) is no answer, and 1 (or “?”) is “I don't know”.
"""

from struct import Struct
from typing import Any, NamedTuple

from apps.scoring.answers import DONT_KNOW, Answer, Answers, DontKnow, answer_as_json
from apps.scoring.canonical import plain_decimal
from apps.scoring.definitions import Question, Questionnaire

UNSURE, FIRST = 1, 2
UNSURE_TEXT = "?"
BITS = {"B": 8, "H": 16, "I": 32, "Q": 64}  # the formats of `struct` for whole numbers; "28s" are so many bytes


class Field(NamedTuple):
    question: Question
    format: str

    def code(self, answer: Answer | None) -> int | bytes:
        if self.question.type in ("number", "date"):
            return _text_code(answer).encode()
        code = _whole_code(self.question, answer)
        return code if self.format in BITS else code.to_bytes(int(self.format[:-1]), "little")

    def raw(self, code: int | bytes) -> Any:
        """The raw answer it stands for, None for none; a text comes back as long as it was."""
        if self.question.type in ("number", "date"):
            text = code.decode() if isinstance(code, bytes) else ""
            return answer_as_json(DONT_KNOW) if text == UNSURE_TEXT else text or None
        return _of_whole_code(self.question, code if isinstance(code, int) else int.from_bytes(code, "little"))


class Packing:
    """How the sheets of one version are packed."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        asked = [question for question in questionnaire.questions if question.takes_answer]
        self.fields = [Field(question, _format(question)) for question in asked]
        self.row = Struct("<" + "".join(field.format for field in self.fields))

    def pack(self, answers: Answers) -> bytes:
        return self.row.pack(*(field.code(answers.values.get(field.question.key)) for field in self.fields))

    def unpack(self, row: bytes) -> dict[str, Any]:
        """The raw answers, None for none."""
        codes = zip(self.fields, self.row.unpack(row), strict=True)
        return {field.question.key: field.raw(_stripped(code)) for field, code in codes}


def _format(question: Question) -> str:
    if question.type == "number":
        longest = max(len(plain_decimal(bound)) for bound in (question.minimum, question.maximum))  # type: ignore[arg-type]
        return f"{longest + 1 + question.places}s"
    if question.type == "date":
        return "10s"
    choices = len(question.choices)
    bits = choices + 1 if question.type == "multi" else (FIRST + (choices or question.max_length)).bit_length()
    return next((form for form, held in BITS.items() if bits <= held), f"{bits // 8 + 1}s")


def _stripped(code: int | bytes) -> int | bytes:
    """`struct` leaves in what a text is filled up with."""
    return code.rstrip(b"\0") if isinstance(code, bytes) else code


def _text_code(answer: Answer | None) -> str:
    if answer is None:
        return ""
    return UNSURE_TEXT if isinstance(answer, DontKnow) else str(answer_as_json(answer))


def _whole_code(question: Question, answer: Answer | None) -> int:
    if answer is None:
        return 0
    if isinstance(answer, DontKnow):
        return UNSURE
    if isinstance(answer, tuple):
        return sum(FIRST << place for place, choice in enumerate(question.choices) if choice.key in answer)
    if question.type == "single":
        return FIRST + [choice.key for choice in question.choices].index(str(answer))
    return FIRST + len(str(answer))


def _of_whole_code(question: Question, code: int) -> Any:
    if code == 0:
        return None
    if code == UNSURE:
        return answer_as_json(DONT_KNOW)
    if question.type == "multi":
        return [choice.key for place, choice in enumerate(question.choices) if code & FIRST << place]
    return question.choices[code - FIRST].key if question.type == "single" else "x" * (code - FIRST)
