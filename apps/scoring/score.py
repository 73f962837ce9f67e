"""Points, derived values, flags and the level: the one function that computes them, for every reading of answers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.scoring.answers import Answers
from apps.scoring.definitions import Band, Flag, GapDefinition, Levels, PointsRule, Question, Questionnaire
from apps.scoring.language.expressions import Expression
from apps.scoring.language.operations import multiply, worth
from apps.scoring.language.values import (
    EITHER,
    EXACT,
    HUGE,
    HUNDRED,
    NO,
    SNAP,
    YES,
    ZERO,
    Env,
    Range,
    Truth,
    Value,
    exactly,
    present,
)
from apps.scoring.visibility import Readings, Scene

# The version of the scoring rules themselves; it changes when the same answers could come out differently.
ENGINE = "2"


@dataclass(frozen=True, slots=True)
class Standing:
    """One reading of the answers: as things stand every range is one number, otherwise it holds all that could be."""

    visible: Mapping[str, Truth]
    env: Env  # questions, points(…), maximum(…), share(…) and derived values by name
    fired: Mapping[str, Truth]  # truth of each flag, in force or not
    best: int  # index of the best and the worst band the level could be
    worst: int


# --- one reading of the answers


def decisive(questionnaire: Questionnaire, answers: Answers, on_date: date) -> Standing:
    """The reading whose worst band is the level that is shown."""
    readings = Readings(questionnaire, answers)
    return weigh(questionnaire, readings.later if questionnaire.missing_is_worst else readings.now, on_date)


def weigh(questionnaire: Questionnaire, scene: Scene, on_date: date) -> Standing:
    env = dict(scene.env)
    _add_points(questionnaire, scene.visible, env)
    return conclude(questionnaire, scene.visible, env, on_date)


def conclude(
    questionnaire: Questionnaire, visible: Mapping[str, Truth], env: dict[str, Value], on_date: date
) -> Standing:
    """From points to the level. Adds the derived values to `env`; each may look at those before it."""
    for derived in questionnaire.derived:
        env[derived.key] = derived.rounded(derived.value.run(env))
    fired = {flag.key: flag.when.run(env) for flag in questionnaire.flags}
    best, worst = _level(questionnaire, env, fired, on_date)
    return Standing(visible, env, fired, best, worst)


# --- points


def _add_points(questionnaire: Questionnaire, visible: Mapping[str, Truth], env: dict[str, Value]) -> None:
    for dimension in questionnaire.dimensions:
        points, maximum = _points_and_maximum(questionnaire.scored[dimension.key], visible, env)
        if dimension.over_all:
            maximum = exactly(questionnaire.whole_maximum[dimension.key])
        set_points(env, dimension.key, points, maximum)


def _points_and_maximum(
    scored: Iterable[tuple[Question, PointsRule]], visible: Mapping[str, Truth], env: Env
) -> tuple[Range, Range]:
    """Of one dimension."""
    low = high = smallest = largest = ZERO
    for question, rule in scored:
        counting = counts(question, visible[question.key], env[question.key])
        if counting == NO:
            continue
        points = points_of(question, rule, env)
        low, high = EXACT.add(low, points.low), EXACT.add(high, points.high)  # type: ignore[arg-type]
        largest = EXACT.add(largest, rule.maximum)
        if counting == YES:
            smallest = EXACT.add(smallest, rule.maximum)
    return Range(low, high), Range(smallest, largest)


def counts(question: Question, shown: Truth, value: Value) -> Truth:
    """Whether the question is part of the maximum: it is shown, and the answer is not that it does not apply."""
    apart = question.not_applicable
    if not apart or apart.isdisjoint(value):
        return shown
    return NO if value <= apart else shown | NO


def set_points(env: dict[str, Value], dimension: str, points: Range, maximum: Range) -> None:
    env[f"points({dimension})"] = points
    env[f"maximum({dimension})"] = maximum
    env[f"share({dimension})"] = share(points, maximum)


def points_of(question: Question, rule: PointsRule, env: Env) -> Range:
    """What the question gives on one dimension. No answer gives nothing."""
    value = env[question.key]
    if rule.formula is not None:
        return _points_by_formula(rule.formula, rule.weight, question.key, env)
    known = rule.of_known_choice.get(value) if question.type == "single" else None
    return known or worth(value, rule.by_choice)


def _points_by_formula(formula: Expression, weight: Decimal, key: str, env: Env) -> Range:
    number = env[key]
    if number.low is None:
        return exactly(0)
    looked_at = {name: env[name] for name in formula.names} | {key: present(number)}
    points = multiply(formula.run(looked_at), exactly(weight))
    if points.low is None or points.high is None:
        return exactly(0)
    if number.absent or points.absent:
        return Range(min(points.low, ZERO), max(points.high, ZERO))
    return Range(points.low, points.high)


def share(points: Range, maximum: Range) -> Range:
    """Points as a percentage of the maximum, 0 when that is 0. Where either is open, it goes

        from  low / largest    (points below 0: low / smallest)
        to    high / smallest  (points below 0: high / largest), but never above 100: both move together

    and a maximum that may be 0 may give 0 as well.
    """
    low, high, smallest, largest = points.low, points.high, maximum.low, maximum.high
    if low is None or high is None or smallest is None or largest is None or largest == 0:
        return exactly(0)
    bottom = _percent(low, largest if low >= 0 else smallest)
    top = HUNDRED if high > smallest else _percent(high, smallest if high >= 0 else largest)
    return Range(bottom, top) if smallest > 0 else Range(min(bottom, ZERO), max(top, ZERO))


def _percent(points: Decimal, maximum: Decimal) -> Decimal:
    """Of no maximum as low as can be: points below 0 over a maximum that may be 0 have no lower bound."""
    return EXACT.divide(EXACT.multiply(points, HUNDRED), maximum) if maximum else -HUGE


# --- the level


def in_force(rule: Flag | GapDefinition, on_date: date) -> bool:
    return rule.applies_from is None or rule.applies_from <= on_date


def _level(questionnaire: Questionnaire, env: Env, fired: Mapping[str, Truth], on_date: date) -> tuple[int, int]:
    levels = questionnaire.levels
    if levels is None:
        return 0, 0
    level = level_of_value(levels, env[levels.name])
    for flag in questionnaire.flags:
        if fired[flag.key] != NO and in_force(flag, on_date):
            level = raised(level, flag.minimum, fired[flag.key])
    return level


def raised(level: tuple[int, int], minimum: int, truth: Truth) -> tuple[int, int]:
    """Best and worst band beside a flag in force that allows no better one than `minimum`."""
    best, worst = level
    if truth == NO:
        return level
    return (best if truth == EITHER else max(best, minimum)), max(worst, minimum)


def level_of_value(levels: Levels, value: Range) -> tuple[int, int]:
    """Best and worst band. No value at all is never safe: it is the worst band."""
    last = len(levels.bands) - 1
    if value.low is None or value.high is None:
        return last, last
    best, worst = band_index(levels.bands, value.low), band_index(levels.bands, value.high)
    return best, last if value.absent else worst


def band_index(bands: Sequence[Band], value: Decimal) -> int:
    value = SNAP.plus(value)
    for index, band in enumerate(bands):
        if band.upper is None or value < band.upper or (value == band.upper and band.upper_included):
            return index
    return len(bands) - 1
