"""Numbers that depend on what is chosen: sums of columns (unknowns), each with its weight.

A column is a choice, or it is made here of other quantities; then its rows say what it means. So a quantity leads to
all that it depends on, and the solver is told of what its goals lead to, no more. What is known, or can be said as a
sum, gets no column. A bit is a quantity that is 0 or 1.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import gcd
from typing import Any, NamedTuple

ZERO, HALF, ONE = Fraction(0), Fraction(1, 2), Fraction(1)
SMALLEST_STEP = Fraction(1, 10**4)  # that is told apart where a number is 1 at most; finer ones the solver may mistake
SLACK = Fraction(1, 10**5)


class TooMuchToTry(Exception):
    """The solver cannot be told what something means, or was stopped before it was certain."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    least: Fraction
    most: Fraction
    is_whole: bool = False
    cost: int = 0
    rows: list["Quantity | Product"] = field(default_factory=list)  # what it means; a quantity is at least 0
    quotient_of: "tuple[Quantity, Quantity] | None" = None  # of these; the second is never below 0


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    terms: Mapping[Column, Fraction]
    constant: Fraction
    least: Fraction
    most: Fraction
    step: Fraction | None  # it is always a whole number of these (0: it is 0); None where that is not known

    @property
    def is_known(self) -> bool:
        return self.least == self.most

    def __add__(self, other: "Quantity | Fraction | int") -> "Quantity":
        return total(self, other if isinstance(other, Quantity) else known(other))

    def __sub__(self, other: "Quantity | Fraction | int") -> "Quantity":
        return self + -other

    def __neg__(self) -> "Quantity":
        return self * -1

    def __mul__(self, factor: Fraction | int) -> "Quantity":
        ends = sorted((self.least * factor, self.most * factor))
        terms = {column: weight * factor for column, weight in self.terms.items()} if factor else {}
        step = None if self.step is None else abs(self.step * factor)
        return Quantity(terms, self.constant * factor, ends[0], ends[1], step)


class Product(NamedTuple):
    """The quantity is one times the other."""

    quantity: Quantity
    one: Quantity
    other: Quantity


# Values that something could have, each with a bit: exactly one of the bits is 1.
Cases = Sequence[tuple[Any, Quantity]]


def known(number: Fraction | int) -> Quantity:
    value = Fraction(number)
    return Quantity({}, value, value, value, abs(value))


NEVER, ALWAYS = known(0), known(1)


def choice(cost: int) -> Quantity:
    """A bit that is up to the solver."""
    return _new(ZERO, ONE, ONE, is_whole=True, cost=cost)


def _whole(least: int, most: int) -> Quantity:
    return _new(Fraction(least), Fraction(most), ONE, is_whole=True)


def _new(least: Fraction, most: Fraction, step: Fraction | None = None, **column: Any) -> Quantity:
    return Quantity({Column(least, most, **column): ONE}, ZERO, least, most, step)


def _means(found: Quantity, *rows: Quantity | Product) -> Quantity:
    """`found` has just got its column."""
    (column,) = found.terms
    column.rows.extend(rows)
    return found


def _when(bit: Quantity, quantity: Quantity) -> Quantity:
    """At least 0 when the bit is 1; otherwise it may be anything."""
    return quantity + no(bit) * -min(quantity.least, ZERO)


# --- sums, which need no column


def total(*quantities: Quantity) -> Quantity:
    terms, constant, least, most = dict[Column, Fraction](), ZERO, ZERO, ZERO
    for quantity in quantities:
        for column, weight in quantity.terms.items():
            terms[column] = terms.get(column, ZERO) + weight
        constant, least, most = constant + quantity.constant, least + quantity.least, most + quantity.most
    return Quantity(terms, constant, least, most, common_step(quantity.step for quantity in quantities))


def common_step(steps: Iterable[Fraction | None]) -> Fraction | None:
    found = ZERO
    for step in steps:
        if step is None:
            return None
        (a, b), (c, d) = found.as_integer_ratio(), step.as_integer_ratio()
        found = Fraction(gcd(a * d, c * b), b * d)
    return found


def no(bit: Quantity) -> Quantity:
    return ALWAYS - bit


def as_bit(found: Quantity) -> Quantity:
    """A sum of bits that is always 0 or 1, though its bounds do not show it."""
    return found if found.is_known else replace(found, least=ZERO, most=ONE, step=ONE)


def each_once(cases: Iterable[tuple[Any, Quantity]]) -> Cases:
    """Those that could be, each once."""
    found: dict[Any, list[Quantity]] = {}
    for value, bit in cases:
        if bit.most:
            found.setdefault(value, []).append(bit)
    return [(value, bits[0] if len(bits) == 1 else as_bit(total(*bits))) for value, bits in found.items()]


# --- bits


def all_of(*bits: Quantity) -> Quantity:
    if any(bit.most == 0 for bit in bits):
        return NEVER
    open_bits = list(dict.fromkeys(bit for bit in bits if not bit.is_known))
    if len(open_bits) < 2:
        return open_bits[0] if open_bits else ALWAYS
    found = _whole(0, 1)
    return _means(found, *(bit - found for bit in open_bits), found - total(*open_bits) + (len(open_bits) - 1))


def any_of(*bits: Quantity) -> Quantity:
    return no(all_of(*map(no, bits)))


