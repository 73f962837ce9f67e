"""Reads one mapping of a definition key by key, and reports each wrong shape instead of stopping at the first."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from keyword import kwlist
from typing import Any, TypeVar

from apps.scoring.canonical import nfc
from apps.scoring.language.compiler import FUNCTIONS, InvalidExpression
from apps.scoring.language.expressions import Expression, compile_expression, unreadable
from apps.scoring.language.values import EXACT, Kind, day_of
from apps.scoring.parsing.pieces import Work
from apps.scoring.parsing.problems import Problems
from apps.scoring.texts import NO_TEXT, Text, holds_control, turning

KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
MAX_TEXT = 20_000
MAX_NUMBER = Decimal(10) ** 15
MAX_EXPRESSIONS = 500_000  # characters of all conditions and formulas: one takes a kilobyte for each two when compiled
# Functions that came later: files published before may have such keys, and a call is never taken for a name.
NOT_RESERVED = frozenset({"exp", "ln", "sqrt"})
# Words an expression reads in their own way, so nothing may be called like them.
RESERVED = frozenset({*kwlist, *FUNCTIONS}) - NOT_RESERVED
Names = Mapping[str, Kind]
T = TypeVar("T")


@dataclass(slots=True)
class Context:
    """What every part of a definition needs to know about the whole."""

    problems: Problems
    known_references: frozenset[str] | None = None  # None: any will do
    published: bool = False  # rules that came later must not make it unreadable
    # From here on: what has been read so far.
    languages: tuple[str, ...] = ("en",)
    roles: Collection[str] = ()
    dimensions: Collection[str] = ()
    listed_references: frozenset[str] | None = None  # None: the file lists none
    later_names: frozenset[str] = frozenset()  # every question key of the file, to tell "unknown" from "comes later"
    seen: dict[str, set[str]] = field(default_factory=dict)  # keys, by what they name
    work: Work = field(default_factory=Work)
    expressions: int = 0  # characters
    questions: int = 0
    held: int = 0  # texts and points of their choices


def exact_number(value: object, largest: Decimal | int, places: int | None = None) -> Decimal | None:
    """The number as it was written, or None when it is none, is larger than `largest` or has more decimals."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite() or number.copy_abs() > largest:
        return None
    too_fine = places is not None and number != EXACT.quantize(number, Decimal(1).scaleb(-places))
    return None if too_fine else number


