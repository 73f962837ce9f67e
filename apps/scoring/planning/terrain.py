"""Where sets of gaps can lead: every number and answer that closing moves, as totals."""

import ast
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from itertools import chain, pairwise, product
from math import prod
from typing import Any

from apps.scoring.language.values import EXACT, Range, exactly, join
from apps.scoring.planning.parts import BOTH, HIGH, LOW, ZERO, Coordinate, Part, moves_of
from apps.scoring.planning.pieces import Bound, Cut, Rounded, Together, is_reached, no_moves
from apps.scoring.planning.totals import Picked, Share, Total, weighted
from apps.scoring.score import share as share_of

Setting = Mapping[str, Any]  # values by name
Weights = Mapping[Coordinate, Fraction]
MOST_STEPS = 10**6  # that a rounded number could have


class Terrain:
    """What points, maxima, shares and the questions `looked_at` can be when gaps of these parts are closed, starting
    from `base`."""

    def __init__(self, parts: Sequence[Part], base: Mapping[str, Any], looked_at: Collection[str]) -> None:
        self.parts: list[Picked] = [*parts]
        self.base = base
        self.moves = {pick: moves_of(pick) for part in parts for pick in part.picks()}
        moving = {name for moves in self.moves.values() for name, _ in moves}
        dimensions = sorted({name.partition("(")[2][:-1] for name in moving if "(" in name})
        self.values = {key: part.values[key] for part in parts for key in part.values if key in moving & {*looked_at}}
        self.numbers = [f"{function}({key})" for key in dimensions for function in ("points", "maximum", "share")]
        self.names = [*self.numbers, *self.values]
        self.totals: dict[Coordinate, Total] = {}
        self.shares: dict[Coordinate, Share] = {}
        self.cuts: dict[str, Cut] = {}
        self.togethers: dict[str, Together] = {}
        self.rounded: dict[str, Rounded] = {}
        # Found once, as it is the same wherever a search is: what a part of an expression looks at in pieces, by its
        # node, and what it gives for each of them, by their name and its source.
        self.pieces: dict[ast.expr, str | None] = {}
        self.given: dict[tuple[str, str], list[Any]] = {}
        # What is looked at in pieces, by name: values to have for each of them.
        self.settings: dict[str, list[Setting]] = {
            key: [{key: value} for value in values] for key, values in self.values.items()
        }
        self.wide = dict(base)  # everything as wide as it could be
        for key in dimensions:
            self._add(f"points({key})", f"maximum({key})", f"share({key})")
        for key, values in self.values.items():
            self.totals |= {(key, number): self._total((key, number)) for number in range(len(values))}
            self.wide[key] = reduce(join, values)

    def where(self, env: Mapping[str, Any], at: Coordinate) -> Fraction:
        """A number; of what is looked at in pieces 1 or 0, whether it is this one."""
        name, end = at
        if name in self.rounded:
            rounded = self.rounded[name]
            return Fraction(rounded.whole(rounded.constant + self.sum_at(env, rounded.weights)))
        if name in self.togethers:
            return prod((self.where(env, each) for each in self.togethers[name].combinations[end]), start=Fraction(1))
        if name in self.values:
            return Fraction(env[name] == self.values[name][end])
        if name in self.cuts:
            return Fraction(self.cuts[name].holds(env, end))
        return Fraction(env[name].low if end == LOW else env[name].high)

    def sum_at(self, env: Mapping[str, Any], weights: Weights) -> Fraction:
        return sum((weight * self.where(env, at) for at, weight in weights.items()), ZERO)

    def sum_of(self, weights: Weights) -> tuple[Total, tuple[tuple[Share, Fraction], ...]]:
        """As a total, and the shares that are none, which are weighed as parts of 1."""
        totals, shares = [], []
        for at, weight in weights.items():
            share = self.shares.get(at)
            if share is None:
                totals.append((self.totals[at], weight))
            elif share.slope is None:
                shares.append((share, 100 * weight))
            else:
                totals.append((share.points, 100 * share.slope * weight))
        return weighted(self.parts, totals), tuple(shares)

    def setting(self, at: Coordinate) -> Setting | None:
        """What to have for this piece; None when it is about a number as a whole."""
        name, number = at
        return self.settings[name][number] if name in self.settings else None

    # --- what is looked at in pieces: each gives a name that makes coordinates

    def cuts_of(self, name: str, bounds: Collection[Bound]) -> list[str]:
        """Of both ends at once where they are the same; none when it may be a share of nothing, or of two maxima."""
        function, _, dimension = name.partition("(")
        counted, maximum = name.replace("share(", "points("), f"maximum({dimension}"
        if function == "share" and not (self._is_one(maximum) and self.totals[maximum, LOW].least > 0):
            return []
        return [self._cut(name, end, bounds) for end in ((BOTH,) if self._is_one(counted) else (LOW, HIGH))]

    def _is_one(self, name: str) -> bool:
        low, high = self.totals[name, LOW], self.totals[name, HIGH]
        return (low.start, low.gains) == (high.start, high.gains)

    def _cut(self, name: str, end: int, bounds: Collection[Bound]) -> str:
        wide = self.wide[name]
        low, high = Fraction(wide.low), Fraction(wide.high)
        between = tuple(each for each in sorted(set(bounds)) if is_reached(each, high) and not is_reached(each, low))
        key = f"{name} {end} {between}"
        if key not in self.cuts:
            totals = tuple(self._beyond(name, LOW if end == BOTH else end, number) for number, _ in between)
            cut = self.cuts[key] = Cut(name, end, between, totals, no_moves(len(between) + 1))
            inner = [(one + other) / 2 for (one, _), (other, _) in pairwise(between)]
            inside = [low, *inner, high] if between else [low]
            self._add_pieces(key, cut, [{name: exactly(_decimal(number))} for number in inside])
        return key

    def _beyond(self, name: str, end: int, number: Fraction) -> Total:
        """How far it is above the number; of a share something else that is above, at or below 0 as it is."""
        share = self.shares.get((name, end))
        if share:  # points are compared with that part of the maximum, which is linear
            return weighted(self.parts, [(share.points, Fraction(1)), (share.most, -number / 100)])
        total = self.totals[name, end]
        return Total(self.parts, total.start - number, total.gains)

    def together(self, names: Sequence[str]) -> str:
        if len(names) == 1:
            return names[0]
        key = " and ".join(names)
        if key not in self.togethers:
            each = [[(name, number) for number in range(len(self.settings[name]))] for name in names]
            settings = {there: self._setting_of(there) for there in product(*each)}
            settings = {there: setting for there, setting in settings.items() if setting is not None}
            options = dict(zip(settings, no_moves(len(settings)), strict=True))
            margins = tuple(
                (self.totals[at], tuple(option for there, option in options.items() if at in there))
                for at in chain.from_iterable(each)
            )
            together = self.togethers[key] = Together(tuple(settings), tuple(options.values()), margins)
            self._add_pieces(key, together, [setting for setting in settings.values() if setting is not None])
        return key

    def _setting_of(self, there: Sequence[Coordinate]) -> Setting | None:
        """None when it cannot be: the low end of a number above its high end."""
        found: dict[str, Any] = {}
        for at in there:
            for name, value in (self.setting(at) or {}).items():
                found[name] = Range(found[name].low, value.high) if name in found else value
                if name in self.numbers and found[name].low > found[name].high:
                    return None
        return found

    def _add_pieces(self, name: str, pieces: Cut | Together, settings: list[Setting]) -> None:
        self.parts.append(pieces)
        self.settings[name] = settings
        for number, option in enumerate(pieces.options):
            self.totals[name, number] = Total(self.parts, ZERO, {(option, None): Fraction(1)})

    # --- numbers as a whole

    def round(self, weights: Weights, constant: Fraction, *, up: bool) -> Coordinate | None:
        """The sum, in steps, rounded to a whole number of them; None when it is not linear in what is picked."""
        if any((at in self.shares and self.shares[at].slope is None) or at[0] in self.settings for at in weights):
            return None
        key = f"{'up' if up else 'down'} {sorted(weights.items())} {constant}"
        if key not in self.rounded:
            total, _ = self.sum_of(weights)
            shifted = Total(self.parts, total.start + constant, total.gains)
            rounded = Rounded(weights, constant, shifted, up)
            if rounded.times > MOST_STEPS:
                return None
            self.rounded[key] = rounded
            self.parts.append(rounded)
            self.totals[key, 0] = Total(self.parts, Fraction(rounded.fewest), {(rounded.options[0], None): Fraction(1)})
        return key, 0

    def spread(self, weights: Weights) -> dict[Coordinate, Fraction]:
        """The same, with what is rounded as if it were not."""
        found: dict[Coordinate, Fraction] = {}
        for at, weight in weights.items():
            inner = self.spread(self.rounded[at[0]].weights) if at[0] in self.rounded else {at: Fraction(1)}
            for key, part in inner.items():
                found[key] = found.get(key, ZERO) + weight * part
        return found

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
