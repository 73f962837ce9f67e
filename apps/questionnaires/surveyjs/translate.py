"""Conditions of a survey in the questionnaire's expression language, with the meaning they have in SurveyJS.

The two languages differ most where nothing is answered: `{a} <> 'x'` holds in SurveyJS as long as `a` is open, and is
false here. So nothing is translated by the name of its operator: a question with choices is asked choice by choice,
and once for "no answer", what the operator says (`operators`), and the expression lists the choices that hold.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from apps.questionnaires.surveyjs.conditions import (
    Bare,
    Compare,
    Condition,
    Empty,
    Junction,
    Name,
    Not,
    NotCarried,
    Operand,
    Value,
    read_condition,
)
from apps.questionnaires.surveyjs.formulas import (
    Formula,
    Truth,
    as_text,
    both,
    either,
    is_answered,
    is_one_of,
    is_ticked,
    opposite,
)
from apps.questionnaires.surveyjs.notes import shown
from apps.questionnaires.surveyjs.operators import OPERATORS, as_item, as_value, equal, is_empty, number_of, text_of
from apps.questionnaires.surveyjs.reading import SurveyRefused
from apps.scoring.language.expressions import MAX_LENGTH

ORDER = {"=": "==", ">": ">", "<": "<", ">=": ">=", "<=": "<="}
LARGER = frozenset({">", "<", ">=", "<="})
SWAPPED = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "=": "=", "<>": "<>"}
SAME_OR_NOT = frozenset({"=", "<>", "anyof", "noneof"})  # never looks for a piece of a text
TOO_LONG = f"it would be longer than {MAX_LENGTH:,} characters here"
MAX_PAIRS = 400
MAX_WORK = 5_000_000  # choices compared with values, in all conditions of a survey


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as conditions see it."""

    key: str
    type: str  # single, multi, number, date, text; count: how many are ticked; group: the rows of a matrix; never
    choices: tuple[tuple[Any, str], ...] = ()  # the survey's value and our key; of a group the rows
    typed: str = ""  # our key of the choice that stands for any text somebody typed

    def keys_where(self, holds: Callable[[Any], bool]) -> list[str]:
        return [key for value, key in self.choices if holds(as_value(value))]

    @property
    def answered(self) -> Truth:
        if self.type == "group":
            return either(is_answered(key) for _, key in self.choices)
        return True if self.type == "count" else is_answered(self.key)  # the count of nothing is 0

    def without(self, closed: frozenset[str]) -> "Asked | None":
        """As it is while the questions with these keys are hidden; None when nothing of it is left."""
        if self.type == "group":
            rows = tuple((row, key) for row, key in self.choices if key not in closed)
            return replace(self, choices=rows) if rows else None
        return None if self.type == "never" or self.key in closed else self


@dataclass(slots=True)
class Known:
    """Every name a condition may use at this point of the survey. Several questions may have one name."""

    before: dict[str, list[Asked]] = field(default_factory=dict)
    lower: dict[str, str] = field(default_factory=dict)
    later: dict[str, str] = field(default_factory=dict)  # names that exist somewhere, with the reason not to use them
    barred: dict[str, str] = field(default_factory=dict)  # names that came before and cannot be used, with the reason
    closed: frozenset[str] = frozenset()  # keys of questions that are taken to be hidden
    work: int = MAX_WORK

    def add(self, name: str, asked: Asked) -> bool:
        """False when something of that name can be answered already."""
        there = self.before.setdefault(name, [])
        is_first = all(one.type == "never" for one in there)
        there.append(asked)
        self.lower.setdefault(name.lower(), name)
        return is_first

    def find(self, name: str) -> list[Asked]:
        """Empty for what nobody is ever asked. Raises NotCarried."""
        if reason := self.barred.get(name.lower()):
            raise NotCarried(f"{{{name[:60]}}} {reason}")
        found = self.before.get(name) or self.before.get(self.lower.get(name.lower(), ""))
        if found is None:
            found = self.counted(name)
        return [asked for asked in (one.without(self.closed) for one in found) if asked is not None]

    def counted(self, name: str) -> list[Asked]:
        """`{name.length}`: how many of a question's choices are ticked."""
        base, dot, word = name.rpartition(".")
        if dot and word == "length" and base.lower() in self.lower:
            asked = self.find(base)
            if all(one.type == "multi" for one in asked):
                return [replace(one, type="count") for one in asked]
            raise NotCarried(f"{{{name[:60]}}} is no number of ticks")
        raise NotCarried(f"{{{name[:60]}}} {self.reason(name)}")

    def reason(self, name: str) -> str:
        if name != name.strip():
            return "has space inside its braces, and so SurveyJS does not find it"
        whole = re.split(r"[.\[]", name, maxsplit=1)[0].lower()  # of {panel[0].question} or {matrix.row.column}
        return self.later.get(name.lower()) or self.barred.get(whole, "is no question of this survey")

    def spend(self, comparisons: int) -> None:
        """A few kilobytes can ask for a thousand values among the choices of a long list, a hundred times over."""
        self.work -= comparisons
        if self.work < 0:
            raise SurveyRefused(f"The conditions of this survey compare more than {MAX_WORK:,} times.")


