"""The cheapest set of gaps to close, by effort, that reaches a lower level. Exact.

Most gaps only add points, independently of each other. For those, a table over effort keeps for each cost the best
that can be had of every sum the level depends on (`dependence.py`). The few whose answers a condition looks at are
tried both ways, with bounds.
"""

from bisect import bisect_left
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from math import lcm
from typing import Any

from apps.scoring.answers import Answers, RawAnswers, as_answers
from apps.scoring.definitions import FORBID, WORST, Flag, Levels, Question, Questionnaire
from apps.scoring.dependence import Dependence, Feature
from apps.scoring.expressions import Expression
from apps.scoring.gaps import OpenGap, closing_answer, open_gaps
from apps.scoring.score import Standing, conclude, in_force, least_level, set_points, stand, weigh
from apps.scoring.values import EXACT, NO, YES, Range, join
from apps.scoring.visibility import counted, settle

Cost = tuple[int, int]  # person-days, then how many gaps


@dataclass(frozen=True, slots=True)
class Plan:
    close: tuple[str, ...]  # question keys of the gaps, in the questionnaire's order
    effort: int
    level_before: str | None
    level_after: str | None  # None: no set of gaps is enough, and `reason` says why
    reason: str | None

    def as_json(self) -> dict[str, object]:
        return {
            "close": list(self.close),
            "effort": self.effort,
            "level_before": self.level_before,
            "level_after": self.level_after,
            "reason": self.reason,
        }


def cheapest_plan(
    questionnaire: Questionnaire, answers: RawAnswers, *, on_date: date, language: str | None = None
) -> Plan:
    read = counted(questionnaire, as_answers(questionnaire, answers))
    levels = questionnaire.levels
    if levels is None:
        return Plan((), 0, None, None, "This questionnaire has no levels.")
    search = _Search(questionnaire, levels, read, on_date)
    before = levels.bands[search.current].key
    if search.current == 0:
        return Plan((), 0, before, None, "This is already the lowest level.")
    close = search.run()
    if close is None:
        return Plan((), 0, before, None, search.why_not(language))
    after = levels.bands[search.standing({gap.question.key for gap in close}).worst].key
    return Plan(tuple(gap.question.key for gap in close), sum(gap.gap.effort for gap in close), before, after, None)


@dataclass(frozen=True, slots=True)
class _Simple:
    """A gap that only adds points: by how much the ends of each dimension move when it is closed."""

    gap: OpenGap
    moves: Mapping[str, tuple[Decimal, Decimal]]


@dataclass(frozen=True, slots=True)
class _State:
    cost: Cost
    gains: tuple[int, ...]  # of each feature that matters
    taken: tuple[int, ...]  # indexes of simple gaps


