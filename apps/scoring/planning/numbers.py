"""Truths and numbers, known or open: a quantity at either end, the least and the most that it could be.

`language/values.py` has them as sets, and `language/operations.py` says what each operation makes of sets; here is the
same in quantities. A truth goes from 0 to 1: what must hold, and what may. Most operations never fall when what they
take rises; those are the same at both ends (`at_both_ends`).
"""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any, NamedTuple

from apps.scoring.language.values import NO, YES
from apps.scoring.planning import quantities as q
from apps.scoring.planning.quantities import ALWAYS, NEVER, ONE, ZERO, Cases, Quantity, TooMuchToTry, known, no, pick

SIMPLE, ROUNDED = 10**9, Fraction(1, 10**40)
Of = Callable[[Any], Fraction | int]
Ends = tuple[Quantity, Quantity]  # low and high; the same object twice where they never differ


class Truth(NamedTuple):
    must: Quantity  # a bit: whether it holds for certain
    may: Quantity  # whether it could hold

    @property
    def is_open(self) -> Quantity:
        return NEVER if self.must is self.may else q.as_bit(self.may - self.must)


HOLDS, FAILS = Truth(ALWAYS, ALWAYS), Truth(NEVER, NEVER)


class Number(NamedTuple):
    low: Quantity
    high: Quantity
    missing: Truth = FAILS  # where it must be, low and high mean nothing

    @property
    def is_one(self) -> bool:
        return self.low is self.high

    @property
    def is_known(self) -> bool:
        return all(quantity.is_known for quantity in (self.low, self.high, *self.missing))


def at_both_ends(combine: Callable[..., Quantity], *values: Any) -> Ends:
    """Values are read by place: low (or must) first, then high (or may)."""
    low = combine(*(value[0] for value in values))
    return low, low if all(value[0] is value[1] for value in values) else combine(*(value[1] for value in values))


def truth_of(cases: Cases) -> Truth:
    return Truth(*_ends(cases, lambda truth: truth == YES, lambda truth: truth != NO))


def number_of(cases: Cases) -> Number:
    missing = _ends(cases, lambda value: value.low is None, lambda value: value.absent)
    return Number(*_ends(cases, lambda value: _exact(value.low), lambda value: _exact(value.high)), Truth(*missing))


def _ends(cases: Cases, low: Of, high: Of) -> Ends:
    found = pick((known(low(value)), bit) for value, bit in cases)
    is_one = all(low(value) == high(value) for value, _ in cases)
    return found, found if is_one else pick((known(high(value)), bit) for value, bit in cases)


def unmoved(value: Any) -> Number:
    """Whatever is chosen."""
    return number_of([(value, ALWAYS)])


def _exact(number: Any) -> Fraction:
    """A quotient that was rounded to a decimal, as it was."""
    value = Fraction(number or 0)
    simple = value.limit_denominator(SIMPLE)
    return simple if abs(value - simple) < ROUNDED else value


# --- truths


def every(*truths: Truth) -> Truth:
    return Truth(*at_both_ends(q.all_of, *truths))


def some(*truths: Truth) -> Truth:
    return Truth(*at_both_ends(q.any_of, *truths))


def negated(truth: Truth) -> Truth:
    return Truth(*at_both_ends(no, (truth.may, truth.must)))


def same(a: Truth, b: Truth) -> Truth:
    return some(every(a, b), every(negated(a), negated(b)))


# --- comparisons


def at_least(a: Number, b: Number) -> Truth:
    return _compared(_reaches(a, b), a, b)


def less(a: Number, b: Number) -> Truth:
    return _compared(negated(_reaches(a, b)), a, b)


def equal(a: Number, b: Number) -> Truth:
    return _compared(_meets(a, b), a, b)


def differ(a: Number, b: Number) -> Truth:
    return _compared(negated(_meets(a, b)), a, b)


def _reaches(a: Number, b: Number) -> Truth:
    return Truth(*at_both_ends(lambda x, y: q.reaches_0(x - y), a, (b.high, b.low)))


