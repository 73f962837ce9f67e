"""Gaps that hide other questions, so that maxima move, and gaps that are many: the plan is still the cheapest."""

from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from apps.scoring import Questionnaire, cheapest_plan, parse_questionnaire, what_if
from apps.scoring.language.values import exactly
from apps.scoring.score import level_of_value
from tests.factories.definitions import make_gap, make_question, make_scored_definition
from tests.scoring.planning.test_plan import TODAY, cheapest_by_trying_everything


def controls_over(
    dimensions: int, each: int, count: int, chance: Random, condition: str | None = None
) -> list[dict[str, Any]]:
    """Each gives points on so many dimensions; every second one is asked on a condition on the one before it."""
    found = []
    for index in range(count):
        on = [f"d{(index + offset) % dimensions}" for offset in range(each)]
        there = {key: chance.randint(1, 9) for key in on}
        choices = [
            {"key": "there", "title": "There", "points": there},
            {"key": "missing", "title": "Missing", "points": dict.fromkeys(on, 0)},
        ]
        asked = condition.format(f"c{index - 1}") if condition and index % 2 else None
        gap = make_gap("there", effort=chance.randint(1, 20))
        found.append(make_question(f"c{index}", choices=choices, gap=gap, visible_if=asked))
    return found


def case(value: str, controls: list[dict[str, Any]], *flags: str) -> tuple[Questionnaire, dict[str, Any]]:
    data = make_scored_definition(*controls)
    keys = sorted({key for control in controls for key in control["choices"][0]["points"]})
    data["dimensions"] = [data["dimensions"][0], *({"key": key, "title": key} for key in keys)]
    data["derived"] = [{"key": "residual", "title": "Residual", "value": value}]
    data["flags"] = [
        {"key": f"f{n}", "title": "F", "when": when, "effect": {"minimum_level": "critical"}, "because": "So."}
        for n, when in enumerate(flags)
    ]
    answers = {"reach": "everyone", "data": ["personal", "health"]}
    return parse_questionnaire(data), answers | {control["key"]: "missing" for control in controls}


VALUES = [
    "100 - (share(d0) + share(d1) + share(d2)) / 3",
    "100 - min(share(d0), share(d1), share(d2))",
    "max(0, 90 - 2 * points(d0) - points(d1) + 3 * maximum(d2))",
    "60 + share(d0) - share(d1) - points(d2)",
    "110 - max(share(d0), share(d1)) / 2 - points(d2) * 3",
    "120 - min(60, share(d0)) - share(d1) * share(d2) / 100",
    "95 - 10 * (2 if share(d0) >= 70 else 1 if share(d0) >= 40 else 0) - 15 * (1 if points(d1) > 9 else 0)",
]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("condition", ["{} == 'missing'", "not answered({})", None])
@pytest.mark.parametrize("each", [1, 2])
def test_plan_is_the_cheapest_where_closing_a_gap_hides_another(value: str, condition: str | None, each: int) -> None:
    for seed in range(3):
        questionnaire, answers = case(value, controls_over(3, each, 7, Random(seed), condition))

        plan = cheapest_plan(questionnaire, answers, on_date=TODAY)

        assert plan.exact
        assert (plan.effort if plan.level_after else None) == cheapest_by_trying_everything(questionnaire, answers)


def test_plan_is_the_cheapest_where_many_gaps_hang_together() -> None:
    controls = controls_over(2, 1, 8, Random(4))
    for control in controls[1:]:
        control["visible_if"] = "c0 == 'missing'"
    questionnaire, answers = case("100 - (share(d0) + share(d1)) / 2", controls)

    plan = cheapest_plan(questionnaire, answers, on_date=TODAY)

    assert (plan.effort if plan.level_after else None) == cheapest_by_trying_everything(questionnaire, answers)


