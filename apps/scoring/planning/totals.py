"""Numbers that depend on which gaps are closed: totals, which closing adds to, and shares, their quotients."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm
from typing import Protocol

from apps.scoring.planning.parts import LOW, ZERO, Gains, Option, Pick

SIMPLE, ROUNDED = 10**9, Fraction(1, 10**40)
TOLERANCE = Fraction(1, 10**30)  # values are quotients with 50 digits and are compared with 35


class Picked(Protocol):
    """What picks are of: a part, or something that follows from what is picked of parts (`pieces.py`)."""

    @property
    def options(self) -> Sequence[Option]: ...

    def least(self, gains: Gains) -> Fraction:
        """The least that its picks add."""


@dataclass(frozen=True, eq=False)
class Total:
    """What it is with no gap closed, and what each pick adds."""

    parts: Sequence[Picked]
    start: Fraction
    gains: Gains

    @cached_property
    def least(self) -> Fraction:
        return self.start + sum((part.least(self.gains) for part in self.parts), ZERO)

    @cached_property
    def most(self) -> Fraction:
        opposite = {pick: -gain for pick, gain in self.gains.items()}
        return self.start - sum((part.least(opposite) for part in self.parts), ZERO)

    @cached_property
    def step(self) -> Fraction:
        """It is always a whole number of these away from `start`."""
        scale = lcm(*(gain.denominator for gain in self.gains.values()))
        return Fraction(gcd(*(int(gain * scale) for gain in self.gains.values())) or 1, scale)

    def next_above(self, value: Fraction) -> Fraction:
        """The lowest it could be above `value`; more than the most when it never is."""
        if not self.gains:
            return self.start if self.start > value else self.start + 1
        return self.start + ((value - self.start) / self.step + TOLERANCE) // 1 * self.step + self.step

    def next_from(self, value: Fraction) -> Fraction:
        """The same from the value on."""
        if not self.gains:
            return self.start if self.start >= value else self.start + 1
        return self.start - ((self.start - value) / self.step + TOLERANCE) // 1 * self.step


def weighted(parts: Sequence[Picked], totals: Iterable[tuple[Total, Fraction]]) -> Total:
    start, gains = ZERO, dict[Pick, Fraction]()
    for total, weight in totals:
        start += weight * total.start
        for pick, gain in total.gains.items():
            gains[pick] = gains.get(pick, ZERO) + weight * gain
    return Total(parts, start, {pick: gain for pick, gain in gains.items() if gain})


@dataclass(frozen=True, eq=False)
class Share:
    """One end of a share: points as a part (1 is all) of a maximum between `least` and `most`. See `score.share`."""

    end: int
    points: Total  # this end of them
    least: Total
    most: Total

    @cached_property
    def slope(self) -> Fraction | None:
        """What a point adds to it; None when that depends on what is closed."""
        least, most = self.least.start, self.most.start
        if self.least.gains or self.most.gains:
            return None
        if most == 0 or (self.end == LOW and least == 0 and self.points.least >= 0):
            return ZERO
        if least == most or (self.end == LOW and self.points.least >= 0):
            return 1 / most
        return None


def unrounded(value: Fraction) -> Fraction:
    """A quotient that was rounded to a decimal, as it was."""
    simple = value.limit_denominator(SIMPLE)
    return simple if abs(value - simple) < ROUNDED else value
