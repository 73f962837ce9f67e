"""What `score.decisive` says about many answer sheets at once.

The same steps in the same order, done by the same functions; `columns.apply` sees to it that they are done once for
all sheets that look alike to them.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import repeat
from operator import itemgetter
from typing import Any, NamedTuple

from apps.questionnaires.replay.columns import Column, Step, apply, constant, fold, spread, sums_of
from apps.scoring.answers import Answer
from apps.scoring.definitions import Dimension, PointsRule, Question, Questionnaire
from apps.scoring.language.expressions import Expression
from apps.scoring.language.operations import both
from apps.scoring.language.terms import Term
from apps.scoring.language.values import EXACT, NO, YES, ZERO, Range, exactly
from apps.scoring.score import counts, in_force, level_of_value, points_of, raised, share
from apps.scoring.visibility import value_of

AS_A_WHOLE = 4_096  # a term whose names show more values side by side is cheaper step by step
PARTS = 10**6  # sums are whole numbers of millionths
TOO_LARGE = 2**62  # or not a whole number at all
MOST_VALUES = 2**20  # of all columns; one takes up to half a kilobyte, and half a million usual sheets need a tenth

Env = dict[str, Column]


class TooVarious(Exception):
    """The sheets differ in more values than may be held at once."""


class Standings(NamedTuple):
    fired: Mapping[str, int]  # how often each flag fires, in force or not
    worst: Column  # index of the worst band the level could be


class Scorer:
    def __init__(self, questionnaire: Questionnaire, on_date: date) -> None:
        self.questionnaire, self.on_date = questionnaire, on_date
        self.values = 0

    def decisive(self, answers: Mapping[str, Column], rows: int) -> Standings:
        """Raises TooVarious, but never for one sheet."""
        self.values = 0
        visible, env = self.settle(answers, rows, open_ends=False)
        if self.questionnaire.missing_is_worst:
            counted = {key: apply(_counted, visible[key], column) for key, column in answers.items()}
            visible, env = self.settle(counted, rows, open_ends=True)
        self.add_points(visible, env, rows)
        for derived in self.questionnaire.derived:
            env[derived.key] = self.counted(apply(derived.rounded, self.value(derived.value, env, rows)))
        fired: dict[str, int] = {}
        worst = apply(itemgetter(1), fold(self.raises(env, fired, rows), self.level(env, rows)))
        return Standings(fired, worst)

    def settle(self, answers: Mapping[str, Column], rows: int, *, open_ends: bool) -> tuple[Env, Env]:
        """What is visible, and what every question's answer is or could be."""
        visible: Env = {}
        env: Env = {}
        for section in self.questionnaire.sections:
            section_shown = self.shown(section.visible_if, constant(YES, rows), env)
            for question in section.questions:
                shown = visible[question.key] = self.shown(question.visible_if, section_shown, env)
                seen = partial(value_of, question, open_ends=open_ends)
                env[question.key] = apply(seen, shown, answers[question.key])
        return visible, env

    def shown(self, condition: Expression | None, around: Column, env: Env) -> Column:
        return around if condition is None else apply(both, around, self.value(condition, env, len(around.codes)))

    def value(self, expression: Expression, env: Env, rows: int) -> Column:
        return self.of_term(expression.term, env, rows)

    def of_term(self, term: Term, env: Env, rows: int) -> Column:
        if not term.names:
            return constant(term.run({}), rows)
        columns = [env[name] for name in term.names]
        if term.steps and min(spread(columns), rows) > AS_A_WHOLE:
            return self.step_by_step(term, env, rows)
        return self.counted(apply(lambda *values: term.run(dict(zip(term.names, values, strict=True))), *columns))

    def step_by_step(self, term: Term, env: Env, rows: int) -> Column:
        first, *others = term.parts
        total = self.of_term(first, env, rows)
        if not others:
            return self.counted(apply(term.steps[0], total))
        columns = (self.of_term(part, env, rows) for part in others)  # one after the other, never all at once
        return self.counted(fold(zip(term.steps, columns, strict=True), total))

    def counted(self, column: Column) -> Column:
        """All that is made counts, held or let go: it is simpler, and little of it is let go."""
        self.values += len(column.values) - 1
        if self.values > MOST_VALUES:
            raise TooVarious
        return column

    # --- points

    def add_points(self, visible: Env, env: Env, rows: int) -> None:
        for dimension in self.questionnaire.dimensions:
            worth = []
            for question, rule in self.questionnaire.scored[dimension.key]:
                looked_at = dict.fromkeys([question.key, *(rule.formula.names if rule.formula else ())])
                weigh = partial(_worth, question, rule, tuple(looked_at))
                columns = [visible[question.key], *(env[name] for name in looked_at)]
                worth.append(self.counted(apply(weigh, *columns)))
            self.add_dimension(dimension, worth, env, rows)

    def add_dimension(self, dimension: Dimension, worth: Sequence[Column], env: Env, rows: int) -> None:
        """See `score.set_points`."""
        name, whole = dimension.key, self.questionnaire.whole_maximum[dimension.key]
        points = _range_of(worth, 0, rows)
        maximum = constant(exactly(whole), rows) if dimension.over_all else _range_of(worth, 2, rows)
        env[f"points({name})"], env[f"maximum({name})"] = self.counted(points), self.counted(maximum)
        env[f"share({name})"] = self.counted(apply(share, points, maximum))

    # --- the level

    def level(self, env: Env, rows: int) -> Column:
        levels = self.questionnaire.levels
        return apply(partial(level_of_value, levels), env[levels.name]) if levels else constant((0, 0), rows)

    def raises(self, env: Env, fired: dict[str, int], rows: int) -> Iterator[Step]:
        """What each flag does to the level. One after the other: columns of a hundred flags are much memory."""
        for flag in self.questionnaire.flags:
            truth = self.value(flag.when, env, rows)
            fired[flag.key] = truth.rows_with(YES)
            if self.questionnaire.levels and in_force(flag, self.on_date):
                yield partial(_raised, flag.minimum), truth