class Reader:
    """Reads one mapping: ask for every key that may be there, then call `done()` to report the rest as unknown.
    `part` does so by itself, and `parts` when it is asked for the next one."""

    def __init__(self, data: object, path: str, context: Context) -> None:
        self.path, self.context = path, context
        self.asked: set[str] = set()
        self.is_mapping = isinstance(data, Mapping)
        self.data: Mapping[Any, Any] = data if isinstance(data, Mapping) else {}
        if not self.is_mapping:
            context.problems.add(path, f"This should be a mapping of keys to values, not {_called(data)}.")

    def suggestion(self, wrong: object, known: Collection[str]) -> str:
        near = self.context.problems.hint(wrong, known) if isinstance(wrong, str) else None
        return f" Did you mean “{near}”?" if near else ""

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def problem(self, key: str, message: str) -> None:
        self.context.problems.add(self.at(key) if key else self.path, message)

    def get(self, key: str, *, required: bool = False) -> Any:
        self.asked.add(key)
        value = self.data.get(key)
        if value is None and required and self.is_mapping:  # otherwise everything is missing, and one sentence says so
            self.problem(key, f"“{key}” is missing.")
        return value

    def done(self) -> None:
        for key in self.data:
            if key not in self.asked:
                hint = self.suggestion(key, sorted(self.asked))
                self.problem(key[:60] if isinstance(key, str) else "", f"There is no key {shown(key)} here.{hint}")

    # --- single values

    def text(self, key: str) -> Text:
        self.get(key, required=True)
        return self.optional_text(key) or NO_TEXT

    def optional_text(self, key: str) -> Text | None:
        value = self.get(key)
        return None if value is None else read_text(value, self.at(key), self.context)

    def key(self, key: str = "key", *, required: bool = True, reserved: Collection[str] = RESERVED) -> str:
        value = self.get(key, required=required)
        return "" if value is None else self.checked_key(value, key, reserved)

    def unique_key(self, what: str) -> str:
        """Reports a key that names two things of one sort."""
        key, met = self.key(), self.context.seen.setdefault(what, set())
        if key and key in met:
            self.problem("", f"There are two things called “{key}” here; a {what} key is used once.")
        met.add(key)
        return key

    def checked_key(self, value: object, at: str, reserved: Collection[str] = RESERVED) -> str:
        if isinstance(value, bool):
            self.problem(at, "YAML reads this as true or false: put this key in quotes.")
        elif not isinstance(value, str) or not KEY.fullmatch(value):
            self.problem(at, f"{shown(value)} is not a key: small letters, digits and _, a letter first, at most 60.")
        elif value in reserved:
            self.problem(at, f"“{value}” has a meaning in expressions; choose another key.")
        else:
            return value
        return ""

    def value(self, key: str, read: Callable[[Any], T | None], wanted: str, *, required: bool = False) -> T | None:
        """What `read` makes of a value; None when there is none, and when it makes nothing of it, which is reported."""
        value = self.get(key, required=required)
        found = None if value is None else read(value)
        if value is not None and found is None:
            self.problem(key, f"“{key}” should be {wanted}, not {shown(value)}.")
        return found

    def whole(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """Has to be there when there is no default."""

        def read(value: object) -> int | None:
            return value if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high else None

        found = self.value(key, read, f"a whole number from {low} to {high}", required=default is None)
        return found if found is not None else low if default is None else default

    def number(self, key: str) -> Decimal | None:
        return self.value(key, lambda value: exact_number(value, MAX_NUMBER), "a number of at most 15 digits")

    def truth(self, key: str, default: bool) -> bool:
        found = self.value(key, lambda value: value if isinstance(value, bool) else None, "true or false")
        return default if found is None else found

    def one_of(self, key: str, options: Collection[str], default: str | None = None) -> str:
        value = self.get(key, required=default is None)
        if isinstance(value, str) and value in options:
            return value
        if value is not None:
            known = ", ".join(options)
            self.problem(key, f"{shown(value)} is not one of: {known}.{self.suggestion(value, options)}")
        return default or ""

    def day(self, key: str) -> date | None:
        value = self.get(key)
        day = day_of(value)
        if value is not None and day is None:
            self.problem(key, f"{shown(value)} is not a date; write 2026-08-02.")
        return day

    # --- lists and nested mappings

    def items(self, key: str, *, required: bool = False, at_most: int = 5_000) -> Iterator[tuple[str, Any]]:
        """Each item of a list with its path."""
        value = self.get(key, required=required)
        if value is None:
            return
        if not isinstance(value, list | tuple):
            self.problem(key, f"“{key}” should be a list, not {_called(value)}.")
            return
        if required and not value:
            self.problem(key, f"“{key}” is empty.")
        if len(value) > at_most:
            self.problem(key, f"“{key}” has {len(value)} entries; at most {at_most} are allowed.")
        for index, item in enumerate(value[:at_most]):
            yield f"{self.at(key)}[{index}]", item

    def part(self, key: str, read: Callable[["Reader"], T]) -> T | None:
        """What `read` makes of the mapping under a key that may be left out."""
        value = self.get(key)
        if value is None:
            return None
        reader = Reader(value, self.at(key), self.context)
        found = read(reader)
        reader.done()
        return found

    def parts(self, key: str, *, required: bool = False, at_most: int = 5_000) -> Iterator["Reader"]:
        """Each mapping of a list."""
        for path, item in self.items(key, required=required, at_most=at_most):
            reader = Reader(item, path, self.context)
            yield reader
            reader.done()

    def strings(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        found = []
        for path, item in self.items(key, required=required, at_most=500):
            if isinstance(item, str) and 0 < len(item) <= 200:
                found.append(item)
            else:
                self.context.problems.add(path, f"This should be a short text, not {shown(item)}.")
        return tuple(found)

    def pairs(self, key: str) -> Iterator[tuple[str, str, Any]]:
        """(name, path, value) of a mapping whose keys are free."""
        value = self.get(key)
        if value is None:
            return
        if not isinstance(value, Mapping):
            self.problem(key, f"“{key}” should be a mapping of names to values, not {_called(value)}.")
            return
        for name, item in value.items():
            if isinstance(name, str) and len(name) <= 200:
                yield name, f"{self.at(key)}.{name}", item
            else:
                self.problem(key, f"{shown(name)} cannot be a name here; if YAML changed it, put it in quotes.")

    def references(self) -> tuple[str, ...]:
        found = self.strings("references")
        listed, known = self.context.listed_references, self.context.known_references
        for reference in found:
            if known is not None and reference not in known:
                self.problem("references", f"There is no reference “{reference}”.{self.suggestion(reference, known)}")
            elif listed is not None and reference not in listed:
                self.problem("references", f"“{reference}” is not in the questionnaire's own list of references.")
        return found

    def expression(self, key: str, names: Names, *, expects: str) -> Expression:
        self.get(key, required=True)
        return self.optional_expression(key, names, expects=expects) or unreadable(expects)

    def optional_expression(self, key: str, names: Names, *, expects: str) -> Expression | None:
        source = self.get(key)
        return None if source is None else compiled(source, self.at(key), names, expects, self.context)


def compiled(source: object, path: str, names: Names, expects: str, context: Context) -> Expression:
    source = _sourced(source)
    context.expressions += len(source) if isinstance(source, str) else 0
    if context.expressions > MAX_EXPRESSIONS and not context.published:
        told = f"All conditions and formulas together may have at most {MAX_EXPRESSIONS:,} characters; these have more."
        context.problems.add("sections", told)
        return unreadable(expects)
    try:
        expression = compile_expression(source, names, expects=expects, hint=context.problems.hint)
        _refuse_lookalikes(expression, path, context)
        return expression
    except InvalidExpression as error:
        message = error.message
        if error.name in context.later_names:
            message = f"“{error.name}” does not come before this; a condition may only look back."
        elif error.name is not None and "(" in error.name and not any("(" in name for name in names):
            message = "points(…), maximum(…) and share(…) can only be used in derived values, flags and contradictions."
        context.problems.add(path, message)
        return unreadable(expects)


def _refuse_lookalikes(expression: Expression, path: str, context: Context) -> None:
    """Python reads a wide x as x, so what people see would not be what is meant."""
    odd = "".join(c for c in re.sub(r"'[^']*'|\"[^\"]*\"", "", expression.source) if not c.isascii())
    if odd and not context.published:
        context.problems.add(path, f"“{odd[:20]}” only looks like plain letters; write names in a to z, digits and _.")


def _sourced(source: object) -> object:
    """YAML makes a number of `points: {exposure: 2}` and a truth of `visible_if: true`."""
    return shown(source).strip("“”") if isinstance(source, float | Decimal | int) else source


def read_text(value: object, path: str, context: Context) -> Text:
    if isinstance(value, Mapping):
        return _text_by_language(value, path, context)
    return Text(_checked_string(value, path, context), {})


def _text_by_language(value: Mapping[Any, Any], path: str, context: Context) -> Text:
    by_language = {}
    for language, item in value.items():
        if language not in context.languages:
            note = " (put it in quotes)" if isinstance(language, bool) else ""
            context.problems.add(path, f"{shown(language)} is not one of the languages of this questionnaire{note}.")
        else:
            by_language[language] = _checked_string(item, f"{path}.{language}", context)
    for language in context.languages:
        if language not in by_language:
            context.problems.add(path, f"This text is missing in the language “{language}”.")
    return Text(by_language.get(context.languages[0]) or next(iter(by_language.values()), ""), by_language)


def _checked_string(value: object, path: str, context: Context) -> str:
    if not isinstance(value, str):
        quotes = "; put it in quotes" if isinstance(value, bool | int | float | Decimal) else ""
        context.problems.add(path, f"This should be a text, not {_called(value)}{quotes}.")
        return ""
    text = nfc(value).strip()
    if not text:
        context.problems.add(path, "This text is empty.")
    if len(text) > MAX_TEXT:
        context.problems.add(path, f"This text has {len(text)} characters; at most {MAX_TEXT} are allowed.")
    if holds_control(text[:MAX_TEXT], "\n\t"):
        context.problems.add(path, "This text holds a control character.")
        return ""
    if not context.published and (turned := turning(text)):
        context.problems.add(path, f"This text holds {turned}")
    return text[:MAX_TEXT]


def _called(value: object) -> str:
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    return "nothing" if value is None else shown(value)


def shown(value: object) -> str:
    if isinstance(value, Mapping | list | tuple):
        return _called(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**20:
        return "a very large number"
    return f"“{str(value)[:60]}”"
