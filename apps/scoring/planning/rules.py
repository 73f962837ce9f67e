"""What a questionnaire makes of its gaps, whatever is chosen: points, derived values, the level and its flags.

It goes the way of `score.weigh`, in quantities. The solver gets the `goals`: bits that all have to be 1.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from apps.scoring.answers import Answer, Answers
from apps.scoring.definitions import Derived, Dimension, Flag, Levels, PointsRule, Question, Questionnaire
from apps.scoring.language.values import NO, YES, ZERO, Range, exactly
from apps.scoring.planning import quantities as q
from apps.scoring.planning.numbers import Number, added, at_least, less, negated, number_of, rounded, unmoved
from apps.scoring.planning.quantities import Cases, Column, Quantity, TooMuchToTry
from apps.scoring.planning.readings import Reading
from apps.scoring.score import counts, points_of

HUNDRED = q.known(100)


class Rules:
    """`closing` is the answer that closes each gap, and what that costs; `envs` the readings with none closed, as
    things stand and, where what is missing counts as the worst, with open ends."""

    def __init__(
        self,
        questionnaire: Questionnaire,
        answers: Answers,
        closing: Mapping[str, tuple[Answer, int]],
        envs: Sequence[Mapping[str, Any]],
    ) -> None:
        self.questionnaire = questionnaire
        self.goals: list[Quantity] = []
        self.closed = {key: q.choice(cost) for key, (_, cost) in closing.items()}
        given: dict[str, Cases] = {
            question.key: [(answers.values.get(question.key), q.ALWAYS)] for question in questionnaire.questions
        }
        for key, closed in self.closed.items():
            given[key] = [(answers.values.get(key), q.no(closed)), (closing[key][0], closed)]
        self.reading = Reading(questionnaire, given, envs[0])
        for env in envs[1:]:
            self.reading = Reading(questionnaire, given, env, self.reading)
        self.scope = self.reading.scope
        for dimension in questionnaire.dimensions:
            self._make(dimension)
        for derived in questionnaire.derived:
            self.scope.made[derived.key] = partial(self._derived, derived)

    def require_lower(self, levels: Levels, current: int, flags: Collection[Flag]) -> None:
        """The level has to be lower than the current one, and none of the flags may hold it up. Raises TooMuchToTry."""
        value, band = self.scope.named(levels.name), levels.bands[current - 1]
        upper = unmoved(exactly(band.upper or 0))
        below = at_least(upper, value) if band.upper_included else less(value, upper)
        self.goals = [below.must, *(negated(self.scope.truth(flag.when)).must for flag in flags)]

    def closed_by(self, chosen: Collection[Column]) -> frozenset[str]:
        """Question keys of the gaps that are closed when these columns are 1."""
        return frozenset(key for key, bit in self.closed.items() if not bit.terms.keys().isdisjoint(chosen))

    def exclude(self, close: Collection[str]) -> None:
        """Something else has to be closed."""
        self.goals.append(q.any_of(*(q.no(bit) if key in close else bit for key, bit in self.closed.items())))

    def _make(self, dimension: Dimension) -> None:
        key, named, made = dimension.key, self.scope.named, self.scope.made
        points, maximum = f"points({key})", f"maximum({key})"
        made[points] = lambda: self._points(key)
        made[maximum] = lambda: self._maximum(dimension)
        made[f"share({key})"] = lambda: share(named(points), named(maximum))

    def _derived(self, derived: Derived) -> Number:
        value = self.scope.number(derived.value)
        return rounded(value, derived.rounding.mode, derived.rounding.places) if derived.rounding else value

    # --- points

    def _points(self, dimension: str) -> Number:
        given = (list(self._given(*scored)) for scored in self.questionnaire.scored[dimension])
        return added(*map(number_of, given))

    def _given(self, question: Question, rule: PointsRule) -> Iterable[tuple[Range, Quantity]]:
        """What the question gives in each of its states, and with all that a formula looks at."""
        key = question.key
        others = [name for name in rule.formula.names if name != key] if rule.formula else []
        combinations = self.scope.combinations(others)
        if combinations is None:
            raise TooMuchToTry
        for (shown, value), bit in self.reading.states[key]:
            if counts(question, shown, value) == NO:
                yield exactly(0), bit
                continue
            for values, beside in combinations:
                points = points_of(question, rule, {**self.scope.env, **values, key: value})
                yield points, q.all_of(bit, beside)

    def _maximum(self, dimension: Dimension) -> Number:
        if dimension.over_all:
            return unmoved(exactly(self.questionnaire.whole_maximum[dimension.key]))
        most = (list(self._most(*scored)) for scored in self.questionnaire.scored[dimension.key])
        return added(*map(number_of, most))

    def _most(self, question: Question, rule: PointsRule) -> Iterable[tuple[Range, Quantity]]:
        """Its part of the maximum in each of its states."""
        for (shown, value), bit in self.reading.states[question.key]:
            truth = counts(question, shown, value)
            yield Range(rule.maximum if truth == YES else ZERO, rule.maximum if truth != NO else ZERO), bit


def share(points: Number, maximum: Number) -> Number:
    """See `score.share`. Raises TooMuchToTry where points may be below 0 and the maximum moves."""
    if maximum.high.most == 0:
        return unmoved(exactly(0))
    is_one = points.is_one and maximum.is_one
    if maximum.is_one and maximum.is_known:
        low, high = (_percent(end, maximum.low) for end in (points.low, points.high))
        return Number(low, low if is_one else q.smallest(high, HUNDRED))
    if points.low.least < 0:
        raise TooMuchToTry
    nothing = q.reaches_0(-maximum.low)  # could be the maximum
    low = q.pick([(q.NEVER, nothing), (_percent(points.low, maximum.high), q.no(nothing))])
    if is_one:
        return Number(low, low)
    beyond = q.no(q.reaches_0(maximum.low - points.high))
    inside = q.pick([(q.NEVER, beyond), (points.high, q.no(beyond))])
    high = q.pick([(q.NEVER, nothing), (_percent(inside, maximum.low), q.no(nothing))])
    return Number(low, q.pick([(HUNDRED, beyond), (high, q.no(beyond))]))


def _percent(points: Quantity, maximum: Quantity) -> Quantity:
    return q.part(points, maximum) * 100
