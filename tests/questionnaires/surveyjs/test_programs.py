"""What the survey answers itself: a question that is never shown may still have a value there."""

from typing import Any

import pytest

from apps.scoring import visible_questions
from tests.factories.surveys import make_import, make_imported_questionnaire, make_survey
from tests.questionnaires.surveyjs.test_convert import asked

HIDDEN = asked("h", visible=False)
ASKS = asked("b", visibleIf="{h} = 'item1-3'")


def shown(*elements: dict[str, Any], **more: Any) -> frozenset[str]:
    """Before anything is answered."""
    return visible_questions(make_imported_questionnaire(make_survey(*elements, **more)), {}).keys


@pytest.mark.parametrize(
    "setting",
    [{"defaultValue": "item1-3"}, {"defaultValueExpression": "'item1-3'"}, {"setValueExpression": "'item1-3'"}],
)
def test_hidden_question_that_answers_itself_hides_nothing(setting: dict[str, str]) -> None:
    assert shown(asked("a"), {**HIDDEN, **setting}, ASKS) == {"a", "b"}


@pytest.mark.parametrize(
    "program",
    [
        {"triggers": [{"type": "setvalue", "expression": "{a} = 1", "setToName": "h", "setValue": "item1-3"}]},
        {"triggers": [{"type": "runexpression", "setToName": "H", "runExpression": "'item1-3'"}]},
        {"triggers": [{"type": "copyvalue", "fromName": "a", "setToName": "h.row"}]},
        {"calculatedValues": [{"name": "h", "expression": "'item1-3'"}]},
    ],
)
def test_hidden_question_that_a_program_answers_hides_nothing(program: dict[str, Any]) -> None:
    assert shown(asked("a"), HIDDEN, ASKS, **program) == {"a", "b"}


@pytest.mark.parametrize("program", [{"triggers": 5}, {"triggers": [5, {"setToName": 5}]}, {"calculatedValues": [{}]}])
def test_hidden_question_that_nothing_answers_is_never_answered(program: dict[str, Any]) -> None:
    assert shown(asked("a"), {**HIDDEN, "defaultValue": ""}, ASKS, **program) == {"a"}


def test_value_under_another_name_is_found() -> None:
    trigger = {"type": "setvalue", "setToName": "h", "setValue": "item1-3"}
    elements = [asked("a"), {**HIDDEN, "valueName": "v"}, asked("b", visibleIf="{v} = 'item1-3'")]

    assert shown(*elements, triggers=[trigger]) == {"a", "b"}


def test_hidden_matrix_that_answers_itself_hides_nothing() -> None:
    grid = {"type": "matrix", "name": "h", "rows": ["r"], "columns": ["x"], "defaultValue": {"r": "x"}}
    elements = [asked("b", visibleIf="{h.r} = 'x'"), asked("c", visibleIf="{h} notempty")]

    assert shown(asked("a"), {"type": "panel", "visible": False, "elements": [grid]}, *elements) == {"a", "b", "c"}


def test_what_is_set_by_the_survey_is_told() -> None:
    notes = make_import(make_survey(asked("a"), {**HIDDEN, "defaultValue": "item1-3"}, ASKS)).notes
    told = [str(note) for note in notes]

    assert any("“h” can never be seen, so it is left out; the survey sets its value" in note for note in told)
    assert any("{h} is never shown and gets its value from the survey itself" in note for note in told)


def test_slip_in_the_name_of_what_is_hidden_is_told_once() -> None:
    notes = make_import(make_survey(asked("a"), {**HIDDEN, "name": 5, "valueName": 6})).notes

    assert len(notes) == len({str(note) for note in notes}) == 3


def test_hidden_question_that_a_condition_shows_is_asked() -> None:
    element = asked("h", visible=False, visibleIf="{a} = 'item1-3'", defaultValue="item1-3")
    questionnaire = make_imported_questionnaire(make_survey(asked("a"), element, ASKS))

    assert visible_questions(questionnaire, {}).keys == {"a"}
    assert visible_questions(questionnaire, {"a": "item1_3", "h": "item1_3"}).keys == {"a", "h", "b"}
