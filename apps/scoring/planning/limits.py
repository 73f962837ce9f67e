"""What a set of gaps that is too little teaches about every set that is enough.

A concern depends on points, maxima, shares and answers through a few sums (`dependence.py`). So when it holds the
level, it does so for every set that is no better in any of them. From the set that was too little we go as far as the
level is still held, and what remains is a limit: a set that is enough is better than that in one of the sums
(`ways.py`), or treats differently a gap that is tangled with too many others to be part of a sum.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.scoring.language.values import EXACT, Range
from apps.scoring.planning.chooser import TooMuchToTry
from apps.scoring.planning.concerns import Concern
from apps.scoring.planning.parts import LOW, Coordinate, Part, StandingWith
from apps.scoring.planning.terrain import Terrain, Weights
from apps.scoring.planning.ways import Way, ways_beyond

HALVINGS = 24  # how finely the last step to a limit is divided
MAX_ROUNDS = 20
MOST_LIMITS = 8  # that one set teaches; few of them differ anyway
LOOKS_OF_SUMS = 20  # what finding the sums that matter takes, compared with one look
MAX_LOOKS = 60_000  # at whether the level is held, of one concern; some seconds


@dataclass(frozen=True, slots=True)
class Limit:
    """A set that is enough takes one of the ways, opens one of `opened` or closes one of `closed` (question keys)."""

    ways: tuple[Way, ...]
    opened: frozenset[str]
    closed: frozenset[str]


class Limits:
    """Of one concern."""

    def __init__(self, concern: Concern, parts: Sequence[Part], standing: StandingWith) -> None:
        self.concern, self.standing = concern, standing
        self.parts = [part for part in parts if part.options]
        self.tangled = frozenset(key for part in parts if part not in self.parts for key in part.gaps)
        self.terrains: dict[frozenset[str], Terrain] = {}
        self.looks = 0

    def broken_by(self, close: Collection[str]) -> list[Limit]:
        """Limits that `close` does not keep to; none when the concern does not hold the level there.

        Raises TooMuchToTry."""
        env = self.standing(close).env
        if not self.concern.holds(env):
            return []
        opened = self.tangled & frozenset(close)
        if opened not in self.terrains:
            self.terrains[opened] = Terrain(self.parts, self.standing(opened).env, self.concern.names)
        terrain = self.terrains[opened]
        limits = {}
        sums = self._sums(terrain, env)
        for order in sums[:MOST_LIMITS]:
            furthest, sums_there = self._furthest(terrain, env, sums, order)
            place = tuple(furthest[name] for name in terrain.names)
            if place not in limits:
                ways = (way for weights in sums_there for way in ways_beyond(terrain, weights, furthest))
                limits[place] = Limit(tuple(ways), opened, self.tangled - opened)
        return list(limits.values()) or [Limit((), opened, self.tangled - opened)]

    def _furthest(
        self, terrain: Terrain, env: Mapping[str, Any], sums: list[Weights], order: Weights
    ) -> tuple[Mapping[str, Any], list[Weights]]:
        """Where the walk leads, and the sums that matter there. On the way others may come to matter: it goes on."""
        for _ in range(MAX_ROUNDS):
            before = sums
            walk = _Walk(self.concern, terrain, sums, env)
            env, sums = walk.furthest(order), self._sums(terrain, walk.env)
            self.looks += walk.looks + LOOKS_OF_SUMS
            if self.looks > MAX_LOOKS:
                raise TooMuchToTry
            if sums == before:
                break
        return env, sums

    def _sums(self, terrain: Terrain, env: Mapping[str, Any]) -> list[Weights]:
        """The sums that matter near `env`, more of each is better."""
        return [dict(weights) for weights in self.concern.features(env, terrain)]


class _Walk:
    """From a set that is too little, as far as the level is still held.

    Where it leads need not be a set of gaps: points, maxima and shares are moved each by itself and in parts, answers
    each by itself.
    """

    def __init__(self, concern: Concern, terrain: Terrain, sums: Sequence[Weights], env: Mapping[str, Any]) -> None:
        self.concern, self.terrain, self.env = concern, terrain, dict(env)
        self.looks = 0
        self.better: dict[Coordinate, set[bool]] = {}  # where a sum grows: up (True) or down
        for weights in sums:
            for at, weight in terrain.spread(weights).items():
                self.better.setdefault(at, set()).add(weight > 0)

    def furthest(self, order: Weights) -> dict[str, Any]:
        """What does not help in `order` first, so that this is the sum that is left to be better in."""
        order = self.terrain.spread(order)
        for at in sorted(self.better, key=lambda at: (abs(order.get(at, 0)), at)):
            if len(self.better[at]) == 1:  # otherwise each move is worse in one of the sums
                self._move(at, up=True in self.better[at])
        return self.env

    def _move(self, at: Coordinate, *, up: bool) -> None:
        name, end = at
        setting = self.terrain.setting(at)
        if setting is not None:
            if up:
                self._put(setting)
            return
        here, wide = self.env[name], self.terrain.wide[name]
        now, goal = here.low if end == LOW else here.high, wide.high if up else wide.low
        if self._try(at, goal):
            return
        step = EXACT.subtract(goal, now)
        for _ in range(HALVINGS):
            step = EXACT.divide(step, Decimal(2))
            if self._try(at, EXACT.add(now, step)):
                now = EXACT.add(now, step)

    def _try(self, at: Coordinate, value: Decimal) -> bool:
        """An end takes the other one along, unless that matters too."""
        name, end = at
        before = self.env[name]
        if end == LOW:
            moved, passed = Range(value, max(value, before.high)), value > before.high
        else:
            moved, passed = Range(min(value, before.low), value), value < before.low
        return not (passed and (name, -end) in self.better) and self._put({name: moved})

    def _put(self, changes: Mapping[str, Any]) -> bool:
        """Not when the level is held no longer."""
        self.looks += 1
        changed = {**self.env, **changes}
        if self.concern.holds(changed):
            self.env = changed
            return True
        return False