def test_plan_is_the_cheapest_where_closing_a_gap_leaves_a_dimension_nothing() -> None:
    questionnaire, answers = case(
        "100 - (share(d0) + share(d1)) / 2", controls_over(2, 1, 2, Random(2), "{} == 'missing'")
    )

    plan = cheapest_plan(questionnaire, answers, on_date=TODAY)

    assert (plan.effort if plan.level_after else None) == cheapest_by_trying_everything(questionnaire, answers)


@pytest.mark.parametrize("value", VALUES)
def test_plan_is_the_cheapest_where_gaps_hide_each_other_in_a_row(value: str) -> None:
    controls = controls_over(3, 2, 8, Random(7))
    for before, control in pairwise(controls):
        control["visible_if"] = f"{before['key']} == 'missing'"
    questionnaire, answers = case(value, controls)

    plan = cheapest_plan(questionnaire, answers, on_date=TODAY)

    assert plan.exact
    assert (plan.effort if plan.level_after else None) == cheapest_by_trying_everything(questionnaire, answers)


def each_of(count: int, written: str, join: str) -> str:
    return "(" + join.join(written.format(f"c{index}") for index in range(count)) + ")"


ANY_MISSING = each_of(6, "{} == 'missing'", " or ")
MANY_MISSING = each_of(6, "(1 if {} == 'missing' else 0)", " + ")
LOOKED_AT: list[tuple[str, list[str]]] = [
    ("100 - share(d0)", [ANY_MISSING]),
    ("100 - share(d0)", [f"{MANY_MISSING} >= 3", "c0 == c1 or not answered(c2)"]),
    (f"60 + 7 * {MANY_MISSING} - share(d0) / 2", []),
    ("90 - worth(c0, d0) * worth(c3, d0) - points(d1) / (2 if c1 == 'there' else 5)", ["c2 == 'missing'"]),
    ("95 - (share(d0) if c1 == 'there' and c4 != 'missing' else 20) - (40 if c5 == 'there' else 0)", []),
    (
        "(50 if c0 == 'missing' and c1 == 'missing' else 2) + (20 if c1 == 'missing' or c4 == 'there' else 3)"
        " + (9 if c3 == c5 else 0) + (30 if c2 == c6 else 0) - share(d0) / 9",
        ["(c4 == 'missing' and c5 == 'missing') == (c0 == 'there' or not answered(c6))"],
    ),
    ("max(worth(c0, d0), worth(c1, d1)) * 5 + min(9, worth(c3, d1) * worth(c4, d1)) * 4 - points(d1)", []),
    ("60 + (15 if 40 <= share(d0) < 70 and c0 == 'missing' else 9 if points(d1) > 12 else 30) - points(d0) / 3", []),
    (
        "9 * (3 if points(d0) < 9 and share(d1) <= 60 else 1) + 12 * (2 if share(d0) > 50 and points(d1) != 20 else 4)",
        ["(points(d0) >= 14) == (maximum(d1) > 20 and c1 == 'missing')"],
    ),
    ("98 - round_half_up(points(d0) / 4) * 4 - floor(share(d1) / 9) * 2 + ceil(points(d1) / 4)", []),
    ("99 - round_half_up(floor(points(d0) / 2) * 0.7 + points(d1) / 3, 1) * 4", []),
    ("100 - (share(d0) + share(d1)) / max(1, (1 if maximum(d0) > 0 else 0) + (1 if maximum(d1) > 0 else 0))", []),
    ("99 + points(d0) * 2 / (0 - 1 - points(d1) / 20) - points(d1) // max(1, points(d0))", []),
    ("95 + points(d0) * (0 - 1 - points(d1)) / 9", []),
    ("60 + points(d0) * (9 - points(d1)) / 9", []),
    ("90 - (points(d0) * 7) % 60", []),
]


