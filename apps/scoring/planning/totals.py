"""Numbers that depend on which gaps are closed: totals, which closing adds to, and shares, their quotients."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm
from typing import Protocol

from apps.scoring.planning.parts import LOW, Option, Pick

ZERO = Fraction(0)
TOLERANCE = Fraction(1, 10**30)  # values are quotients with 50 digits and are compared with 35


class OneOption(Protocol):
    """Options of which just one is picked: of a part, or of what is looked at in pieces."""

    @property
    def options(self) -> Sequence[Option]: ...


@dataclass(frozen=True, eq=False)
class Total:
    """What it is with no gap closed, and what each pick adds."""

    parts: Sequence[OneOption]
    start: Fraction
    gains: Mapping[Pick, Fraction]

    @cached_property
    def least(self) -> Fraction:
        return self.start + sum((_least(part, self.gains) for part in self.parts), ZERO)

    @cached_property
    def most(self) -> Fraction:
        opposite = {pick: -gain for pick, gain in self.gains.items()}
        return self.start - sum((_least(part, opposite) for part in self.parts), ZERO)

    @cached_property
    def step(self) -> Fraction:
        """It is always a whole number of these away from `start`."""
        scale = lcm(*(gain.denominator for gain in self.gains.values()))
        return Fraction(gcd(*(int(gain * scale) for gain in self.gains.values())), scale)

    def next_above(self, value: Fraction) -> Fraction:
        """The lowest it could be above `value`; more than the most when it never is."""
        if not self.gains:
            return self.start if self.start > value else self.start + 1
        return self.start + ((value - self.start) / self.step + TOLERANCE) // 1 * self.step + self.step

    def next_from(self, value: Fraction) -> Fraction:
        """The lowest it could be from the value on."""
        return self.start - ((self.start - value) / self.step + TOLERANCE) // 1 * self.step


def weighted(parts: Sequence[OneOption], totals: Iterable[tuple[Total, Fraction]]) -> Total:
    start, gains = ZERO, dict[Pick, Fraction]()
    for total, weight in totals:
        start += weight * total.start
        for pick, gain in total.gains.items():
            gains[pick] = gains.get(pick, ZERO) + weight * gain
    return Total(parts, start, {pick: gain for pick, gain in gains.items() if gain})


def _least(part: OneOption, gains: Mapping[Pick, Fraction]) -> Fraction:
    """The least that any set of its gaps adds."""
    return min(
        gains.get((option, None), ZERO) + sum(min(gains.get((option, gap), ZERO), ZERO) for gap in option.free)
        for option in part.options
    )


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
