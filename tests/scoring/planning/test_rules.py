"""What the program says of each set of gaps is what scoring says of it."""

from random import Random
from typing import Any

import pytest

from apps.scoring import cheapest_plan, parse_questionnaire
from apps.scoring.answers import read_answers
from apps.scoring.planning.plan import Search
from apps.scoring.planning.quantities import TooMuchToTry
from apps.scoring.planning.solver import cheapest
from tests.factories.definitions import make_control, make_gap, make_question, make_scored_definition
from tests.scoring.planning.test_plan import TODAY, cheapest_by_trying_everything
from tests.scoring.planning.test_shapes import controls_over

DERIVED = {
    "whole": {"value": "points(d0)"},
    "even": {"value": "points(d0) / 4", "round": {"places": 0, "mode": "half_even"}},
    "up": {"value": "points(d1) / 3", "round": {"places": 1, "mode": "ceil"}},
    "quotient": {"value": "points(d0) / points(d1)"},
    "part": {"value": "30 / users"},
    "grade": {"value": "3 if points(d0) < 9 else 1"},
}

LATE = [
    {"key": "small", "title": "Small", "points": {"d1": 0, "d3": 0}},
    {"key": "large", "title": "Large", "points": {"d1": 5, "d3": 0}},
]


QUESTIONS = [
    make_question("users", type="number", minimum=1, maximum=50, visible_if="c0 == 'missing'"),
    make_question("since", type="date", visible_if="c0 == 'missing' or c1 == 'missing'"),
    make_question("plain", type="number", minimum=0, maximum=9, points={"d2": "plain * (3 if c2 == 'missing' else 1)"}),
    make_question("late", choices=LATE, visible_if="plain > 4 or c0 == 'missing'"),
]
ANSWERS = {"reach": "everyone", "data": ["personal", "health"], "users": 12, "plain": 4, "late": "large"}


def case(
    value: str, *, flags: tuple[str, ...] = (), condition: str | None = None, unanswered: tuple[str, ...] = ()
) -> Search:
    controls = controls_over(2, 2, 5, Random(3), condition)
    data = make_scored_definition(*controls, *QUESTIONS)
    data["dimensions"] = [data["dimensions"][0], *({"key": key, "title": key} for key in ("d0", "d1", "d2", "d3"))]
    data["derived"] = [{"key": key, "title": key, **DERIVED[key]} for key in DERIVED]
    data["derived"].append({"key": "residual", "title": "Residual", "value": value})
    data["flags"] = [
        {"key": f"f{n}", "title": "F", "when": when, "effect": {"minimum_level": "critical"}, "because": "So."}
        for n, when in enumerate(flags)
    ]
    questionnaire = parse_questionnaire(data)
    given = ANSWERS | {"since": "2026-01-05", **{control["key"]: "missing" for control in controls}}
    answers = {key: answer for key, answer in given.items() if key not in unanswered}
    assert questionnaire.levels is not None
    return Search(questionnaire, questionnaire.levels, read_answers(questionnaire, answers), TODAY)


def sets_of(search: Search) -> tuple[set[frozenset[str]], set[frozenset[str]]]:
    """Those that are enough, and those that the program allows."""
    keys = [gap.question.key for gap in search.gaps]
    every = [frozenset(key for i, key in enumerate(keys) if number >> i & 1) for number in range(2 ** len(keys))]
    rules, allowed = search.rules(), set()
    while (chosen := cheapest(rules.goals)) is not None:
        allowed.add(rules.closed_by(chosen))
        rules.exclude(rules.closed_by(chosen))
    return {close for close in every if search.is_enough(close)}, allowed


