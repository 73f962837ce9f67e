"""What closing gaps does to points, maxima and answers, cut into parts that do not touch each other.

Two gaps are of one part when closing them moves the same question: one decides whether the other is asked, or what it
gives. Parts add up: what closing the gaps of one does to points and maxima is the same whatever is closed elsewhere.
Within a part, gates are the gaps that later questions look at, and every set of them is tried. The others are leaves:
once it is settled which gates are closed, they add up too.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.scoring.definitions import Questionnaire
from apps.scoring.gaps import OpenGap
from apps.scoring.language.expressions import Expression
from apps.scoring.language.values import EXACT, NO, ZERO
from apps.scoring.score import Standing

LOW, HIGH = -1, 1
# "points(x)", "maximum(x)" or "share(x)", and which end of it. Or a question and the number of one of its values in
# `Part.values`: 1 while it has that value, otherwise 0.
Coordinate = tuple[str, int]
Moves = Mapping[Coordinate, Decimal]  # by how much; what is not named stays
MOST_OPTIONS = 64  # of one part: six gates, or more where they hide each other


@dataclass(frozen=True, slots=True, eq=False)
class Option:
    """One way to deal with the gates of a part: which are closed, and what that and closing each leaf then moves."""

    closed: frozenset[str]
    moves: Moves
    leaves: Mapping[str, Moves]


Pick = tuple[Option, str | None]  # an option, or a leaf that is closed beside it


@dataclass(frozen=True, slots=True)
class Part:
    gates: tuple[str, ...]  # question keys of gaps, in the questionnaire's order
    leaves: tuple[str, ...]
    values: Mapping[str, Sequence[Any]]  # of every question that closing moves, what it could be
    options: tuple[Option, ...]  # the first closes no gate; empty when there are too many

    def picks(self) -> Iterator[Pick]:
        return ((option, leaf) for option in self.options for leaf in (None, *self.leaves))


def moves_of(pick: Pick) -> Moves:
    option, leaf = pick
    return option.moves if leaf is None else option.leaves[leaf]


def parts_of(
    questionnaire: Questionnaire, gaps: Sequence[OpenGap], standing: Callable[[Collection[str]], Standing]
) -> list[Part]:
    """`standing` scores with these gaps (question keys) closed."""
    reaches = {gap.question.key: _reach_of(questionnaire, gap.question.key) for gap in gaps}
    return [_part(questionnaire, together, standing) for together in _together(reaches)]


def _reach_of(questionnaire: Questionnaire, key: str) -> set[str]:
    """The question and every later one whose visibility or points could move with it."""
    moved = {key}
    for section in questionnaire.sections:
        for question in section.questions:
            looks_at: list[Expression] = [rule.formula for rule in question.points if rule.formula is not None]
            looks_at += [condition for condition in (section.visible_if, question.visible_if) if condition is not None]
            if any(not moved.isdisjoint(expression.names) for expression in looks_at):
                moved.add(question.key)
    return moved


def _together(reaches: Mapping[str, set[str]]) -> list[dict[str, set[str]]]:
    """The same, cut into groups that do not touch each other."""
    groups: list[set[str]] = []  # of all that is reached
    for reach in reaches.values():
        touching = [group for group in groups if not group.isdisjoint(reach)]
        groups = [group for group in groups if group not in touching] + [reach.union(*touching)]
    return [{key: reach for key, reach in reaches.items() if key in group} for group in groups]


def _part(
    questionnaire: Questionnaire,
    reaches: Mapping[str, set[str]],
    standing: Callable[[Collection[str]], Standing],
) -> Part:
    gates = tuple(key for key, reach in reaches.items() if len(reach) > 1)
    leaves = tuple(key for key in reaches if key not in gates)
    values: dict[str, list[Any]] = {key: [] for key in sorted(set[str]().union(*reaches.values()))}

    def coordinates(close: Collection[str]) -> dict[Coordinate, Decimal]:
        env = standing(close).env
        return _of_dimensions(questionnaire, env) | _of_questions(values, env)

    start = coordinates(())
    options = []
    for closed in _sets_of(gates, standing):
        here = coordinates(closed)
        beside = {leaf: _moves(here, coordinates(closed | {leaf})) for leaf in leaves}
        options.append(Option(closed, _moves(start, here), beside))
    return Part(gates, leaves, values, tuple(options))


def _sets_of(gates: Sequence[str], standing: Callable[[Collection[str]], Standing]) -> list[frozenset[str]]:
    """Every set that differs from the others: closing what others hide does nothing. Empty when there are too many."""
    sets = [frozenset[str]()]
    for gate in gates:  # which earlier ones may hide
        sets += [closed | {gate} for closed in sets if standing(closed).visible[gate] != NO]
        if len(sets) > MOST_OPTIONS:
            return []
    return sets


def _moves(before: Mapping[Coordinate, Decimal], after: Mapping[Coordinate, Decimal]) -> Moves:
    moved = {at: EXACT.subtract(after.get(at, ZERO), before.get(at, ZERO)) for at in {**before, **after}}
    return {at: move for at, move in moved.items() if move}


def _of_dimensions(questionnaire: Questionnaire, env: Mapping[str, Any]) -> dict[Coordinate, Decimal]:
    found = {}
    for dimension in questionnaire.dimensions:
        for name in (f"points({dimension.key})", f"maximum({dimension.key})"):
            found[name, LOW], found[name, HIGH] = env[name].low, env[name].high
    return found


def _of_questions(values: Mapping[str, list[Any]], env: Mapping[str, Any]) -> dict[Coordinate, Decimal]:
    """Adds to `values` what was not known yet."""
    for key, known in values.items():
        if env[key] not in known:
            known.append(env[key])
    return {(key, known.index(env[key])): Decimal(1) for key, known in values.items()}
