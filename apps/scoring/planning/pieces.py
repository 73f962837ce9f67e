"""What follows from what is closed, without being a sum: in which piece a number lies, what is looked at together, and
numbers that are rounded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from apps.scoring.planning.parts import HIGH, LOW, ZERO, Coordinate, Gains, Option, least_of_one
from apps.scoring.planning.totals import TOLERANCE, Total

Bound = tuple[Fraction, bool]  # reached from the number on, or (True) above it


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """An end of a number, cut at bounds. An option is the piece between two of them; it is in just one.

    A bound is reached when its total is at least 0, or above 0."""

    name: str  # "points(x)", "maximum(x)" or "share(x)"
    end: int  # BOTH: they are the same
    bounds: tuple[Bound, ...]
    totals: tuple[Total, ...]
    options: tuple[Option, ...]

    def holds(self, env: Mapping[str, Any], piece: int) -> bool:
        """Whether all that is meant of the number is in this piece."""
        low, high = (self._piece_of(value) for value in env[self.name][:2])
        return (self.end == HIGH or low == piece) and (self.end == LOW or high == piece)

    def _piece_of(self, value: Decimal) -> int:
        return sum(is_reached(bound, Fraction(value)) for bound in self.bounds)

    def least(self, gains: Gains) -> Fraction:
        return least_of_one(self.options, gains)


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """Questions and cut numbers that are looked at together. An option is one combination of what they can be; just one
    is there.

    What it combines is there (the total is 1) just when one of these options is."""

    combinations: tuple[tuple[Coordinate, ...], ...]
    options: tuple[Option, ...]
    margins: tuple[tuple[Total, tuple[Option, ...]], ...]

    def least(self, gains: Gains) -> Fraction:
        return least_of_one(self.options, gains)


@dataclass(frozen=True, slots=True, eq=False)
class Rounded:
    """A sum, rounded down or up to a whole number of steps. Its one option is there that many times, less `fewest`."""

    weights: Mapping[Coordinate, Fraction]
    constant: Fraction
    total: Total  # the same as a total, both in steps
    up: bool
    options: tuple[Option, ...] = field(default_factory=lambda: no_moves(1))

    @property
    def fewest(self) -> int:
        return self.whole(self.total.least)

    @property
    def times(self) -> int:
        """That the option can be there at most."""
        return self.whole(self.total.most) - self.fewest

    def whole(self, value: Fraction) -> int:
        return int(-((TOLERANCE - value) // 1) if self.up else (value + TOLERANCE) // 1)

    def least(self, gains: Gains) -> Fraction:
        return min(self.times * gains.get((self.options[0], None), ZERO), ZERO)


def is_reached(bound: Bound, value: Fraction) -> bool:
    number, above = bound
    return value - number > (TOLERANCE if above else -TOLERANCE)


def no_moves(count: int) -> tuple[Option, ...]:
    return tuple(Option(frozenset(), {}, {}) for _ in range(count))