def _meets(a: Number, b: Number) -> Truth:
    return every(_reaches(a, b), _reaches(b, a))


def _compared(truth: Truth, a: Number, b: Number) -> Truth:
    """With an absent number no comparison holds."""
    return every(truth, negated(lacking(a, b)))


# --- numbers


def lacking(*numbers: Number) -> Truth:
    return some(*(number.missing for number in numbers))


def rising(combine: Callable[..., Quantity]) -> Callable[..., Number]:
    """The operation on numbers whose ends are those of their ends."""
    return lambda *numbers: Number(*at_both_ends(combine, *numbers), lacking(*numbers))


added = rising(q.total)


def rounded(number: Number, mode: str, places: int = 0) -> Number:
    return rising(lambda end: q.rounded(end, mode, places))(number)


def negative(a: Number) -> Number:
    return Number(*at_both_ends(Quantity.__neg__, (a.high, a.low)), a.missing)


def multiplied(a: Number, b: Number) -> Number:
    return _of_corners(q.product, a, b, lacking(a, b))


def divided(a: Number, b: Number) -> Number:
    """Division by zero gives no value."""
    missing = lacking(a, b)
    if b.low.least <= 0 <= b.high.most:
        b, is_0 = _not_0(b)
        missing = some(missing, Truth(is_0, is_0))
    return _of_corners(q.quotient, a, b, missing)


def _of_corners(combine: Callable[..., Quantity], a: Number, b: Number, missing: Truth) -> Number:
    corners = [combine(x, y) for x in dict.fromkeys(a[:2]) for y in dict.fromkeys(b[:2])]
    low = q.smallest(*corners)
    return Number(low, low if len(corners) == 1 else q.largest(*corners), missing)


def _not_0(b: Number) -> tuple[Number, Quantity]:
    """The same, but 1 where it is 0, and whether it is. Raises TooMuchToTry."""
    if not b.is_one or b.low.least < 0 or b.low.step is None:
        raise TooMuchToTry
    is_0 = q.reaches_0(-b.low)
    divisor = replace(pick([(ALWAYS, is_0), (b.low, no(is_0))]), least=min(ONE, b.low.step or ONE))
    return Number(divisor, divisor), is_0


def remainder(a: Number, b: Number) -> Number:
    """Raises TooMuchToTry where the divisor moves."""
    if not (b.is_one and b.low.is_known):
        raise TooMuchToTry
    whole, divisor = rounded(divided(a, b), "floor"), b.low.least
    rest = a.low - whole.low * divisor
    if a.is_one:
        return Number(rest, rest, whole.missing)
    sure = q.reaches_0(a.low - a.high)
    low, high = (pick([(rest, sure), (known(end), no(sure))]) for end in sorted((ZERO, divisor)))
    return Number(low, high, whole.missing)


# --- one of two


def if_else(test: Truth, then: Truth, other: Truth) -> Truth:
    both = q.all_of(then.must, other.must), q.any_of(then.may, other.may)
    return Truth(*_one_of(test, then, other, both))


def chosen(test: Truth, then: Number, other: Number) -> Number:
    ends = _one_of(test, then, other, _joined(then, other))
    return Number(*ends, if_else(test, then.missing, other.missing))


def _one_of(test: Truth, then: Any, other: Any, both: Any) -> Ends:
    """Where the test is open, all that either could be: `both`."""
    cases = [(then, test.must), (other, no(test.may)), (both, test.is_open)]
    values, bits = zip(*((value, bit) for value, bit in cases if bit.most), strict=True)
    return at_both_ends(lambda *ends: pick(zip(ends, bits, strict=True)), *values)


def _joined(a: Number, b: Number) -> Ends:
    """Of one that is missing for certain, nothing."""
    low, high = q.smallest(a.low, b.low), q.largest(a.high, b.high)
    for gone, left in ((a.missing.must, b), (b.missing.must, a)):
        low = pick([(left.low, gone), (low, no(gone))])
        high = pick([(left.high, gone), (high, no(gone))])
    return low, high
