"""What counts: questions that do not apply, the worth of one question, numbers in bands."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from apps.scoring import Outcome, check_questionnaire, close_gaps, evaluate, parse_questionnaire
from tests.factories.definitions import make_choices, make_definition, make_gap, make_question, make_scored_definition

TODAY = date(2026, 11, 22)
NOT_APPLICABLE = {"key": "na", "title": "Does not apply here", "not_applicable": True}
MATURITY = [
    {"key": "basic", "title": "Basic", "below": 50},
    {"key": "good", "title": "Good", "at_least": 50, "below": 80},
    {"key": "leading", "title": "Leading", "at_least": 80},
]


def checklist(**changes: Any) -> dict[str, Any]:
    """Three checks of one point each, the last with weight 2; each may not apply."""
    checks = [
        make_question(key, weight=weight, choices=[*make_choices(yes=1, no=0), NOT_APPLICABLE], gap=make_gap("yes"))
        for key, weight in (("a", 1), ("b", 1), ("c", 2))
    ]
    done = {"key": "done", "title": "Done", "value": "share(exposure)", "bands": MATURITY}
    dimension = {"key": "exposure", "title": "Checks"}
    return make_definition(*checks, **{"dimensions": [dimension], "derived": [done], **changes})


def score(data: dict[str, Any], answers: dict[str, Any]) -> Outcome:
    return evaluate(parse_questionnaire(data), answers, on_date=TODAY)


@pytest.mark.parametrize(
    ("answers", "points", "maximum", "share"),
    [
        ("yes no yes", "3", "4", "75"),
        ("yes no na", "1", "2", "50"),
        ("na na yes", "2", "2", "100"),
        ("na na na", "0", "0", "0"),
    ],
)
def test_question_that_does_not_apply_leaves_the_maximum(answers: str, points: str, maximum: str, share: str) -> None:
    outcome = score(checklist(), dict(zip("abc", answers.split(), strict=True)))

    found = outcome.dimensions["exposure"]
    assert (found.points, found.maximum, found.share) == (Decimal(points), Decimal(maximum), Decimal(share))
    assert (found.share_low, found.share_high) == (found.share, found.share)


def test_question_that_may_not_apply_keeps_the_interval_honest() -> None:
    found = score(checklist(), {"a": "yes", "b": "no"}).dimensions["exposure"]

    assert (found.points, found.maximum) == (1, 4)
    assert (found.share_low, found.share_high) == (25, 100)


def test_maximum_over_all_holds_what_does_not_apply() -> None:
    data = checklist()
    data["dimensions"][0]["maximum_over"] = "all"

    assert score(data, {"a": "yes", "b": "na", "c": "na"}).dimensions["exposure"].maximum == 4


def test_gap_of_a_question_that_does_not_apply_is_closed() -> None:
    outcome = score(checklist(), {"a": "no", "b": "na", "c": "yes"})

    assert [gap.key for gap in outcome.gaps] == ["a"]
    assert "needed is “Yes” or “Does not apply here”" in outcome.explanations[-1].sentence


def test_closing_an_open_gap_that_may_not_apply_moves_the_maximum() -> None:
    short = {"key": "short", "title": "Short of", "value": "100 - share(exposure)"}
    bands = [{"key": "fine", "title": "Fine", "below": 50}, {"key": "short", "title": "Short", "at_least": 50}]
    data = checklist(derived=[short], levels={"of": "short", "bands": bands})
    questionnaire, answers = parse_questionnaire(data), {"a": "yes", "b": "no"}

    (gap,) = [gap for gap in evaluate(questionnaire, answers, on_date=TODAY).gaps if gap.key == "c"]

    closed = evaluate(questionnaire, close_gaps(questionnaire, answers, {"c"}), on_date=TODAY)
    assert gap.buys.value == Decimal(75) - (closed.derived["short"].high or 0) == 50


@pytest.mark.parametrize(
    ("source", "low", "high"),
    [
        ("worth(reach) * worth(data)", 0, 60),
        ("max(worth(reach), worth(data, exposure))", 6, 10),
        ("worth(review) + 1", 1, 5),
        ("6 if worth(reach) >= 6 else 0", 6, 6),
    ],
)
def test_worth_of_one_question(source: str, low: int, high: int) -> None:
    data = make_scored_definition(derived=[{"key": "residual", "title": "Risk", "value": source}])

    found = score(data, {"reach": "many"}).derived["residual"]

    assert (found.value, found.low, found.high) == (low, low, high)


def test_worth_includes_the_weight_and_is_explained_by_the_answer() -> None:
    data = make_scored_definition(derived=[{"key": "residual", "title": "Risk", "value": "worth(reach) * 2"}])
    data["sections"][0]["questions"][0]["weight"] = 3

    outcome = score(data, {"reach": "many"})

    assert outcome.derived["residual"].value == 36
    assert "“Risk” is 36, from “Question reach?”: “Many”." in [each.sentence for each in outcome.explanations]


def test_worth_may_decide_what_is_asked() -> None:
    data = make_scored_definition()
    data["sections"][0]["questions"][1]["visible_if"] = "worth(reach) >= 6"

    assert "data" in score(data, {"reach": "many"}).visible
    assert "data" not in score(data, {"reach": "few"}).visible


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("worth(1)", "takes the name of one question"),
        ("worth()", "takes the name of one question"),
        ("worth(nobody)", "nothing called “nobody”"),
        ("worth(reach, control)", "“reach” has points on: exposure."),
        ("worth(both)", "“both” has points on: exposure, control."),
        ("worth(users)", "“users” has no choices with points; points by a formula are repeated in a derived value."),
    ],
)
def test_worth_of_what_has_none_is_refused(source: str, told: str) -> None:
    choices = [{"key": "x", "title": "X", "points": {"exposure": 1, "control": 1}}]
    more = [make_question("both", choices=choices), make_question("users", type="number")]
    data = make_scored_definition(*more, derived=[{"key": "residual", "title": "Risk", "value": source}])

    (problem,) = [problem for problem in check_questionnaire(data) if problem.path == "derived[0].value"]

    assert told in problem.message


def test_band_of_a_derived_value_and_of_the_ends_of_its_interval() -> None:
    outcome = score(checklist(), {"a": "yes", "b": "no", "c": "yes"})
    partly = score(checklist(), {"a": "yes", "b": "no"}).derived["done"]

    assert (outcome.derived["done"].value, outcome.derived["done"].band) == (75, "good")
    assert (partly.band, partly.band_low, partly.band_high) == ("basic", "basic", "leading")
    assert any(
        each.sentence.startswith("“Done” is 75 (“Good” is from 50 and below 80), from") for each in outcome.explanations
    )


def test_derived_value_without_a_value_has_no_band() -> None:
    users = make_question("users", type="number")
    data = make_definition(users, derived=[{"key": "done", "title": "Done", "value": "users * 1", "bands": MATURITY}])

    outcome = score(data, {})

    assert (outcome.derived["done"].value, outcome.derived["done"].band) == (None, None)
    assert "“Done” is no value, from" in outcome.explanations[0].sentence


def thirds(**changes: Any) -> dict[str, Any]:
    """Three numbers that give a third of a point each, and a level that begins at one point."""
    numbers = [make_question(key, type="number", points={"exposure": f"{key} / 3"}) for key in ("a", "b", "c")]
    bands = [{"key": "low", "title": "Low", "below": 1}, {"key": "high", "title": "High", "at_least": 1}]
    levels = {"of": "exposure", "bands": bands}
    dimension = {"key": "exposure", "title": "Exposure"}
    return make_definition(*numbers, **{"dimensions": [dimension], "levels": levels, **changes})


ONES = {"a": 1, "b": 1, "c": 1}


def test_three_thirds_are_one_where_a_level_begins() -> None:
    assert score(thirds(), ONES).level == "high"


@pytest.mark.parametrize(
    ("when", "fires"),
    [
        ("points(exposure) >= 1", True),
        ("points(exposure) < 1", False),
        ("points(exposure) == 1", True),
        ("points(exposure) != 1", False),
        ("third * 3 != a", False),
        ("third != a / 3", False),
        ("a // (a / 7) == 7", True),
        ("floor(a / 3 * 3) == 1 and ceil(a / 3 * 3) == 1", True),
        ("round_half_up(a / 6 * 3) == 1", True),
        ("a / 3 * 3 - 1 >= 0", True),
        ("a / 3 * 3 - 1 == 0 and 0 == third * 3 - a", True),
        ("floor(a / 3 * 3 - 1) == 0 and ceil(1 - a / 3 * 3) == 0", True),
    ],
)
def test_what_the_fiftieth_digit_lost_decides_nothing(when: str, fires: bool) -> None:
    third = {"key": "third", "title": "Third", "value": "a / 3 if answered(a) else 0"}
    flag = {"key": "f", "title": "F", "when": when, "effect": "forbid", "because": "So."}

    assert score(thirds(derived=[third], flags=[flag]), ONES).forbidden is fires


def test_what_is_left_of_a_hundred_less_three_thirds_is_nothing() -> None:
    left = {"key": "left", "title": "Left", "value": "100 - points(exposure) * 100"}
    bands = [{"key": "low", "title": "Low", "at_most": 0}, {"key": "high", "title": "High", "above": 0}]

    outcome = score(thirds(derived=[left], levels={"of": "left", "bands": bands}), ONES)

    assert outcome.level == "low"
    assert outcome.as_json()["derived"]["left"]["value"] == "0"  # type: ignore[index]


def test_maximum_of_what_is_hidden_is_nothing_to_the_last_digit() -> None:
    data = make_definition(
        make_question("use", choices=[{"key": "y", "title": "Y"}, {"key": "n", "title": "N"}]),
        make_question("users", type="number", minimum=0, maximum=10, points={"exposure": "users / 3"}),
        make_question("reach", choices=make_choices(few=0, many=97)),
        make_question("credit", choices=make_choices(given=-1, none=0)),
        dimensions=[{"key": "exposure", "title": "Exposure"}],
    )
    for question in data["sections"][0]["questions"][1:3]:
        question["visible_if"] = "use == 'y'"

    found = score(data, {"use": "n", "credit": "given"}).dimensions["exposure"]

    assert (found.maximum, found.share_low, found.share_high) == (0, 0, 0)
