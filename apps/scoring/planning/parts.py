"""What closing gaps does to points, cut into parts that do not touch each other.

Two gaps are of one part when closing them moves the same question: one decides whether the other is asked, or what it
gives. Parts add up: what closing the gaps of one does to points and maxima is the same whatever is closed elsewhere.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Any

from apps.scoring.definitions import Questionnaire
from apps.scoring.gaps import OpenGap
from apps.scoring.language.expressions import Expression
from apps.scoring.language.values import EXACT, ZERO, Range
from apps.scoring.score import Standing, set_points

LOW, HIGH = -1, 1
Coordinate = tuple[str, int]  # "points(x)" or "maximum(x)" and which end of it
Moves = Mapping[Coordinate, Decimal]  # by how much; what is not named stays
MOST_TOGETHER = 6  # gaps of one part whose sets are all tried


@dataclass(frozen=True, slots=True)
class Option:
    """One way to deal with a part: the gaps that are closed, by question key, and what that moves."""

    closed: frozenset[str]
    moves: Moves

    @property
    def points(self) -> Moves:
        return {at: by for at, by in self.moves.items() if is_points(at)}


@dataclass(frozen=True, slots=True)
class Part:
    gaps: tuple[OpenGap, ...]
    reach: frozenset[str]  # every question that closing moves
    options: tuple[Option, ...]  # the first closes nothing; empty when there are too many


def parts_of(
    questionnaire: Questionnaire, gaps: Sequence[OpenGap], standing: Callable[[Collection[str]], Standing]
) -> list[Part]:
    """`standing` scores with these gaps (question keys) closed."""
    return [_part(questionnaire, together, standing) for together in _together(questionnaire, gaps)]


def _together(questionnaire: Questionnaire, gaps: Sequence[OpenGap]) -> list[list[OpenGap]]:
    groups: list[tuple[set[str], list[OpenGap]]] = []
    for gap in gaps:
        reach, members = reach_of(questionnaire, gap.question.key), [gap]
        touching = [group for group in groups if not group[0].isdisjoint(reach)]
        for group in touching:
            reach |= group[0]
            members = [*group[1], *members]
        groups = [group for group in groups if group not in touching] + [(reach, members)]
    return [members for _, members in groups]


def reach_of(questionnaire: Questionnaire, key: str) -> set[str]:
    """The question and every later one whose visibility or points could move with it."""
    moved = {key}
    for section in questionnaire.sections:
        for question in section.questions:
            looks_at: list[Expression] = [rule.formula for rule in question.points if rule.formula is not None]
            looks_at += [condition for condition in (section.visible_if, question.visible_if) if condition is not None]
            if any(not moved.isdisjoint(expression.names) for expression in looks_at):
                moved.add(question.key)
    return moved


def _part(
    questionnaire: Questionnaire, gaps: Sequence[OpenGap], standing: Callable[[Collection[str]], Standing]
) -> Part:
    keys = [gap.question.key for gap in gaps]
    reach = frozenset[str]().union(*(reach_of(questionnaire, key) for key in keys))
    options = []
    if len(keys) <= MOST_TOGETHER:
        before = _coordinates(questionnaire, standing(()).env)
        for size in range(len(keys) + 1):
            for closed in combinations(keys, size):
                after = _coordinates(questionnaire, standing(closed).env)
                moves = {at: EXACT.subtract(value, before[at]) for at, value in after.items() if value != before[at]}
                options.append(Option(frozenset(closed), moves))
    return Part(tuple(gaps), reach, tuple(options))


def _coordinates(questionnaire: Questionnaire, env: Mapping[str, Any]) -> dict[Coordinate, Decimal]:
    found = {}
    for dimension in questionnaire.dimensions:
        for name in (f"points({dimension.key})", f"maximum({dimension.key})"):
            found[name, LOW], found[name, HIGH] = env[name].low, env[name].high
    return found


def is_points(at: Coordinate) -> bool:
    return at[0].startswith("points(")


def is_sound(env: Mapping[str, Any], moves: Moves) -> bool:
    """Whether what was moved are still ranges, and points within their maximum."""
    for name in {name.partition("(")[2] for name, _ in moves}:
        points, maximum = env[f"points({name}"], env[f"maximum({name}"]
        if points.low > points.high or maximum.low > maximum.high or points.high > maximum.high:
            return False
    return True


def added(*all_moves: Moves, times: Decimal = Decimal(1)) -> dict[Coordinate, Decimal]:
    """The sum; the last one is taken so many times."""
    total: dict[Coordinate, Decimal] = {}
    for number, moves in enumerate(all_moves, start=1):
        factor = times if number == len(all_moves) else Decimal(1)
        for at, by in moves.items():
            total[at] = EXACT.add(total.get(at, ZERO), EXACT.multiply(by, factor))
    return total


def moved(env: Mapping[str, Any], moves: Moves) -> dict[str, Any]:
    """The environment after these moves; derived values are as they were."""
    result = dict(env)
    for name in dict.fromkeys(name for name, _ in moves):
        value = env[name]
        low, high = moves.get((name, LOW), ZERO), moves.get((name, HIGH), ZERO)
        result[name] = Range(EXACT.add(value.low, low), EXACT.add(value.high, high))
    for dimension in dict.fromkeys(name.partition("(")[2][:-1] for name, _ in moves):
        set_points(result, dimension, result[f"points({dimension})"], result[f"maximum({dimension})"])
    return result
