"""Numbers that depend on which gaps are closed: totals, which closing adds to, and shares, their quotients."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, reduce
from math import gcd, lcm
from typing import Any

from apps.scoring.language.values import EXACT, Range, join
from apps.scoring.planning.parts import HIGH, LOW, Coordinate, Part, Pick, moves_of
from apps.scoring.score import share as share_of

ZERO = Fraction(0)
TOLERANCE = Fraction(1, 10**30)  # values are quotients with 50 digits and are compared with 35


@dataclass(frozen=True, eq=False)
class Total:
    """What it is with no gap closed, and what each pick adds."""

    parts: Sequence[Part]
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


def weighted(parts: Sequence[Part], totals: Iterable[tuple[Total, Fraction]]) -> Total:
    start, gains = ZERO, dict[Pick, Fraction]()
    for total, weight in totals:
        start += weight * total.start
        for pick, gain in total.gains.items():
            gains[pick] = gains.get(pick, ZERO) + weight * gain
    return Total(parts, start, {pick: gain for pick, gain in gains.items() if gain})


def _least(part: Part, gains: Mapping[Pick, Fraction]) -> Fraction:
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


class Terrain:
    """What points, maxima, shares and the questions `looked_at` can be when gaps of these parts are closed, starting
    from `base`."""

    def __init__(self, parts: Sequence[Part], base: Mapping[str, Any], looked_at: Collection[str]) -> None:
        self.parts, self.base = parts, base
        self.moves = {pick: moves_of(pick) for part in parts for pick in part.picks()}
        moving = {name for moves in self.moves.values() for name, _ in moves}
        dimensions = sorted({name.partition("(")[2][:-1] for name in moving if "(" in name})
        self.values = {key: part.values[key] for part in parts for key in part.values if key in moving & {*looked_at}}
        names = [f"{function}({key})" for key in dimensions for function in ("points", "maximum", "share")]
        self.names = [*names, *self.values]
        self.totals: dict[Coordinate, Total] = {}
        self.shares: dict[Coordinate, Share] = {}
        self.wide = dict(base)  # everything as wide as it could be
        for key in dimensions:
            self._add(f"points({key})", f"maximum({key})", f"share({key})")
        for key, values in self.values.items():
            self.totals |= {(key, number): self._total((key, number)) for number in range(len(values))}
            self.wide[key] = reduce(join, values)

    def where(self, env: Mapping[str, Any], at: Coordinate) -> Fraction:
        name, end = at
        if name in self.values:
            return Fraction(env[name] == self.values[name][end])
        return Fraction(env[name].low if end == LOW else env[name].high)

    def _add(self, points: str, maximum: str, share: str) -> None:
        for name in (points, maximum):
            low, high = (self._total((name, end)) for end in (LOW, HIGH))
            self.totals |= {(name, LOW): low, (name, HIGH): high}
            self.wide[name] = Range(_decimal(low.least), _decimal(high.most))
        self.wide[share] = share_of(self.wide[points], self.wide[maximum])
        for end in (LOW, HIGH):
            of_all = (self.totals[maximum, LOW], self.totals[maximum, HIGH])
            self.shares[share, end] = Share(end, self.totals[points, end], *of_all)

    def _total(self, at: Coordinate) -> Total:
        gains = {pick: Fraction(moves[at]) for pick, moves in self.moves.items() if at in moves}
        return Total(self.parts, self.where(self.base, at), gains)


def _decimal(number: Fraction) -> Decimal:
    """Exact: totals are sums of decimals."""
    return EXACT.divide(Decimal(number.numerator), Decimal(number.denominator))
