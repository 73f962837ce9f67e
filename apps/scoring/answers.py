"""Answers: read strictly, one by one; what cannot count is set aside with a reason, never guessed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from apps.scoring.canonical import nfc, plain_decimal
from apps.scoring.definitions import Question, Questionnaire
from apps.scoring.language.values import DAY, day_of
from apps.scoring.texts import holds_control

NUMBER = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,15})?")
SEVERAL = (list, tuple, set, frozenset)  # what ticks may come in
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class DontKnow(Enum):
    """The answer "I don't know": final, but it opens the interval and never scores."""

    DONT_KNOW = "dont_know"


DONT_KNOW = DontKnow.DONT_KNOW
# single: choice key; multi: choice keys in the questionnaire's order; number: Decimal; date; texts: str
Answer = str | tuple[str, ...] | Decimal | date | DontKnow


class InvalidAnswer(ValueError):
    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Ignored:
    """An answer that does not count, and why."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered, by question key. "Don't know" is among them."""

    values: Mapping[str, Answer]
    ignored: tuple[Ignored, ...] = ()

    def known(self, key: str) -> Answer | None:
        """The answer, unless it is "I don't know"."""
        value = self.values.get(key)
        return None if value is DONT_KNOW else value


RawAnswers = Answers | Mapping[str, object]


def read_answers(questionnaire: Questionnaire, raw: Mapping[str, object]) -> Answers:
    values: dict[str, Answer] = {}
    ignored = [
        # Half a character, which JSON can spell, is in no text that could be printed.
        Ignored(key[:60].encode(errors="replace").decode(), "This questionnaire has no such question.")
        for key in sorted(key for key in map(str, raw) if key not in questionnaire.by_key)
    ]
    for question in questionnaire.questions:
        try:
            value = read_answer(question, raw.get(question.key))
        except InvalidAnswer as error:
            ignored.append(Ignored(question.key, error.message))
            continue
        if value is not None:
            values[question.key] = value
    return Answers(values, tuple(ignored))


def as_answers(questionnaire: Questionnaire, answers: RawAnswers) -> Answers:
    return answers if isinstance(answers, Answers) else read_answers(questionnaire, answers)


def read_answer(question: Question, raw: object) -> Answer | None:
    """One answer as it counts, None when there is none. Raises InvalidAnswer with a sentence for who typed it."""
    if raw is None or raw == "" or (isinstance(raw, SEVERAL) and not raw):
        return None
    if not question.takes_answer:
        raise InvalidAnswer("This is a text to read; it takes no answer.")
    if raw is DONT_KNOW or (not isinstance(raw, str) and isinstance(raw, Mapping)):
        if raw is not DONT_KNOW and (list(raw) != ["dont_know"] or raw["dont_know"] is not True):
            raise InvalidAnswer("This is not an answer to this question.")
        if not question.dont_know:
            raise InvalidAnswer("“I don't know” is not offered here.")
        return DONT_KNOW
    return _READERS[question.type](question, raw)


def _single(question: Question, raw: object) -> str:
    if isinstance(raw, str) and raw in question.kind.options:  # type: ignore[operator]
        return raw
    raise InvalidAnswer("Choose one of the options.")


def _multi(question: Question, raw: object) -> tuple[str, ...]:
    if not isinstance(raw, SEVERAL) or len(raw) > 10 * len(question.choices):
        raise InvalidAnswer("Choose from the options.")
    if not all(isinstance(item, str) and item in question.kind.options for item in raw):  # type: ignore[operator]
        raise InvalidAnswer("Choose from the options; not all of these are among them.")
    ticked = tuple(choice for choice in question.choices if choice.key in raw)
    alone = next((choice for choice in ticked if choice.exclusive), None)
    if alone is not None and len(ticked) > 1:
        raise InvalidAnswer(f"“{alone.title}” cannot be combined with other options.")
    return tuple(choice.key for choice in ticked)


def _number(question: Question, raw: object) -> Decimal:
    text = _digits(raw)
    # As typed: where "1.000" is a thousand, nobody means one.
    decimals = len(text.partition(".")[2])
    if len(text) > 40 or not NUMBER.fullmatch(text) or decimals > question.places:
        raise InvalidAnswer(_how_to_write_numbers(question.places))
    number = Decimal(plain_decimal(Decimal(text)))
    _within(question, number, "a value", "{:,f}".format)
    return number


def _how_to_write_numbers(places: int) -> str:
    if not places:
        return "Enter a whole number in plain digits, without points or commas, for example 1250."
    most = "one digit" if places == 1 else f"{places} digits"
    return f"Enter a number in plain digits, with at most {most} after a point, for example 12.5."


def _digits(raw: object) -> str:
    if isinstance(raw, str):
        return raw.strip(" ")
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal):
        return ""
    sized = raw.is_finite() and -40 < raw.adjusted() < 40 if isinstance(raw, Decimal) else abs(raw) < 10**20
    return plain_decimal(Decimal(raw)) if sized else ""


def _date(question: Question, raw: object) -> date:
    day = day_of(raw)
    if day is None and isinstance(raw, str) and DAY.fullmatch(raw):
        raise InvalidAnswer("There is no such day.")
    if day is None:
        raise InvalidAnswer("Enter a date as year-month-day, for example 2026-08-02.")
    _within(question, day, "a day", day_in_words)
    return day


def _within(question: Question, value: Any, kind: str, words: Callable[[Any], str]) -> None:
    low, high = question.minimum, question.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        raise InvalidAnswer(f"Enter {kind} from {words(low)} to {words(high)}.")


def _text(question: Question, raw: object) -> str | None:
    if not isinstance(raw, str):
        raise InvalidAnswer("Enter a text.")
    if len(raw) > 4 * question.max_length + 100:  # before the work of normalising it
        raise InvalidAnswer(f"Enter at most {question.max_length} characters; this text has {len(raw)}.")
    text = nfc(raw.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) > question.max_length:
        raise InvalidAnswer(f"Enter at most {question.max_length} characters; this text has {len(text)}.")
    allowed = "\n\t" if question.type == "long_text" else "\t"
    if holds_control(text, allowed):
        raise InvalidAnswer("This text holds a character that cannot be stored, such as a control character.")
    return text if text.strip() else None


_READERS: dict[str, Callable[[Question, object], Answer | None]] = {
    "single": _single,
    "multi": _multi,
    "number": _number,
    "date": _date,
    "short_text": _text,
    "long_text": _text,
}


def answer_as_json(value: Answer) -> object:
    """What to store; `read_answer` gives the same value back."""
    if isinstance(value, DontKnow):
        return {"dont_know": True}
    if isinstance(value, Decimal):
        return plain_decimal(value)
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value


def answer_in_words(question: Question, value: Answer | None, language: str | None = None) -> str:
    """The answer in the questionnaire's words."""
    if value is None:
        return "no answer"
    if isinstance(value, DontKnow):
        return "I don't know"
    if isinstance(value, tuple):
        # Titles have commas of their own.
        return "; ".join(question.choice(key).title.in_language(language) for key in value)
    if question.type == "single":
        return question.choice(str(value)).title.in_language(language)
    if isinstance(value, Decimal):
        unit = f" {question.unit.in_language(language)}" if question.unit else ""
        return f"{value:,f}{unit}"
    return day_in_words(value) if isinstance(value, date) else str(value)


def day_in_words(day: date) -> str:
    """As pages write days; the names are not taken from the machine's locale."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
