"""Numbers that depend on what is chosen: sums of what the columns of a program stand for, each with its weight."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

ZERO, ONE = Fraction(0), Fraction(1)
SIMPLE, ROUNDED = 10**9, Fraction(1, 10**40)


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    terms: Mapping[int, Fraction]  # by column
    constant: Fraction
    least: Fraction
    most: Fraction
    step: Fraction | None  # it is always a whole number of these (0: it is 0); None where that is not known

    @property
    def is_known(self) -> bool:
        return self.least == self.most

    def __add__(self, other: "Quantity") -> "Quantity":
        return total((self, other))

    def __sub__(self, other: "Quantity") -> "Quantity":
        return total((self, other.times(-ONE)))

    def times(self, factor: Fraction) -> "Quantity":
        ends = sorted((self.least * factor, self.most * factor))
        terms = {column: weight * factor for column, weight in self.terms.items()} if factor else {}
        step = None if self.step is None else abs(self.step * factor)
        return Quantity(terms, self.constant * factor, ends[0], ends[1], step)


def known(number: Fraction | int) -> Quantity:
    value = Fraction(number)
    return Quantity({}, value, value, value, abs(value))


NEVER, ALWAYS = known(0), known(1)  # bits: quantities that are 0 or 1


def no(bit: Quantity) -> Quantity:
    return ALWAYS - bit


def total(quantities: Iterable[Quantity]) -> Quantity:
    terms, constant, least, most, steps = dict[int, Fraction](), ZERO, ZERO, ZERO, list[Fraction | None]()
    for quantity in quantities:
        for column, weight in quantity.terms.items():
            terms[column] = terms.get(column, ZERO) + weight
        constant, least, most = constant + quantity.constant, least + quantity.least, most + quantity.most
        steps.append(quantity.step)
    return Quantity(terms, constant, least, most, common_step(steps))


def one_of(cases: Collection[tuple[Quantity, Fraction]]) -> Quantity:
    """The number whose bit is 1; exactly one of the bits is."""
    numbers = [number for _, number in cases]
    if min(numbers) == max(numbers):
        return known(numbers[0])
    found = total(bit.times(number) for bit, number in cases)
    return Quantity(found.terms, found.constant, min(numbers), max(numbers), common_step(map(abs, numbers)))


def any_of_one(bits: Collection[Quantity]) -> Quantity:
    """Whether one of these is 1, when at most one can be."""
    if len(bits) == 1:
        return next(iter(bits))
    found = total(bits)
    return Quantity(found.terms, found.constant, ZERO, ONE, ONE)


def common_step(steps: Iterable[Fraction | None]) -> Fraction | None:
    found = ZERO
    for step in steps:
        if step is None:
            return None
        if step:
            numerator = gcd(found.numerator, step.numerator) if found else step.numerator
            found = Fraction(numerator, lcm(found.denominator, step.denominator)) if found else step
    return found


def unrounded(value: Fraction) -> Fraction:
    """A quotient that was rounded to a decimal, as it was."""
    simple = value.limit_denominator(SIMPLE)
    return simple if abs(value - simple) < ROUNDED else value
