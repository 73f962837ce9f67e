"""What has to be answered, as SurveyJS demands it before it lets a survey be completed."""

from datetime import date
from typing import Any

import pytest

from apps.scoring import evaluate
from tests.questionnaires.surveyjs.test_convert import asked, read
from tests.questionnaires.surveyjs.test_slips import notes_of

YES = "{a} = 'item1-3'"
GRID = {"type": "matrix", "name": "m", "title": "Rate", "rows": ["r", "s"], "columns": ["x"]}


def required(*elements: dict[str, Any]) -> set[str]:
    return {question.key for question in read(*elements).questions if question.required}


def needed(*elements: dict[str, Any], **answers: Any) -> list[str]:
    outcome = evaluate(read(*elements), answers, on_date=date(2026, 11, 22))
    return [contradiction.title for contradiction in outcome.contradictions]


@pytest.mark.parametrize("switch", ["hasComment", "showCommentArea"])
def test_comment_is_never_required_with_its_question(switch: str) -> None:
    element = asked("b", requiredIf=YES, title="B?", commentText="Details", **{switch: True})

    assert needed(asked("a"), element, a="item1_3") == ["B?"]
    assert needed(asked("a"), element, a="item1_3", b="item1_3") == []
    assert required(asked("b", isRequired=True, **{switch: True})) == {"b"}


def test_what_the_other_is_has_to_be_said() -> None:
    assert required(asked("b", showOtherItem=True)) == {"b_comment"}
    assert needed(asked("a"), asked("b", requiredIf=YES, title="B?", showOtherItem=True), a="item1_3") == ["B?"]


def test_one_row_of_a_required_matrix_is_enough() -> None:
    grid = {**GRID, "isRequired": True, "requiredErrorText": "Please rate"}

    assert required(grid) == set()
    assert notes_of(grid) == []
    assert needed(grid) == ["Rate"]
    assert needed(grid, m_r="x") == needed(grid, m_s="x") == []


def test_one_row_of_a_matrix_that_is_required_under_a_condition_is_enough() -> None:
    elements = [asked("a"), {**GRID, "requiredIf": YES, "requiredErrorText": "Please rate"}]

    assert needed(*elements) == []
    assert needed(*elements, a="item1_3") == ["Rate"]
    assert needed(*elements, a="item1_3", m_s="x") == []


@pytest.mark.parametrize("switch", ["isAllRowRequired", "eachRowRequired"])
def test_each_row_is_required_where_the_survey_says_so(switch: str) -> None:
    elements = [asked("a"), {**GRID, switch: True, "isRequired": True, "requiredIf": YES}]

    assert required(*elements) == {"m_r", "m_s"}
    assert needed(*elements, a="item1_3") == []


def test_only_row_of_a_required_matrix_is_required() -> None:
    never = {"value": "s", "visibleIf": "{a} = 'item1-3' and {a} empty"}

    assert required(asked("a"), {**GRID, "isRequired": True, "rows": ["r", never]}) == {"m_r"}


def test_matrix_of_which_no_row_is_shown_asks_for_nothing() -> None:
    rows = [{"value": row, "visibleIf": YES} for row in ("r", "s")]
    elements = [asked("a"), {**GRID, "isRequired": True, "rows": rows}]

    assert needed(*elements) == []
    assert needed(*elements, a="item1_3") == ["Rate"]


def test_condition_decides_alone_whether_an_answer_is_required() -> None:
    elements = [asked("a"), asked("b", title="B?", isRequired=True, requiredIf=YES)]

    assert required(*elements) == set()
    assert needed(*elements) == []
    assert needed(*elements, a="item1_3") == ["B?"]
    assert required(asked("b", isRequired=True, requiredIf="1 = 2")) == set()
    assert required(asked("b", requiredIf="1 = 1")) == {"b"}


def test_question_that_is_required_whenever_it_is_shown_is_required() -> None:
    shown = asked("b", title="B?", visibleIf=YES, requiredIf="{a}='item1-3'")
    panel = {"type": "panel", "name": "p", "visibleIf": "{a} notempty", "elements": [shown]}

    for elements in ([asked("a"), shown], [asked("a"), panel]):
        assert required(*elements) == {"b"}
        assert needed(*elements, a="item1_3") == []
    assert required(asked("a"), {**panel, "elements": [{**shown, "visibleIf": "{a} notempty"}]}) == set()


def test_where_the_condition_is_not_carried_over_the_switch_decides() -> None:
    unknown = {"isRequired": True, "requiredIf": "{nowhere} = 1"}

    assert required(asked("b", **unknown)) == {"b"}
    assert needed({**GRID, **unknown}) == ["Rate"]
    assert needed({**GRID, **unknown, "isRequired": False}) == []
    assert needed({**GRID, "isRequired": True, "requiredIf": "1 = 2"}) == []
