"""Truths and numbers as programs have them: what `language/values.py` has as sets, in bits and quantities.

What is made of numbers follows `language/operations.py`, operation by operation.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from apps.scoring.language.values import EITHER, NO, YES
from apps.scoring.planning.program import Program, TooMuchToTry
from apps.scoring.planning.quantities import (
    ALWAYS,
    NEVER,
    ONE,
    ZERO,
    Quantity,
    any_of_one,
    known,
    no,
    one_of,
    total,
    unrounded,
)

HALF = Fraction(1, 2)
Cases = Sequence[tuple[Any, Quantity]]  # values that something could have, each with the bit that is 1 when it has


class Truth(NamedTuple):
    """Both bits are 1 where it is not certain whether it holds."""

    holds: Quantity
    fails: Quantity
    is_certain: bool = False  # always: one of the bits is 1, and the other 0


class Number(NamedTuple):
    low: Quantity
    high: Quantity  # the same object as `low` where it is one number for certain
    absent: Quantity = NEVER  # it may be
    gone: Quantity = NEVER  # it is, for certain; then `low` and `high` mean nothing

    @property
    def is_one(self) -> bool:
        return self.low is self.high

    @property
    def is_known(self) -> bool:
        return all(quantity.is_known for quantity in self)


def each_once(cases: Iterable[tuple[Any, Quantity]]) -> Cases:
    """Those that could be, each once."""
    found: dict[Any, list[Quantity]] = {}
    for value, bit in cases:
        if bit.most:
            found.setdefault(value, []).append(bit)
    return [(value, any_of_one(bits)) for value, bits in found.items()]


def truth_of(cases: Cases) -> Truth:
    holds = one_of([(bit, Fraction(bool(value & YES))) for value, bit in cases])
    if all(value != EITHER for value, _ in cases):
        return certainly(holds)
    return Truth(holds, one_of([(bit, Fraction(bool(value & NO))) for value, bit in cases]))


def number_of(cases: Cases) -> Number:
    low = one_of([(bit, _exact(value.low)) for value, bit in cases])
    is_one = all(value.low == value.high for value, _ in cases)
    high = low if is_one else one_of([(bit, _exact(value.high)) for value, bit in cases])
    absent = one_of([(bit, Fraction(value.absent)) for value, bit in cases])
    return Number(low, high, absent, one_of([(bit, Fraction(value.low is None)) for value, bit in cases]))


def unmoved(value: Any) -> Number:
    """Whatever is chosen."""
    return number_of([(value, ALWAYS)])


def _exact(number: Any) -> Fraction:
    return unrounded(Fraction(number or 0))


# --- truths


def certainly(holds: Quantity) -> Truth:
    return Truth(holds, no(holds), is_certain=True)


def negated(truth: Truth) -> Truth:
    return Truth(truth.fails, truth.holds, truth.is_certain)


def every(program: Program, *truths: Truth) -> Truth:
    holds = program.all_of([truth.holds for truth in truths])
    if all(truth.is_certain for truth in truths):
        return certainly(holds)
    return Truth(holds, program.any_of([truth.fails for truth in truths]))


def some(program: Program, *truths: Truth) -> Truth:
    return negated(every(program, *map(negated, truths)))


def same(program: Program, a: Truth, b: Truth) -> Truth:
    def alike(one: Truth, other: Truth) -> Quantity:
        return program.any_of([program.all_of([one.holds, other.holds]), program.all_of([one.fails, other.fails])])

    return Truth(alike(a, b), alike(a, negated(b)), a.is_certain and b.is_certain)


def if_else(program: Program, test: Truth, then: Truth, other: Truth) -> Truth:
    def either(one: Quantity, another: Quantity) -> Quantity:
        return program.any_of([program.all_of([test.holds, one]), program.all_of([test.fails, another])])

    is_certain = test.is_certain and then.is_certain and other.is_certain
    return Truth(either(then.holds, other.holds), either(then.fails, other.fails), is_certain)


def less(program: Program, a: Number, b: Number) -> Truth:
    return _compared(program, a, b, no(program.reaches_0(a.low - b.high)), program.reaches_0(a.high - b.low))


def at_most(program: Program, a: Number, b: Number) -> Truth:
    return _compared(program, a, b, program.reaches_0(b.high - a.low), no(program.reaches_0(b.low - a.high)))


def equal(program: Program, a: Number, b: Number, *, differ: bool = False) -> Truth:
    overlap = program.all_of([program.reaches_0(b.high - a.low), program.reaches_0(a.high - b.low)])
    apart = no(program.all_of([program.reaches_0(a.low - b.high), program.reaches_0(b.low - a.high)]))
    holds, fails = (apart, overlap) if differ else (overlap, apart)
    return _compared(program, a, b, holds, fails)


def _compared(program: Program, a: Number, b: Number, holds: Quantity, fails: Quantity) -> Truth:
    """With an absent number no comparison holds."""
    absent, gone = lacking(program, a, b)
    if a.is_one and b.is_one and absent.most == 0:
        return certainly(holds)
    return Truth(program.all_of([holds, no(gone)]), program.any_of([fails, absent]))


# --- numbers


def lacking(program: Program, *numbers: Number) -> tuple[Quantity, Quantity]:
    """Whether what is made of these may be absent, and is for certain."""
    absent = program.any_of([number.absent for number in numbers])
    return absent, program.any_of([number.gone for number in numbers])


def added(program: Program, *numbers: Number) -> Number:
    low = total([number.low for number in numbers])
    is_one = all(number.is_one for number in numbers)
    high = low if is_one else total([number.high for number in numbers])
    return Number(low, high, *lacking(program, *numbers))


def times(number: Number, factor: Fraction) -> Number:
    low = number.low.times(factor)
    if number.is_one:
        return number._replace(low=low, high=low)
    high = number.high.times(factor)
    return number._replace(low=low, high=high) if factor >= 0 else number._replace(low=high, high=low)


def multiplied(program: Program, a: Number, b: Number) -> Number:
    corners = [program.product(x, y) for x in dict.fromkeys(a[:2]) for y in dict.fromkeys(b[:2])]
    return _of_corners(program, corners, lacking(program, a, b))


def divided(program: Program, a: Number, b: Number) -> Number:
    """Division by zero gives no value."""
    absent, gone = lacking(program, a, b)
    if b.low.least <= 0 <= b.high.most:
        b, is_0 = _not_0(program, b)
        absent, gone = program.any_of([absent, is_0]), program.any_of([gone, is_0])
    corners = [program.quotient(x, y) for x in dict.fromkeys(a[:2]) for y in dict.fromkeys(b[:2])]
    return _of_corners(program, corners, (absent, gone))


def _of_corners(program: Program, corners: Sequence[Quantity], missing: tuple[Quantity, Quantity]) -> Number:
    low = program.smallest(corners)
    return Number(low, low if len(corners) == 1 else program.largest(corners), *missing)


def _not_0(program: Program, b: Number) -> tuple[Number, Quantity]:
    """The same, but 1 where it is 0, and whether it is. Raises TooMuchToTry."""
    if not b.is_one or b.low.least < 0 or b.low.step is None:
        raise TooMuchToTry
    is_0 = program.reaches_0(b.low.times(-ONE))
    divisor = program.pick([(is_0, ALWAYS), (no(is_0), b.low)])
    above_0 = Quantity(divisor.terms, divisor.constant, min(ONE, b.low.step or ONE), divisor.most, divisor.step)
    return Number(above_0, above_0), is_0


def remainder(program: Program, a: Number, b: Number) -> Number:
    """Raises TooMuchToTry where the divisor moves."""
    if not (b.is_one and b.low.is_known):
        raise TooMuchToTry
    whole, divisor = rounded(program, divided(program, a, b), "floor"), b.low.least
    rest, sure = a.low - whole.low.times(divisor), program.reaches_0(a.low - a.high)
    if a.is_one:
        return whole._replace(low=rest, high=rest)
    ends = sorted((ZERO, divisor))
    low, high = (program.pick([(sure, rest), (no(sure), known(end))]) for end in ends)
    return whole._replace(low=low, high=high)


def rounded(program: Program, number: Number, mode: str, places: int = 0) -> Number:
    scale = Fraction(10) ** places

    def change(quantity: Quantity) -> Quantity:
        scaled = quantity.times(scale)
        if mode == "ceil":
            return program.floor(scaled.times(-ONE)).times(-1 / scale)
        if mode == "half_even":
            return program.nearest(scaled).times(1 / scale)
        return program.floor(scaled + known(HALF if mode == "half_up" else ZERO)).times(1 / scale)

    low = change(number.low)
    return number._replace(low=low, high=low if number.is_one else change(number.high))


def extreme(program: Program, *numbers: Number, largest: bool) -> Number:
    pick = program.largest if largest else program.smallest
    low = pick([number.low for number in numbers])
    is_one = all(number.is_one for number in numbers)
    high = low if is_one else pick([number.high for number in numbers])
    return Number(low, high, *lacking(program, *numbers))


# --- one of two


def chosen(program: Program, test: Truth, then: Number, other: Number) -> Number:
    """Where the test is open, all that either could be."""
    if not (then.gone.most or other.gone.most):
        if then.low.least >= other.high.most:
            return _above(program, test, then, other)
        if other.low.least >= then.high.most:
            return _above(program, negated(test), other, then)
    is_open = NEVER if test.is_certain else program.all_of([test.holds, test.fails])
    bits = no(test.fails), no(test.holds), is_open
    around = _joined(program, then, other) if is_open.most else then
    parts = [program.pick(list(zip(bits, three, strict=True))) for three in zip(then, other, around, strict=True)]
    if then.is_one and other.is_one and test.is_certain:
        parts[1] = parts[0]
    return Number(*parts)


def _above(program: Program, test: Truth, then: Number, other: Number) -> Number:
    """Where one is never below the other, it gives the high end where it may be, and the other the low end."""
    low = program.pick([(test.fails, other.low), (no(test.fails), then.low)])
    high = program.pick([(test.holds, then.high), (no(test.holds), other.high)])
    if then.is_one and other.is_one and test.is_certain:
        high = low
    absent = [program.all_of([test.holds, then.absent]), program.all_of([test.fails, other.absent])]
    return Number(low, high, program.any_of(absent))


def _joined(program: Program, a: Number, b: Number) -> Number:
    low, high = program.smallest([a.low, b.low]), program.largest([a.high, b.high])
    for gone, left in ((a.gone, b), (b.gone, a)):
        low = program.pick([(gone, left.low), (no(gone), low)])
        high = program.pick([(gone, left.high), (no(gone), high)])
    return Number(low, high, program.any_of([a.absent, b.absent]), program.all_of([a.gone, b.gone]))