class _Search:
    def __init__(self, questionnaire: Questionnaire, levels: Levels, answers: Answers, on_date: date) -> None:
        self.questionnaire, self.levels, self.answers, self.on_date = questionnaire, levels, answers, on_date
        self.open_ends = levels.when_missing == WORST
        self.gaps = open_gaps(questionnaire, answers)
        self.closed = {gap.question.key: closing_answer(gap, answers) for gap in self.gaps}
        self.either = {gap.question.key: self._open_or_closed(gap.question) for gap in self.gaps}
        self.start = self.standing(())
        self.current = self.start.worst
        self.blocking = self._blocking_flags()
        self.simple, self.tangled = self._sorted_out()
        self.tables: dict[tuple[Feature, ...], list[_State]] = {}
        self.best: tuple[Cost, tuple[OpenGap, ...]] | None = None

    def run(self) -> tuple[OpenGap, ...] | None:
        self._try_both_ways(0, ())
        if self.best is None:
            return None
        chosen = {gap.question.key for gap in self.best[1]}
        return tuple(gap for gap in self.gaps if gap.question.key in chosen)

    def why_not(self, language: str | None) -> str:
        bound = self._any_closure(frozenset(), frozenset())
        for flag in self.blocking:
            if bound.fired[flag.key] == YES:
                title = flag.title.in_language(language)
                verb = "forbids this use" if flag.effect == FORBID else "holds the level"
                return f"“{title}” {verb}, whatever gaps are closed."
        if not self.gaps:
            return "No gap is open that could be closed."
        return "Even with every gap closed the level would not be lower; other answers decide it."

    # --- what could be

    def standing(self, close: Collection[str]) -> Standing:
        return stand(self.questionnaire, self._with(close), self.on_date, open_ends=self.open_ends)

    def _with(self, close: Collection[str]) -> Answers:
        return Answers({**self.answers.values, **{key: self.closed[key] for key in close}})

    def _open_or_closed(self, question: Question) -> Any:
        known = self.answers.known(question.key)
        value = question.kind.of(known)
        if known is None and self.open_ends:
            value = question.anything
        return join(value, question.kind.of(self.closed[question.key]))

    def _any_closure(self, closed: frozenset[str], left_open: frozenset[str]) -> Standing:
        """Holds everything that could be while the gaps not named are closed or not."""
        undecided = {key: value for key, value in self.either.items() if key not in closed and key not in left_open}
        answers = counted(self.questionnaire, self._with(closed), undecided) if self.open_ends else self._with(closed)
        scene = settle(self.questionnaire, answers, open_ends=self.open_ends, instead=undecided)
        return weigh(self.questionnaire, scene, self.on_date)

    def _blocking_flags(self) -> tuple[Flag, ...]:
        """Flags that could hold the level where it is."""
        fired = self._any_closure(frozenset(), frozenset()).fired
        return tuple(
            flag
            for flag in self.questionnaire.flags
            if fired[flag.key] != NO and in_force(flag, self.on_date) and least_level(self.levels, flag) >= self.current
        )

    # --- simple and tangled gaps

    def _sorted_out(self) -> tuple[tuple[_Simple, ...], tuple[OpenGap, ...]]:
        looked_at = self._names_that_decide()
        reach = {gap.question.key: _influence(self.questionnaire, gap.question.key) for gap in self.gaps}
        simple, tangled = [], []
        for gap in self.gaps:
            key = gap.question.key
            others = (reach[other] for other in reach if other != key)
            alone = reach[key].isdisjoint(looked_at) and all(reach[key].isdisjoint(other) for other in others)
            moves = self._moves(key) if alone else None
            if moves is None:
                tangled.append(gap)
            else:
                simple.append(_Simple(gap, moves))
        return tuple(simple), tuple(tangled)

    def _names_that_decide(self) -> set[str]:
        """Everything the level and the blocking flags look at, through derived values."""
        derived = {value.key: value.value for value in self.questionnaire.derived}
        queue = [self.levels.name, *(name for flag in self.blocking for name in flag.when.names)]
        found: set[str] = set()
        while queue:
            name = queue.pop()
            if name not in found:
                found.add(name)
                queue.extend(derived[name].names if name in derived else ())
        return found

    def _moves(self, key: str) -> Mapping[str, tuple[Decimal, Decimal]] | None:
        """How closing one gap moves the points of each dimension; None when it also moves a maximum."""
        before, after = self.start.env, self.standing((key,)).env
        moves = {}
        for dimension in self.questionnaire.dimensions:
            if before[f"maximum({dimension.key})"] != after[f"maximum({dimension.key})"]:
                return None
            old, new = before[f"points({dimension.key})"], after[f"points({dimension.key})"]
            if old != new:
                moves[dimension.key] = (EXACT.subtract(new.low, old.low), EXACT.subtract(new.high, old.high))
        return moves

    # --- tangled gaps: both ways, with bounds

    def _try_both_ways(self, index: int, closed: tuple[OpenGap, ...]) -> None:
        cost = _cost(closed)
        if self.best is not None and cost >= self.best[0]:
            return
        keys = frozenset(gap.question.key for gap in closed)
        left_open = frozenset(gap.question.key for gap in self.tangled[:index]) - keys
        if self._any_closure(keys, left_open).best >= self.current:
            return
        if index == len(self.tangled):
            self._fill_up(closed, keys, cost)
            return
        self._try_both_ways(index + 1, closed)
        self._try_both_ways(index + 1, (*closed, self.tangled[index]))

    # --- simple gaps: a table over effort

    def _fill_up(self, closed: tuple[OpenGap, ...], keys: frozenset[str], cost: Cost) -> None:
        standing = self.standing(keys)
        if standing.worst < self.current:
            self.best = (cost, closed)
            return
        features = self._features(standing)
        if features not in self.tables:
            self.tables[features] = self._table(features)
        self._take_the_cheapest(self.tables[features], len(features) == 1 and features[0][1], standing, closed, cost)

    def _table(self, features: tuple[Feature, ...]) -> list[_State]:
        """Every set of simple gaps worth having, cheapest first; it depends on nothing but what matters."""
        gains = _whole_numbers([[_gain(simple.moves, feature) for feature in features] for simple in self.simple])
        ordered = [is_ordered for _, is_ordered in features]
        states = [_State((0, 0), (0,) * len(features), ())]
        for index, gain in enumerate(gains):
            if any(gain):
                states = _undominated([*states, *(self._grown(state, index, gain) for state in states)], ordered)
        return states

    def _features(self, standing: Standing) -> tuple[Feature, ...]:
        changing = {dimension for simple in self.simple for dimension in simple.moves}
        dependence = Dependence(self.questionnaire, standing.env, changing)
        dependence.of_name(self.levels.name)
        for flag in self.blocking:
            dependence.of_truth(flag.when)
        return tuple(dependence.features)

    def _grown(self, state: _State, index: int, gain: tuple[int, ...]) -> _State:
        effort = self.simple[index].gap.gap.effort
        gains = tuple(a + b for a, b in zip(state.gains, gain, strict=True))
        return _State((state.cost[0] + effort, state.cost[1] + 1), gains, (*state.taken, index))

    def _take_the_cheapest(
        self, states: list[_State], rising: bool, standing: Standing, closed: tuple[OpenGap, ...], cost: Cost
    ) -> None:
        """When a single sum matters, dearer states are better ones, and the first that is enough is found by halves."""
        first = bisect_left(states, True, key=lambda s: self._is_enough(s, standing)) if rising else 0
        for state in states[first:]:
            total = (cost[0] + state.cost[0], cost[1] + state.cost[1])
            if self.best is not None and total >= self.best[0]:
                return
            if self._is_enough(state, standing):
                self.best = (total, (*closed, *(self.simple[index].gap for index in state.taken)))
                return

    def _is_enough(self, state: _State, standing: Standing) -> bool:
        return self._level_with(state, standing) < self.current

    def _level_with(self, state: _State, standing: Standing) -> int:
        env = dict(standing.env)
        for index in state.taken:
            for dimension, (low, high) in self.simple[index].moves.items():
                points = env[f"points({dimension})"]
                moved = Range(EXACT.add(points.low, low), EXACT.add(points.high, high))
                set_points(env, dimension, moved, env[f"maximum({dimension})"])
        return conclude(self.questionnaire, standing.visible, env, self.on_date).worst


