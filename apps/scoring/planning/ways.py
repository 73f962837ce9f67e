"""How a set of gaps could be better than a point in one of the sums that matter there."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from apps.scoring.planning.parts import LOW, ZERO
from apps.scoring.planning.terrain import Terrain, Weights
from apps.scoring.planning.totals import Share, Total, unrounded, weighted


@dataclass(frozen=True, slots=True)
class Row:
    """A total and weighed shares, and what they have to reach together."""

    total: Total
    shares: tuple[tuple[Share, Fraction], ...]
    needed: Fraction

    @property
    def least(self) -> Fraction:
        return self.total.least + sum((min(weight, ZERO) for _, weight in self.shares), ZERO)

    @property
    def most(self) -> Fraction:
        return self.total.most + sum((max(weight, ZERO) for _, weight in self.shares), ZERO)


Way = tuple[Row, ...]  # how a set could be better: it reaches all of these
ANY_SET: Way = ()  # nothing is known that it would have to reach


def ways_beyond(terrain: Terrain, weights: Weights, env: Mapping[str, Any]) -> list[Way]:
    """To be better than here: one, or none when nothing is better."""
    here = terrain.sum_at(env, weights)
    total, shares = terrain.sum_of(weights)
    alone = _share_alone(*shares[0], here) if len(weights) == 1 and shares else ANY_SET
    if not shares:
        way: Way = (Row(total, (), total.next_above(here)),)
    elif any(share.points.least < 0 for share, _ in shares):
        way = alone
    elif here >= Row(total, shares, here).most:
        return []
    else:
        way = alone or (Row(total, shares, here),)
    return [way] if all(row.needed <= row.most for row in way) else []


def _share_alone(share: Share, weight: Fraction, here: Fraction) -> Way:
    """Above or below a value: points are compared with that part of the maximum, which is linear. See `score.share`."""
    value, above, is_low = unrounded(here / weight), weight > 0, share.end == LOW
    may_be_of_nothing = share.least.least == 0
    if value < 0 or (may_be_of_nothing and is_low and not above):
        return ANY_SET
    sign, maximum = Fraction(1 if above else -1), share.most if is_low else share.least
    beyond = weighted(share.points.parts, [(share.points, sign), (maximum, -sign * value)])
    if may_be_of_nothing and not above:  # a share of nothing is 0, and that is below as well
        return (Row(beyond, (), ZERO),)
    above_0 = [beyond, share.least] if may_be_of_nothing and is_low else [beyond]
    return tuple(Row(total, (), total.next_above(ZERO)) for total in above_0)
