"""A value is the set of what it could still be.

One arithmetic serves both readings of a half-filled form: a known value is a set of one, an unknown one is wider, and
every operation returns a set that holds each result its arguments could give. Sets of one give sets of one.

    truth     NO, YES or EITHER (two bits: could be false, could be true)
    choice    frozenset of choice keys; None in it means "could be absent"
    ticks     Ticks(must, may, fewest, most) of a multi; nothing ticked is the same as absent
    number    Range(low, high, absent); dates are numbers too (their ordinal). low is None when it is absent for certain
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from functools import reduce
from typing import Any, NamedTuple

NO, YES, EITHER = 1, 2, 3
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

# Own context: the result must not depend on what another thread did to the default one.
EXACT = Context(prec=50, rounding=ROUND_HALF_EVEN, traps=[])
# Numbers that are compared, made whole or shown are first brought to so many digits: a third times three is one again,
# and what the last of fifty digits lost decides nothing.
SNAP = Context(prec=35, rounding=ROUND_HALF_EVEN, traps=[])
# A result beyond this is no value at all (absent), so sizes stay bounded whatever is multiplied.
HUGE = Decimal(10) ** 30
ZERO, HALF, HUNDRED = Decimal(0), Decimal("0.5"), Decimal(100)


class Range(NamedTuple):
    low: Decimal | None
    high: Decimal | None
    absent: bool = False


class Ticks(NamedTuple):
    must: frozenset[str]
    may: frozenset[str]
    fewest: int
    most: int


Choice = frozenset[str | None]
Value = int | Choice | Ticks | Range
Comparison = Callable[[Any, Any], int]

ABSENT_NUMBER = Range(None, None, True)
ABSENT_CHOICE: Choice = frozenset({None})
ABSENT_TICKS = Ticks(frozenset(), frozenset(), 0, 0)


class Unknown:
    """Stands for "could be anything it may be" among the values given to `Expression.possible`."""


UNKNOWN = Unknown()


def exactly(number: Decimal | int) -> Range:
    value = Decimal(number)
    return Range(value, value, False)


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
    """The same value once it is certain that there is one."""
    if isinstance(value, Range):
        return Range(value.low, value.high, False)
    if isinstance(value, Ticks):
        return Ticks(value.must, value.may, max(1, value.fewest), max(1, value.most))
    return value & YES or value if isinstance(value, int) else value - ABSENT_CHOICE or value


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
        return (YES if value.low is not None else 0) | (NO if value.absent else 0)
    if isinstance(value, Ticks):
        return (YES if value.may else 0) | (NO if value.fewest == 0 else 0)
    if isinstance(value, int):
        return value
    return (YES if value != ABSENT_CHOICE else 0) | (NO if None in value else 0)


# --- truths


def negate(a: int) -> int:
    return (a & NO) << 1 | a >> 1


def both(a: int, b: int) -> int:
    return a & b & YES | (a | b) & NO


def either(a: int, b: int) -> int:
    return (a | b) & YES | a & b & NO


def same_truth(a: int, b: int) -> int:
    return (YES if a & b else 0) | (NO if a & negate(b) else 0)


def other_truth(a: int, b: int) -> int:
    return same_truth(a, negate(b))


# --- numbers. Here runs most of the time that scoring takes: ranges are read by place, a[0] is low, a[1] high, a[2]
# absent, and arguments are not checked again, since compiling an expression has checked the types.


def ranged(low: Decimal, high: Decimal, absent: bool) -> Range:
    if low < -HUGE or high > HUGE:
        if low > HUGE or high < -HUGE:
            return ABSENT_NUMBER
        return Range(max(low, -HUGE), min(high, HUGE), True)
    return Range(low, high, absent)


def _corners(operation: Callable[[Decimal, Decimal], Decimal], a: Any, b: Any, absent: bool) -> Range:
    if a[0] == a[1] and b[0] == b[1]:
        result = operation(a[0], b[0])
        return ranged(result, result, absent)
    results = [operation(x, y) for x in (a[0], a[1]) for y in (b[0], b[1])]
    return ranged(min(results), max(results), absent)


def add(a: Any, b: Any) -> Range:
    if a[0] is None or b[0] is None:
        return ABSENT_NUMBER
    return ranged(EXACT.add(a[0], b[0]), EXACT.add(a[1], b[1]), a[2] or b[2])


def subtract(a: Any, b: Any) -> Range:
    if a[0] is None or b[0] is None:
        return ABSENT_NUMBER
    return ranged(EXACT.subtract(a[0], b[1]), EXACT.subtract(a[1], b[0]), a[2] or b[2])


def multiply(a: Any, b: Any) -> Range:
    if a[0] is None or b[0] is None:
        return ABSENT_NUMBER
    return _corners(EXACT.multiply, a, b, a[2] or b[2])


def divide(a: Any, b: Any) -> Range:
    """Division by zero gives no value."""
    if a[0] is None or b[0] is None or b[0] == b[1] == 0:
        return ABSENT_NUMBER
    if b[0] <= 0 <= b[1]:
        return Range(-HUGE, HUGE, True)
    return _corners(EXACT.divide, a, b, a[2] or b[2])


def floor_divide(a: Any, b: Any) -> Range:
    return floor(divide(a, b))


def remainder(a: Any, b: Any) -> Range:
    """As in Python: the remainder has the sign of the divisor."""
    whole = floor_divide(a, b)
    if whole.low is None:
        return ABSENT_NUMBER
    if a[0] == a[1] and b[0] == b[1]:
        return subtract(a, multiply(b, whole))
    return Range(min(b[0], ZERO), max(b[1], ZERO), whole.absent)


def negative(a: Any) -> Range:
    return subtract(Range(ZERO, ZERO, False), a)


def _picked(pick: Callable[[Decimal, Decimal], Decimal]) -> Callable[[Any, Any], Range]:
    def picked(a: Any, b: Any) -> Range:
        if a[0] is None or b[0] is None:
            return ABSENT_NUMBER
        return Range(pick(a[0], b[0]), pick(a[1], b[1]), a[2] or b[2])

    return picked


smaller, larger = _picked(min), _picked(max)


def stepwise(change: Callable[[Decimal], Decimal], a: Any) -> Range:
    """Any rounding: it never turns a larger number into a smaller one, so the two ends are enough."""
    return ABSENT_NUMBER if a[0] is None else ranged(change(a[0]), change(a[1]), a[2])


def rounder(mode: str, places: int = 0) -> Callable[[Any], Range]:
    """`half_up` sends halves up (2.5 to 3, -2.5 to -2); `half_even` to the even neighbour."""
    scale, shift = Decimal(10) ** places, HALF if mode == "half_up" else ZERO
    way = {"half_even": ROUND_HALF_EVEN, "ceil": ROUND_CEILING}.get(mode, ROUND_FLOOR)

    def change(x: Decimal) -> Decimal:
        scaled = SNAP.plus(EXACT.add(EXACT.multiply(x, scale), shift))
        return EXACT.divide(scaled.to_integral_value(way, EXACT), scale)

    return lambda a: stepwise(change, a)


floor, ceil = rounder("floor"), rounder("ceil")


def _comparison(could_hold: Callable[[Any, Any], bool], could_fail: Callable[[Any, Any], bool]) -> Comparison:
    """With an absent number no comparison holds."""

    def compare(a: Any, b: Any) -> int:
        if a[0] is None or b[0] is None:
            return NO
        one, other = (SNAP.plus(a[0]), SNAP.plus(a[1])), (SNAP.plus(b[0]), SNAP.plus(b[1]))
        fails = a[2] or b[2] or could_fail(one, other)
        return (YES if could_hold(one, other) else 0) | (NO if fails else 0)

    return compare


def _overlap(a: Any, b: Any) -> bool:
    return bool(a[0] <= b[1] and b[0] <= a[1])


def _could_differ(a: Any, b: Any) -> bool:
    return not a[0] == a[1] == b[0] == b[1]


less = _comparison(lambda a, b: a[0] < b[1], lambda a, b: a[1] >= b[0])
at_most = _comparison(lambda a, b: a[0] <= b[1], lambda a, b: a[1] > b[0])
equal = _comparison(_overlap, _could_differ)
differ = _comparison(_could_differ, _overlap)


# --- choices and ticks. An absent one makes `!=` and `not in` false as well: absence is compared with nothing.


def same_choice(a: Any, b: Any) -> int:
    common = (a & b) - ABSENT_CHOICE
    certain = common and len(a) == len(b) == 1
    return (YES if common else 0) | (0 if certain else NO)


def other_choice(a: Any, b: Any) -> int:
    known_a, known_b = a - ABSENT_CHOICE, b - ABSENT_CHOICE
    differs = known_a and known_b and len(known_a | known_b) > 1
    could_fail = None in a or None in b or known_a & known_b
    return (YES if differs else 0) | (NO if could_fail else 0)


def not_among(a: Any, listed: frozenset[str]) -> int:
    others = a - listed - ABSENT_CHOICE
    return (YES if others else 0) | (NO if len(a) > len(others) else 0)


def ticked(a: Any, ticks: Ticks) -> int:
    """Is the (one) choice `a` among the ticks?"""
    return (YES if a & ticks.may else 0) | (0 if a <= ticks.must else NO)


def not_ticked(a: Any, ticks: Ticks) -> int:
    keys = a - ABSENT_CHOICE
    could_hold = any(key not in ticks.must and ticks.may - {key} for key in keys)
    could_fail = None in a or ticks.fewest == 0 or keys & ticks.may
    return (YES if could_hold else 0) | (NO if could_fail else 0)


def worth(value: Any, table: Mapping[str, Decimal]) -> Range:
    """What a choice or ticks give by a table of numbers; no answer gives nothing."""
    if isinstance(value, Ticks):
        low = exact_sum(table[key] for key in value.may if key in value.must or table[key] < 0)
        high = exact_sum(table[key] for key in value.may if key in value.must or table[key] > 0)
        return Range(low, high)
    found = [table[key] if key is not None else ZERO for key in value]
    return Range(min(found), max(found))


def count(ticks: Ticks) -> Range:
    if not ticks.may:
        return ABSENT_NUMBER
    return Range(Decimal(max(1, ticks.fewest)), Decimal(ticks.most), ticks.fewest == 0)


# --- what a name stands for


@dataclass(frozen=True, slots=True)
class Kind:
    """The type of a name in an expression, and everything it could be."""

    type: str  # truth, choice, ticks, number, date, text, tuple
    options: frozenset[str] | None = None
    low: Decimal = -HUGE
    high: Decimal = HUGE
    most: int = 0
    # What each choice is worth, by dimension; for `worth(…)` in expressions.
    points: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict, compare=False)

    @classmethod
    def choice(cls, *options: str) -> "Kind":
        return cls("choice", frozenset(options) or None)

    @classmethod
    def choices(cls, *options: str, most: int | None = None) -> "Kind":
        return cls("ticks", frozenset(options) or None, most=len(options) if most is None else most)

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

    def nothing(self) -> Any:
        return _NOTHING[self.type]

    def of(self, plain: Any) -> Any:
        """The set of one that a plain value is."""
        if plain is None:
            return self.nothing()
        if isinstance(plain, Unknown):
            return self.anything()
        return _OF[self.type](plain)


def _number_of(plain: Any) -> Range:
    if isinstance(plain, bool) or not isinstance(plain, int | Decimal):
        raise TypeError(f"a number has to be int or Decimal, not {type(plain).__name__}")
    value = Decimal(plain)
    if not value.is_finite():
        raise ValueError("a number has to be finite")
    return ranged(value, value, False)


def _choice_of(plain: Any) -> Choice:
    if not isinstance(plain, str):
        raise TypeError(f"a choice has to be a string, not {type(plain).__name__}")
    return frozenset({plain})


_NOTHING: dict[str, Any] = {
    "number": ABSENT_NUMBER,
    "date": ABSENT_NUMBER,
    "truth": NO,
    "text": NO,
    "choice": ABSENT_CHOICE,
    "ticks": ABSENT_TICKS,
}
_OF: dict[str, Callable[[Any], Any]] = {
    "number": _number_of,
    "date": lambda plain: exactly(plain.toordinal()),
    "truth": lambda plain: YES if plain else NO,
    "text": lambda plain: YES if plain else NO,
    "choice": _choice_of,
    "ticks": exact_ticks,
}


def plain_of(kind: Kind, value: Any) -> Any:
    """Back from a set of one: bool, Decimal, date, string, set or None."""
    if kind.type == "truth":
        return bool(value & YES)
    if kind.type == "number":
        return value.low
    if kind.type == "date":
        return None if value.low is None else date.fromordinal(int(value.low))
    if kind.type == "ticks":
        return value.may
    return next(iter(value))


def day_of(text: object) -> date | None:
    """A day as it is written, 2026-08-02; None for anything else."""
    try:
        return date.fromisoformat(text) if isinstance(text, str) and DAY.fullmatch(text) else None
    except ValueError:
        return None