def translate(source: str, known: Known) -> Truth:
    """Raises NotCarried."""
    truth = _Translator(known).truth(read_condition(source))
    if isinstance(truth, Formula) and len(truth.text) > MAX_LENGTH:
        raise NotCarried(TOO_LONG)
    return truth


def expression(truth: Truth) -> str | None:
    """What to write; None when there is nothing to ask."""
    return as_text(truth) if isinstance(truth, Formula) else None


class _Translator:
    def __init__(self, known: Known) -> None:
        self.known = known
        self.speaks: dict[str, Asked] = {}  # of several questions with one name, the one that is looked at

    def truth(self, condition: Condition) -> Truth:
        if isinstance(condition, Junction):
            join = both if condition.operator == "and" else either
            return join([self.truth(part) for part in condition.parts])
        if isinstance(condition, Not):
            return opposite(self.truth(condition.part))
        return self.leaf(condition)

    def leaf(self, condition: Compare | Empty | Bare) -> Truth:
        """Questions of one name share their answer in SurveyJS: the first that is answered here speaks for all."""
        sides = (condition.left, condition.right) if isinstance(condition, Compare) else (condition.operand,)
        for side in sides:
            if isinstance(side, Name) and side.name not in self.speaks and len(self.known.find(side.name)) > 1:
                return self.one_of_several(side.name, condition)
        if isinstance(condition, Compare):
            return self.compare(condition.operator, condition.left, condition.right)
        return self.empty(condition.operand) if isinstance(condition, Empty) else self.bare(condition)

    def one_of_several(self, name: str, condition: Compare | Empty | Bare) -> Truth:
        *others, last = self.known.find(name)
        parts: list[Truth] = []
        silent: list[Truth] = []
        for asked in (*others, last):
            self.speaks[name] = asked
            parts.append(both([*silent, asked is last or asked.answered, self.leaf(condition)]))
            silent.append(opposite(asked.answered))
            if sum(len(part.text) for part in parts if isinstance(part, Formula)) > MAX_LENGTH:
                raise NotCarried(TOO_LONG)
        del self.speaks[name]
        return either(parts)

    def find(self, name: str) -> Asked | None:
        return self.speaks.get(name) or next(iter(self.known.find(name)), None)

    def empty(self, operand: Operand) -> Truth:
        if isinstance(operand, Value):
            return is_empty(operand.value)
        asked = self.find(operand.name)
        return True if asked is None else opposite(asked.answered)

    def bare(self, condition: Bare) -> Truth:
        """By itself only a yes/no question has one meaning in all versions of SurveyJS."""
        operand = condition.operand
        if isinstance(operand, Value):
            if isinstance(operand.value, bool):
                return operand.value
            raise NotCarried(f"{shown(operand.value)} stands alone, without a comparison")
        asked = self.find(operand.name)
        if asked is None:
            return False
        if asked.type == "single" and all(isinstance(as_value(value), bool) for value, _ in asked.choices):
            return is_one_of(asked.key, asked.keys_where(bool))
        raise NotCarried(f"{{{operand.name[:60]}}} stands alone, without a comparison, and is no yes/no question")

    # --- comparisons

    def compare(self, operator: str, left: Operand, right: Operand) -> Truth:
        holds = OPERATORS[operator]
        first, second = self.side(left), self.side(right)
        if operator in LARGER and (isinstance(first, list) or isinstance(second, list)):
            raise NotCarried(f"a list is compared by {shown(operator)}")
        self.known.spend(_size(first) * _size(second))
        if not isinstance(first, Asked) and not isinstance(second, Asked):
            return holds(first, second)
        if isinstance(first, Asked) and isinstance(second, Asked):
            return self.two_questions(operator, first, second)
        if isinstance(first, Asked):
            return self.one_question(operator, first, second, lambda value: holds(value, second))
        if isinstance(second, Asked) and second.type in ("single", "number", "date", "count"):
            if second.type != "single" and operator not in SWAPPED:
                raise NotCarried(f"{shown(operator)} is asked of a number or a date")
            swapped = SWAPPED.get(operator, operator)
            return self.one_question(swapped, second, first, lambda value: holds(first, value))
        raise NotCarried(f"the question stands on the right side of {shown(operator)}")

    def side(self, operand: Operand) -> Any:
        return operand.value if isinstance(operand, Value) else self.find(operand.name)

    def one_question(self, operator: str, asked: Asked, other: Any, holds: Callable[[Any], bool]) -> Truth:
        if asked.typed and not looks_at_choices(operator, asked, other):
            raise NotCarried("it looks into what was typed under “other”, which is the answer itself in this survey")
        if asked.type == "single":
            return chosen(asked, holds)
        if asked.type == "multi":
            return ticked(operator, asked, other)
        if asked.type in ("number", "date"):
            return measured(operator, asked, other)
        if asked.type == "count":
            return counted(asked, operator, other, holds)
        if asked.type == "group":
            raise NotCarried("it compares a whole matrix; only whether it is answered can decide something")
        return written(operator, asked, other)

    def two_questions(self, operator: str, first: Asked, second: Asked) -> Truth:
        types = {first.type, second.type}
        if types in ({"number"}, {"date"}) and operator in SWAPPED:
            return _two_measured(operator, first.key, second.key)
        too_many = len(first.choices) * len(second.choices) > MAX_PAIRS
        if first.type != "single" or first.typed or second.typed or too_many:
            raise NotCarried("it compares two questions of these types with each other")
        holds = OPERATORS[operator]
        parts = [both([opposite(is_answered(first.key)), self.against(None, second, holds)])]
        for raw, key in first.choices:
            parts.append(both([is_one_of(first.key, [key]), self.against(as_value(raw), second, holds)]))
        return either(parts)

    def against(self, value: Any, second: Asked, holds: Callable[[Any, Any], bool]) -> Truth:
        if second.type != "single":
            raise NotCarried("it compares two questions of different types with each other")
        return chosen(second, lambda other: holds(value, other))


