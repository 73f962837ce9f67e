"""The plan is the cheapest there is: proven against trying everything."""

from datetime import date
from itertools import combinations
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from apps.scoring import (
    Plan,
    Questionnaire,
    cheapest_plan,
    check_questionnaire,
    close_gaps,
    evaluate,
    parse_questionnaire,
    read_answers,
    what_if,
)
from apps.scoring.planning import plan as plan_module
from apps.scoring.score import decisive
from tests.factories.definitions import make_control, make_gap, make_question, make_scored_definition

TODAY = date(2026, 11, 22)
MISSING = {"review": "missing", "logging": "missing"}


def plan_of(data: dict[str, Any], answers: dict[str, Any], on_date: date = TODAY) -> Plan:
    return cheapest_plan(parse_questionnaire(data), answers, on_date=on_date)


def cheapest_by_trying_everything(questionnaire: Questionnaire, answers: dict[str, Any]) -> int | None:
    read = read_answers(questionnaire, answers)
    efforts = {gap.key: gap.effort for gap in evaluate(questionnaire, answers, on_date=TODAY).gaps}

    def level(close: tuple[str, ...]) -> int:
        return decisive(questionnaire, close_gaps(questionnaire, read, close), TODAY).worst

    before = level(())
    costs = [
        sum(efforts[key] for key in close)
        for size in range(len(efforts) + 1)
        for close in combinations(efforts, size)
        if level(close) < before
    ]
    return min(costs, default=None)


def test_plan_names_gaps_effort_and_level() -> None:
    plan = plan_of(make_scored_definition(), {"reach": "everyone", "data": ["personal"], **MISSING})

    assert plan.as_json() == {
        "close": ["review", "logging"],
        "effort": 4,
        "level_before": "high",
        "level_after": "moderate",
        "reason": None,
        "exact": True,
    }


def test_plan_without_levels_says_so() -> None:
    data = make_scored_definition(levels=None, flags=None)

    assert plan_of(data, {}).reason == "This questionnaire has no levels."


def test_plan_at_the_lowest_level_says_so() -> None:
    plan = plan_of(make_scored_definition(), {"reach": "few", "data": ["public"], **MISSING})

    assert plan.reason == "This is already the lowest level."


def test_plan_with_a_forbidding_flag_says_that_nothing_is_enough() -> None:
    data = make_scored_definition()
    data["flags"][0]["effect"] = "forbid"

    plan = plan_of(data, {"reach": "everyone", "data": ["health"], **MISSING})

    assert plan.level_after is None
    assert plan.reason == "“Health data for everyone” forbids this use, even with every gap closed."


def test_plan_with_a_holding_flag_names_it() -> None:
    data = make_scored_definition()
    data["flags"][0]["effect"] = {"minimum_level": "critical"}

    plan = plan_of(data, {"reach": "everyone", "data": ["health"], **MISSING})

    assert plan.reason == "“Health data for everyone” holds the level, even with every gap closed."


def test_plan_ignores_a_flag_that_is_not_in_force_yet() -> None:
    data = make_scored_definition(make_control("review", there=20))
    data["flags"][0].update(effect="forbid", applies_from="2026-12-01")
    answers = {"reach": "everyone", "data": ["health"], "review": "missing"}

    assert plan_of(data, answers).close == ("review",)
    assert plan_of(data, answers, date(2026, 12, 1)).close == ()


def test_plan_does_not_mind_a_notice() -> None:
    data = make_scored_definition(make_control("review", there=20))
    data["flags"][0]["effect"] = "notice"

    plan = plan_of(data, {"reach": "everyone", "data": ["health"], "review": "missing"})

    assert (plan.close, plan.level_after) == (("review",), "low")


def test_plan_when_all_gaps_are_not_enough_says_so() -> None:
    data = make_scored_definition(make_control("review", there=1))

    plan = plan_of(data, {"reach": "everyone", "data": ["health"], "review": "missing"})

    assert plan.reason == "Even with every gap closed the level would not be lower; other answers decide it."


