"""Names that SurveyJS gives; each expectation is what it calls them (versions 1.9, 1.12, 2.5 and 3.1 agree)."""

from typing import Any

import pytest

from apps.questionnaires.surveyjs.naming import name_elements
from apps.questionnaires.surveyjs.sheets import under_our_keys
from apps.scoring import visible_questions
from tests.factories.surveys import make_import, make_imported_questionnaire, make_survey
from tests.questionnaires.surveyjs.test_convert import YES_NO

ASKED = {"type": "radiogroup", "choices": YES_NO}


def asked(name: str | None = None, **more: Any) -> dict[str, Any]:
    return {**ASKED, **({} if name is None else {"name": name}), **more}


def panel(*elements: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "panel", "elements": list(elements), **more}


def names(survey: dict[str, Any]) -> list[str]:
    """Of every element that has a type, in the order of the file."""
    name_elements(survey)
    found, queue = [], [survey]
    while queue:
        item = queue.pop()
        found += [item["name"]] if "type" in item and "name" in item else []
        queue += reversed([inner for key in ("pages", "elements", "questions") for inner in item.get(key, [])])
    return found


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ([asked(), asked(name=None)], "question1 question2"),
        ([asked("question1"), asked(), asked("question3"), asked()], "question1 question2 question3 question4"),
        ([asked(), asked("question1")], "question1 question1"),
        ([asked("question3"), asked(), asked(), asked()], "question3 question1 question2 question4"),
        ([asked("Question1"), asked(), asked(" {question2} "), asked()], "Question1 question1  {question2}  question3"),
        ([panel(asked("question1"), panel(asked())), asked()], "panel1 question1 panel2 question2 question3"),
        ([panel(asked(), name="panel1"), panel(name="question2")], "panel1 question1 question2"),
        ([panel(), asked("panel2"), panel(asked())], "panel1 panel2 panel2 question1"),
        ([{"type": "html"}, {"type": "expression"}, asked()], "question1 question2 question3"),
        ([{"title": "no type"}, {"type": "custom"}, {"type": 5}, asked()], "question1"),
        (
            [{"type": "paneldynamic", "templateElements": [asked(), panel()]}, asked(), panel()],
            "question1 question3 panel2",
        ),
        ([{"type": "multipletext", "items": [{}, {"name": "question2"}]}, asked()], "question1 question3"),
        ([{"type": "matrixdropdown", "columns": [{}, {"name": "question2"}]}, asked()], "question1 question3"),
        ([asked(5), asked()], "5 question1"),
    ],
)
def test_missing_name_is_the_one_that_surveyjs_gives(elements: list[dict[str, Any]], expected: str) -> None:
    assert " ".join(map(str, names({"elements": elements}))) == expected


def test_numbers_go_on_from_page_to_page() -> None:
    pages: list[Any] = [{"elements": [asked(), asked("question2")]}, {"name": "page1", "questions": [asked()]}, {}]

    assert names({"pages": pages}) == ["question1", "question2", "question3"]
    assert [page["name"] for page in pages] == ["page1", "page1", "page2"]


@pytest.mark.parametrize("survey", [{}, {"pages": [5]}, {"pages": 5}, {"elements": [5, None]}, {"elements": None}])
def test_where_there_is_no_element_there_is_nothing_to_name(survey: dict[str, Any]) -> None:
    assert name_elements(survey) == []


def test_only_the_list_that_counts_is_named() -> None:
    survey = {"elements": [asked()], "pages": [{"elements": [asked()], "questions": [asked()]}]}

    name_elements(survey)

    assert "name" not in survey["elements"][0]
    assert survey["pages"][0]["questions"][0]["name"] == "question1"


def test_answers_and_conditions_find_what_has_no_name() -> None:
    survey = make_survey(asked(), asked(title="Patched?", visibleIf="{question1} = 'item1-3'"))
    imported, questionnaire = make_import(survey), make_imported_questionnaire(survey)

    answers = under_our_keys({"question1": "item1-3", "question2": "item2-0"}, imported.names)

    assert answers == {"question1": "item1_3", "question2": "item2_0"}
    assert visible_questions(questionnaire, answers).keys == set(answers)
    assert [str(note) for note in imported.notes] == [
        "pages[0].elements[0].name “question1” and pages[0].elements[1].name “question2”: "
        "it has no name; this is what SurveyJS calls it."
    ]