def _size(side: Any) -> int:
    return len(side.choices) if isinstance(side, Asked) else len(side) if isinstance(side, list) else 1


def chosen(asked: Asked, holds: Callable[[Any], bool]) -> Truth:
    """A question with one answer: the choices that hold; with no answer holding too, none of those that do not."""
    yes = asked.keys_where(holds)
    no = [key for _, key in asked.choices if key not in set(yes)]
    if holds(None):
        return opposite(is_answered(asked.key)) if not yes else opposite(is_one_of(asked.key, no))
    return is_answered(asked.key) if yes and not no else is_one_of(asked.key, yes)


def ticked(operator: str, asked: Asked, other: Any) -> Truth:
    """Several ticks. Without any they are an empty list in SurveyJS, which is not the same as nothing."""
    items = other if isinstance(other, list) else [other]
    each = [is_ticked(asked.key, [key for value, key in asked.choices if equal(as_item(value), one)]) for one in items]
    if operator in ("=", "<>"):
        same = _same_ticks(asked, other, each)
        return same if operator == "=" else opposite(same)
    if operator in ("anyof", "noneof"):
        found = True if is_empty(other) else either(each)
        return found if operator == "anyof" else opposite(found)
    if operator in ("contains", "notcontains"):
        found = both(each) if items else is_answered(asked.key)
        return found if operator == "contains" else opposite(found)
    if operator == "allof":
        return both(each)
    raise NotCarried(f"{shown(operator)} is asked of several ticks")


