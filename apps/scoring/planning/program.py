"""Conditions on what is chosen. What is made of bits and quantities here is a bit or a quantity again.

A bit is a quantity that is 0 or 1. What is known comes out as known, without anything to solve. What is not gets a
column with rows that say what it means; the solver (`solver.py`) is told of those that something asks for.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from apps.scoring.planning.quantities import (
    ALWAYS,
    NEVER,
    ONE,
    ZERO,
    Quantity,
    common_step,
    known,
    no,
    one_of,
    total,
)

SMALLEST_STEP = Fraction(1, 10**4)  # that is told apart where a number is 1 at most; finer ones the solver may mistake
SLACK = Fraction(1, 10**5)


class TooMuchToTry(Exception):
    """The solver cannot be told what something means, or was stopped before it was certain."""


@dataclass(frozen=True, slots=True)
class Product:
    """The quantity is one times the other."""

    quantity: Quantity
    one: Quantity
    other: Quantity


@dataclass(frozen=True, slots=True)
class Column:
    is_whole: bool
    least: Fraction
    most: Fraction
    cost: int = 0
    rows: list[Quantity | Product] = field(default_factory=list)  # what it means; a quantity is at least 0
    part_of: tuple[Quantity, Quantity] | None = None  # the first, as a part of the second


class Program:
    def __init__(self) -> None:
        self.columns: list[Column] = []
        self.goals: list[Quantity] = []  # at least 0

    def require(self, bit: Quantity) -> None:
        self.goals.append(bit - ALWAYS)

    # --- columns and what they mean

    def choice(self, cost: int) -> Quantity:
        """A bit that is up to the solver."""
        return self._column(Column(True, ZERO, ONE, cost), ONE)

    def _bit(self) -> Quantity:
        return self._whole(0, 1)

    def _whole(self, least: int, most: int) -> Quantity:
        return self._column(Column(True, Fraction(least), Fraction(most)), ONE)

    def _number(self, least: Fraction, most: Fraction, step: Fraction | None = None) -> Quantity:
        return self._column(Column(False, least, most), step)

    def _column(self, column: Column, step: Fraction | None) -> Quantity:
        self.columns.append(column)
        return Quantity({len(self.columns) - 1: ONE}, ZERO, column.least, column.most, step)

    def _means(self, found: Quantity, *rows: Quantity | Product) -> Quantity:
        """`found` has just got its column."""
        (column,) = found.terms
        self.columns[column].rows.extend(rows)
        return found

    # --- bits

    def all_of(self, bits: Collection[Quantity]) -> Quantity:
        open_bits = list(dict.fromkeys(bit for bit in bits if not bit.is_known))
        if any(bit.most == 0 for bit in bits):
            return NEVER
        if len(open_bits) < 2:
            return open_bits[0] if open_bits else ALWAYS
        found = self._bit()
        all_but_one = known(len(open_bits) - 1)
        return self._means(found, *(bit - found for bit in open_bits), found + all_but_one - total(open_bits))

    def any_of(self, bits: Collection[Quantity]) -> Quantity:
        return no(self.all_of([no(bit) for bit in bits]))

    def reaches_0(self, quantity: Quantity) -> Quantity:
        """Whether it is at least 0. Where steps are too fine to be told apart, the solver may take it either way."""
        quantity = self._compared_linearly(quantity)
        if quantity.least >= 0 or quantity.most < 0:
            return ALWAYS if quantity.least >= 0 else NEVER
        scaled = quantity.times(1 / max(quantity.most, -quantity.least))
        half = scaled.step / 2 if scaled.step is not None and scaled.step >= SMALLEST_STEP else None
        above, below = (half, -half) if half else (SLACK, SLACK)
        found = self._bit()
        return self._means(found, _when(found, scaled + known(above)), _when(no(found), known(below) - scaled))

    def _compared_linearly(self, quantity: Quantity) -> Quantity:
        """A part that stands alone is above, at or below a bound when what it is a part of, times the bound, is."""
        columns = [column for column, weight in quantity.terms.items() if weight]
        part_of = self.columns[columns[0]].part_of if len(columns) == 1 else None
        if part_of is None:
            return quantity
        one, whole = part_of
        return one.times(quantity.terms[columns[0]]) + whole.times(quantity.constant)

    # --- numbers

    def pick(self, cases: Sequence[tuple[Quantity, Quantity]]) -> Quantity:
        """The quantity whose bit is 1; exactly one of the bits is."""
        cases = [(bit, quantity) for bit, quantity in cases if bit.most]
        if all(quantity is cases[0][1] for _, quantity in cases):
            return cases[0][1]
        if all(quantity.is_known for _, quantity in cases):
            return one_of([(bit, quantity.least) for bit, quantity in cases])
        found = self._like([quantity for _, quantity in cases])
        for bit, quantity in cases:
            self._means(found, _when(bit, found - quantity), _when(bit, quantity - found))
        return found

    def largest(self, quantities: Sequence[Quantity]) -> Quantity:
        surest = max(quantities, key=lambda quantity: quantity.least)
        rivals = [each for each in dict.fromkeys(quantities) if each.most > surest.least and each is not surest]
        if not rivals:
            return surest
        rivals.append(surest)
        found = self._like(rivals, surest.least)
        bits = [self._bit() for _ in rivals]
        self._means(found, total(bits) - ALWAYS)
        for bit, quantity in zip(bits, rivals, strict=True):
            self._means(found, found - quantity, _when(bit, quantity - found))
        return found

    def smallest(self, quantities: Sequence[Quantity]) -> Quantity:
        negated = {quantity: quantity.times(-ONE) for quantity in quantities}
        return self.largest([negated[quantity] for quantity in quantities]).times(-ONE)

    def _like(self, quantities: Sequence[Quantity], least: Fraction | None = None) -> Quantity:
        low = min(quantity.least for quantity in quantities) if least is None else least
        step = common_step(quantity.step for quantity in quantities)
        return self._number(low, max(quantity.most for quantity in quantities), step)

    def product(self, one: Quantity, other: Quantity) -> Quantity:
        for factor, rest in ((one, other), (other, one)):
            if factor.is_known:
                return rest.times(factor.least)
        corners = [x * y for x in (one.least, one.most) for y in (other.least, other.most)]
        step = None if one.step is None or other.step is None else one.step * other.step
        found = self._number(min(corners), max(corners), step)
        return self._means(found, Product(found, one, other))

    def quotient(self, one: Quantity, other: Quantity) -> Quantity:
        """The divisor is above 0, or below."""
        if other.is_known:
            return one.times(1 / other.least)
        corners = [x / y for x in (one.least, one.most) for y in (other.least, other.most)]
        found = self._number(min(corners), max(corners))
        return self._means(found, Product(one, found, other))

    def part(self, one: Quantity, whole: Quantity) -> Quantity:
        """Between 0 and 1; anything when the whole is 0. The whole is a sum of bits, so this needs no product: a bit
        times the part is at most either, and not less than the part where the bit is 1."""
        if whole.is_known and whole.least:
            return one.times(1 / whole.least)
        found = self._column(Column(False, ZERO, ONE, part_of=(one, whole)), None)
        terms = [found.times(whole.constant)]
        for column, weight in whole.terms.items():
            bit, counted = Quantity({column: ONE}, ZERO, ZERO, ONE, ONE), self._number(ZERO, ONE)
            self._means(counted, bit - counted, found - counted, counted - found + no(bit))
            terms.append(counted.times(weight))
        difference = total(terms) - one
        return self._means(found, difference, difference.times(-ONE))

    def floor(self, quantity: Quantity) -> Quantity:
        step = common_step((quantity.step, ONE))  # of what is beyond the whole number
        if step == ONE:
            return quantity
        found = self._whole(quantity.least // 1, quantity.most // 1)
        most = ONE - step / 2 if step is not None and step >= SMALLEST_STEP else ONE + SLACK
        return self._beside(found, quantity, most)

    def nearest(self, quantity: Quantity) -> Quantity:
        """A whole number; of two that are as near, either."""
        raised = quantity + known(Fraction(1, 2))
        return self._beside(self._whole((raised.least // 1) - 1, raised.most // 1), raised, ONE + SLACK)

    def _beside(self, found: Quantity, quantity: Quantity, most: Fraction) -> Quantity:
        """What the quantity is beyond the whole number that was found, is from 0 to `most`."""
        beyond = quantity - found
        return self._means(found, beyond + known(SLACK), known(most) - beyond)


def _when(bit: Quantity, quantity: Quantity) -> Quantity:
    """At least 0 when the bit is 1; otherwise it may be anything."""
    return quantity + no(bit).times(-min(quantity.least, ZERO))
