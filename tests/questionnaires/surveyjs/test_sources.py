"""Choices that are not listed in the question itself."""

import time
from typing import Any

import pytest

from apps.questionnaires.surveyjs import SurveyRefused, questions
from apps.questionnaires.surveyjs.reading import Part
from apps.questionnaires.surveyjs.sources import Sources
from tests.factories.surveys import make_import, make_survey
from tests.questionnaires.surveyjs.test_convert import asked, read
from tests.questionnaires.surveyjs.test_slips import notes_of, visible

SOURCE = {
    "type": "checkbox",
    "name": "s",
    "choices": [{"value": 1, "text": "One", "score": 3}, "two"],
    "showNoneItem": True,
    "showOtherItem": True,
}
COPY = {"type": "dropdown", "name": "a", "choicesFromQuestion": "s"}


def offered(*elements: dict[str, Any], key: str = "a") -> list[str]:
    return [str(choice.title) for choice in read(*elements).question(key).choices]


@pytest.mark.parametrize(
    ("numbers", "titles"),
    [
        ({"choicesMin": 1, "choicesMax": 3}, "1 2 3"),
        ({"choicesMin": 1, "choicesMax": 10, "choicesStep": 4}, "1 5 9"),
        ({"choicesMax": 2}, "0 1 2"),
        ({"choicesMin": 1, "choicesMax": 2, "choices": ["x"]}, "x 1 2"),
        ({"choicesMin": 1, "choicesMax": 3, "choicesStep": 0.5}, "1 2 3"),
    ],
)
def test_numbers_from_one_to_another_are_choices(numbers: dict[str, Any], titles: str) -> None:
    assert offered({"type": "dropdown", "name": "a", **numbers}) == titles.split()


def test_numbers_are_values_that_conditions_look_at() -> None:
    elements = [{"type": "dropdown", "name": "a", "choicesMin": 1, "choicesMax": 9}, asked("b", visibleIf="{a} > 7")]

    assert visible(*elements, answers={"a": "c_8"}) == {"a", "b"}
    assert visible(*elements, answers={"a": "c_7"}) == {"a"}


def test_numbers_without_end_are_too_many() -> None:
    endless = {"type": "dropdown", "name": "a", "choicesMax": 10**12}

    assert any("more than 500 choices" in note for note in notes_of(asked("b"), endless))


def test_only_a_dropdown_counts_numbers() -> None:
    element = {"type": "radiogroup", "name": "a", "choices": ["x"], "choicesMin": 1, "choicesMax": 3}

    assert offered(element) == ["x"]
    assert len(notes_of(element)) == 2


@pytest.mark.parametrize(
    ("copy", "titles"),
    [
        (COPY, ["One", "two"]),
        ({**COPY, "showNoneItem": True}, ["One", "two", "None"]),
        ({**COPY, "choicesFromQuestion": "t"}, ["One", "two"]),
        ({**COPY, "choices": ["own"], "choicesFromQuestion": "nobody"}, ["own"]),
        ({**COPY, "choices": ["own"], "choicesFromQuestion": "a"}, ["own"]),
        ({**COPY, "choices": ["own"], "choicesFromQuestion": "r"}, ["own"]),
    ],
)
def test_choices_are_copied_from_another_question(copy: dict[str, Any], titles: list[str]) -> None:
    others = [{**COPY, "name": "t"}, {"type": "rating", "name": "r"}, {"type": "panel", "name": "s", "elements": []}]

    assert offered(copy, *others, SOURCE) == titles
    assert offered(*others, SOURCE, copy) == titles


def test_copied_choices_have_the_points_and_values_of_the_others() -> None:
    elements = [SOURCE, COPY, asked("b", visibleIf="{a} = 'two'")]

    assert [choice.points["score"] for choice in read(*elements).question("a").choices] == [3, 0]
    assert visible(*elements, answers={"a": "two"}) == {"s", "a", "b"}
    assert notes_of(*elements) == []


