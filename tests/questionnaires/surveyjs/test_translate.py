"""Each operator with its meaning in SurveyJS: what a question shows for an answer, and for none."""

from typing import Any

import pytest

from apps.scoring import visible_questions
from tests.factories.surveys import make_import, make_imported_questionnaire, make_survey

ONE = {"type": "radiogroup", "name": "one", "choices": ["item1-2", "item10-0", "Other", "7"]}
MANY = {"type": "checkbox", "name": "many", "choices": ["red", "green", "blue"]}
SIZE = {"type": "text", "inputType": "number", "name": "size", "min": 0, "max": 100}
SPAN = {"type": "text", "inputType": "number", "name": "span", "min": 0, "max": 100}
DAY = {"type": "text", "inputType": "date", "name": "day", "min": "2020-01-01", "max": "2030-01-01"}
SURE = {"type": "boolean", "name": "sure"}
WORDS = {"type": "comment", "name": "words"}
GRID = {"type": "matrix", "name": "grid", "columns": ["low", "high"], "rows": ["cost", "risk"]}
TWIN = {"type": "dropdown", "name": "twin", "choices": ["Other", "7"]}


def shows(condition: str, **answers: Any) -> bool:
    last = {"type": "html", "name": "last", "html": "Seen", "visibleIf": condition}
    survey = make_survey(ONE, MANY, SIZE, SPAN, DAY, SURE, WORDS, GRID, TWIN, last)
    assert make_import(survey).notes == []
    return "last" in visible_questions(make_imported_questionnaire(survey), answers).keys


@pytest.mark.parametrize(
    ("condition", "seen_for", "seen_open"),
    [
        ("{one} = 'item1-2'", {"item1_2"}, False),
        ("{ONE} = 'ITEM1-2 '", {"item1_2"}, False),
        ("'item1-2' = {one}", {"item1_2"}, False),
        ("{one} = 7", {"c_7"}, False),
        ("{one} <> 'item1-2'", {"item10_0", "other", "c_7"}, True),
        ("{one} != 7", {"item1_2", "item10_0", "other"}, True),
        ("{one} contains 'item1'", {"item1_2", "item10_0"}, False),
        ("{one} contains ['item1-2']", {"item1_2"}, False),
        ("{one} contains ['item1'] ", {"item1_2", "item10_0"}, False),
        ("{one} *= 'THE'", {"other"}, False),
        ("{one} notcontains 'item1'", {"other", "c_7"}, True),
        ("{one} anyof ['item1-2', 'Other']", {"item1_2", "other"}, False),
        ("{one} noneof ['item1-2', 'Other']", {"item10_0", "c_7"}, True),
        ("{one} allof ['item', '-0']", {"item10_0"}, False),
        ("{one} > 6", {"c_7"}, False),
        ("{one} <= 7", {"c_7"}, False),
        ("{one} empty", set(), True),
        ("{one} notempty", {"item1_2", "item10_0", "other", "c_7"}, False),
        ("!({one} = 7)", {"item1_2", "item10_0", "other"}, True),
        ("!{one} empty", {"item1_2", "item10_0", "other", "c_7"}, False),
    ],
)
def test_a_question_with_one_answer(condition: str, seen_for: set[str], seen_open: bool) -> None:
    assert {key for key in ("item1_2", "item10_0", "other", "c_7") if shows(condition, one=key)} == seen_for
    assert shows(condition) is seen_open


@pytest.mark.parametrize(
    ("condition", "yes", "no", "seen_open"),
    [
        ("{many} contains 'red'", ["red", "blue"], ["blue"], False),
        ("{many} contains 'RED'", ["red"], ["blue"], False),
        ("{many} contains ['red', 'blue']", ["red", "blue"], ["red"], False),
        ("{many} notcontains 'red'", ["blue"], ["red", "blue"], True),
        ("{many} notcontains ['red', 'blue']", ["red"], ["red", "blue"], True),
        ("{many} anyof ['red', 'green']", ["green", "blue"], ["blue"], False),
        ("{many} noneof ['red', 'green']", ["blue"], ["green"], True),
        ("{many} allof ['red', 'green']", ["red", "green", "blue"], ["red"], False),
        ("{many} = ['green', 'red']", ["red", "green"], ["red", "green", "blue"], False),
        ("{many} <> ['red']", ["green"], ["red"], True),
        ("{many} notempty", ["red"], [], False),
        ("{many} = []", [], ["red"], True),
        ("{many} <> []", ["red"], [], False),
        ("{many} contains []", ["red"], [], False),
        ("{many} notcontains []", [], ["red"], True),
    ],
)
def test_a_question_with_several_answers(condition: str, yes: list[str], no: list[str], seen_open: bool) -> None:
    assert shows(condition, many=yes)
    assert not shows(condition, many=no)
    assert shows(condition) is seen_open


