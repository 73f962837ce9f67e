"""Gaps: control questions whose answer leaves something missing, what closing one means, and what it buys."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.scoring.answers import Answer, Answers, RawAnswers, as_answers
from apps.scoring.definitions import GapDefinition, Question, Questionnaire
from apps.scoring.language.operations import add
from apps.scoring.language.values import EXACT, SNAP, YES, Range
from apps.scoring.score import Standing, conclude, decisive, points_of, set_points
from apps.scoring.visibility import Readings, value_of


@dataclass(frozen=True, slots=True)
class OpenGap:
    question: Question
    gap: GapDefinition
    certain: bool  # False while the question is not answered, or with "I don't know"


@dataclass(frozen=True, slots=True)
class Bought:
    """What closing one gap does to the value that decides the level; found by scoring again."""

    value: Decimal | None
    level_after: str | None


NOTHING_BOUGHT = Bought(None, None)


def open_gaps(questionnaire: Questionnaire, answers: Answers, visible: Mapping[str, int]) -> tuple[OpenGap, ...]:
    """Visible control questions that are not closed, in the questionnaire's order."""
    found = []
    for question in questionnaire.questions:
        if question.gap is None or not visible[question.key] & YES:
            continue
        answer = answers.known(question.key)
        if not _closed(question.gap, answer):
            found.append(OpenGap(question, question.gap, answer is not None))
    return tuple(found)


def _closed(gap: GapDefinition, answer: Answer | None) -> bool:
    if isinstance(answer, tuple):
        return set(gap.closed_by) <= set(answer)
    return answer in gap.closed_by


def closing_answer(open_gap: OpenGap, answers: Answers) -> Answer:
    """single: the first choice that closes it; multi: what is ticked and what is still needed, in order."""
    question, gap = open_gap.question, open_gap.gap
    if question.type == "single":
        return gap.closed_by[0]
    if question.choice(gap.closed_by[0]).exclusive:
        return gap.closed_by[:1]
    ticked = answers.known(question.key) or ()
    wanted = {*gap.closed_by, *(ticked if isinstance(ticked, tuple) else ())}
    return tuple(choice.key for choice in question.choices if choice.key in wanted and not choice.exclusive)


def close_gaps(questionnaire: Questionnaire, answers: RawAnswers, close: Collection[str]) -> Answers:
    """The answers as they would be with these gaps (question keys) closed; keys without an open gap change nothing."""
    readings = Readings(questionnaire, as_answers(questionnaire, answers))
    counted = readings.counted
    values = dict(counted.values)
    for gap in open_gaps(questionnaire, counted, readings.now.visible):
        if gap.question.key in close:
            values[gap.question.key] = closing_answer(gap, counted)
    return Answers(values, counted.ignored)


def what_each_buys(
    questionnaire: Questionnaire, answers: Answers, gaps: Collection[OpenGap], start: Standing, on_date: date
) -> dict[str, Bought]:
    """`start` is the reading that decides the level."""
    levels = questionnaire.levels
    if levels is None or not gaps:
        return {gap.question.key: NOTHING_BOUGHT for gap in gaps}
    before = start.env[levels.name].high  # there always is one: the checker refuses levels of what may have no value
    bought = {}
    for gap in gaps:
        standing = _standing_with(questionnaire, answers, gap, start, on_date)
        after = standing.env[levels.name].high
        difference = SNAP.plus(EXACT.subtract(before, after))
        bought[gap.question.key] = Bought(difference, levels.bands[standing.worst].key)
    return bought


def _standing_with(
    questionnaire: Questionnaire, answers: Answers, gap: OpenGap, start: Standing, on_date: date
) -> Standing:
    """The standing with one gap closed. When no condition or formula looks at it, only its own points move."""
    closed = closing_answer(gap, answers)
    if gap.question.key not in questionnaire.watched:
        return _with_other_points(questionnaire, start, gap.question, closed, on_date)
    return decisive(questionnaire, Answers({**answers.values, gap.question.key: closed}), on_date)


def _with_other_points(
    questionnaire: Questionnaire, start: Standing, question: Question, answer: Answer, on_date: date
) -> Standing:
    """Without scoring everything again."""
    env = dict(start.env)
    env[question.key] = value_of(question, start.visible[question.key], answer, open_ends=False)
    for rule in question.points:
        name = rule.dimension
        before, after = points_of(question, rule, start.env), points_of(question, rule, env)
        points = add(env[f"points({name})"], after)
        left = Range(EXACT.subtract(points.low, before.low), EXACT.subtract(points.high, before.high))  # type: ignore[arg-type]
        set_points(env, name, left, env[f"maximum({name})"])
    return conclude(questionnaire, start.visible, env, on_date)
