"""One assessment scored: points, intervals, level, flags and contradictions."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from apps.scoring import (
    canonical_bytes,
    evaluate,
    parse_questionnaire,
    progress,
    visible_questions,
)
from apps.scoring.language.values import ABSENT_NUMBER, Range, exactly
from apps.scoring.score import level_of_value
from tests.factories.definitions import (
    make_choices,
    make_control,
    make_definition,
    make_question,
    make_scored_definition,
)
from tests.factories.outcomes import ANSWERED, TODAY, outcome_of, sentences


def test_complete_answers_leave_no_interval() -> None:
    outcome = outcome_of(make_scored_definition(), ANSWERED)

    exposure = outcome.dimensions["exposure"]
    assert (exposure.points, exposure.low, exposure.high, exposure.maximum) == (14, 14, 14, 20)
    assert (exposure.share, exposure.share_low, exposure.share_high) == (70, 70, 70)
    residual = outcome.derived["residual"]
    assert (residual.value, residual.low, residual.high) == (62, 62, 62)
    assert (outcome.level, outcome.level_low, outcome.level_high) == ("high", "high", "high")
    assert not outcome.missing
    assert not outcome.forbidden


def test_points_and_weights_with_decimals_add_up_exactly() -> None:
    data = make_scored_definition()
    reach, kinds = data["sections"][0]["questions"][:2]
    reach["weight"] = 0.5
    kinds["choices"][0]["points"], kinds["choices"][1]["points"] = {"exposure": 0.1}, {"exposure": 0.2}

    exposure = outcome_of(data, {**ANSWERED, "data": [choice["key"] for choice in kinds["choices"][:2]]}).dimensions[
        "exposure"
    ]

    assert exposure.points == Decimal("5.3")  # half of ten, and exactly 0.1 + 0.2


def test_empty_form_is_never_the_safest_result() -> None:
    outcome = outcome_of(make_scored_definition(), {})

    assert (outcome.level, outcome.level_low, outcome.level_high) == ("critical", "low", "critical")
    assert [gap.certain for gap in outcome.gaps] == [False, False]
    assert outcome.possible_flags == ("health_for_everyone",)
    assert [missing.question for missing in outcome.missing] == ["reach", "data", "review", "logging"]


def test_dont_know_opens_the_interval_and_does_not_score() -> None:
    outcome = outcome_of(make_scored_definition(), {**ANSWERED, "reach": {"dont_know": True}})

    exposure = outcome.dimensions["exposure"]
    assert (exposure.points, exposure.low, exposure.high) == (4, 4, 14)
    assert [(m.question, m.dont_know) for m in outcome.missing] == [("reach", True)]
    assert outcome.level == "high"


def test_level_as_it_stands_counts_unanswered_as_nothing() -> None:
    data = make_scored_definition()
    data["levels"]["when_missing"] = "as_it_stands"

    outcome = outcome_of(data, {})

    assert (outcome.level, outcome.level_low, outcome.level_high) == ("low", "low", "critical")
    assert sentences(outcome, "level") == ["The level is “Low”: “Remaining risk” is 0, and “Low” is below 25."]


@pytest.mark.parametrize(
    ("points", "level"),
    [(0, "low"), (24, "low"), (25, "moderate"), (49, "moderate"), (50, "high"), (75, "high"), (76, "critical")],
)
def test_bounds_of_levels_belong_where_they_say(points: int, level: str) -> None:
    question = make_question("q", choices=make_choices(a=points, b=100))
    data = make_scored_definition()
    data = make_definition(
        question,
        dimensions=[{"key": "exposure", "title": "Exposure"}],
        levels={**data["levels"], "of": "exposure"},
    )

    assert outcome_of(data, {"q": "a"}).level == level


def test_answer_to_a_hidden_question_is_ignored_with_a_reason() -> None:
    data = make_scored_definition(make_control("review"), make_control("logging"))
    data["sections"][0]["questions"][3]["visible_if"] = "reach == 'few'"

    outcome = outcome_of(data, {**ANSWERED, "logging": "there"})

    assert outcome.dimensions["control"].points == 0
    assert outcome.dimensions["control"].maximum == 4
    assert [(i.key, i.reason) for i in outcome.ignored] == [
        ("logging", "This question is not asked, as other answers stand.")
    ]
    assert "logging" not in outcome.visible


def test_hidden_section_hides_its_questions() -> None:
    data = make_scored_definition()
    data["sections"].append(
        {
            "key": "more",
            "title": "More",
            "visible_if": "reach == 'everyone'",
            "questions": [make_question("extra", choices=make_choices(a=3, b=0)), make_question("text", type="static")],
        }
    )
    questionnaire = parse_questionnaire(data)

    few = visible_questions(questionnaire, {"reach": "few"})
    unknown = visible_questions(questionnaire, {})
    everyone = visible_questions(questionnaire, {"reach": "everyone"})

    assert [s.section.key for s in few.sections] == ["main"]
    assert few.possibly == frozenset()
    assert unknown.possibly == {"extra", "text"}
    assert [s.section.key for s in everyone.sections] == ["main", "more"]
    assert "extra" in everyone.keys
    assert evaluate(questionnaire, {"reach": "few"}, on_date=TODAY).dimensions["exposure"].high == 10
    assert evaluate(questionnaire, {}, on_date=TODAY).dimensions["exposure"].high == 23


def test_progress_counts_visible_questions() -> None:
    data = make_scored_definition()
    data["sections"][0]["questions"].append(make_question("note", type="short_text", required=False))
    questionnaire = parse_questionnaire(data)

    (half,) = progress(visible_questions(questionnaire, {"reach": {"dont_know": True}, "data": ["health"]}))
    (whole,) = progress(visible_questions(questionnaire, ANSWERED))

    assert (half.section, half.answered, half.asked, half.complete) == ("main", 2, 5, False)
    assert (whole.answered, whole.asked, whole.complete) == (4, 5, True)


def test_flag_raises_the_level_and_quotes_its_answers() -> None:
    answers = {"reach": "everyone", "data": ["health"], "review": "there", "logging": "there"}
    data = make_scored_definition(make_control("review", there=18), make_control("logging"))
    data["flags"][0].update(action="Ask legal.", references=["iso_42001"])

    outcome = outcome_of(data, answers)

    (flag,) = outcome.flags
    assert (flag.effect, flag.in_force, flag.certain, flag.action) == ("high", True, True, "Ask legal.")
    assert [(quoted.question, quoted.answer) for quoted in flag.answers] == [("reach", "Everyone"), ("data", "Health")]
    assert outcome.level == "high"
    assert sentences(outcome, "flag") == [
        "“Health data for everyone” applies because of “Question reach?”: “Everyone”, “Question data?”: “Health”; "
        "the level is at least “High”."
    ]
    assert sentences(outcome, "level") == [
        "The level is “High”: “Remaining risk” is 0, which alone is “Low” (below 25), "
        "but “Health data for everyone” applies."
    ]


def test_flag_before_its_day_is_shown_and_has_no_effect() -> None:
    data = make_scored_definition()
    data["flags"][0].update(effect="forbid", applies_from="2027-08-02")
    answers = {**ANSWERED, "data": ["health"]}

    before = outcome_of(data, answers)
    after = outcome_of(data, answers, date(2027, 8, 2))

    assert (before.level, before.forbidden, before.flags[0].in_force) == ("high", False, False)
    assert (after.level, after.forbidden, after.flags[0].in_force) == ("critical", True, True)
    assert sentences(before, "flag")[0].endswith("it takes effect from 2 August 2027.")
    assert sentences(after, "flag")[0].endswith("it forbids this use, whatever the points say.")


def test_notice_is_told_and_moves_no_level() -> None:
    data = make_scored_definition()
    data["flags"][0]["effect"] = "notice"
    without = {**make_scored_definition(), "flags": []}
    answers = {"reach": "everyone", "data": ["health"], "review": "there", "logging": "there"}

    for given in (answers, {**answers, "data": ["public"]}, {}):
        told, untold = outcome_of(data, given), outcome_of(without, given)
        assert (told.level, told.level_low, told.level_high) == (untold.level, untold.level_low, untold.level_high)
        assert sentences(told, "level") == sentences(untold, "level")
        assert told.derived == untold.derived
    outcome = outcome_of(data, answers)
    assert [(flag.effect, flag.in_force) for flag in outcome.flags] == [("notice", True)]
    assert not outcome.forbidden
    assert outcome_of(data, {}).possible_flags == ("health_for_everyone",)
    assert sentences(outcome, "flag")[0].endswith("“Health”; it does not change the level.")


def test_notice_at_the_best_level_is_not_said_to_hold_it() -> None:
    data = make_scored_definition(make_control("review", there=40))
    data["flags"][0].update(effect="notice", when="reach == 'few'")

    outcome = outcome_of(data, {"reach": "few", "data": ["public"], "review": "there"})

    assert outcome.level == "low"
    assert sentences(outcome, "level")[0].endswith("“Low” is below 25.")


def test_notice_needs_no_levels() -> None:
    data = make_scored_definition(levels=None)
    data["flags"][0]["effect"] = "notice"

    outcome = outcome_of(data, {"reach": "everyone", "data": ["health"]})

    assert (outcome.level, [flag.effect for flag in outcome.flags]) == (None, ["notice"])


def test_flag_that_a_missing_answer_could_undo_is_not_certain() -> None:
    data = make_scored_definition()
    data["flags"][0]["when"] = "not ('health' in data) and reach == 'everyone'"

    outcome = outcome_of(data, {"reach": "everyone"})

    assert [(flag.key, flag.certain) for flag in outcome.flags] == [("health_for_everyone", False)]
    assert outcome.flags[0].answers[0].answer == "no answer"


def test_contradiction_is_shown_with_what_to_check() -> None:
    rule = {"key": "odd", "title": "Odd", "ask": "Check it.", "when": "reach == 'few' and 'health' in data"}
    data = make_scored_definition(contradictions=[rule])

    shown = outcome_of(data, {"reach": "few", "data": ["health"]}).contradictions
    hidden = outcome_of(data, {"reach": "many", "data": ["health"]}).contradictions

    assert [(c.key, c.ask, [a.answer for a in c.answers]) for c in shown] == [("odd", "Check it.", ["Few", "Health"])]
    assert hidden == ()


def numbers_definition() -> dict[str, Any]:
    users = make_question(
        "users", type="number", weight=2, unit="users", points={"exposure": "2 if users > 100 else -1", "size": "users"}
    )
    late = make_question("late", type="number", visible_if="users > 10", points={"exposure": "late / max(1, users)"})
    return make_definition(
        users,
        make_question("start", type="date"),
        late,
        dimensions=[
            {"key": "exposure", "title": "Exposure", "maximum_over": "all", "domain": "people"},
            {"key": "size", "title": "Size"},
        ],
        derived=[
            {"key": "per_day", "title": "Per day", "value": "users / 7", "unit": "a day"},
            {"key": "fixed", "title": "Fixed", "value": "3"},
            {"key": "odd", "title": "Odd", "value": "per_day + 1 if start < date('2026-01-01') else per_day"},
            {
                "key": "split",
                "title": "Split",
                "value": "share(exposure) / 3 * 3",
                "round": {"places": 0, "mode": "floor"},
            },
        ],
    )


def test_number_scores_by_its_formula_and_weight() -> None:
    outcome = outcome_of(numbers_definition(), {"users": "200", "start": "2025-01-01", "late": "100"})

    assert outcome.dimensions["exposure"].points == 4.5
    assert outcome.dimensions["exposure"].maximum == 1004
    assert outcome.dimensions["size"].share == 20
    assert str(outcome.derived["odd"].value).startswith("29.571428")
    assert outcome.derived["per_day"].unit == "a day"
    assert "“Fixed” is 3, from a fixed number." in sentences(outcome, "derived")
    assert "“Per day” is 28.5714, from “Question users?”: “200 users”." in sentences(outcome, "derived")


def test_sentence_about_points_is_for_reading() -> None:
    data = numbers_definition()
    data["sections"][0]["questions"][0].update(points={"exposure": "users / 3", "size": "users"})

    assert "“Question users?”: “200 users” counts 133.3333 points on “Exposure”." in sentences(
        outcome_of(data, {"users": "200"}), "points"
    )


def test_unanswered_number_has_no_value_and_scores_nothing() -> None:
    outcome = outcome_of(numbers_definition(), {})

    assert outcome.derived["per_day"].value is None
    assert outcome.derived["odd"].value is None
    exposure = outcome.dimensions["exposure"]
    assert (exposure.points, exposure.low, exposure.high) == (0, -2, 1004)
    assert outcome.dimensions["size"].high == 2000
    assert "“Per day” is no value, from “Question users?”: “no answer”." in sentences(outcome, "derived")


def test_formula_without_a_value_gives_nothing() -> None:
    data = numbers_definition()
    data["sections"][0]["questions"][2].update(visible_if=None, points={"exposure": "users * late"})
    data["sections"][0]["questions"][2].pop("visible_if")

    assert outcome_of(data, {"late": "5"}).dimensions["exposure"].points == 0


def test_hidden_number_scores_nothing_and_is_named_as_not_asked() -> None:
    data = numbers_definition()
    data["derived"][0]["value"] = "late + 0 if answered(late) else 0"

    outcome = outcome_of(data, {"users": "5", "late": "9"})

    assert outcome.dimensions["exposure"].points == -2
    assert "“Per day” is 0, from “Question late?”, which is not asked." in sentences(outcome, "derived")


def test_flag_that_a_hidden_answer_lets_fire_quotes_it_as_not_asked() -> None:
    data = make_scored_definition(make_control("review"))
    data["sections"][0]["questions"][2]["visible_if"] = "reach == 'few'"
    data["flags"][0]["when"] = "not (review == 'there')"

    outcome = outcome_of(data, {**ANSWERED, "review": "there"})

    assert [answer.answer for answer in outcome.flags[0].answers] == ["not asked"]
    assert "because of “Question review?”, which is not asked;" in sentences(outcome, "flag")[0]


def test_negative_points_keep_the_interval_honest() -> None:
    data = make_definition(
        make_question("a", choices=make_choices(good=-4, bad=6)),
        make_question("b", type="multi", choices=make_choices(x=-2, y=3), visible_if="a == 'bad'"),
        dimensions=[{"key": "exposure", "title": "Exposure"}],
    )

    empty = outcome_of(data, {}).dimensions["exposure"]
    good = outcome_of(data, {"a": "good"}).dimensions["exposure"]
    bad = outcome_of(data, {"a": "bad", "b": ["x"]}).dimensions["exposure"]

    assert (empty.low, empty.high, empty.share_high) == (-6, 9, 100)
    assert (good.points, good.low, good.high) == (-4, -4, -4)
    assert (bad.points, bad.maximum) == (4, 9)


def test_rounding_of_a_third_times_three_loses_nothing() -> None:
    data = make_definition(
        make_question("a", choices=make_choices(one=1, three=3)),
        dimensions=[{"key": "exposure", "title": "Exposure"}],
        derived=[
            {
                "key": "third",
                "title": "Third",
                "value": "share(exposure) * 3",
                "round": {"places": 0, "mode": "floor"},
            },
            {"key": "up", "title": "Up", "value": "share(exposure) / 7", "round": {"places": 1, "mode": "ceil"}},
        ],
    )

    outcome = outcome_of(data, {"a": "one"})

    assert outcome.derived["third"].value == 100
    assert str(outcome.derived["up"].value) == "4.8"


def test_dimension_without_a_maximum_has_share_zero() -> None:
    data = make_definition(
        make_question("a", choices=make_choices(one=0, two=0)), dimensions=[{"key": "exposure", "title": "E"}]
    )

    assert outcome_of(data, {"a": "one"}).dimensions["exposure"].share == 0


def test_outcome_is_plain_json_with_decimals_as_text() -> None:
    outcome = outcome_of(make_scored_definition(), {**ANSWERED, "unknown": 1})

    plain = outcome.as_json()

    assert canonical_bytes(plain)
    assert plain["on"] == "2026-11-22"
    assert plain["hash"] == outcome.hash != ""
    assert plain["dimensions"]["exposure"]["points"] == "14"  # type: ignore[index]
    assert plain["gaps"][0]["buys"] == {"value": "16", "level_after": "moderate"}  # type: ignore[index]
    assert plain["ignored"] == [{"key": "unknown", "reason": "This questionnaire has no such question."}]
    assert set(plain) >= {"questionnaire", "version", "visible", "missing", "derived", "level", "explanations"}


def test_no_value_at_all_is_the_worst_level() -> None:
    levels = parse_questionnaire(make_scored_definition()).levels
    assert levels is not None

    assert level_of_value(levels, ABSENT_NUMBER) == (3, 3)
    assert level_of_value(levels, Range(Decimal(30), Decimal(40), True)) == (1, 3)
    assert level_of_value(levels, exactly(30)) == (1, 1)