@pytest.mark.parametrize(
    ("condition", "yes", "no", "seen_open"),
    [
        ("{size} = 5", 5, 6, False),
        ("{size} <> 5", 6, 5, True),
        ("{size} > 5", 6, 5, False),
        ("{size} >= '5'", 5, 4, False),
        ("{size} < 5", 4, 5, False),
        ("{size} <= 5", 5, 6, False),
        ("5 < {size}", 6, 5, False),
        ("{size} greaterorequal 5 and {size} less 7", 6, 7, False),
        ("{size} empty or {size} = 0", 0, 1, True),
    ],
)
def test_a_number(condition: str, yes: int, no: int, seen_open: bool) -> None:
    assert shows(condition, size=yes)
    assert not shows(condition, size=no)
    assert shows(condition) is seen_open


def test_two_numbers_are_equal_when_both_are_open() -> None:
    assert shows("{size} = {span}")
    assert shows("{size} = {span}", size=3, span=3)
    assert not shows("{size} = {span}", size=3)
    assert shows("{size} <> {span}", size=3)
    assert shows("{size} > {span}", size=3, span=2)


def test_two_questions_with_choices_compare_by_value() -> None:
    assert shows("{one} = {twin}", one="c_7", twin="c_7")
    assert not shows("{one} = {twin}", one="item1_2", twin="c_7")
    assert shows("{one} = {twin}")


def test_a_date_compares_with_a_day() -> None:
    assert shows("{day} >= '2025-06-01'", day="2025-06-01")
    assert not shows("{day} >= '2025-06-01'", day="2025-05-31")


@pytest.mark.parametrize("condition", ["{sure}", "{sure} = true", "{sure} = 'true'", "!({sure} <> true)"])
def test_yes_or_no(condition: str) -> None:
    assert shows(condition, sure="yes")
    assert not shows(condition, sure="no")
    assert not shows(condition)


def test_yes_or_no_turned_round_holds_while_open() -> None:
    assert shows("!{sure}")
    assert not shows("{sure} = false")


def test_free_text_only_decides_by_being_there() -> None:
    assert shows("{words} notempty", words="Something")
    assert shows("{words} empty")


def test_a_row_of_a_matrix_is_looked_up_by_its_name() -> None:
    assert shows("{grid.risk} = 'high' and {grid.cost} <> 'high'", grid_risk="high")
    assert not shows("{grid.risk} = 'high'", grid_cost="high")


@pytest.mark.parametrize(
    ("condition", "written", "seen"),
    [
        ("{many.length} > 1", "count(many) > 1", {2, 3}),
        ("{many.length} <= 1", "not answered(many) or (count(many) <= 1)", {0, 1}),
        ("{many.length} = 0", "not answered(many) or (count(many) == 0)", {0}),
        ("{many.length} = '2'", "count(many) == 2", {2}),
        ("{many.length} <> 2", "not (count(many) == 2)", {0, 1, 3}),
        ("{many.length} <> 0", "answered(many) and not (count(many) == 0)", {1, 2, 3}),
        ("1 < {many.length}", "count(many) > 1", {2, 3}),
    ],
)
def test_number_of_ticks_is_counted(condition: str, written: str, seen: set[int]) -> None:
    last = {"type": "html", "name": "last", "html": "Seen", "visibleIf": condition}

    assert f'visible_if: "{written}"' in make_import(make_survey(MANY, last)).source
    assert {n for n in range(4) if shows(condition, many=["red", "green", "blue"][:n])} == seen


def test_number_of_ticks_is_never_empty() -> None:
    assert shows("{many.length} notempty")


def test_matrix_is_answered_when_one_of_its_rows_is() -> None:
    assert shows("{grid} notempty", grid_risk="low")
    assert not shows("{grid} notempty")
    assert shows("{grid} empty")
    assert not shows("{grid} empty", grid_cost="low")


