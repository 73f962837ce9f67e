"""However the level depends on points, the plan is the cheapest: each way of writing it against trying everything."""

from typing import Any

import pytest

from apps.scoring import cheapest_plan, evaluate, parse_questionnaire
from tests.factories.definitions import make_gap, make_question, make_scored_definition
from tests.scoring.planning.test_plan import TODAY, cheapest_by_trying_everything


def control(key: str, effort: int, **points: int) -> dict[str, Any]:
    choices = [
        {"key": "there", "title": "There", "points": points},
        {"key": "missing", "title": "Missing", "points": dict.fromkeys(points, 0)},
    ]
    return make_question(key, choices=choices, gap=make_gap("there", effort=effort))


MAYBE = make_question(
    "maybe",
    choices=[
        {"key": "a", "title": "A", "points": {"control": 9}},
        {"key": "b", "title": "B", "points": {"control": 0}},
    ],
    visible_if="reach != 'few' and answered(trigger)",
)
DAYS = [
    make_question(key, type="date", required=False, minimum="2026-01-01", maximum="2026-12-31", visible_if=condition)
    for key, condition in (("first", "c0 == 'missing'"), ("second", "c1 == 'missing'"))
]
DERIVED = [
    {"key": "amount", "title": "Amount", "value": "users if answered(users) else -2"},
    {"key": "again", "title": "Again", "value": "points(other) - 1"},
    {"key": "quotient", "title": "Quotient", "value": "points(other) / (points(control) - 7)"},
    {"key": "exposure", "title": "Named like a dimension", "value": "2 * points(exposure)"},
]


def definition(value: str, flag: str | None, when_missing: str) -> dict[str, Any]:
    data = make_scored_definition(
        control("c0", 4, control=4),
        control("c1", 3, control=3, other=1),
        control("c2", 2, other=5),
        control("c3", 1, other=2, negative=-3),
        make_question("users", type="number", required=False, minimum=-10, maximum=10),
        make_question("trigger", required=False),
        MAYBE,
        *DAYS,
    )
    data["dimensions"] += [{"key": "other", "title": "Other"}, {"key": "negative", "title": "Negative"}]
    data["derived"] = [*DERIVED, {"key": "residual", "title": "Residual", "value": value}]
    data["levels"]["when_missing"] = when_missing
    if flag is not None:
        effect = {"minimum_level": "critical"}
        data["flags"].append({"key": "extra", "title": "Extra", "when": flag, "effect": effect, "because": "So."})
    return data


@pytest.mark.parametrize("when_missing", ["worst", "as_it_stands"])
@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"users": "5", "trigger": "yes", "maybe": "b"},
        {"users": "-3", "first": "2026-03-01", "second": "2026-03-02"},
    ],
)
@pytest.mark.parametrize(
    ("value", "flag"),
    [
        ("90 - 9 * points(control) - 4 * points(other)", None),
        ("90 - share(control) * 2 / 3 - again * 2 - again", None),
        ("80 + share(negative) - points(other) * 3", None),
        ("80 + points(negative) * 8", None),
        ("20 + share(control) * 3 / 4 - share(other)", None),
        ("90 + amount * points(control) - points(other) // 2 * 3", None),
        ("90 - 0 * points(control) - -points(other) * -6", None),
        ("90 - (points(control) if points(other) > 2 else 2 * points(control)) * 6", None),
        ("90 - (points(control) if reach == 'everyone' else 0) * 7", None),
        ("90 - 60 / max(1, 8 - points(control))", None),
        ("90 - points(control) * points(control)", None),
        ("90 - 100 // max(1, 9 - points(control)) - points(other)", None),
        ("90 - floor(points(control) / 2) * 9 - ceil(points(other) / 3)", None),
        ("60", "users * share(control) < 200 and points(other) < 20"),
        ("60", "amount * points(control) > -20"),
        ("60", "users * share(control) < 200 or points(other) < 6"),
        ("max(0 * points(control), 60) - 3 * points(other)", None),
        ("60 - points(other)", "users / 2 + points(control) < 3 or not points(other) >= 3"),
        ("60 - points(other)", "points(control) in (0, 3) or (points(other) > 3) != (points(control) > 3)"),
        ("60 - points(other)", "('x' if points(control) > 3 else 'y') == 'y'"),
        ("60 - points(other)", "(points(other) < 2 if points(control) > 2 else True)"),
        ("60 - points(other)", "10 > share(control) > -1"),
        ("60 - points(other)", "(points(other) + points(control) < 3 if points(control) > 2 else True)"),
        ("60 - points(other)", "('x' if points(control) + points(other) > 3 else 'y') == 'y'"),
        ("80 - (9 if points(control) > points(other) else 0) - (40 if points(control) not in (0, 3, 4) else 2)", None),
        ("80 - round_half_up(points(control) / 3, 9) * 4 - (30 if 5 <= points(other) else 0)", None),
        ("60", "0 * points(control) < 1 and points(other) < 6"),
        ("60", "round_half_up(points(control) / 4, 2) in (0, 1)"),
        ("60 - max(-5, min(quotient if answered(quotient) else 9, 5)) * 8", None),
        ("60 - points(control)", "answered(quotient)"),
        ("70 - points(other) * 3 - exposure / 4", None),
        ("60 - points(other)", "min(points(control), users) < 4"),
        ("60 - points(other)", "days_between(first, second) > 0"),
        ("80 - points(other)", "not days_between(second, first) > 0 and points(control) < 7"),
        ("60 - points(other)", "points(control) - points(control) < again and residual > 50"),
    ],
)
def test_plan_is_the_cheapest_however_the_level_is_written(
    value: str, flag: str | None, answers: dict[str, Any], when_missing: str
) -> None:
    questionnaire = parse_questionnaire(definition(value, flag, when_missing))
    known = {"reach": "everyone", "data": ["personal"], **{f"c{i}": "missing" for i in range(4)}, **answers}

    plan = cheapest_plan(questionnaire, known, on_date=TODAY)

    assert (plan.effort if plan.level_after else None) == cheapest_by_trying_everything(questionnaire, known)
    assert plan.level_before == evaluate(questionnaire, known, on_date=TODAY).level