@pytest.mark.parametrize(("value", "flags"), LOOKED_AT)
@pytest.mark.parametrize("condition", [None, "{} == 'missing'"])
@pytest.mark.parametrize("dimensions", [2, 3])
def test_plan_is_the_cheapest_where_rules_look_at_gaps_by_themselves(
    value: str, flags: list[str], condition: str | None, dimensions: int
) -> None:
    for seed in range(2):
        questionnaire, answers = case(value, controls_over(dimensions, 2, 7, Random(seed), condition), *flags)
        answers.pop("c2")

        plan = cheapest_plan(questionnaire, answers, on_date=TODAY)

        assert plan.exact
        assert (plan.effort if plan.level_after else None) == cheapest_by_trying_everything(questionnaire, answers)


def test_plan_is_the_cheapest_where_closing_a_gap_leaves_a_share_on_its_side_of_a_bound() -> None:
    half, whole = ({"key": key, "title": key, "points": {"d0": points}} for key, points in (("half", 5), ("whole", 10)))
    asked = make_question("asked", choices=[half, whole], visible_if="c0 == 'missing'")
    fixed = make_question("fixed", choices=[half, whole])
    value = "50 + (20 if share(d0) <= 50 and c0 == 'missing' else 12) + (9 if share(d0) < 50 or c1 == 'missing' else 0)"
    controls = controls_over(2, 1, 2, Random(5))
    controls[0]["choices"][0]["points"] = {"d0": 0}
    questionnaire, answers = case(value, [*controls, fixed, asked])
    answers |= {"fixed": "half", "asked": "half"}

    plan = cheapest_plan(questionnaire, answers, on_date=TODAY)

    assert plan.exact
    assert (plan.effort if plan.level_after else None) == cheapest_by_trying_everything(questionnaire, answers)


@pytest.mark.parametrize(
    "value",
    [
        "20 + (60 if share(d0) <= 100 / 3 * 2 else 0)",
        "80 - (60 if share(d0) > 100 / 3 * 2 else 0)",
        "20 + (60 if share(d0) == 100 / 3 * 2 or share(d0) == 100 - 100 / 3 else 0)",
        "20 + (60 if points(d0) <= 2 / 3 + 2 / 3 + 2 / 3 else 0)",
        "100 - round_half_up(share(d0) / (100 / 3) - 1 / 6) * 30",
    ],
)
def test_plan_starts_from_answers_that_lie_on_a_bound(value: str) -> None:
    controls = controls_over(1, 1, 3, Random(5))
    for control in controls:
        control["choices"][0]["points"] = {"d0": 1}
    questionnaire, answers = case(value, controls)
    answers |= {"c0": "there", "c1": "there"}

    plan = cheapest_plan(questionnaire, answers, on_date=TODAY)

    assert plan.exact
    assert plan.effort == cheapest_by_trying_everything(questionnaire, answers) > 0


def test_plan_is_the_cheapest_where_a_number_of_a_gap_may_be_none() -> None:
    ticked = make_question(
        "ticked",
        type="multi",
        choices=[{"key": key, "title": key, "points": {"d0": 0}} for key in "abc"],
        gap=make_gap("a", effort=3) | {"closed_by": ["a", "b"]},
    )
    controls = [*controls_over(2, 2, 5, Random(3)), ticked]
    questionnaire, answers = case("points(d1) - 99", controls, "not count(ticked) + points(d0) > 9")
    del answers["ticked"]

    plan = cheapest_plan(questionnaire, answers, on_date=TODAY)

    assert plan.exact
    assert plan.effort == cheapest_by_trying_everything(questionnaire, answers) > 3


@pytest.mark.parametrize(
    ("value", "flag"),
    [
        ("points(d0)", each_of(15, "{} == 'missing'", " or ")),
        ("points(d0)", each_of(40, "(1 if {} == 'missing' else 0)", " + ") + " >= 9"),
        (each_of(40, "(2 if {} == 'missing' else 0)", " + "), "points(d0) < 30"),
    ],
)
def test_plan_for_forty_gaps_that_rules_look_at_by_themselves_is_exact(value: str, flag: str) -> None:
    questionnaire, answers = case(value, controls_over(2, 1, 40, Random(1)), flag)

    plan = cheapest_plan(questionnaire, answers, on_date=TODAY)

    assert plan.exact
    assert plan.level_after == what_if(questionnaire, answers, plan.close, on_date=TODAY).level != plan.level_before