@pytest.mark.parametrize(
    ("condition", "yes", "no"),
    [
        ("{twin} = 7", [{"twin": "c_7"}, {"twin_2": "c_7"}], [{}, {"twin": "other"}, {"twin_2": "c_8"}]),
        ("{twin} <> 7", [{}, {"twin": "other"}, {"twin_2": "c_8"}], [{"twin": "c_7"}, {"twin_2": "c_7"}]),
        ("{twin} notempty", [{"twin": "other"}, {"twin_2": "c_8"}], [{}]),
        ("{twin} = 7", [{"twin": "c_7", "twin_2": "c_8"}], [{"twin": "other", "twin_2": "c_7"}]),
        ("7 = {Twin}", [{"twin_2": "c_7"}], [{}]),
    ],
)
def test_questions_of_one_name_speak_for_each_other(condition: str, yes: list[Any], no: list[Any]) -> None:
    last = {"type": "html", "name": "last", "html": "Seen", "visibleIf": condition}
    questionnaire = make_imported_questionnaire(make_survey(TWIN, {**TWIN, "choices": [7, 8]}, last))

    assert all("last" in visible_questions(questionnaire, answers).keys for answers in yes)
    assert not any("last" in visible_questions(questionnaire, answers).keys for answers in no)


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ("{words} = 'secret'", "free text"),
        ("{nobody} = 1", "no question of this survey"),
        ("{after} = 1", "does not come before"),
        ("{last} = 1", "does not come before"),
        ("{size} + 1 > 3", "cannot be read"),
        ("iif({size} > 1, true, false)", "the function"),
        ("{size} contains 3", "asked of a number"),
        ("{many} > 3", "several ticks"),
        ("{one} > [3]", "a list is compared"),
        ("{size} >= ''", "compares with nothing"),
        ("{ one } = 7", "space inside its braces"),
        ("{one}", "stands alone"),
        ("{many} = {one}", "compares two questions"),
        ("{many.length} > 'x'", "compared with a number of ticks"),
        ("{one.length} > 1", "is no number of ticks"),
        ("{grid} = 'x'", "compares a whole matrix"),
    ],
)
def test_a_condition_without_counterpart_is_listed_and_hides_nothing(condition: str, why: str) -> None:
    last = {"type": "html", "name": "last", "html": "Seen", "visibleIf": condition}
    after = {"type": "radiogroup", "name": "after", "choices": [1, 2]}
    survey = make_survey(ONE, MANY, SIZE, GRID, WORDS, last, after)

    (note,) = make_import(survey).notes

    assert note.place == "pages[0].elements[5].visibleIf"
    assert why in note.message
    assert "last" in visible_questions(make_imported_questionnaire(survey), {}).keys


@pytest.mark.parametrize("condition", ["{many} <> null", "{many} notcontains ''", "!({many} = undefined)"])
def test_without_ticks_there_is_an_empty_list_and_not_nothing(condition: str) -> None:
    assert shows(condition)
    assert shows(condition, many=["red"])


ODD = {"type": "dropdown", "name": "odd", "choices": [0, "01", "x"]}
TICKS = {"type": "checkbox", "name": "ticks", "choices": ["0", "x"]}


@pytest.mark.parametrize(
    ("condition", "seen_for", "seen_open"),
    [
        ("{odd} notcontains 0", {"c_0"}, True),
        ("{odd} notcontains 'x'", {"c_0", "c_01"}, True),
        ("{odd} = []", set(), True),
        ("{odd} <> []", {"c_0", "c_01", "x"}, False),
        ("[] notcontains {odd}", {"c_0", "c_01", "x"}, True),
    ],
)
def test_zero_and_the_empty_list(condition: str, seen_for: set[str], seen_open: bool) -> None:
    last = {"type": "html", "name": "last", "html": "Seen", "visibleIf": condition}
    questionnaire = make_imported_questionnaire(make_survey(ODD, last))
    keys = [choice.key for choice in questionnaire.question("odd").choices]

    assert {key for key in keys if "last" in visible_questions(questionnaire, {"odd": key}).keys} == seen_for
    assert ("last" in visible_questions(questionnaire, {}).keys) is seen_open


def test_tick_that_is_a_text_is_not_taken_for_false() -> None:
    last = {"type": "html", "name": "last", "html": "Seen", "visibleIf": "{ticks} notcontains false"}
    questionnaire = make_imported_questionnaire(make_survey(TICKS, last))

    assert "last" in visible_questions(questionnaire, {"ticks": ["c_0"]}).keys


def test_nothing_can_be_ticked_twice() -> None:
    assert shows("{many} <> ['red', 'red']", many=["red", "blue"])