VALUES = [
    "floor(points(d0)) * 2 - share(d3)",
    "100 - share(d0) * share(d1) / 100",
    "90 - even * 9 - up",
    "60 + (points(d0) - 12) * (points(d1) - 15) / 3",
    "90 - (share(d0) + 7) // 9 * 8 - share(d1) % 8",
    "60 - (5 - share(d0)) % -7 + ceil(points(d1) / 7) - points(d0)",
    "80 - points(d2) * (4 if points(d1) > 8 else 1)",
    "(99 - share(d0) if points(d1) > 12 else 60 + points(d0)) - floor(share(d1) / 7)",
    "(part * 10 if answered(part) else 60) - points(d0)",
    "70 - 4 * min(grade, points(d0), 6) + (20 if points(d1) in (0, 9, 14) else 3)",
    "max(part if answered(part) and points(d0) < 12 else 40, 50 - points(d1))",
    "50 + (20 if not points(d1) in (0, 9, 14) else 3) - (30 if points(d1) not in (0, 9, 14) else 9)",
]
FLAGS = [
    "(part if points(d0) > 9 else 40) > 5",
    "points(d0) == points(d1)",
    "points(d0) != points(d1) - 1 and share(d0) < 70",
    "(points(d0) > 9) == (points(d1) > 9)",
    "(points(d0) > 9) != (share(d1) < 40)",
    "(points(d0) > 9 if points(d1) > 9 else c1 == 'missing')",
    "days_between(since, date('2026-06-01')) > 100 and points(d0) < 20",
    "since > date('2026-01-01') or points(d1) > 20",
    "answered(part) and points(d0) > 9 and part > 2",
]
OPEN: list[tuple[str, ...]] = [(), ("c1", "users"), ("c0", "plain", "since"), ("plain",)]


@pytest.mark.parametrize("unanswered", OPEN)
@pytest.mark.parametrize("condition", [None, "{} == 'missing'"])
@pytest.mark.parametrize("value", VALUES)
def test_program_allows_the_sets_whose_level_is_lower(
    value: str, condition: str | None, unanswered: tuple[str, ...]
) -> None:
    enough, allowed = sets_of(case(value, condition=condition, unanswered=unanswered))

    assert allowed == enough


@pytest.mark.parametrize("unanswered", OPEN)
@pytest.mark.parametrize("condition", [None, "{} == 'missing'"])
@pytest.mark.parametrize("flag", FLAGS)
def test_program_allows_the_sets_that_undo_a_flag(
    flag: str, condition: str | None, unanswered: tuple[str, ...]
) -> None:
    enough, allowed = sets_of(case("20", flags=(flag,), condition=condition, unanswered=unanswered))

    assert allowed == enough


QUOTIENTS = ["quotient > 1", "not answered(quotient) or quotient < 1", "points(d1) / (points(d0) - 50) < -1"]


@pytest.mark.parametrize("condition", [None, "{} == 'missing'"])
@pytest.mark.parametrize("flag", QUOTIENTS)
def test_program_allows_the_sets_that_undo_a_flag_on_a_divisor_that_may_be_0(flag: str, condition: str | None) -> None:
    enough, allowed = sets_of(case("20", flags=(flag,), condition=condition))

    assert allowed == enough


def test_open_divisor_that_may_be_0_is_too_much() -> None:
    with pytest.raises(TooMuchToTry):
        sets_of(case("20", flags=("quotient > 1",), unanswered=("c1",)))


def test_points_below_0_of_a_maximum_that_moves_are_too_much() -> None:
    controls = [make_control("a", missing=-2), make_control("b", missing=-2) | {"visible_if": "a == 'there'"}]
    derived = [{"key": "residual", "title": "Residual", "value": "90 - share(control)"}]
    questionnaire = parse_questionnaire(make_scored_definition(*controls, derived=derived))
    answers = {"reach": "everyone", "data": ["personal", "health"], "a": "missing"}
    assert questionnaire.levels is not None
    search = Search(questionnaire, questionnaire.levels, read_answers(questionnaire, answers), TODAY)
    with pytest.raises(TooMuchToTry):
        search.rules()

    plan = cheapest_plan(questionnaire, answers, on_date=TODAY)
    assert plan.exact
    assert plan.effort == cheapest_by_trying_everything(questionnaire, answers)


TOO_MUCH = [
    "80 - points(d0) % (points(d1) + 1)",
    "80 - 4 * sqrt(points(d0) * points(d1)) - ln(1 + points(d2))",
    "80 * exp(-points(d0) / 20) - points(d1)",
    "80 - points(d0) if ('there' if points(d0) > 9 else 'missing') == c1 else 60 - points(d1)",
    "80 - points(d0) if days_between(since if points(d0) > 9 else date('2026-01-01'), since) > 3 else 60 - points(d1)",
]


