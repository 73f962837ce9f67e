"""The cheapest set of gaps to close, by effort, that reaches a lower level. Exact.

1. Every open gap is *simple* or *tangled* (`_sorted_out`). A simple one only adds points: no condition, formula or
   flag that matters looks at its answer, so what it adds does not depend on which others are closed.
2. Tangled gaps are tried both ways, open and closed (`_try_both_ways`). A branch ends early when it costs as much as
   the best set so far, when flags that still hold the level cost too much to undo (`_needed`), or when the level stays
   where it is whatever the undecided gaps turn out to be (`_any_closure`: one scoring over sets of answers).
3. Where all tangled gaps are decided, the cheapest simple ones are looked up (`_fill_up`) in a table of all sets of
   them worth having: those that no other set beats in cost and in every sum the level depends on (`dependence.py`).

What this takes is counted; a search that would take too long is stopped, and says so.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from math import lcm
from operator import ge
from typing import Any

from apps.scoring.answers import Answers, RawAnswers, as_answers
from apps.scoring.definitions import FORBID, WORST, Flag, Levels, Question, Questionnaire
from apps.scoring.gaps import OpenGap, closing_answer, open_gaps
from apps.scoring.language.expressions import Expression
from apps.scoring.language.values import EXACT, NO, YES, Range, join
from apps.scoring.planning.dependence import Dependence, Feature
from apps.scoring.score import Standing, conclude, in_force, set_points, stand, weigh
from apps.scoring.visibility import counted, settle

Cost = tuple[int, int]  # person-days, then how many gaps
# Counted, never timed, so that every machine gives the same plan. A million is about a fifth of a second.
MAX_WORK = 15_000_000
SCORING = 10  # units for each question, derived value and flag when everything is scored
STOPPED = "There was too much to try: this is the cheapest set found, and a cheaper one may exist."
NOTHING_FOUND = "There was too much to try, and no set of gaps that is enough was found; one may exist."


class _TooMuchWork(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Plan:
    close: tuple[str, ...]  # question keys of the gaps, in the questionnaire's order
    effort: int
    level_before: str | None
    level_after: str | None  # None: no set of gaps is enough, and `reason` says why
    reason: str | None
    exact: bool = True  # False: the search was stopped, so a cheaper set may exist

    def as_json(self) -> dict[str, object]:
        return {
            "close": list(self.close),
            "effort": self.effort,
            "level_before": self.level_before,
            "level_after": self.level_after,
            "reason": self.reason,
            "exact": self.exact,
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
        return Plan((), 0, before, None, search.why_not(language) if search.exact else NOTHING_FOUND, search.exact)
    after = levels.bands[search.standing({gap.question.key for gap in close}).worst].key
    effort, _ = _cost(close)
    keys = tuple(gap.question.key for gap in close)
    return Plan(keys, effort, before, after, None if search.exact else STOPPED, search.exact)


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
        # In this order: each line needs those before it.
        self.questionnaire, self.levels, self.answers, self.on_date = questionnaire, levels, answers, on_date
        self.open_ends = levels.when_missing == WORST
        self.work, self.exact = 0, True
        self.scoring = SCORING * (len(questionnaire.questions) + len(questionnaire.flags) + len(questionnaire.derived))
        visible = settle(questionnaire, answers, open_ends=False).visible
        self.gaps = open_gaps(questionnaire, answers, visible)
        self.closed = {gap.question.key: closing_answer(gap, answers) for gap in self.gaps}
        self.either = {gap.question.key: self._open_or_closed(gap.question) for gap in self.gaps}
        self.start = self.standing(())
        self.current = self.start.worst
        self.blocking = self._blocking_flags()
        self.reach = {gap.question.key: _influence(questionnaire, gap.question.key) for gap in self.gaps}
        self.simple, self.tangled = self._sorted_out()
        self.undone_by = self._what_undoes_flags()
        self.tables: dict[tuple[Feature, ...], list[_State]] = {}
        self.best: tuple[Cost, tuple[OpenGap, ...]] | None = None

    def run(self) -> tuple[OpenGap, ...] | None:
        try:
            self._start_with_something()
            self._try_both_ways(self.tangled, ())
        except _TooMuchWork:
            self.exact = False
        if self.best is None:
            return None
        chosen = {gap.question.key for gap in self.best[1]}
        return tuple(gap for gap in self.gaps if gap.question.key in chosen)

    def _spend(self, units: int) -> None:
        self.work += units
        if self.work > MAX_WORK:
            raise _TooMuchWork

    def _start_with_something(self) -> None:
        """Everything that is worth closing, less what can be left open, dearest first: dearer sets need no look."""
        close = list(self.gaps)
        if not self._lower(close):
            return
        for gap in sorted(self.gaps, key=lambda gap: -gap.gap.effort):
            fewer = [other for other in close if other is not gap]
            close = fewer if self._lower(fewer) else close
        self.best = (_cost(close), tuple(close))

    def _lower(self, close: Collection[OpenGap]) -> bool:
        return self.standing({gap.question.key for gap in close}).worst < self.current

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
        fired, least = self._any_closure(frozenset(), frozenset()).fired, self.questionnaire.least_levels
        return tuple(
            flag
            for flag in self.questionnaire.flags
            if fired[flag.key] != NO and in_force(flag, self.on_date) and least[flag.key] >= self.current
        )

    # --- simple and tangled gaps

    def _sorted_out(self) -> tuple[tuple[_Simple, ...], tuple[OpenGap, ...]]:
        looked_at = self._names_that_decide()
        reach = self.reach
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
        """Everything the level and the blocking flags look at."""
        return self._looked_at([self.levels.name, *(name for flag in self.blocking for name in flag.when.names)])

    def _looked_at(self, names: Collection[str]) -> set[str]:
        """These names and what they are made of, through derived values."""
        derived = {value.key: value.value for value in self.questionnaire.derived}
        queue = list(names)
        found: set[str] = set()
        while queue:
            name = queue.pop()
            if name not in found:
                found.add(name)
                queue.extend(derived[name].names if name in derived else ())
        return found

    def _what_undoes_flags(self) -> dict[str, frozenset[str]]:
        """For flags that look at answers only: the gaps of which at least one must be closed when the flag fires."""
        found = {}
        for flag in self.blocking:
            names = self._looked_at(flag.when.names)
            if names <= self.questionnaire.by_key.keys() | {value.key for value in self.questionnaire.derived}:
                found[flag.key] = frozenset(key for key, moved in self.reach.items() if not moved.isdisjoint(names))
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

    def _try_both_ways(self, undecided: tuple[OpenGap, ...], closed: tuple[OpenGap, ...]) -> None:
        self._spend(2 * self.scoring)
        cost, keys = _cost(closed), frozenset(gap.question.key for gap in closed)
        if not self._cheaper(cost):
            return
        standing = self.standing(keys)
        if standing.worst < self.current:  # closing more only costs more
            self.best = (cost, closed)
            return
        needed = self._needed(standing, undecided)
        if needed is None or not self._cheaper((cost[0] + needed[0], cost[1] + needed[1])):
            return
        open_keys = {gap.question.key for gap in undecided}
        left_open = frozenset(g.question.key for g in self.tangled if g.question.key not in open_keys) - keys
        if self._any_closure(keys, left_open).best >= self.current:
            return
        if not undecided:
            self._fill_up(standing, closed, cost)
            return
        gap = self._most_wanted(standing, undecided)
        rest = tuple(other for other in undecided if other is not gap)
        self._try_both_ways(rest, closed)
        self._try_both_ways(rest, (*closed, gap))

    def _cheaper(self, cost: Cost) -> bool:
        return self.best is None or cost < self.best[0]

    def _firing(self, standing: Standing, undecided: tuple[OpenGap, ...]) -> list[list[OpenGap]]:
        """For each flag that still blocks: the undecided gaps that could undo it."""
        return [
            [gap for gap in undecided if gap.question.key in undone_by]
            for flag, undone_by in self.undone_by.items()
            if standing.fired[flag] != NO
        ]

    def _needed(self, standing: Standing, undecided: tuple[OpenGap, ...]) -> Cost | None:
        """At least this is still to pay: the cheapest gap of each flag, of flags that share none. None: no way out."""
        effort, count, used = 0, 0, set[str]()
        for gaps in self._firing(standing, undecided):
            if not gaps:
                return None
            keys = {gap.question.key for gap in gaps}
            if used.isdisjoint(keys):
                used |= keys
                effort, count = effort + min(gap.gap.effort for gap in gaps), count + 1
        return effort, count

    def _most_wanted(self, standing: Standing, undecided: tuple[OpenGap, ...]) -> OpenGap:
        """The gap that could undo most of the flags that still block."""
        wanted = Counter(gap.question.key for gaps in self._firing(standing, undecided) for gap in gaps)
        return max(undecided, key=lambda gap: wanted[gap.question.key])

    # --- simple gaps: a table over effort

    def _fill_up(self, standing: Standing, closed: tuple[OpenGap, ...], cost: Cost) -> None:
        features = self._features(standing)
        if features not in self.tables:
            self.tables[features] = self._table(features)
        self._take_the_cheapest(self.tables[features], len(features) == 1 and features[0][1], standing, closed, cost)

    def _table(self, features: tuple[Feature, ...]) -> list[_State]:
        """Every set of simple gaps worth having, cheapest first; it depends on nothing but what matters."""
        gains = _whole_numbers([_gains(simple.moves, features) for simple in self.simple])
        states = [_State((0, 0), (0,) * (len(gains[0]) if gains else 0), ())]
        for index, gain in enumerate(gains):
            if any(gain):
                grown = (self._grown(state, index, gain) for state in states)
                states = self._undominated([*states, *(state for state in grown if self._cheaper(state.cost))])
        return states

    def _features(self, standing: Standing) -> tuple[Feature, ...]:
        changing = {dimension for simple in self.simple for dimension in simple.moves}
        dependence = Dependence(self.questionnaire, standing.env, changing)
        dependence.of_name(self.levels.name)
        for flag in self.blocking:
            dependence.of_truth(flag.when)
        return tuple(dependence.features)

    def _undominated(self, states: list[_State]) -> list[_State]:
        """Drops a state when another costs no more and is at least as good in everything that matters."""
        kept: list[_State] = []
        look_back = 1 if len(states[0].gains) == 1 else None  # with one sum, the last one kept is the best so far
        for state in sorted(states, key=lambda s: (s.cost, [-gain for gain in s.gains], s.taken)):
            self._spend(look_back or len(kept))
            gains = state.gains
            if not any(all(map(ge, other.gains, gains)) for other in islice(reversed(kept), look_back)):
                kept.append(state)
        return kept

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
        self._spend(self.scoring)
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


def _gains(moves: Mapping[str, tuple[Decimal, Decimal]], features: tuple[Feature, ...]) -> list[Fraction]:
    """More of each is better. Where only the same is as good, the gain counts both ways."""
    gains = []
    for feature in features:
        gain = _gain(moves, feature)
        gains += [gain] if feature[1] else [gain, -gain]
    return gains


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