def _raised(minimum: int, level: tuple[int, int], truth: int) -> tuple[int, int]:
    return raised(level, minimum, truth)


def _counted(shown: int, known: Answer | None) -> Answer | None:
    return known if shown == YES else None


def _worth(question: Question, rule: PointsRule, names: tuple[str, ...], shown: int, *values: Any) -> tuple[Any, ...]:
    """What a question adds to the points, at least and at most, and so to the maximum."""
    counting = counts(question, shown, values[0])
    if counting == NO:
        return ZERO, ZERO, ZERO, ZERO
    points = points_of(question, rule, dict(zip(names, values, strict=True)))
    return points.low, points.high, rule.maximum if counting == YES else ZERO, rule.maximum


def _range_of(worth: Sequence[Column], end: int, rows: int) -> Column:
    """The sums of the low and of the high ends, side by side; `end` is the place of the low one."""
    low = high = _total([apply(itemgetter(end), column) for column in worth], rows)
    if any(value[end] != value[end + 1] for column in worth for value in column.values):
        high = _total([apply(itemgetter(end + 1), column) for column in worth], rows)
    return apply(Range, low, high)


def _total(columns: Sequence[Column], rows: int) -> Column:
    """In whole numbers where they are exact; else by adding in order, as it is done for one sheet."""
    tables = [(column.codes, [_in_parts(value) for value in column.values]) for column in columns]
    if sum(max(map(abs, parts)) for _, parts in tables) < TOO_LARGE:
        return apply(lambda parts: EXACT.divide(Decimal(parts), Decimal(PARTS)), sums_of(tables, rows))
    return fold(zip(repeat(EXACT.add), columns, strict=False), constant(ZERO, rows))


def _in_parts(value: Decimal) -> int:
    numerator, denominator = value.as_integer_ratio()
    return TOO_LARGE if PARTS % denominator else numerator * (PARTS // denominator)