def _cost(gaps: Collection[OpenGap]) -> Cost:
    return sum(gap.gap.effort for gap in gaps), len(gaps)


def _influence(questionnaire: Questionnaire, key: str) -> set[str]:
    """The question and every later one whose visibility or points could move with it."""
    moved = {key}
    for section in questionnaire.sections:
        for question in section.questions:
            looks_at: list[Expression] = [rule.formula for rule in question.points if rule.formula is not None]
            looks_at += [condition for condition in (section.visible_if, question.visible_if) if condition is not None]
            if any(not moved.isdisjoint(expression.names) for expression in looks_at):
                moved.add(question.key)
    return moved


def _gain(moves: Mapping[str, tuple[Decimal, Decimal]], feature: Feature) -> Fraction:
    total = Fraction(0)
    for (dimension, end), weight in feature[0]:
        if dimension in moves:
            low, high = moves[dimension]
            total += weight * Fraction(low if end == -1 else high)
    return total


def _whole_numbers(rows: list[list[Fraction]]) -> list[tuple[int, ...]]:
    """The same proportions without fractions: faster to add and compare."""
    scale = lcm(*(value.denominator for row in rows for value in row))
    return [tuple(int(value * scale) for value in row) for row in rows]


def _undominated(states: list[_State], ordered: list[bool]) -> list[_State]:
    """Drops a state when another costs no more and is at least as good in everything that matters."""
    kept: list[_State] = []
    look_back = 1 if ordered == [True] else None  # with one sum, the last one kept is the best so far
    for state in sorted(states, key=lambda s: (s.cost, [-gain for gain in s.gains], s.taken)):
        if not any(_as_good(other.gains, state.gains, ordered) for other in islice(reversed(kept), look_back)):
            kept.append(state)
    return kept


def _as_good(gains: tuple[int, ...], than: tuple[int, ...], ordered: list[bool]) -> bool:
    return all(a >= b if free else a == b for a, b, free in zip(gains, than, ordered, strict=True))