def reaches_0(quantity: Quantity) -> Quantity:
    """Whether it is at least 0. Where steps are too fine to be told apart, the solver may take it either way."""
    quantity = _compared_linearly(quantity)
    if quantity.least >= 0 or quantity.most < 0:
        return ALWAYS if quantity.least >= 0 else NEVER
    scaled = quantity * (1 / max(quantity.most, -quantity.least))
    half = scaled.step / 2 if scaled.step is not None and scaled.step >= SMALLEST_STEP else None
    above, below = (half, -half) if half else (SLACK, SLACK)
    found = _whole(0, 1)
    return _means(found, _when(found, scaled + above), _when(no(found), -scaled + below))


def _compared_linearly(quantity: Quantity) -> Quantity:
    """A quotient that stands alone reaches a bound where what is divided reaches the divisor times the bound."""
    weights = [(column, weight) for column, weight in quantity.terms.items() if weight]
    if len(weights) != 1 or weights[0][0].quotient_of is None:
        return quantity
    one, other = weights[0][0].quotient_of
    return one * weights[0][1] + other * quantity.constant


# --- numbers


def pick(cases: Iterable[tuple[Quantity, Quantity]]) -> Quantity:
    """The quantity whose bit is 1."""
    cases = each_once(cases)
    quantities: list[Quantity] = [quantity for quantity, _ in cases]
    least, most = min(each.least for each in quantities), max(each.most for each in quantities)
    if len(cases) == 1 or least == most:
        return quantities[0]
    step = common_step(quantity.step for quantity in quantities)
    if all(quantity.is_known for quantity in quantities):
        return replace(total(*(bit * each.least for each, bit in cases)), least=least, most=most, step=step)
    found = _new(least, most, step)
    for quantity, bit in cases:
        _means(found, _when(bit, found - quantity), _when(bit, quantity - found))
    return found


def largest(*quantities: Quantity) -> Quantity:
    surest = max(quantities, key=lambda quantity: quantity.least)
    rivals = [each for each in dict.fromkeys(quantities) if each.most > surest.least and each is not surest]
    if not rivals:
        return surest
    rivals.append(surest)
    step = common_step(quantity.step for quantity in rivals)
    found = _new(surest.least, max(quantity.most for quantity in rivals), step)
    bits = [_whole(0, 1) for _ in rivals]
    _means(found, total(*bits) - ONE)
    for bit, quantity in zip(bits, rivals, strict=True):
        _means(found, found - quantity, _when(bit, quantity - found))
    return found


def smallest(*quantities: Quantity) -> Quantity:
    negated = {-quantity: quantity for quantity in dict.fromkeys(quantities)}
    found = largest(*negated)
    return negated.get(found) or -found


def product(one: Quantity, other: Quantity) -> Quantity:
    for factor, rest in ((one, other), (other, one)):
        if factor.is_known:
            return rest * factor.least
    corners = [x * y for x in (one.least, one.most) for y in (other.least, other.most)]
    step = None if one.step is None or other.step is None else one.step * other.step
    found = _new(min(corners), max(corners), step)
    return _means(found, Product(found, one, other))


def quotient(one: Quantity, other: Quantity) -> Quantity:
    """The divisor is above 0, or below."""
    if other.most < 0:
        return quotient(-one, -other)
    if other.is_known:
        return one * (1 / other.least)
    corners = [x / y for x in (one.least, one.most) for y in (other.least, other.most)]
    found = _new(min(corners), max(corners), quotient_of=(one, other))
    return _means(found, Product(one, found, other))


def part(one: Quantity, whole: Quantity) -> Quantity:
    """Between 0 and 1; anything when the whole is 0. The whole is a sum of bits, so this needs no product: a bit
    times the part is at most either, and not less than the part where the bit is 1."""
    if whole.is_known and whole.least:
        return one * (1 / whole.least)
    found = _new(ZERO, ONE, quotient_of=(one, whole))
    terms = [found * whole.constant]
    for column, weight in whole.terms.items():
        bit, counted = Quantity({column: ONE}, ZERO, ZERO, ONE, ONE), _new(ZERO, ONE)
        _means(counted, bit - counted, found - counted, counted - found + no(bit))
        terms.append(counted * weight)
    difference = total(*terms) - one
    return _means(found, difference, -difference)


# --- whole numbers


def floor(quantity: Quantity) -> Quantity:
    step = common_step((quantity.step, ONE))  # of what is beyond the whole number
    if step == ONE:
        return quantity
    most = ONE - step / 2 if step is not None and step >= SMALLEST_STEP else ONE + SLACK
    return _beside(_whole(quantity.least // 1, quantity.most // 1), quantity, most)


def ceil(quantity: Quantity) -> Quantity:
    return -floor(-quantity)


def nearest(quantity: Quantity) -> Quantity:
    """Of two that are as near, either."""
    raised = quantity + HALF
    return _beside(_whole((raised.least // 1) - 1, raised.most // 1), raised, ONE + SLACK)


def _beside(found: Quantity, quantity: Quantity, most: Fraction) -> Quantity:
    """What the quantity is beyond the whole number that was found, is from 0 to `most`."""
    beyond = quantity - found
    return _means(found, beyond + SLACK, -beyond + most)


ROUNDING: Mapping[str, Callable[[Quantity], Quantity]] = {
    "floor": floor,
    "ceil": ceil,
    "half_up": lambda quantity: floor(quantity + HALF),
    "half_even": nearest,
}


def rounded(quantity: Quantity, mode: str, places: int) -> Quantity:
    scale = Fraction(10) ** places
    return ROUNDING[mode](quantity * scale) * (1 / scale)