def test_plan_without_open_gaps_says_so() -> None:
    data = make_scored_definition(make_control("review", there=1))

    plan = plan_of(data, {"reach": "everyone", "review": "there"})

    assert plan.reason == "No gap is open that could be closed."


def test_plan_closes_a_gap_that_a_flag_looks_at() -> None:
    data = make_scored_definition(make_control("review"), make_control("logging", effort=1))
    data["flags"].append(
        {
            "key": "unreviewed",
            "title": "Nobody looks",
            "when": "review == 'missing'",
            "effect": {"minimum_level": "critical"},
            "because": "Nobody looks.",
        }
    )

    plan = plan_of(data, {"reach": "few", "data": ["public"], **MISSING})

    assert (plan.close, plan.level_before, plan.level_after) == (("review",), "critical", "low")


def test_plan_for_unanswered_controls_counts_on_their_worst() -> None:
    data = make_scored_definition(make_control("review", there=10))

    plan = plan_of(data, {"reach": "everyone", "data": ["personal"]})

    assert (plan.close, plan.level_before, plan.level_after) == (("review",), "high", "moderate")


def test_plan_as_it_stands_counts_unanswered_as_nothing() -> None:
    data = make_scored_definition(make_control("review", there=10))
    data["levels"]["when_missing"] = "as_it_stands"

    plan = plan_of(data, {"reach": "everyone"})

    assert (plan.close, plan.level_before, plan.level_after) == (("review",), "high", "low")


# --- proof against trying everything

FORMULAS = [
    "5 * points(exposure) - 4 * points(control) - 2 * points(other)",
    "max(5 * points(exposure) - 6 * points(control), 4 * points(exposure) - 9 * points(other))",
    "points(exposure) * (200 - share(control) - share(other)) / 40",
    "100 - min(share(control), share(other))",
    "60 if share(control) < 50 else 20 - points(other)",
    "-(points(control) - 12) * 6 + points(exposure) % 7",
    "(12 - points(control)) * (12 - points(other)) // 2",
    "100 - share(control) * share(other) / 100",
    "round_half_up((100 - share(control)) / 3) + (30 if points(other) == 4 else 60)",
    "80 - worth(c0, other) * worth(c2, control) - share(control) / 2",
    "points(exposure) * 4 if answered(late) and late == 'missing' else 90 - share(control) / 2 - share(other)",
]
FORBID, NOTICE = st.just("forbid"), st.just("notice")
CONDITIONS = [
    "share(control) < 40",
    "share(other) <= 50 and not share(control) > 80",
    "c0 == 'missing' and c1 == 'missing'",
    "c0 == 'missing' or points(other) < 3",
    "points(control) + points(other) < 7",
    "(points(control) > 3) == (points(other) > 3)",
    "(c1 == 'missing' if share(control) > 20 else c2 == 'missing')",
]


def _two_choices(**there: int) -> list[dict[str, Any]]:
    return [
        {"key": "there", "title": "There", "points": there},
        {"key": "missing", "title": "Missing", "points": dict.fromkeys(there, 0)},
    ]


