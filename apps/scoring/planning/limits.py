"""What a set of gaps that is too little teaches about every set that is enough.

A concern depends on points through a few sums (`dependence.py`). So when it holds the level, it holds it for every set
that is no better in any of them. From the set that was too little we go as far as the level is still held, and what
remains is a limit: a set that is enough is better than that in one of the sums, or treats differently a gap that the
concern looks at by itself.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import floor, lcm
from typing import Any

from apps.scoring.language.values import EXACT, ZERO
from apps.scoring.planning.concerns import Concern
from apps.scoring.planning.parts import HIGH, LOW, Coordinate, Moves, Part, added, is_points, is_sound, moved
from apps.scoring.score import Standing

HALVINGS = 12  # how finely the last step to a limit is divided
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Way:
    """A sum in which a set could be better: what each option adds, and what all of them have to reach."""

    gains: Mapping[frozenset[str], Fraction]  # by what an option closes
    least: Fraction  # the sum is never below
    needed: Fraction


@dataclass(frozen=True, slots=True)
class Limit:
    """A set that is enough takes one of the ways, opens one of `opened` or closes one of `closed` (question keys)."""

    ways: tuple[Way, ...]
    opened: frozenset[str]
    closed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Row:
    """One sum that matters, more of it is better; and what each option of each part adds to it, in whole steps."""

    weights: Mapping[Coordinate, Fraction]
    scale: int  # so many steps are 1
    gains: tuple[tuple[int, ...], ...]
    steps: tuple[tuple[Fraction, ...], ...]  # the same of points alone

    @classmethod
    def of(cls, weights: Mapping[Coordinate, Fraction], parts: Sequence[Part]) -> "Row":
        exact = [[_gain(weights, option.moves) for option in part.options] for part in parts]
        scale = lcm(*(value.denominator for values in exact for value in values))
        gains = tuple(tuple(int(value * scale) for value in values) for values in exact)
        steps = tuple(tuple(_gain(weights, option.points) for option in part.options) for part in parts)
        return cls(weights, scale, gains, steps)

    def way(self, parts: Sequence[Part], at: Moves) -> Way | None:
        """To be better than `at`; None when nothing is."""
        needed = floor(_gain(self.weights, at) * self.scale) + 1
        if needed > sum(map(max, self.gains)):
            return None
        closings = {
            option.closed: Fraction(gain, self.scale)
            for part, gains in zip(parts, self.gains, strict=True)
            for option, gain in zip(part.options, gains, strict=True)
            if gain
        }
        return Way(closings, Fraction(sum(map(min, self.gains)), self.scale), Fraction(needed, self.scale))


def _gain(weights: Mapping[Coordinate, Fraction], moves: Moves) -> Fraction:
    return sum((weights[at] * Fraction(by) for at, by in moves.items() if at in weights), Fraction(0))


class Limits:
    """Of one concern."""

    def __init__(
        self, concern: Concern, parts: Sequence[Part], standing: Callable[[Collection[str]], Standing]
    ) -> None:
        self.concern, self.standing = concern, standing
        alone = [part for part in parts if part.options and part.reach.isdisjoint(concern.names)]
        self.parts = alone
        self.seen = frozenset(gap.question.key for part in parts if part not in alone for gap in part.gaps)
        moving = {at for part in alone for option in part.options for at in option.moves}
        self.changing = frozenset(name for name, _ in moving)
        self.reach = {end: added(*(_extreme(part, end) for part in alone)) for end in (LOW, HIGH)}
        self.maxima_move = not all(map(is_points, moving))

    def broken_by(self, close: Collection[str]) -> list[Limit]:
        """Limits that `close` does not keep to; none when the concern does not hold the level there."""
        base = self.standing(self.seen & set(close)).env
        chosen = [_chosen(part, close) for part in self.parts]
        at = added(*(part.options[number].moves for part, number in zip(self.parts, chosen, strict=True)))
        if not self.concern.holds(moved(base, at)):
            return []
        rows = self._rows(base, at)
        opened, closed = frozenset(close) & self.seen, self.seen - frozenset(close)
        limits = {}
        for order, maxima_first in product(rows, (True, False) if self.maxima_move else (False,)):
            furthest = _Walk(self, base, rows, at, chosen).furthest(order, maxima_first=maxima_first)
            ways = [row.way(self.parts, furthest) for row in self._rows(base, furthest)]
            limits[repr(ways)] = Limit(tuple(way for way in ways if way), opened, closed)
        return list(limits.values()) or [Limit((), opened, closed)]

    def _rows(self, base: Mapping[str, Any], at: Moves) -> list[Row]:
        """The sums that matter near `at`."""
        wide = moved(base, dict(_ends(self.reach)))
        rows = []
        for weights, ordered in self.concern.features(moved(base, at), wide, self.changing):
            rows.append(Row.of(dict(weights), self.parts))
            if not ordered:
                rows.append(Row.of({at: -weight for at, weight in weights}, self.parts))
        return rows


class _Walk:
    """From a set that is too little, as far as the level is still held.

    Where it leads need not be a set of gaps: points and maxima are moved each by itself, and in parts.
    """

    def __init__(
        self, limits: Limits, base: Mapping[str, Any], rows: Sequence[Row], at: Moves, chosen: Sequence[int]
    ) -> None:
        self.concern, self.base, self.rows = limits.concern, base, rows
        self.parts, self.reach = limits.parts, limits.reach
        self.at, self.now = at, list(chosen)

    def furthest(self, order: Row, *, maxima_first: bool) -> Moves:
        """What helps least in `order` first, so that this is the sum that is left to be better in."""
        if maxima_first:
            self._move_maxima()
        steps = [(gain, part, option) for part, gains in enumerate(order.steps) for option, gain in enumerate(gains)]
        for _, part, option in sorted(steps):
            if self._move(self._step(part, option)):
                self.now[part] = option
        for _, part, option in sorted(steps):
            self._move_halves(self._step(part, option))
        if not maxima_first:
            self._move_maxima()
        return self.at

    def _move_maxima(self) -> None:
        for end, other in ((HIGH, LOW), (LOW, HIGH)):
            for (name, here), most in self.reach[-end].items():
                if here == end and not is_points((name, here)):
                    by = EXACT.subtract(most, self.at.get((name, end), ZERO))
                    now = moved(self.base, self.at)[name]
                    beyond = EXACT.subtract(EXACT.add(now[end > LOW], by), now[other > LOW])
                    step = {(name, end): by, (name, other): (min if end == HIGH else max)(ZERO, beyond)}
                    if not self._move(step):
                        self._move_halves(step)

    def _step(self, part: int, option: int) -> Moves:
        options = self.parts[part].options
        return added(options[option].points, options[self.now[part]].points, times=-ONE)

    def _move_halves(self, step: Moves) -> None:
        if any(_gain(row.weights, step) for row in self.rows):
            for halving in range(1, HALVINGS + 1):
                self._move({at: EXACT.divide(by, Decimal(2**halving)) for at, by in step.items()})

    def _move(self, step: Moves) -> bool:
        """Not when that is worse in one of the sums, or the level is held no longer."""
        if not all(_gain(row.weights, step) >= 0 for row in self.rows):
            return False
        further = added(self.at, step)
        env = moved(self.base, further)
        if not is_sound(env, further) or not self.concern.holds(env):
            return False
        self.at = further
        return True


def _chosen(part: Part, close: Collection[str]) -> int:
    closed = frozenset(gap.question.key for gap in part.gaps if gap.question.key in close)
    return next(number for number, option in enumerate(part.options) if option.closed == closed)


def _extreme(part: Part, end: int) -> Moves:
    """The most that any option moves each coordinate, down or up."""
    pick = min if end == LOW else max
    names = {at for option in part.options for at in option.moves}
    return {at: pick(option.moves.get(at, Decimal(0)) for option in part.options) for at in names}


def _ends(reach: Mapping[int, Moves]) -> Iterator[tuple[Coordinate, Decimal]]:
    """The low end as far down, the high end as far up as it goes."""
    for end, moves in reach.items():
        yield from ((at, by) for at, by in moves.items() if at[1] == end)
