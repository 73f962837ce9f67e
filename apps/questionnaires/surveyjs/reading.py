"""A survey file read strictly: bounded JSON, and typed access to its parts that says where something is wrong."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from apps.questionnaires.surveyjs.notes import LOST, READ, Note, grade_of, shown

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 40
MAX_PARTS = 200_000
MAX_DIGITS = 30
MAX_NAME = 500
NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,10})?")


class SurveyRefused(Exception):
    """This file cannot be imported; the message is one or several plain sentences."""


def read_survey(raw: bytes) -> dict[str, Any]:
    if len(raw) > MAX_BYTES:
        raise SurveyRefused(f"The file is larger than {MAX_BYTES // 1024} KiB.")
    try:
        data = json.loads(
            raw.decode("utf-8-sig"),
            object_pairs_hook=_unique,
            parse_constant=_refuse_constant,
            parse_float=_bounded_decimal,
            parse_int=_bounded_whole,
        )
    except UnicodeDecodeError:
        raise SurveyRefused("The file is not UTF-8 text.") from None
    except RecursionError:
        raise SurveyRefused(f"The file is nested deeper than {MAX_DEPTH} levels.") from None
    except ValueError as error:
        raise SurveyRefused(f"The file is not JSON as it should be: {error}") from None
    _check_size(data)
    if not isinstance(data, dict):
        raise SurveyRefused("The file holds no survey: its top level has to be an object.")
    return data


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise ValueError(f"the key {shown(key)} appears twice in one object")
        result[key] = value
    return result


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def _bounded_whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"a number has more than {MAX_DIGITS} digits")
    return int(digits)


def _bounded_decimal(digits: str) -> Decimal:
    number = Decimal(digits) if len(digits) <= MAX_DIGITS else None
    if number is None or (number and not -MAX_DIGITS < number.adjusted() < MAX_DIGITS):
        raise ValueError("a number is too long, too large or too small")
    return number


def _check_size(data: Any) -> None:
    """Depth, number of parts, and characters that are none (half of a surrogate pair)."""
    level, depth, parts = [data], 0, 0
    while level:
        depth += 1
        parts += len(level)
        if depth > MAX_DEPTH:
            raise SurveyRefused(f"The file is nested deeper than {MAX_DEPTH} levels.")
        if parts > MAX_PARTS:
            raise SurveyRefused(f"The file has more than {MAX_PARTS:,} parts.")
        level = [child for item in level for child in _children(item)]


def _children(item: Any) -> list[Any]:
    if isinstance(item, dict):
        return [*item, *item.values()]
    if isinstance(item, str) and any("\ud800" <= character <= "\udfff" for character in item):
        raise SurveyRefused("The file holds half of a surrogate pair, which is not a character.")
    return item if isinstance(item, list) else []


def plain_name(name: str) -> str:
    """A name as SurveyJS keeps it: without space around it, the first “|”, braces, and “#” in front."""
    return re.sub("[{}]", "", name.strip().replace("|", "", 1)).lstrip("#")


@dataclass
class Part:
    """One object of the survey. Every key that is not asked for by the end of `rest()` becomes a note."""

    data: Mapping[str, Any]
    place: str
    notes: list[Note]
    asked: set[str] = field(default_factory=set)

    def at(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key

    def note(self, message: str, key: str = "", grade: int = LOST) -> None:
        name = self.data.get("name")
        place = self.at(key) if key else self.place or "survey"
        self.notes.append(Note(place, message, name if isinstance(name, str) else "", grade))

    def odd(self, key: str, wanted: str, done: str) -> None:
        """A value of the wrong sort is told; SurveyJS goes on as well."""
        self.note(f"here belongs {wanted}, not {_called(self.data.get(key))}; {done}.", key)

    def get(self, key: str) -> Any:
        self.asked.add(key)
        return self.data.get(key)

    def string(self, key: str) -> str:
        """What is no text is none, as in SurveyJS."""
        value = self.get(key)
        if value is None or isinstance(value, str):
            return value or ""
        self.odd(key, "a text", "it is left out")
        return ""

    def name(self, key: str = "name") -> str:
        """As SurveyJS reads it. Those that have none are named before (`naming`); this is for what says nothing."""
        value = plain_name(self._named(key))
        if not value:
            value = re.sub(r"\W+", "_", self.place).strip("_")
            self.note(f"it has no name, so it is called {shown(value)}.", key, READ)
        if len(value) > MAX_NAME:
            self.note(f"this name is cut after {MAX_NAME} characters.", key, READ)
        return value[:MAX_NAME]

    def _named(self, key: str) -> str:
        value = self.get(key)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            return self.string(key)
        self.note(f"{shown(value)} is a number; it is read as text.", key, READ)
        return str(value)

    def truth(self, *keys: str, default: bool = False) -> bool:
        """The same switch may have an old and a new name."""
        found = default
        for key in keys:
            value = self.get(key)
            if value is not None:
                found = value if isinstance(value, bool) else self._taken_for_truth(key, value)
        return found

    def _taken_for_truth(self, key: str, value: Any) -> bool:
        """As in JavaScript, where 0 and an empty text are false, and all else is true."""
        found = value not in (0, "", "false")
        if isinstance(value, str) and value in ("true", "false"):
            self.note(f"{shown(value)} is text; it is read as {value}.", key, READ)
        else:
            self.odd(key, "true or false", f"it is read as {'true' if found else 'false'}")
        return found

    def number(self, key: str) -> Decimal | None:
        value = self.get(key)
        if value is None or value == "":
            return None
        if isinstance(value, str) and NUMBER.fullmatch(value):
            self.note(f"{shown(value)} is text; it is read as a number.", key, READ)
        elif isinstance(value, bool) or not isinstance(value, int | Decimal):
            self.odd(key, "a number", "it is left out")
            return None
        return Decimal(value)

    def entries(self, *keys: str) -> list[tuple[str, Any]]:
        """The items of a list, each with its place. What is no list is its only item. Of several keys for one thing
        SurveyJS takes the last that is there."""
        there = [key for key in self.data if key in keys and self.data[key] is not None]
        if not there:
            self.asked.update(keys)
            return []
        key = there[-1]
        value = self.get(key)
        if isinstance(value, list):
            return [(f"{self.at(key)}[{index}]", item) for index, item in enumerate(value)]
        self.odd(key, "a list", "it is read as a list of one")
        return [(self.at(key), value)]

    def parts(self, *keys: str) -> Iterator["Part"]:
        """Those of the items that are objects."""
        for place, item in self.entries(*keys):
            if isinstance(item, dict):
                yield Part(item, place, self.notes)
            else:
                self.notes.append(Note(place, f"here belongs an object, not {_called(item)}; it is left out."))

    def rest(self, ignore: frozenset[str] = frozenset()) -> None:
        for key in self.data:
            if key not in self.asked and key not in ignore:
                self.note(f"{shown(key)} is not carried over.", grade=grade_of(key))


def _called(value: Any) -> str:
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return shown("true" if value else "false")
    return "nothing" if value is None else shown(value)
