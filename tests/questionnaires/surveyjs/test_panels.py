"""When the heading of a panel is shown: as long as something in the panel is."""

from typing import Any

from tests.questionnaires.surveyjs.test_convert import asked, read
from tests.questionnaires.surveyjs.test_slips import LISTS, MET, NOT_MET, long_condition, notes_of, visible

YES = "{a} = 'item1-3'"


def panel(name: str, *elements: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "panel", "name": name, "title": f"Head of {name}", "elements": list(elements), **more}


def test_heading_is_hidden_with_everything_in_its_panel() -> None:
    elements = [asked("a"), panel("p", asked("b", visibleIf=YES), asked("c", visibleIf="{a} = 'item2-0'"))]

    assert notes_of(*elements) == []
    assert visible(*elements, answers={}) == {"a"}
    assert visible(*elements, answers={"a": "item1_3"}) == {"a", "p", "b"}


def test_heading_is_shown_when_something_in_its_panel_always_is() -> None:
    questionnaire = read(asked("a"), panel("p", asked("b", visibleIf=YES), asked("c"), visibleIf=YES))

    heading, always = questionnaire.question("p").visible_if, questionnaire.question("c").visible_if
    assert heading is not None
    assert always is not None
    assert heading.source == always.source


def test_heading_does_not_look_at_answers_inside() -> None:
    inner = [asked("b", visibleIf=YES), asked("c", visibleIf="{b} empty and {a} notempty")]
    elements = [asked("a"), panel("p", *inner, asked("d", visibleIf="{b} = 'item1-3'"))]

    assert visible(*elements, answers={}) == {"a"}
    assert visible(*elements, answers={"a": "item2_0"}) == {"a", "p", "c"}
    assert visible(*elements, answers={"a": "item1_3", "b": "item1_3"}) == {"a", "p", "b", "d"}


def test_heading_of_a_panel_in_a_panel_follows_what_is_in_it() -> None:
    inner = panel("inner", asked("b", visibleIf=YES))
    rows = {"type": "matrix", "name": "m", "rows": ["r"], "columns": ["x"], "visibleIf": "{a} = 'item2-0'"}
    elements = [asked("a"), panel("outer", inner, rows, asked("c", visibleIf="{m.r} = 'x' or {m} notempty"))]

    assert visible(*elements, answers={}) == {"a"}
    assert visible(*elements, answers={"a": "item1_3"}) == {"a", "outer", "inner", "b"}
    assert visible(*elements, answers={"a": "item2_0", "m_r": "x"}) == {"a", "outer", "m_r", "c"}


def test_heading_of_what_is_not_carried_over_is_left_out() -> None:
    elements = [asked("a"), panel("p", {"type": "file", "name": "f"}), panel("q", asked("b", visible=False))]

    assert [question.key for question in read(*elements).questions] == ["a"]


def test_heading_is_shown_where_a_condition_inside_is_not_carried_over() -> None:
    looks_into_text = asked("c", visibleIf="{b} = 'secret'")
    elements = [asked("a"), panel("p", {"type": "comment", "name": "b", "visibleIf": YES}, looks_into_text)]

    assert visible(*elements, answers={}) == {"a", "p", "c"}


def test_heading_whose_condition_is_too_long_follows_the_panel_and_is_told() -> None:
    inside = [asked(f"n{name}", visibleIf=long_condition(name)) for name in ("d", "e")]
    elements = [*LISTS, panel("p", *inside, visibleIf="{d} <> 'option number 110'")]

    assert "p" in visible(*elements, answers=NOT_MET)
    assert "nd" not in visible(*elements, answers=NOT_MET)
    assert visible(*elements, answers=MET) == {"d", "e", "p", "nd"}
    assert any("its heading is shown also where" in note for note in notes_of(*elements))


def test_name_of_a_heading_is_no_name_of_a_question() -> None:
    elements = [panel("p", asked("b"), visible=False), asked("p"), asked("c", visibleIf="{p} = 'item1-3'")]

    assert visible(*elements, answers={"p_2": "item1_3"}) == {"p_2", "c"}
    assert not any("there twice" in note for note in notes_of(*elements))
