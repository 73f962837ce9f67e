"""A value is the set of what it could still be.

One arithmetic serves both readings of a half-filled form: a known value is a set of one, an unknown one is wider, and
every operation returns a set that holds each result its arguments could give. Sets of one give sets of one.

    truth     NO, YES or EITHER (two bits: could be false, could be true)
    choice    frozenset of choice keys; None in it means "could be absent"
    ticks     Ticks(must, may, fewest, most) of a multi; nothing ticked is the same as absent
    number    Range(low, high, absent); dates are numbers too (their ordinal). low is None when it is absent for certain

An absent truth is NO. Free text is known only as a truth: is there any? An environment has the values of one reading of
the answers by name.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import cached_property, reduce
from typing import Any, NamedTuple

Truth = int
Value = Any  # a truth, a frozenset, Ticks or a Range; which one of them, the kind of its name says
Env = Mapping[str, Value]

NO, YES, EITHER = 1, 2, 3
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

# Own contexts: the result must not depend on what somebody did to the default one.
EXACT = Context(prec=50, rounding=ROUND_HALF_EVEN, traps=[])
# Numbers that are compared, made whole or shown are first brought to 35 digits, and (by `Emin`) to 34 decimals: a third
# times three is one again, less one it is nothing, and what the last of fifty digits lost decides nothing.
SNAP = Context(prec=35, Emin=0, rounding=ROUND_HALF_EVEN, traps=[])
# A result beyond this is no value at all (absent), so sizes stay bounded whatever is multiplied.
HUGE = Decimal(10) ** 30
ZERO, HALF, HUNDRED = Decimal(0), Decimal("0.5"), Decimal(100)


class Range(NamedTuple):
    """Without ends it is absent for certain."""

    low: Decimal | None
    high: Decimal | None
    absent: bool = False


class Ticks(NamedTuple):
    must: frozenset[str]
    may: frozenset[str]
    fewest: int
    most: int


ABSENT_NUMBER = Range(None, None, True)
ABSENT_CHOICE: frozenset[str | None] = frozenset({None})
ABSENT_TICKS = Ticks(frozenset(), frozenset(), 0, 0)
UNKNOWN = object()  # stands for "could be anything it may be" among the values given to `Expression.possible`


def truth_of(could_hold: object, could_fail: object) -> int:
    return (YES if could_hold else 0) | (NO if could_fail else 0)


def exactly(number: Decimal | int) -> Range:
    value = Decimal(number)
    return Range(value, value, False)


def ranged(low: Decimal, high: Decimal, absent: bool) -> Range:
    """A result as a range: what of it lies beyond HUGE is absent."""
    if low < -HUGE or high > HUGE:
        if low > HUGE or high < -HUGE:
            return ABSENT_NUMBER
        return Range(max(low, -HUGE), min(high, HUGE), True)
    return Range(low, high, absent)


def exact_sum(numbers: Iterable[Decimal]) -> Decimal:
    return reduce(EXACT.add, numbers, ZERO)


def exact_ticks(keys: Iterable[str]) -> Ticks:
    ticked = frozenset(keys)
    return Ticks(ticked, ticked, len(ticked), len(ticked))


def or_absent(value: Any) -> Any:
    """The same value, or none: what an answered question is worth while it may yet be hidden."""
    if isinstance(value, Range):
        return Range(value.low, value.high, True)
    if isinstance(value, Ticks):
        return Ticks(frozenset(), value.may, 0, value.most)
    return value | NO if isinstance(value, int) else value | ABSENT_CHOICE


def present(value: Any) -> Any:
    """The same value once it is certain that there is one; of what is surely absent there is nothing to take away."""
    if isinstance(value, Range):
        return Range(value.low, value.high, False)
    if isinstance(value, Ticks):
        return Ticks(value.must, value.may, max(1, value.fewest), max(1, value.most))
    if isinstance(value, int):
        return value & YES or value
    return value - ABSENT_CHOICE or value


def join(a: Any, b: Any) -> Any:
    """Everything that either could be."""
    if isinstance(a, Range):
        if a.low is None or b.low is None:
            known = b if a.low is None else a
            return Range(known.low, known.high, True)
        return Range(min(a.low, b.low), max(a.high, b.high), a.absent or b.absent)
    if isinstance(a, Ticks):
        return Ticks(a.must & b.must, a.may | b.may, min(a.fewest, b.fewest), max(a.most, b.most))
    return a | b


def answered(value: Any) -> int:
    """Could there be an answer, could there be none?"""
    if isinstance(value, Range):
        return truth_of(value.low is not None, value.absent)
    if isinstance(value, Ticks):
        return truth_of(value.may, value.fewest == 0)
    if isinstance(value, int):
        return value
    return truth_of(value != ABSENT_CHOICE, None in value)


# --- what a name stands for


@dataclass(frozen=True)
class Kind:
    """The type of a name in an expression, and everything it could be."""

    type: str  # truth, choice, ticks, number, date, text, tuple
    options: frozenset[str] | None = None
    low: Decimal = -HUGE
    high: Decimal = HUGE
    most: int = 0
    places: int | None = field(default=None, compare=False)  # the decimals a number has when it is asked for
    # What each choice is worth, by dimension; for `worth(…)` in expressions.
    points: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict, compare=False)

    @classmethod
    def choice(cls, *options: str) -> "Kind":
        return cls("choice", frozenset(options) or None)

    @classmethod
    def choices(cls, *options: str) -> "Kind":
        return cls("ticks", frozenset(options) or None, most=len(options))

    @classmethod
    def number(cls, low: Decimal | int = -HUGE, high: Decimal | int = HUGE) -> "Kind":
        return cls("number", None, Decimal(low), Decimal(high))

    @classmethod
    def date(cls, low: date = date.min, high: date = date.max) -> "Kind":
        return cls("date", None, Decimal(low.toordinal()), Decimal(high.toordinal()))

    @classmethod
    def truth(cls) -> "Kind":
        return cls("truth")

    @classmethod
    def text(cls) -> "Kind":
        return cls("text")

    @cached_property
    def anything(self) -> Any:
        """Everything an unanswered name could be, absence included."""
        if self.type in ("number", "date"):
            return Range(self.low, self.high, True)
        if self.type in ("truth", "text"):
            return EITHER
        if self.options is None:
            raise ValueError("a name with open options has to be known")
        if self.type == "ticks":
            return Ticks(frozenset(), self.options, 0, self.most)
        return self.options | ABSENT_CHOICE

    @cached_property
    def nothing(self) -> Any:
        """What an absent name is."""
        return _TYPES[self.type].nothing

    def of(self, plain: Any) -> Any:
        """The set of one that a plain value is."""
        if plain is None:
            return self.nothing
        if plain is UNKNOWN:
            return self.anything
        return _TYPES[self.type].of(plain)

    def plain(self, value: Any) -> Any:
        """Back from a set of one: bool, Decimal, date, string, set or None."""
        return _TYPES[self.type].plain(value)


def _number_of(plain: Any) -> Range:
    if isinstance(plain, bool) or not isinstance(plain, int | Decimal):
        raise TypeError(f"a number has to be int or Decimal, not {type(plain).__name__}")
    value = Decimal(plain)
    if not value.is_finite():
        raise ValueError("a number has to be finite")
    return ranged(value, value, False)


def _choice_of(plain: Any) -> frozenset[str]:
    if not isinstance(plain, str):
        raise TypeError(f"a choice has to be a string, not {type(plain).__name__}")
    return frozenset({plain})


def _day(value: Range) -> date | None:
    return None if value.low is None else date.fromordinal(int(value.low))


class _Type(NamedTuple):
    nothing: Any
    of: Callable[[Any], Any]  # from a plain value to the set of one
    plain: Callable[[Any], Any]  # and back


_TRUTH = _Type(NO, lambda plain: YES if plain else NO, lambda value: bool(value & YES))
_TYPES = {
    "truth": _TRUTH,
    "text": _TRUTH,
    "number": _Type(ABSENT_NUMBER, _number_of, lambda value: value.low),
    "date": _Type(ABSENT_NUMBER, lambda plain: exactly(plain.toordinal()), _day),
    "choice": _Type(ABSENT_CHOICE, _choice_of, lambda value: next(iter(value))),
    "ticks": _Type(ABSENT_TICKS, exact_ticks, lambda value: value.may),
}


def day_of(given: object) -> date | None:
    """A day, or one as it is written: 2026-08-02. None for anything else, also for other ways to write a day."""
    if isinstance(given, date) and not isinstance(given, datetime):
        return given
    try:
        return date.fromisoformat(given) if isinstance(given, str) and DAY.fullmatch(given) else None
    except ValueError:
        return None
