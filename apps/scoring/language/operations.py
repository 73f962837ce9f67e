"""How values combine. Every operation returns a set that holds each result its arguments could give.

Arguments are not checked again: compiling an expression has checked their types.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from functools import cache, partial, reduce
from typing import Any

from apps.scoring.language.values import (
    ABSENT_CHOICE,
    ABSENT_NUMBER,
    EITHER,
    EXACT,
    HALF,
    HUGE,
    NO,
    SNAP,
    YES,
    ZERO,
    Range,
    Ticks,
    exact_sum,
    exactly,
    ranged,
    truth_of,
)

Comparison = Callable[[Any, Any], int]
Test = Callable[[Any, Any], bool]

# --- truths


def negate(a: int) -> int:
    return truth_of(a & NO, a & YES)


def both(a: int, b: int) -> int:
    """Could both hold, could one of them fail?"""
    return (a & b & YES) | ((a | b) & NO)


def either(a: int, b: int) -> int:
    """Could one of them hold, could both fail?"""
    return ((a | b) & YES) | (a & b & NO)


def same_truth(a: int, b: int) -> int:
    return truth_of(a & b, a & negate(b))


def other_truth(a: int, b: int) -> int:
    return same_truth(a, negate(b))


# --- numbers. Here runs most of the time that scoring takes, so ranges are read by place: a[0] is low, a[1] high, a[2]
# absent.


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


def days_between(later: Any, earlier: Any) -> Range:
    return subtract(later, earlier)


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
    """As in Python: the remainder has the sign of the divisor, and rounding does not lead out."""
    whole = floor_divide(a, b)
    if whole.low is None:
        return ABSENT_NUMBER
    low, high = min(b[0], ZERO), max(b[1], ZERO)
    if a[0] == a[1] and b[0] == b[1]:
        return smaller(larger(subtract(a, multiply(b, whole)), exactly(low)), exactly(high))
    return Range(low, high, whole.absent)


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
    """Any change, such as rounding, that never turns a larger number into a smaller one: the two ends are enough."""
    return ABSENT_NUMBER if a[0] is None else ranged(change(a[0]), change(a[1]), a[2])


@cache
def rounder(mode: str, places: int = 0) -> Callable[[Any], Range]:
    """`half_up` sends halves up (2.5 to 3, -2.5 to -2); `half_even` to the even neighbour. Kept, since a plan knows the
    steps of a term by which object they are."""
    scale, shift = Decimal(10) ** places, HALF if mode == "half_up" else ZERO
    way = {"half_even": ROUND_HALF_EVEN, "ceil": ROUND_CEILING}.get(mode, ROUND_FLOOR)

    def change(x: Decimal) -> Decimal:
        scaled = SNAP.plus(EXACT.add(EXACT.multiply(x, scale), shift))
        return EXACT.divide(scaled.to_integral_value(way, EXACT), scale)

    return partial(stepwise, change)


floor, ceil = rounder("floor"), rounder("ceil")


def exp(a: Any) -> Range:
    return stepwise(EXACT.exp, a)


def ln(a: Any) -> Range:
    """Of 0 and below there is none."""
    if a[0] is None or a[1] <= 0:
        return ABSENT_NUMBER
    return stepwise(EXACT.ln, a) if a[0] > 0 else Range(-HUGE, EXACT.ln(a[1]), True)


def sqrt(a: Any) -> Range:
    """Below 0 there is none."""
    if a[0] is None or a[1] < 0:
        return ABSENT_NUMBER
    return stepwise(EXACT.sqrt, a) if a[0] >= 0 else Range(ZERO, EXACT.sqrt(a[1]), True)


def _comparison(could_hold: Test, could_fail: Test) -> Comparison:
    """With an absent number no comparison holds."""

    def compare(a: Any, b: Any) -> int:
        if a[0] is None or b[0] is None:
            return NO
        one, other = (SNAP.plus(a[0]), SNAP.plus(a[1])), (SNAP.plus(b[0]), SNAP.plus(b[1]))
        fails = a[2] or b[2] or could_fail(one, other)
        return truth_of(could_hold(one, other), fails)

    return compare


def _opposites(one: Test, other: Test) -> tuple[Comparison, Comparison]:
    """Two comparisons: each could hold where the other could fail."""
    return _comparison(one, other), _comparison(other, one)


less, at_least = _opposites(lambda a, b: a[0] < b[1], lambda a, b: a[1] >= b[0])
at_most, more = _opposites(lambda a, b: a[0] <= b[1], lambda a, b: a[1] > b[0])
equal, differ = _opposites(lambda a, b: a[0] <= b[1] and b[0] <= a[1], lambda a, b: not a[0] == a[1] == b[0] == b[1])


def listed(a: Any, numbers: Iterable[Range]) -> int:
    return reduce(either, [equal(a, number) for number in numbers])


def not_listed(a: Any, numbers: Iterable[Range]) -> int:
    return reduce(both, [differ(a, number) for number in numbers])


# --- choices and ticks. An absent one makes `!=` and `not in` false as well: absence is compared with nothing.


def same_choice(a: Any, b: Any) -> int:
    common = (a & b) - ABSENT_CHOICE
    certain = common and len(a) == len(b) == 1
    return truth_of(common, not certain)


def other_choice(a: Any, b: Any) -> int:
    known_a, known_b = a - ABSENT_CHOICE, b - ABSENT_CHOICE
    differs = known_a and known_b and len(known_a | known_b) > 1
    could_fail = None in a or None in b or known_a & known_b
    return truth_of(differs, could_fail)


def among(a: Any, choices: frozenset[str]) -> int:
    """Written out in `terms.among` as well."""
    return NO if a.isdisjoint(choices) else YES if a <= choices else EITHER


def not_among(a: Any, choices: frozenset[str]) -> int:
    others = a - choices - ABSENT_CHOICE
    return truth_of(others, len(a) > len(others))


def ticked(a: Any, ticks: Ticks) -> int:
    """Is the (one) choice `a` among the ticks?"""
    return truth_of(a & ticks.may, not a <= ticks.must)


def not_ticked(a: Any, ticks: Ticks) -> int:
    keys = a - ABSENT_CHOICE
    could_hold = any(key not in ticks.must and ticks.may - {key} for key in keys)
    could_fail = None in a or ticks.fewest == 0 or keys & ticks.may
    return truth_of(could_hold, could_fail)


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
