from typing import Any

import pytest

from apps.questionnaires.surveyjs.sheets import are_names, under_our_keys
from tests.factories.surveys import make_import, make_survey

ONE = {"type": "radiogroup", "name": "One", "choices": ["item1-2", 7, 0.5]}
MANY = {"type": "checkbox", "name": "many", "choices": ["a b", "c"], "showOtherItem": True}
SURE = {"type": "boolean", "name": "sure"}
SIZE = {"type": "text", "inputType": "number", "name": "size"}
GRID = {"type": "matrix", "name": "grid", "columns": ["Low", "High"], "rows": ["First row", 2]}
NAMES = make_import(make_survey(ONE, MANY, SURE, SIZE, GRID)).names


@pytest.mark.parametrize(
    ("given", "ours"),
    [
        ({"One": "item1-2"}, {"one": "item1_2"}),
        ({"One": 7}, {"one": "c_7"}),
        ({"One": "0.5"}, {"one": "c_0_5"}),
        ({"many": ["c", "other"], "many-Comment": "x"}, {"many": ["c", "other"], "many_comment": "x"}),
        ({"sure": True}, {"sure": "yes"}),
        ({"size": 5}, {"size": 5}),
        ({"grid": {"First row": "High", "2": "Low"}}, {"grid_first_row": "high", "grid_2": "low"}),
        ({"version": "v1", "data": {"sure": False}}, {"sure": "no"}),
        ({"One": "new", "many": ["c", 9], "nobody": 1}, {"one": "new", "many": ["c", 9], "nobody": 1}),
        ({"One": {"x": 1}, "many": [None], "sure": None}, {"one": {"x": 1}, "many": [None], "sure": None}),
    ],
)
def test_answers_get_our_keys_and_what_has_none_stays(given: dict[str, Any], ours: dict[str, Any]) -> None:
    assert under_our_keys(given, NAMES) == ours


def test_a_question_may_be_called_data() -> None:
    names = make_import(make_survey({**GRID, "name": "data"})).names

    assert under_our_keys({"data": {"2": "Low"}}, names) == {"data_2": "low"}


def test_questions_of_one_name_get_the_same_answer() -> None:
    names = make_import(make_survey(ONE, {**ONE, "choices": ["x", 7]})).names

    assert are_names(names)
    assert under_our_keys({"One": 7}, names) == {"one": "c_7", "one_2": "c_7"}


def test_answer_that_only_one_of_them_offers_is_that_ones() -> None:
    names = make_import(make_survey(ONE, {**ONE, "choices": ["x", 7]})).names

    assert under_our_keys({"One": "x"}, names) == {"one_2": "x"}
    assert under_our_keys({"One": "nothing"}, names) == {"one": "nothing"}


def test_text_that_is_the_answer_itself_is_other() -> None:
    names = make_import(make_survey(MANY, storeOthersAsComment=False)).names

    assert are_names(names)
    assert under_our_keys({"many": ["c", "Cats"]}, names) == {"many": ["c", "other"], "many_comment": "Cats"}
    assert under_our_keys({"many": ["c", "other"]}, names) == {"many": ["c", "other"]}
    assert not are_names({"a": {"key": "a", "other": ["x"]}})


@pytest.mark.parametrize("also", [1, [1], [{"key": 1}]])
def test_names_that_are_none_are_found_behind_the_first_too(also: object) -> None:
    assert not are_names({"a": {"key": "a", "also": also}})


@pytest.mark.parametrize("names", [{"a": 1}, {"a": {}}, {"a": {"key": "a", "choices": []}}, {"a": {"key": 1}}])
def test_a_file_of_something_else_is_no_file_of_names(names: dict[str, Any]) -> None:
    assert are_names(NAMES)
    assert not are_names(names)