def test_choices_that_depend_on_an_answer_are_told() -> None:
    notes = notes_of(SOURCE, {**COPY, "choicesFromQuestionMode": "selected"})

    assert len(notes) == 1
    assert "all choices of the other question are offered" in notes[0]


def test_choices_that_are_answers_are_told() -> None:
    rows = {"type": "paneldynamic", "name": "s", "templateElements": []}
    elements = [asked("z"), rows, {**COPY, "showNoneItem": True}, asked("b", visibleIf="{a} = 'anything'")]

    assert "b" in visible(*elements, answers={})
    assert any("its choices are the answers to another question" in note for note in notes_of(*elements))


TYPED = {"type": "radiogroup", "name": "o", "choices": ["x", "y"], "showOtherItem": True, "storeOthersAsComment": False}


@pytest.mark.parametrize(
    ("condition", "answers", "shown"),
    [
        ("{o} = 'x'", {"o": "x"}, True),
        ("{o} <> 'x'", {"o": "other"}, True),
        ("{o} anyof ['x', 'y']", {"o": "other"}, False),
        ("{o} notempty", {"o": "other"}, True),
        ("{o} = 'other'", {}, True),  # true only until something is typed: not carried over
        ("{o} = 'free'", {}, True),
        ("{o} contains 'x'", {}, True),
    ],
)
def test_text_that_is_the_answer_itself_is_not_looked_into(condition: str, answers: Any, *, shown: bool) -> None:
    assert ("b" in visible(TYPED, asked("b", visibleIf=condition), answers=answers)) is shown


def test_comment_that_is_never_stored_has_no_answer() -> None:
    survey = make_survey({**TYPED, "storeOthersAsComment": None}, asked("b", visibleIf="{o-Comment} notempty"))

    assert "b" in make_import(survey).names
    assert "b" not in make_import({**survey, "storeOthersAsComment": False}).names


def _copies() -> list[dict[str, Any]]:
    listed = {"type": "dropdown", "name": "q", "choices": list(range(20))}
    return [listed, *[{"type": "dropdown", "name": f"c{n}", "choicesFromQuestion": "q"} for n in range(10)]]


@pytest.mark.parametrize(
    "elements",
    [
        _copies(),
        [{"type": "dropdown", "name": f"n{n}", "choicesMin": 1, "choicesMax": 100} for n in range(3)],
        [{"type": "matrix", "name": "m", "rows": list(range(20)), "columns": list(range(20))}],
    ],
    ids=["copies", "numbers", "rows"],
)
def test_one_long_list_in_thousands_of_questions_is_refused(elements: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert make_import(make_survey(*elements))
    monkeypatch.setattr(questions, "MAX_PARTS", 200)

    with pytest.raises(SurveyRefused, match="this survey list more than 200 choices"):
        make_import(make_survey(*elements))


def copying(name: str, of: str) -> dict[str, Any]:
    return {"type": "dropdown", "name": name, "choices": [f"own {name}"], "choicesFromQuestion": of}


def test_copies_in_a_ring_offer_what_the_one_before_lists() -> None:
    ring = [copying("a", "b"), copying("b", "c"), copying("c", "a"), copying("d", "b")]

    assert [offered(*ring, key=key) for key in "abcd"] == [["own c"], ["own a"], ["own b"], ["own a"]]


def test_the_second_question_of_a_name_copies_as_well() -> None:
    assert offered(copying("a", "b"), copying("b", "s"), SOURCE, copying("a", "b"), key="a_2")[0] == "One"


@pytest.mark.parametrize("last", ["q0", "nobody"])
def test_thousands_of_copies_in_a_row_take_bounded_time(last: str) -> None:
    elements = [copying(f"q{n}", f"q{n + 1}") for n in range(10_000)] + [copying("q10000", last)]
    started = time.process_time()
    sources = Sources({"elements": elements})
    found = {id(sources.of(Part(element, "", [])).data) for element in elements}

    assert len(found) == (1 if last == "nobody" else len(elements))
    assert time.process_time() - started < 5