def test_plan_for_twenty_conditions_that_each_join_two_of_forty_gaps_is_the_cheapest() -> None:
    controls, weights = controls_over(2, 1, 40, Random(1)), range(1, 21)
    joined = [f"({w} if c{2 * w - 2} == 'missing' and c{2 * w - 1} == 'missing' else 0)" for w in weights]
    questionnaire, answers = case(f"60 + ({' + '.join(joined)}) / 8", controls)
    efforts = [control["gap"]["effort"] for control in controls]
    cheapest = {0: 0}  # by how far the value falls
    for weight in weights:
        effort = min(efforts[2 * weight - 2 : 2 * weight])
        for fall, before in list(cheapest.items()):
            cheapest[fall + weight] = min(cheapest.get(fall + weight, before + effort), before + effort)

    plan = cheapest_plan(questionnaire, answers, on_date=TODAY)

    assert plan.exact
    levels = {fall: level_of_value(questionnaire.levels, exactly(60 + Decimal(210 - fall) / 8))[1] for fall in cheapest}
    assert plan.effort == min(effort for fall, effort in cheapest.items() if levels[fall] < levels[0]) > 0


GRADE = "(3 if share(d{0}) < 40 else 2 if share(d{0}) < 70 else 1)"
BOTH_LOW = "(9 if points(d{0}) < 12 and share(d{1}) <= 50 or c{0} == 'missing' else 3)"
IN_PIECES = [
    "100 * (" + " + ".join(GRADE.format(n) for n in range(8)) + ") / 24",
    "100 * (" + " + ".join(BOTH_LOW.format(n, (n + 1) % 8) for n in range(8)) + ") / 72",
    "100 - (" + " + ".join(f"round_half_up((share(d{n}) + share(d{(n + 1) % 8})) / 2)" for n in range(8)) + ") / 8",
    "(" + " + ".join(f"(100 - share(d{n})) * (100 - share(d{(n + 1) % 8}))" for n in range(8)) + ") / 800",
    "100 * max(" + ", ".join(GRADE.format(n) + " * " + GRADE.format(n + 4) for n in range(4)) + ") / 9",
]


@pytest.mark.parametrize("value", IN_PIECES)
@pytest.mark.parametrize("each", [1, 2])
@pytest.mark.parametrize("unanswered", [0, 5])
def test_plan_for_forty_gaps_whose_numbers_are_graded_rounded_or_multiplied_is_exact(
    value: str, each: int, unanswered: int
) -> None:
    questionnaire, answers = case(value, controls_over(8, each, 40, Random(3)))
    for number in range(unanswered):
        del answers[f"c{7 * number}"]

    plan = cheapest_plan(questionnaire, answers, on_date=TODAY)

    assert plan.exact
    assert plan.level_after == what_if(questionnaire, answers, plan.close, on_date=TODAY).level != plan.level_before


def test_plan_for_forty_gaps_and_an_average_over_domains_that_apply_is_exact() -> None:
    applying = " + ".join(f"(1 if maximum(d{n}) > 0 else 0)" for n in range(6))
    controls = controls_over(6, 1, 40, Random(1), "{} == 'missing'")
    questionnaire, answers = case(shares(f"100 - ({{1}}) / max(1, {applying})"), controls)

    plan = cheapest_plan(questionnaire, answers, on_date=TODAY)

    assert plan.exact
    assert plan.level_after == what_if(questionnaire, answers, plan.close, on_date=TODAY).level != plan.level_before


