"""A matrix of several columns: each cell is a question, as SurveyJS keeps it under row and column."""

from typing import Any

import pytest

from apps.questionnaires.surveyjs.sheets import under_our_keys
from apps.scoring import visible_questions
from tests.factories.surveys import make_import, make_survey
from tests.questionnaires.surveyjs.test_convert import asked, read
from tests.questionnaires.surveyjs.test_required import needed, required
from tests.questionnaires.surveyjs.test_slips import notes_of, visible


def grid(*columns: Any, **more: Any) -> dict[str, Any]:
    rows = ["r1", {"value": "r 2", "text": "Second"}]
    return {"type": "matrixdropdown", "name": "m", "title": "M", "choices": ["p", "q"], "rows": rows} | {
        "columns": list(columns),
        **more,
    }


def test_every_cell_is_a_question_of_its_type() -> None:
    types = ["dropdown", "radiogroup", "checkbox", "tagbox", "text", "comment", "boolean", "rating", "default"]
    questionnaire = read(grid(*({"name": f"c{index}", "cellType": type_} for index, type_ in enumerate(types))))

    kinds = ["single", "single", "multi", "multi", "short_text", "long_text", "single", "single", "single"]
    assert [question.type for question in questionnaire.questions] == [*kinds, *kinds]
    assert [question.key for question in questionnaire.questions][:9] == [f"m_r1_c{index}" for index in range(9)]


def test_cell_says_what_it_is_about_and_has_its_choices() -> None:
    questionnaire = read(grid({"name": "c", "title": "Which"}, {"name": "d", "choices": ["x"]}, cellType="radiogroup"))

    assert str(questionnaire.question("m_r_2_c").title) == "M: Second: Which"
    assert [choice.key for choice in questionnaire.question("m_r1_c").choices] == ["p", "q"]
    assert [choice.key for choice in questionnaire.question("m_r1_d").choices] == ["x"]


def test_answers_are_found_under_row_and_column() -> None:
    names = make_import(
        make_survey(grid({"name": "c", "showOtherItem": True}, {"name": "n", "cellType": "text"}))
    ).names
    sheet = {"m": {"r1": {"c": "other", "c-Comment": "Cats"}, "r 2": {"c": "p", "n": "word"}, "r3": {"c": "p"}}}

    assert under_our_keys(sheet, names) == {
        "m_r1_c": "other",
        "m_r1_c_comment": "Cats",
        "m_r_2_c": "p",
        "m_r_2_n": "word",
        "m.r3.c": "p",
    }


def test_column_without_a_name_is_called_as_surveyjs_does() -> None:
    columns = [{"title": "First"}, {"name": "question1"}, {"name": ""}]

    assert list(make_import(make_survey(grid(*columns, rows=["r"]))).names) == [
        "m.r.question2",
        "m.r.question1",
        "m.r.question3",
    ]


@pytest.mark.parametrize("condition", ["{m.r1.c} = 'p'", "{m.r1} notempty", "{m} notempty", "{M.R1.C} = 'p'"])
def test_conditions_look_at_cells_rows_and_the_whole(condition: str) -> None:
    elements = [grid({"name": "c"}), asked("b", visibleIf=condition)]

    assert notes_of(*elements) == []
    assert "b" not in visible(*elements, answers={})
    assert "b" in visible(*elements, answers={"m_r1_c": "p"})


def test_condition_of_a_column_looks_at_its_own_row() -> None:
    elements = [grid({"name": "c"}, {"name": "d", "visibleIf": "{row.c} = 'p'", "enableIf": "{Row.c} notempty"})]

    assert notes_of(*elements) == []
    assert visible(*elements, answers={"m_r1_c": "q"}) == {"m_r1_c", "m_r_2_c"}
    assert visible(*elements, answers={"m_r_2_c": "p"}) == {"m_r1_c", "m_r_2_c", "m_r_2_d"}


def test_condition_of_a_row_hides_its_cells() -> None:
    rows = ["r1", {"value": "r2", "visibleIf": "{a} = 'item1-3'"}]
    elements = [asked("a"), grid({"name": "c"}, {"name": "d"}, rows=rows)]

    assert visible(*elements, answers={}) == {"a", "m_r1_c", "m_r1_d"}
    assert visible(*elements, answers={"a": "item1_3"}) == {"a", "m_r1_c", "m_r1_d", "m_r2_c", "m_r2_d"}


def test_cell_that_can_never_be_seen_leaves_the_others() -> None:
    never = {"name": "d", "visibleIf": "{m.r1.c} = 'p' and {m.r1.c} empty"}
    elements = [grid({"name": "c"}, never, {"name": "e", "visible": False}), asked("b", visibleIf="{m.r1.e} = 'p'")]

    assert visible(*elements, answers={}) == {"m_r1_c", "m_r_2_c"}


def test_hidden_column_that_answers_itself_hides_nothing() -> None:
    column = {"name": "e", "visible": False, "defaultValue": "p"}
    conditions = ["{m.r1.e} = 'p'", "{m.r1} notempty", "{m} notempty"]
    others = [asked(f"b{index}", visibleIf=condition) for index, condition in enumerate(conditions)]

    assert visible(grid({"name": "c"}, column), *others, answers={}) >= {"b0", "b1", "b2"}


def test_required_column_is_required_in_each_row_and_the_whole_with_one_cell() -> None:
    both = ({"name": "c"}, {"name": "d", "cellType": "text"})

    assert required(grid({"name": "c", "isRequired": True}, both[1], isRequired=True)) == {"m_r1_c", "m_r_2_c"}
    assert required(grid({"name": "c", "isRequired": True}, rows=["r"])) == {"m_r_c"}
    assert needed(grid(*both, isRequired=True)) == ["M"]
    assert needed(grid(*both, isRequired=True), m_r1_d="x") == []


@pytest.mark.parametrize(
    ("element", "told"),
    [
        (grid({"name": "c"}, {"name": "d", "cellType": "expression"}), "columns[1] “d”: this column is of the type"),
        (grid({"name": "c"}, "d"), "columns[1]: here belongs an object"),
        (grid({"name": "c", "requiredIf": "{a} = 1"}), "columns[0] “c”: “requiredIf” is not carried over"),
        (grid({"name": "c", "visibleIf": "{row.x} = 1"}), "columns[0] of pages[0].elements[1].rows[0].visibleIf"),
        (grid(), "it has no rows or no columns"),
        (grid({"name": "c"}, rows=list(range(501))), "it has more than 500 cells"),
        (grid({"name": "c"}, detailPanelMode="underRow"), "“detailPanelMode” is not carried over"),
    ],
)
def test_what_is_not_carried_over_of_it_is_told_once(element: dict[str, Any], told: str) -> None:
    assert len([note for note in notes_of(asked("a"), element) if told in note]) == 1


def test_points_of_cells_count_as_those_of_the_matrix() -> None:
    scored = grid({"name": "c", "choices": [{"value": 1, "score": 2}, 0]}, name="m-RS")
    questionnaire = read(scored, dimensions=[("raw", "*-RS")])

    assert {key: int(most) for key, most in questionnaire.whole_maximum.items()} == {"raw": 4}
    assert visible_questions(questionnaire, {}).keys == {"m_rs_r1_c", "m_rs_r_2_c"}