def _same_ticks(asked: Asked, other: Any, each: list[Truth]) -> Truth:
    if other == []:
        return opposite(is_answered(asked.key))
    twice = isinstance(other, list) and any(equal(a, b) for i, a in enumerate(other) for b in other[:i])
    if not isinstance(other, list) or twice:
        return False  # nothing can be ticked twice
    return both([Formula(f"(count({asked.key}) == {len(other)})"), *each])


def measured(operator: str, asked: Asked, other: Any) -> Truth:
    """Numbers and dates against a literal."""
    if other is None or other == "":
        return _against_nothing(operator, asked.key, other)
    literal = _number(other) if asked.type == "number" else _day(other)
    if literal is None:
        raise NotCarried(f"{shown(text_of(other))} is no {asked.type}, but compared with one")
    if operator == "<>":
        return opposite(Formula(f"({asked.key} == {literal})"))
    if operator not in ORDER:
        raise NotCarried(f"{shown(operator)} is asked of a {asked.type}")
    return Formula(f"({asked.key} {ORDER[operator]} {literal})")


def looks_at_choices(operator: str, asked: Asked, other: Any) -> bool:
    """Whether nothing that could be typed decides: it asks only whether choices that are listed were chosen."""
    whole = SAME_OR_NOT if asked.type == "single" else SAME_OR_NOT | {"contains", "notcontains", "allof"}
    items = other if isinstance(other, list) else [other]
    listed = [as_value(value) for value, key in asked.choices if key != asked.typed]
    return operator in whole and all(is_empty(item) or any(equal(one, item) for one in listed) for item in items)


def counted(asked: Asked, operator: str, other: Any, holds: Callable[[Any], bool]) -> Truth:
    """How many are ticked, which is 0 for no answer."""
    literal = _number(other)
    if literal is None or operator not in SWAPPED:
        raise NotCarried(f"{shown(other)} is compared with a number of ticks by {shown(operator)}")
    number = Formula(f"(count({asked.key}) {ORDER.get(operator, '==')} {literal})")
    truth = opposite(number) if operator == "<>" else number
    if holds(Decimal(0)) == (operator == "<>"):  # what the truth is here without an answer
        return truth
    some = is_answered(asked.key)
    return both([some, truth]) if operator == "<>" else either([opposite(some), truth])


def _against_nothing(operator: str, key: str, nothing: str | None) -> Truth:
    if operator == "=" or (operator in (">=", "<=") and nothing is None):
        return opposite(is_answered(key))
    if operator == "<>":
        return is_answered(key)
    raise NotCarried(f"{shown(operator)} compares with nothing")


def _number(value: Any) -> str | None:
    number = number_of(value) if isinstance(value, str | Decimal) else None
    if number is None or not number.is_finite() or abs(number) >= 10**15:
        return None
    text = f"{number:f}"
    return text if re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", text) else None


def _day(value: Any) -> str | None:
    try:
        return f"date('{date.fromisoformat(value).isoformat()}')" if isinstance(value, str) else None
    except ValueError:
        return None


def _two_measured(operator: str, first: str, second: str) -> Truth:
    """With both open SurveyJS calls them equal."""
    same_or_ordered = Formula(f"({first} {ORDER.get(operator, '==')} {second})")
    if operator in ("<", ">"):
        return same_or_ordered
    open_both = both([opposite(is_answered(first)), opposite(is_answered(second))])
    found = either([same_or_ordered, open_both])
    return opposite(found) if operator == "<>" else found


def written(operator: str, asked: Asked, other: Any) -> Truth:
    """Free text never decides anything but whether it is there."""
    if is_empty(other) and other != [] and operator in ("=", "<>"):
        return opposite(is_answered(asked.key)) if operator == "=" else is_answered(asked.key)
    raise NotCarried("it looks into a free text; only whether it is answered can decide something")
