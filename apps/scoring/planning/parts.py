"""What closing gaps does to points, maxima and answers, cut into parts that do not touch each other.

Two gaps are of one part when closing them moves the same question: one decides whether the other is asked, or what it
gives. Parts add up: what closing the gaps of one does is the same whatever is closed elsewhere.

Within a part, options settle as few gaps as it takes, each as open or closed, for the others to add up too. Where a
question is asked when any of ten controls is missing, it is enough to know one that stays open, or that all are closed:
eleven options, not the thousand that there are sets.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from typing import Any

from apps.scoring.definitions import Question, Questionnaire
from apps.scoring.gaps import OpenGap
from apps.scoring.language.values import EITHER, EXACT, NO, YES, join, or_absent
from apps.scoring.score import Standing
from apps.scoring.visibility import is_shown

LOW, BOTH, HIGH = -1, 0, 1
ZERO, NOTHING = Fraction(0), Decimal(0)
# "points(x)", "maximum(x)" or "share(x)", and which end of it. Or a question and the number of one of its values in
# `Part.values`: 1 while it has that value, otherwise 0. Or questions together, see `Terrain.together`.
Coordinate = tuple[str, int]
Moves = Mapping[Coordinate, Decimal]  # by how much; what is not named stays
StandingWith = Callable[[Collection[str]], Standing]  # these gaps (question keys) closed
MOST_OPTIONS = 64  # of one part


@dataclass(frozen=True, slots=True, eq=False)
class Option:
    """Some gaps settled: those closed are named, what that moves as well."""

    closed: frozenset[str]
    moves: Moves
    free: Mapping[str, Moves]  # the gaps that are not settled, and what closing each moves besides


Pick = tuple[Option, str | None]  # an option, or a free gap that is closed beside it
Gains = Mapping[Pick, Fraction]  # what picks add to some number


@dataclass(frozen=True, slots=True)
class Part:
    gaps: tuple[str, ...]  # question keys, in the questionnaire's order
    values: Mapping[str, Sequence[Any]]  # of every question that closing moves, what it could be
    options: tuple[Option, ...]  # every set of its gaps is in just one of them; empty when there would be too many

    def picks(self) -> Iterator[Pick]:
        return ((option, gap) for option in self.options for gap in (None, *option.free))

    def least(self, gains: Gains) -> Fraction:
        """The least that any set of its gaps adds."""
        return least_of_one(self.options, gains)


def least_of_one(options: Sequence[Option], gains: Gains) -> Fraction:
    """One of the options is picked, and of its free gaps any."""
    return min(
        gains.get((option, None), ZERO) + sum(min(gains.get((option, gap), ZERO), ZERO) for gap in option.free)
        for option in options
    )


def moves_of(pick: Pick) -> Moves:
    option, gap = pick
    return option.moves if gap is None else option.free[gap]


def parts_of(questionnaire: Questionnaire, gaps: Sequence[OpenGap], standing: StandingWith) -> list[Part]:
    reaches = {gap.question.key: _reach_of(questionnaire, gap.question.key) for gap in gaps}
    return [_part(questionnaire, together, standing) for together in _together(reaches)]


def _reach_of(questionnaire: Questionnaire, key: str) -> set[str]:
    """The question and every later one whose visibility or points could move with it."""
    moved = {key}
    for question in questionnaire.questions:
        if not moved.isdisjoint(questionnaire.looks_at[question.key]):
            moved.add(question.key)
    return moved


def _together(reaches: Mapping[str, set[str]]) -> list[dict[str, set[str]]]:
    """The same, cut into groups that do not touch each other."""
    groups: list[set[str]] = []  # of all that is reached
    for reach in reaches.values():
        touching = [group for group in groups if not group.isdisjoint(reach)]
        groups = [group for group in groups if group not in touching] + [reach.union(*touching)]
    return [{key: reach for key, reach in reaches.items() if key in group} for group in groups]


def _part(questionnaire: Questionnaire, reaches: Mapping[str, set[str]], standing: StandingWith) -> Part:
    gaps, reach = tuple(reaches), set[str]().union(*reaches.values())
    values: dict[str, list[Any]] = {key: [] for key in sorted(reach)}

    def coordinates(close: Collection[str]) -> dict[Coordinate, Decimal]:
        env = standing(close).env
        return _of_dimensions(questionnaire, env) | _of_questions(values, env)

    start, options = coordinates(()), []
    for closed, free in _settled(questionnaire, gaps, reach, standing):
        here = coordinates(closed)
        beside = {gap: _moves(here, coordinates(closed | {gap})) for gap in free}
        options.append(Option(closed, _moves(start, here), beside))
    return Part(gaps, values, tuple(options))


def _settled(
    questionnaire: Questionnaire, gaps: Sequence[str], reach: Collection[str], standing: StandingWith
) -> list[tuple[frozenset[str], list[str]]]:
    """What is closed and what is free in each option. Empty when there are too many."""
    reached = [question for question in questionnaire.questions if question.key in reach]
    closed_value = {gap: standing((gap,)).env[gap] for gap in gaps}
    found, waiting = [], [(frozenset[str](), list(gaps))]
    while waiting:
        closed, free = waiting.pop()
        here = standing(closed)
        # Closing what is hidden does nothing, so that need not be settled.
        asked = {gap: closed_value[gap] for gap in free if here.visible[gap] != NO}
        gap = _to_settle(questionnaire, reached, here, asked)
        if gap is None:
            found.append((closed, free))
        else:
            others = [other for other in free if other != gap]
            waiting += [(closed, others), (closed | {gap}, others)]
        if len(found) + len(waiting) > MOST_OPTIONS:
            return []
    return found


def _to_settle(
    questionnaire: Questionnaire, reached: Sequence[Question], here: Standing, closed_value: Mapping[str, Any]
) -> str | None:
    """A gap that may yet decide whether another question is asked, or what it gives, when each of them is taken as open
    and closed at once. Questions come in order: whether a gap is asked is settled before what looks at it."""
    env = dict(here.env)
    for gap, closed in closed_value.items():
        value = join(env[gap], closed)
        env[gap] = value if here.visible[gap] == YES else or_absent(value)
    for question in reached:
        looked_at = [gap for gap in closed_value if gap in questionnaire.looks_at[question.key]]
        if looked_at and _is_open(questionnaire, question, env):
            return looked_at[0]
    return None


def _is_open(questionnaire: Questionnaire, question: Question, env: Mapping[str, Any]) -> bool:
    """Whether what it looks at may still make a difference."""
    conditions = questionnaire.conditions[question.key]
    shown = reduce(lambda around, condition: is_shown(condition, around, env), conditions, YES)
    return shown == EITHER or (shown == YES and any(rule.formula is not None for rule in question.points))


def _moves(before: Mapping[Coordinate, Decimal], after: Mapping[Coordinate, Decimal]) -> Moves:
    moved = {at: EXACT.subtract(after.get(at, NOTHING), before.get(at, NOTHING)) for at in {**before, **after}}
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
