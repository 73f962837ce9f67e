"""Gaps: which are open, in which order they come, what closing one means, and what it buys."""

from decimal import Context, Inexact, localcontext

from apps.scoring import close_gaps, evaluate, parse_questionnaire, what_if
from tests.factories.definitions import (
    make_control,
    make_definition,
    make_gap,
    make_question,
    make_scored_definition,
)
from tests.factories.outcomes import ANSWERED, TODAY


def test_gap_says_what_closing_it_buys() -> None:
    outcome = evaluate(parse_questionnaire(make_scored_definition()), ANSWERED, on_date=TODAY)

    (gap,) = outcome.gaps
    assert (gap.key, gap.effort, gap.owner_title, gap.domain, gap.certain) == ("review", 3, "Team lead", "main", True)
    assert (gap.question, gap.answer) == ("Question review?", "Missing")
    assert (gap.buys.value, gap.buys.level_after) == (16, "moderate")
    assert [told.sentence for told in outcome.explanations if told.about == "gap"] == [
        "“Something is missing” is open: “Question review?”: “Missing”, needed is “In place”."
    ]


def test_gaps_come_in_the_order_of_points_per_effort() -> None:
    data = make_scored_definition(
        make_control("dear", effort=10), make_control("cheap", effort=1, there=2), make_control("idle", there=0)
    )
    answers = {"reach": "everyone", "data": ["health"], "dear": "missing", "cheap": "missing", "idle": "missing"}

    outcome = evaluate(parse_questionnaire(data), answers, on_date=TODAY)

    assert [(gap.key, gap.buys.value) for gap in outcome.gaps] == [("cheap", 8), ("dear", 16), ("idle", 0)]


def test_gap_that_buys_nothing_buys_nothing_to_the_last_digit() -> None:
    third = make_question("n", type="number", points={"control": "n / 3"})
    bands = [{"key": "low", "title": "Low", "at_most": 0}, {"key": "high", "title": "High", "above": 0}]
    controls = third, make_control("idle", there=9, missing=9)
    data = make_scored_definition(*controls, levels={"of": "control", "bands": bands}, flags=None)

    (gap,) = evaluate(parse_questionnaire(data), {"n": 1, "idle": "missing"}, on_date=TODAY).gaps

    assert gap.buys.value == 0


def test_order_of_gaps_does_not_depend_on_the_context_of_decimals() -> None:
    questionnaire = parse_questionnaire(
        make_scored_definition(make_control("less", there=11), make_control("more", there=12))
    )
    answers = {"reach": "everyone", "data": ["health"], "less": "missing", "more": "missing"}

    with localcontext(Context(prec=1, traps=[Inexact])):
        outcome = evaluate(questionnaire, answers, on_date=TODAY)

    assert [gap.key for gap in outcome.gaps] == ["more", "less"]


def test_gap_of_a_multi_needs_all_its_choices() -> None:
    choices = [
        {"key": "a", "title": "A"},
        {"key": "b", "title": "B"},
        {"key": "c", "title": "C"},
        {"key": "none", "title": "None", "exclusive": True},
    ]
    data = make_definition(
        make_question("checks", type="multi", choices=choices, gap=make_gap("a", "b", applies_from="2027-01-01")),
        make_question("alone", type="multi", choices=choices, gap=make_gap("none")),
    )
    questionnaire = parse_questionnaire(data)

    outcome = evaluate(questionnaire, {"checks": ["c", "a"], "alone": ["b"]}, on_date=TODAY)
    closed = close_gaps(questionnaire, {"checks": ["c", "a"], "alone": ["b"]}, ["checks", "alone", "nothing"])

    assert [(gap.key, gap.in_force) for gap in outcome.gaps] == [("checks", False), ("alone", True)]
    assert outcome.explanations[0].sentence.endswith("needed is “A” and “B”.")
    assert outcome.gaps[0].buys.value is None
    assert dict(closed.values) == {"checks": ("a", "b", "c"), "alone": ("none",)}
    assert not evaluate(questionnaire, closed, on_date=TODAY).gaps
    assert not evaluate(questionnaire, {"checks": ["b", "a"], "alone": ["none"]}, on_date=TODAY).gaps


def test_gap_closed_by_what_is_ticked_alone_takes_every_other_tick_away() -> None:
    choices = [{"key": key, "title": key.upper(), "exclusive": True} for key in ("none", "not_needed")]
    control = make_question("alone", type="multi", choices=[{"key": "a", "title": "A"}, *choices], gap=make_gap("none"))
    questionnaire = parse_questionnaire(make_definition(control))

    for ticked in ("not_needed", "a"):
        assert dict(close_gaps(questionnaire, {"alone": [ticked]}, ["alone"]).values) == {"alone": ("none",)}


def test_what_if_scores_as_if_the_gaps_were_closed() -> None:
    questionnaire = parse_questionnaire(make_scored_definition())

    assert what_if(questionnaire, ANSWERED, ["review"], on_date=TODAY).level == "moderate"
    assert what_if(questionnaire, ANSWERED, [], on_date=TODAY).level == "high"