@pytest.mark.parametrize("value", TOO_MUCH)
def test_what_the_program_cannot_say_is_tried_set_by_set(value: str) -> None:
    search = case(value)
    with pytest.raises(TooMuchToTry):
        search.rules()

    close, exact = search.run()

    assert exact
    assert close == search.cheapest_of_all()


def test_formula_that_looks_at_many_gaps_is_tried_set_by_set() -> None:
    count = " + ".join(f"(1 if c{number} == 'missing' else 0)" for number in range(7))
    counted_ = make_question("plain", type="number", minimum=0, maximum=9, points={"d1": f"plain * ({count})"})
    data = make_scored_definition(*controls_over(1, 1, 7, Random(3)), counted_)
    data["dimensions"] = [data["dimensions"][0], *({"key": key, "title": key} for key in ("d0", "d1"))]
    data["derived"] = [{"key": "residual", "title": "Residual", "value": "60 + points(d1) - points(d0)"}]
    questionnaire = parse_questionnaire(data)
    answers = {"reach": "everyone", "data": ["health"], "plain": 4, **{f"c{n}": "missing" for n in range(7)}}

    plan = cheapest_plan(questionnaire, answers, on_date=TODAY)

    assert plan.exact
    assert plan.effort == cheapest_by_trying_everything(questionnaire, answers) > 0


def test_set_that_the_solver_takes_for_enough_is_scored_and_left() -> None:
    """Halves are rounded to the even neighbour, which the solver is not told."""
    controls = [make_control("c0", there=1, effort=1), make_control("c1", there=2, effort=2)]
    data = make_scored_definition(*controls)
    data["derived"] = [
        {"key": "even", "title": "Even", "value": "points(control) / 2", "round": {"places": 0, "mode": "half_even"}},
        {"key": "residual", "title": "Residual", "value": "90 - 40 * even"},
    ]
    questionnaire = parse_questionnaire(data)
    answers = {"reach": "few", "data": ["public"], "c0": "missing", "c1": "missing"}

    plan = cheapest_plan(questionnaire, answers, on_date=TODAY)

    assert (plan.close, plan.exact) == (("c1",), True)


def scored(key: str, choices: dict[str, dict[str, int]], **changes: Any) -> dict[str, Any]:
    offered = [{"key": choice, "title": choice, "points": points} for choice, points in choices.items()]
    return make_question(key, choices=offered, **changes)


def test_plan_that_the_solver_loses_where_a_quotient_is_divided_is_found_when_it_is_asked_again() -> None:
    controls = [
        scored("c0", {"there": {"d0": 2, "d1": 3}, "missing": {"d0": 1, "d1": 0}}, gap=make_gap("there", effort=6)),
        scored("c1", {"missing": {"d1": 1}}, visible_if="c0 == 'missing'"),
        scored("c2", {"there": {"d2": 8, "d0": 2}}, visible_if="c0 == 'missing'"),
        scored("c3", {"there": {"d0": 6, "d1": 3, "d2": 5}, "missing": {"d0": 1, "d1": 0, "d2": 0}}),
        scored("c4", {"there": {"d1": 0, "d2": 0}, "half": {"d1": 1, "d2": 3}}, gap=make_gap("there", effort=1)),
        make_question("plain", type="number", minimum=0, maximum=9, points={"d0": "plain"}),
        scored("ticked", {"a": {"d2": 1}, "b": {"d2": 2}}, type="multi", gap=make_gap("a", "b", effort=3)),
        scored("late", {"large": {"d0": 8}}, visible_if="c0 == 'there'"),
    ]
    data = make_scored_definition(*controls, flags=None)
    data["dimensions"] = [data["dimensions"][0], *({"key": key, "title": key} for key in ("d0", "d1", "d2"))]
    value = "min(share(d1), points(d0)) + floor(share(d0) / (1 + points(d2)) / (points(d0) + 1)) + 36"
    data["derived"] = [{"key": "residual", "title": "Residual", "value": value}]
    questionnaire = parse_questionnaire(data)
    answers = {"c0": "missing", "c1": "missing", "c2": "there", "c3": "missing", "c4": "half", "ticked": ["a"]}

    plan = cheapest_plan(questionnaire, answers, on_date=TODAY)

    assert (plan.close, plan.exact) == (("c4",), True)
    assert plan.effort == cheapest_by_trying_everything(questionnaire, answers)
