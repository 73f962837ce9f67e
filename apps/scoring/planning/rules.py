"""A questionnaire as a program: closing gaps is chosen, and points, derived values, flags and the level follow.

It goes the way of `score.weigh`, with quantities for numbers.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from apps.scoring.answers import Answer, Answers
from apps.scoring.definitions import Derived, Dimension, Flag, Levels, PointsRule, Question, Questionnaire
from apps.scoring.language.values import NO, YES, exactly
from apps.scoring.planning.numbers import Cases, Number, added, at_most, less, negated, number_of, rounded, unmoved
from apps.scoring.planning.program import Program, TooMuchToTry
from apps.scoring.planning.quantities import NEVER, ONE, known, no, one_of
from apps.scoring.planning.readings import Answering, Reading
from apps.scoring.score import counts, points_of

HUNDRED = Fraction(100)


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
        self.program, self.questionnaire = Program(), questionnaire
        self.closed = {key: self.program.choice(cost) for key, (_, cost) in closing.items()}
        answering = self._answering(answers, closing)
        self.reading = Reading(self.program, questionnaire, answering, envs[0])
        for env in envs[1:]:
            self.reading = Reading(self.program, questionnaire, answering, env, self.reading)
        self.place = self.reading.place

    def _answering(self, answers: Answers, closing: Mapping[str, tuple[Answer, int]]) -> Answering:
        answering: dict[str, list[tuple[Answer | None, Any]]] = {}
        for question in self.questionnaire.questions:
            closed = self.closed.get(question.key, NEVER)
            answering[question.key] = [(answers.values.get(question.key), no(closed))]
            if question.key in closing:
                answering[question.key].append((closing[question.key][0], closed))
        return answering

    def require_lower(self, levels: Levels, current: int, flags: Collection[Flag]) -> None:
        """The level has to be lower than the current one, and none of the flags may hold it up. Raises TooMuchToTry."""
        names = [levels.name, *(name for flag in flags for name in flag.when.names)]
        self._work_out(_looked_at(self.questionnaire, names))
        value, band = self._number(levels.name), levels.bands[current - 1]
        upper = unmoved(exactly(band.upper or 0))
        below = (at_most if band.upper_included else less)(self.program, value, upper)
        for truth in (negated(below), *(self.place.truth(flag.when) for flag in flags)):
            self.program.require(no(truth.holds))

    def closed_by(self, chosen: Collection[int]) -> frozenset[str]:
        """Question keys of the gaps that are closed when these columns are 1."""
        return frozenset(key for key, bit in self.closed.items() if not bit.terms.keys().isdisjoint(chosen))

    def exclude(self, close: Collection[str]) -> None:
        """Something else has to be closed."""
        bits = [no(bit) if key in close else bit for key, bit in self.closed.items()]
        self.program.require(self.program.any_of(bits))

    def _number(self, name: str) -> Number:
        return self.place.numbers.get(name) or unmoved(self.place.env[name])

    def _work_out(self, names: Collection[str]) -> None:
        for dimension in self.questionnaire.dimensions:
            self._work_out_dimension(dimension, names)
        for derived in self.questionnaire.derived:
            if derived.key in names:
                self._note(derived.key, self._derived(derived))

    def _work_out_dimension(self, dimension: Dimension, names: Collection[str]) -> None:
        key = dimension.key
        if any(f"{function}({key})" in names for function in ("points", "maximum", "share")):
            points, maximum = self._points(key), self._maximum(dimension)
            self._note(f"points({key})", points)
            self._note(f"maximum({key})", maximum)
            if f"share({key})" in names:
                self._note(f"share({key})", self._share(points, maximum))

    def _note(self, name: str, number: Number) -> None:
        """What does not move is in the environment already."""
        if not number.is_known:
            self.place.numbers[name] = number

    def _derived(self, derived: Derived) -> Number:
        value = self.place.number(derived.value)
        if derived.rounding is None:
            return value
        return rounded(self.program, value, derived.rounding.mode, derived.rounding.places)

    # --- points

    def _points(self, dimension: str) -> Number:
        given = (self._given(*scored) for scored in self.questionnaire.scored[dimension])
        return added(self.program, *map(number_of, given))

    def _given(self, question: Question, rule: PointsRule) -> Cases:
        """What the question gives in each of its states, and with all that a formula looks at."""
        key, found = question.key, list[tuple[Any, Any]]()
        others = [name for name in rule.formula.names if name != key] if rule.formula else []
        combinations = self.place.combinations(others)
        if combinations is None:
            raise TooMuchToTry
        for (shown, value), bit in self.reading.states[key]:
            if counts(question, shown, value) == NO:
                found.append((exactly(0), bit))
                continue
            for values, beside in combinations:
                points = points_of(question, rule, {**self.place.env, **values, key: value})
                found.append((points, self.program.all_of([bit, beside])))
        return found

    def _maximum(self, dimension: Dimension) -> Number:
        if dimension.over_all:
            return unmoved(exactly(self.questionnaire.whole_maximum[dimension.key]))
        return added(self.program, *(self._most(*scored) for scored in self.questionnaire.scored[dimension.key]))

    def _most(self, question: Question, rule: PointsRule) -> Number:
        most, states = Fraction(rule.maximum), self.reading.states[question.key]
        counting = [(counts(question, shown, value), bit) for (shown, value), bit in states]
        low = one_of([(bit, most * (truth == YES)) for truth, bit in counting])
        if all(truth in (YES, NO) for truth, _ in counting):
            return Number(low, low)
        return Number(low, one_of([(bit, most * (truth != NO)) for truth, bit in counting]))

    def _share(self, points: Number, maximum: Number) -> Number:
        """See `score.share`. Raises TooMuchToTry where points may be below 0 and the maximum moves."""
        program = self.program
        if maximum.high.most == 0:
            return unmoved(exactly(0))
        if maximum.is_one and maximum.is_known:
            low, high = (points_end.times(HUNDRED / maximum.low.least) for points_end in points[:2])
            high = program.smallest([high, known(HUNDRED)])
            return Number(low, low if points.is_one else high)
        if points.low.least < 0:
            raise TooMuchToTry
        nothing = program.reaches_0(maximum.low.times(-ONE))  # could be the maximum
        part = program.part(points.low, maximum.high).times(HUNDRED)
        low = program.pick([(nothing, known(0)), (no(nothing), part)])
        if points.is_one and maximum.is_one:
            return Number(low, low)
        beyond = no(program.reaches_0(maximum.low - points.high))
        inside = program.pick([(beyond, known(0)), (no(beyond), points.high)])
        part = program.part(inside, maximum.low).times(HUNDRED)
        high = program.pick([(nothing, known(0)), (no(nothing), part)])
        return Number(low, program.pick([(beyond, known(HUNDRED)), (no(beyond), high)]))


def _looked_at(questionnaire: Questionnaire, names: Iterable[str]) -> frozenset[str]:
    """These names and what they are made of, through derived values."""
    derived = {value.key: value.value for value in questionnaire.derived}
    queue, found = list(names), set[str]()
    while queue:
        name = queue.pop()
        if name not in found:
            found.add(name)
            queue.extend(derived[name].names if name in derived else ())
    return frozenset(found)
