"""Numbers that depend on which gaps are closed: totals, which closing adds to, and shares, their quotients."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, reduce
from itertools import product
from math import gcd, lcm
from typing import Any

from apps.scoring.language.values import EXACT, Range, join
from apps.scoring.planning.parts import HIGH, LOW, Coordinate, Option, Part, Pick, moves_of
from apps.scoring.score import share as share_of

ZERO = Fraction(0)
TOLERANCE = Fraction(1, 10**30)  # values are quotients with 50 digits and are compared with 35


@dataclass(frozen=True, eq=False)
class Total:
    """What it is with no gap closed, and what each pick adds."""

    parts: "Sequence[Part | Together]"
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


def weighted(parts: "Sequence[Part | Together]", totals: Iterable[tuple[Total, Fraction]]) -> Total:
    start, gains = ZERO, dict[Pick, Fraction]()
    for total, weight in totals:
        start += weight * total.start
        for pick, gain in total.gains.items():
            gains[pick] = gains.get(pick, ZERO) + weight * gain
    return Total(parts, start, {pick: gain for pick, gain in gains.items() if gain})


def _least(part: "Part | Together", gains: Mapping[Pick, Fraction]) -> Fraction:
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


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """Questions that something looks at together. An option is one combination of what they can be; just one is there.

    A question has a value (the total is 1) just when one of these options is there."""

    questions: tuple[str, ...]
    combinations: tuple[tuple[Any, ...], ...]
    options: tuple[Option, ...]
    margins: tuple[tuple[Total, tuple[Option, ...]], ...]


class Terrain:
    """What points, maxima, shares and the questions `looked_at` can be when gaps of these parts are closed, starting
    from `base`."""

    def __init__(self, parts: Sequence[Part], base: Mapping[str, Any], looked_at: Collection[str]) -> None:
        self.parts: list[Part | Together] = [*parts]
        self.base = base
        self.moves = {pick: moves_of(pick) for part in parts for pick in part.picks()}
        moving = {name for moves in self.moves.values() for name, _ in moves}
        dimensions = sorted({name.partition("(")[2][:-1] for name in moving if "(" in name})
        self.values = {key: part.values[key] for part in parts for key in part.values if key in moving & {*looked_at}}
        names = [f"{function}({key})" for key in dimensions for function in ("points", "maximum", "share")]
        self.names = [*names, *self.values]
        self.totals: dict[Coordinate, Total] = {}
        self.shares: dict[Coordinate, Share] = {}
        self.togethers: dict[str, Together] = {}
        self.wide = dict(base)  # everything as wide as it could be
        for key in dimensions:
            self._add(f"points({key})", f"maximum({key})", f"share({key})")
        for key, values in self.values.items():
            self.totals |= {(key, number): self._total((key, number)) for number in range(len(values))}
            self.wide[key] = reduce(join, values)

    def where(self, env: Mapping[str, Any], at: Coordinate) -> Fraction:
        name, end = at
        setting = self.setting(at)
        if setting is not None:
            return Fraction(all(env[question] == value for question, value in setting.items()))
        return Fraction(env[name].low if end == LOW else env[name].high)

    def setting(self, at: Coordinate) -> dict[str, Any] | None:
        """What questions have to be there; None when it is about points."""
        name, number = at
        if name in self.values:
            return {name: self.values[name][number]}
        together = self.togethers.get(name)
        return dict(zip(together.questions, together.combinations[number], strict=True)) if together else None

    def together(self, questions: Sequence[str]) -> tuple[str, tuple[tuple[Any, ...], ...]]:
        """A name for these questions, and the combinations of their values; both make coordinates."""
        name = " ".join(questions)
        if name in self.values:
            return name, tuple((value,) for value in self.values[name])
        if name not in self.togethers:
            together = self.togethers[name] = self._together(tuple(questions))
            self.parts.append(together)
            for number, option in enumerate(together.options):
                self.totals[name, number] = Total(self.parts, ZERO, {(option, None): Fraction(1)})
        return name, self.togethers[name].combinations

    def _together(self, questions: tuple[str, ...]) -> Together:
        places = product(*(range(len(self.values[question])) for question in questions))
        options = {numbers: Option(frozenset(), {}, {}) for numbers in places}
        margins = [
            (self.totals[question, value], tuple(options[numbers] for numbers in options if numbers[place] == value))
            for place, question in enumerate(questions)
            for value in range(len(self.values[question]))
        ]
        combinations = product(*(self.values[question] for question in questions))
        return Together(questions, tuple(combinations), tuple(options.values()), tuple(margins))

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