@st.composite
def controls(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Up to six controls on two dimensions, of which some are asked only when others are in place or missing."""
    whole, conditions = st.integers(0, 5), {2: "c0 == 'missing'", 3: "c1 != 'missing'"}
    found = []
    for index in range(draw(st.integers(3, 6))):
        choices = _two_choices(control=draw(whole), other=draw(whole))
        choices[1]["points"]["control"] = draw(st.integers(-1, 2))
        if index == 1:
            choices.append({"key": "na", "title": "Not applicable", "not_applicable": True})
        condition = conditions.get(index) if draw(st.booleans()) else None
        gap = make_gap("there", effort=draw(st.integers(1, 6)))
        found.append(make_question(f"c{index}", choices=choices, gap=gap, visible_if=condition))
    return found


@st.composite
def late_controls(draw: st.DrawFn) -> list[dict[str, Any]]:
    """One that a formula looks at, and one that is closed by two ticks."""
    ticks = [
        {"key": "a", "title": "A", "points": {"control": 1}},
        {"key": "b", "title": "B", "points": {"control": draw(st.integers(0, 3))}},
        {"key": "none", "title": "None", "exclusive": True},
    ]
    effort = st.integers(1, 4)
    return [
        make_question("late", choices=_two_choices(other=3), gap=make_gap("there", effort=draw(effort))),
        make_question("ticks", type="multi", choices=ticks, gap=make_gap("a", "b", effort=draw(effort))),
    ]


@st.composite
def flags(draw: st.DrawFn) -> list[dict[str, Any]]:
    levels = st.sampled_from(["moderate", "high", "critical"]).map(lambda level: {"minimum_level": level})
    effects = levels | FORBID | NOTICE
    return [
        {"key": f"flag_{n}", "title": "Flag", "when": when, "effect": draw(effects), "because": "So."}
        for n, when in enumerate(draw(st.lists(st.sampled_from(CONDITIONS), max_size=2, unique=True)))
    ]


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    data = make_scored_definition(*draw(controls()), *draw(late_controls()))
    over = draw(st.sampled_from(["visible", "all"]))
    data["dimensions"].append({"key": "other", "title": "Other", "maximum_over": over})
    inner = {"key": "inner", "title": "Inner", "value": draw(st.sampled_from(FORMULAS))}
    if draw(st.booleans()):
        inner["round"] = {"places": 0, "mode": "half_even"}
    data["derived"] = [
        inner,
        {"key": "residual", "title": "Residual", "value": "inner / 2 + min(inner, 100) / 2"},
    ]
    data["levels"]["when_missing"] = draw(st.sampled_from(["worst", "as_it_stands"]))
    data["flags"] += draw(flags())
    return data


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    data = draw(definitions())
    answers: dict[str, Any] = {
        "reach": draw(st.sampled_from(["few", "many", "everyone"])),
        "data": ["health"],
        "ticks": draw(st.sampled_from([["a"], ["none"], []])),
    }
    for question in data["sections"][0]["questions"]:
        if question["key"] not in answers and draw(st.integers(0, 5)):
            answers[question["key"]] = draw(st.sampled_from(["missing", "missing", "missing", "there"]))
    if draw(st.integers(0, 3)) == 0:
        answers["c1"] = "na"
    return data, answers


@settings(max_examples=50, deadline=None, derandomize=True)  # the same each time: coverage relies on it
@given(cases())
def test_plan_is_as_cheap_as_the_best_of_all_sets(case: tuple[dict[str, Any], dict[str, Any]]) -> None:
    data, answers = case
    problems = check_questionnaire(data)
    assume(all("never fire" in p.message or "always fires" in p.message for p in problems))
    assume(not problems)
    questionnaire = parse_questionnaire(data)
    before = evaluate(questionnaire, answers, on_date=TODAY).level

    plan = cheapest_plan(questionnaire, answers, on_date=TODAY)

    best = cheapest_by_trying_everything(questionnaire, answers)
    assert (plan.effort if plan.level_after else None) == best
    if plan.level_after:
        assert plan.level_after == what_if(questionnaire, answers, plan.close, on_date=TODAY).level
    assert plan.level_before == before


def _forty_gaps(dimensions: int) -> tuple[Questionnaire, dict[str, Any]]:
    """Forty controls over several dimensions with uneven worth and effort."""
    keys = [f"d{i}" for i in range(dimensions)]
    controls = []
    for index in range(40):
        key = keys[index % dimensions]
        choices = [
            {"key": "there", "title": "There", "points": {key: 2 + index * 7 % 5}},
            {"key": "missing", "title": "Missing", "points": {key: 0}},
        ]
        controls.append(make_question(f"c{index}", choices=choices, gap=make_gap("there", effort=1 + index * 11 % 13)))
    data = make_scored_definition(*controls)
    data["dimensions"] = [data["dimensions"][0], *({"key": key, "title": key} for key in keys)]
    total = " + ".join(f"{1 + i % 3} * share({key})" for i, key in enumerate(keys))
    weight = sum(1 + i % 3 for i in range(dimensions))
    data["derived"] = [
        {"key": "cover", "title": "Cover", "value": f"({total}) / {weight}", "round": {"places": 1, "mode": "half_up"}},
        {"key": "residual", "title": "Rest", "value": "max(share(exposure) - cover * 3 / 4, 0)"},
    ]
    answers = {"reach": "everyone", "data": ["personal", "health"], **{f"c{i}": "missing" for i in range(40)}}
    return parse_questionnaire(data), answers


def test_plan_for_forty_gaps_is_exact() -> None:
    for dimensions in (1, 12):
        questionnaire, answers = _forty_gaps(dimensions)

        plan = cheapest_plan(questionnaire, answers, on_date=TODAY)

        assert plan.exact
        assert (plan.level_before, plan.level_after) == ("critical", "high")
        assert what_if(questionnaire, answers, plan.close, on_date=TODAY).level == "high"


def _pairs(count: int, **changes: Any) -> tuple[Questionnaire, dict[str, Any]]:
    """Forty gaps and flags that each hold the level while two of them are open."""
    controls = [make_control(f"c{i}", there=1, effort=1 + i * 11 % 13) for i in range(40)]
    data = make_scored_definition(*controls, **changes)
    for pair in range(count):
        one, two = pair * 7 % 40, (pair * 13 + 5) % 40
        data["flags"].append(
            {
                "key": f"pair_{pair}",
                "title": "Both are missing",
                "when": f"c{one} == 'missing' and c{two} == 'missing'",
                "effect": {"minimum_level": "critical"},
                "because": "So.",
            }
        )
    answers = {"reach": "few", "data": ["public"], **{f"c{i}": "missing" for i in range(40)}}
    return parse_questionnaire(data), answers


def test_plan_for_flags_on_pairs_of_gaps_is_exact() -> None:
    questionnaire, answers = _pairs(15)

    plan = cheapest_plan(questionnaire, answers, on_date=TODAY)

    assert plan.exact
    assert (plan.level_before, plan.level_after) == ("critical", "low")
    assert what_if(questionnaire, answers, plan.close, on_date=TODAY).level == "low"


def test_plan_stopped_early_is_enough_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    questionnaire, answers = _forty_gaps(12)
    exact = cheapest_plan(questionnaire, answers, on_date=TODAY)
    monkeypatch.setattr(plan_module, "MAX_PROPOSALS", 0)

    plan = cheapest_plan(questionnaire, answers, on_date=TODAY)

    assert (plan.exact, plan.reason, plan.as_json()["exact"]) == (False, plan_module.STOPPED, False)
    assert what_if(questionnaire, answers, plan.close, on_date=TODAY).level == plan.level_after == "high"
    assert plan.effort >= exact.effort


def test_plan_for_few_gaps_is_exact_where_the_solver_is_of_no_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_module, "MAX_PROPOSALS", 0)
    controls = [make_control(f"c{index}", there=1, effort=1 + index % 2) for index in range(9)]
    data = make_scored_definition(*controls)
    closed = " and ".join(f"c{index} == 'there'" for index in range(7))
    data["derived"] = [{"key": "residual", "title": "R", "value": f"0 if {closed} and c8 == 'missing' else 100"}]

    plan = plan_of(data, {"reach": "few", "data": ["public"], **{f"c{index}": "missing" for index in range(9)}})

    assert (plan.exact, plan.level_after, plan.close) == (True, "low", tuple(f"c{index}" for index in range(7)))


def test_plan_stopped_before_anything_is_found_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_module, "MAX_PROPOSALS", 0)
    monkeypatch.setattr(plan_module, "FEW", 0)

    data = make_scored_definition(make_control("review", there=1))
    plan = plan_of(data, {"reach": "everyone", "data": ["health"], "review": "missing"})

    assert (plan.close, plan.level_after, plan.exact) == ((), None, False)
    assert plan.reason == plan_module.NOTHING_FOUND


def test_level_reached_by_another_dimension_directly() -> None:
    data = make_scored_definition(make_control("review", there=0, missing=30))
    data["levels"]["of"] = "control"
    data["derived"] = None

    plan = plan_of(data, {"reach": "few", "data": ["public"], "review": "missing"})

    assert (plan.close, plan.level_after) == (("review",), "low")