def test_plan_for_many_gaps_that_may_take_points_is_exact_where_the_maximum_is_of_all_questions() -> None:
    controls = controls_over(2, 1, 12, Random(1), "{} == 'missing'")
    for control in controls:
        key = next(iter(control["choices"][1]["points"]))
        control["choices"][1]["points"] = {key: -2}
    data = make_scored_definition(*controls)
    data["dimensions"] = [{"key": key, "title": key, "maximum_over": "all"} for key in ("exposure", "d0", "d1")]
    data["derived"] = [{"key": "residual", "title": "Residual", "value": "70 - (share(d0) + share(d1)) / 2"}]
    questionnaire = parse_questionnaire(data)
    answers = {"reach": "everyone", "data": ["health"], **{control["key"]: "missing" for control in controls[1:]}}

    plan = cheapest_plan(questionnaire, answers, on_date=TODAY)

    assert plan.exact
    assert plan.effort == cheapest_by_trying_everything(questionnaire, answers) > 0


@pytest.mark.parametrize(
    "condition",
    [each_of(14, "{} == 'missing'", " or "), each_of(14, "{} == 'missing'", " and "), "c0 == 'there' and c1 == c2"],
)
def test_plan_for_forty_gaps_that_together_ask_one_question_is_exact(condition: str) -> None:
    choices = [
        {"key": "small", "title": "S", "points": {"d0": 0}},
        {"key": "large", "title": "L", "points": {"d0": 20}},
    ]
    asked = make_question("damage", choices=choices, visible_if=condition)
    questionnaire, answers = case("100 - (share(d0) + share(d1)) / 2", [*controls_over(2, 1, 40, Random(1)), asked])
    answers["damage"] = "small"

    plan = cheapest_plan(questionnaire, answers, on_date=TODAY)

    assert plan.exact
    assert plan.level_after == what_if(questionnaire, answers, plan.close, on_date=TODAY).level != plan.level_before


def test_plan_for_forty_gaps_that_ask_for_more_is_exact() -> None:
    controls = controls_over(6, 1, 40, Random(1), "{} == 'there'")
    questionnaire, answers = case(shares("100 - ({1}) / 6"), controls)

    plan = cheapest_plan(questionnaire, answers, on_date=TODAY)

    assert plan.exact
    assert plan.level_after == what_if(questionnaire, answers, plan.close, on_date=TODAY).level != plan.level_before


@pytest.mark.parametrize("condition", ["{} == 'missing'", "answered({0}) and not {0} == 'there'"])
def test_plan_for_forty_gaps_that_each_hide_the_next_is_exact(condition: str) -> None:
    controls = controls_over(6, 1, 40, Random(7))
    for before, control in pairwise(controls):
        control["visible_if"] = condition.format(before["key"])
    questionnaire, answers = case(shares("100 - ({1})"), controls)

    plan = cheapest_plan(questionnaire, answers, on_date=TODAY)

    assert plan.exact
    assert plan.level_after == what_if(questionnaire, answers, plan.close, on_date=TODAY).level != plan.level_before


def shares(template: str) -> str:
    return template.format(", ".join(f"share(d{n})" for n in range(6)), " + ".join(f"share(d{n})" for n in range(6)))


FLAGS = [f"share(d{n}) < 40" for n in range(6)]


@pytest.mark.parametrize("condition", [None, "{} == 'missing'"])
@pytest.mark.parametrize("each", [1, 3])
@pytest.mark.parametrize(
    ("value", "flags"),
    [
        (shares("100 - ({1}) / 6"), []),
        (shares("100 - min({0})"), []),
        (shares("100 - ({1}) / 6"), FLAGS),
        ("100 - (min(60, share(d0)) + min(50, share(d1)) + min(60, share(d2)) + share(d3)) / 4", []),
    ],
)
def test_plan_for_forty_gaps_on_six_dimensions_is_exact(
    value: str, flags: list[str], each: int, condition: str | None
) -> None:
    questionnaire, answers = case(value, controls_over(6, each, 40, Random(1), condition), *flags)

    plan = cheapest_plan(questionnaire, answers, on_date=TODAY)

    assert plan.exact
    assert plan.level_after == what_if(questionnaire, answers, plan.close, on_date=TODAY).level != plan.level_before
