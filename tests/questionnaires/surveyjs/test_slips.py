"""What people write in real surveys, and what SurveyJS makes of it."""

import time
from datetime import date
from typing import Any

import pytest

from apps.questionnaires.surveyjs import SurveyRefused
from apps.questionnaires.surveyjs.texts import plain
from apps.scoring import evaluate, visible_questions
from tests.factories.surveys import make_import, make_imported_questionnaire, make_survey
from tests.questionnaires.surveyjs.test_convert import asked, read

TODAY = date(2026, 11, 22)


def notes_of(*elements: dict[str, Any]) -> list[str]:
    return [str(note) for note in make_import(make_survey(*elements)).notes]


def visible(*elements: dict[str, Any], answers: dict[str, Any]) -> frozenset[str]:
    return visible_questions(read(*elements), answers).keys


def test_choice_may_hold_its_value_and_what_is_said() -> None:
    survey = make_survey(
        {"type": "radiogroup", "name": "a", "choices": ["4|Yes, often", "0|No"]},
        {"type": "matrix", "name": "m", "columns": ["1|Low"], "rows": ["cost|What it costs"]},
        {"type": "text", "name": "why", "visibleIf": "{a} = 4"},
    )

    imported = make_import(survey, points_value=True)

    questionnaire = make_imported_questionnaire(survey, points_value=True)
    assert imported.names["a"]["choices"] == {"4": "c_4", "0": "c_0"}
    assert [str(choice.title) for choice in questionnaire.question("a").choices] == ["Yes, often", "No"]
    assert str(questionnaire.question("m_cost").title) == "m: What it costs"
    assert visible_questions(questionnaire, {"a": "c_4"}).keys >= {"why"}
    assert evaluate(questionnaire, {"a": "c_4"}, on_date=TODAY).dimensions["score"].points == 4


@pytest.mark.parametrize(
    ("scale", "rates"),
    [
        ({}, "1 2 3 4 5"),
        ({"rateMin": 0}, "0 1 2 3 4 5"),
        ({"rateMin": 2}, "2 3 4 5"),
        ({"rateStep": 2}, "1 3 5"),
        ({"rateCount": 3}, "1 2 3 4 5"),
        ({"rateMax": 10, "rateCount": 3}, "8 9 10"),
        ({"rateMin": 0, "rateMax": 3, "rateCount": 2}, "0 1 2 3"),
        ({"autoGenerate": True, "rateValues": [1, 2]}, "1 2 3 4 5"),
        ({"rateMax": "3"}, "1 2 3"),
        ({"rateMax": "many"}, "1 2 3 4 5"),
        ({"rateMin": 0, "rateMax": 40}, " ".join(map(str, range(20)))),
        ({"rateMax": 30, "rateCount": 25}, " ".join(map(str, range(6, 26)))),
        ({"rateMax": 15, "rateType": "smileys"}, "1 2 3 4 5 6 7 8 9 10"),
        ({"rateMin": 7}, "5"),
        ({"rateMin": 10, "rateMax": 5, "rateCount": 3}, "5"),
        ({"rateStep": 0}, "1 2 3 4 5"),
        ({"rateMin": 0, "rateMax": 1, "rateStep": 0.5}, "0 0.5 1"),
    ],
)
def test_rates_go_from_the_least_to_the_most(scale: dict[str, Any], rates: str) -> None:
    questionnaire = read({"type": "rating", "name": "r", **scale})

    assert [str(choice.title) for choice in questionnaire.question("r").choices] == rates.split()


@pytest.mark.parametrize(
    ("more", "condition"),
    [
        ({"showDontKnowItem": True}, "{a} = 'dontknow'"),
        ({"showRefuseItem": True}, "{a} = 'refused'"),
        ({"choicesByUrl": {"url": "https://list.example"}}, "{a} = 'far away'"),
    ],
)
def test_choices_that_are_not_listed_do_not_hide_a_question_for_good(more: dict[str, Any], condition: str) -> None:
    elements = [{"type": "dropdown", "name": "a", "choices": ["x"], **more}, asked("b", visibleIf=condition)]

    assert "b" in {question.key for question in read(*elements).questions}


def test_answer_that_is_dont_know_is_a_choice_of_its_own() -> None:
    elements = [
        {"type": "checkbox", "name": "a", "choices": ["x"], "showDontKnowItem": True},
        asked("b", visibleIf="{a} contains 'dontknow'"),
    ]

    assert visible(*elements, answers={"a": ["dontknow"]}) == {"a", "b"}
    assert visible(*elements, answers={"a": ["x"]}) == {"a"}


@pytest.mark.parametrize(
    ("element", "told"),
    [
        ({"type": "text", "name": "a", "isRequired": "true"}, "“true” is text; it is read as true"),
        ({"type": "comment", "name": "a", "maxLength": "50"}, "“50” is text; it is read as a number"),
        ({"type": "html", "html": "Read this"}, "name “question1”: it has no name; this is what SurveyJS calls it"),
        ({"type": "text", "name": "{}"}, "it has no name, so it is called “pages_0_elements_1”"),
        ({"type": "dropdown", "name": "a", "choices": ["x", "", {"value": []}]}, "so it is left out"),
        ({"type": "matrix", "name": "a", "columns": ["x"], "rows": ["r", None]}, "a row needs a value"),
        ({"type": "html", "name": "a", "html": "T", "title": "Why {first}?"}, "“{first}” stands for an answer"),
        ({"type": "text", "name": "my name", "title": "Is {My Name } it?"}, "“{My Name }” stands for an answer"),
        ({"type": "text", "name": "a", "valueName": "my value", "title": "{my value}"}, "“{my value}” stands for"),
        ({"type": "rating", "name": "a", "rateStep": -1}, "it is read as 1"),
        ({"type": "rating", "name": "a", "rateMin": 9}, "only 5 is offered"),
        ({"type": "text", "name": "a", "inputType": "number", "min": 10, "max": 5}, "contradict each other"),
        ({"type": "text", "name": "a", "inputType": "number", "min": 10**13}, "contradict each other"),
        ({"type": "text", "name": "a", "inputType": "date", "min": "2300-01-01"}, "contradict each other"),
    ],
)
def test_slip_is_read_as_it_was_meant_and_told(element: dict[str, Any], told: str) -> None:
    assert any(told in note for note in notes_of(asked("first"), element))


def test_braces_that_stand_for_nothing_are_text() -> None:
    assert notes_of(asked("a", title="One of {1, 2} or {no such thing} {} {a:b}")) == []


def test_text_without_one_language_is_no_slip() -> None:
    assert notes_of(asked("a", title={"default": "T", "fr": None})) == []


def test_names_are_read_without_the_space_around_them() -> None:
    imported = make_import(make_survey(asked(" a|b ")))

    assert list(imported.names) == ["ab"]


def long_condition(name: str) -> str:
    return " or ".join(f"{{{name}}} = 'option number {number:03}'" for number in range(60))


LISTS = [
    {"type": "dropdown", "name": name, "choices": [f"option number {number:03}" for number in range(120)]}
    for name in ("d", "e")
]
TOO_LONG = {"visibleIf": long_condition("d"), "enableIf": long_condition("e")}
MET, NOT_MET = {"d": "option_number_001"}, {"d": "option_number_100"}


def test_of_conditions_that_are_too_long_together_the_inner_is_told_and_not_carried() -> None:
    panel = {"type": "panel", "name": "p", "elements": [asked("q", visibleIf=TOO_LONG["enableIf"]), asked("o")]}
    needed = asked("r", visibleIf=TOO_LONG["visibleIf"], requiredIf=TOO_LONG["enableIf"])
    elements = [*LISTS, asked("n", **TOO_LONG), needed, {**panel, "visibleIf": TOO_LONG["visibleIf"]}]

    notes = notes_of(*elements)

    assert visible(*elements, answers=MET) == {"d", "e", "n", "r", "q", "o"}
    assert visible(*elements, answers=NOT_MET) == {"d", "e"}
    assert [note.partition(":")[0] for note in notes if "too long together" in note] == [
        "pages[0].elements[2] “n”",
        "pages[0].elements[3].requiredIf “r”",
        "pages[0].elements[4].elements[0] “q”",
    ]


def test_of_a_page_the_inner_condition_is_not_carried_either() -> None:
    survey = {"pages": [{"name": "one", "elements": LISTS}, {"name": "two", "elements": [asked("n")], **TOO_LONG}]}

    questionnaire = make_imported_questionnaire(survey)

    assert "n" in visible_questions(questionnaire, MET).keys
    assert "n" not in visible_questions(questionnaire, NOT_MET).keys
    assert any("too long together" in str(note) for note in make_import(survey).notes)


def test_choice_without_a_value_has_its_text_for_one() -> None:
    elements = [
        {"type": "radiogroup", "name": "a", "choices": [{"text": "Yes"}, "No"]},
        asked("b", visibleIf="{a} = 'Yes'"),
    ]

    assert make_import(make_survey(*elements)).names["a"]["choices"] == {"Yes": "yes", "No": "no"}
    assert visible(*elements, answers={"a": "yes"}) == {"a", "b"}


def test_survey_of_which_nothing_is_left_says_why() -> None:
    with pytest.raises(SurveyRefused, match="lists more than 500 choices"):
        make_import(make_survey({"type": "radiogroup", "name": "a", "choices": list(range(600))}))


def test_text_to_read_is_never_required() -> None:
    questionnaire = read(asked("a"), {"type": "html", "name": "h", "html": "T", "requiredIf": "{a} notempty"})

    assert questionnaire.contradictions == ()


def test_panel_without_elements_has_no_heading() -> None:
    assert [q.key for q in read(asked("a"), {"type": "panel", "name": "p", "title": "Head"}).questions] == ["a"]


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("a < b and <b>c</b>", "a < b and c"),
        ("x<script>if (a<b) {}</script>y", "xy"),
        ("x<SCRIPT>never ends", "x"),
        ("x<!-- hidden <b>too</b> -->y<!-- and", "xy"),
        ('<a href="https://x.example?a=1&amp;b=2">here</a>', "here (https://x.example?a=1&b=2)"),
        ("<img alt='A picture' src=x>.", "A picture."),
        ("<p>one</p><p>two &amp; three", "one\ntwo & three"),
        ("ends in <a href=", "ends in"),
        ('<iframe src="https://x.example/film?a=1&amp;b=2"></iframe>', "https://x.example/film?a=1&b=2"),
        ("See<video><source src='http://x.example/v.mp4'></video>there", "See http://x.example/v.mp4 there"),
        ("<object data=https://x.example/o></object>", "https://x.example/o"),
        ("<iframe src='javascript:alert(1)'></iframe><embed>", ""),
        ("<p><img src='https://x.example/a.png'><img src=b.png> <img src='data:x'></p>", "https://x.example/a.png"),
        ("<img src='https://x.example/a.png'> The <b>logo</b>", "The logo"),
    ],
)
def test_markup_is_reduced_to_what_it_says(html: str, said: str) -> None:
    assert plain(html) == said


HOSTILE = [
    "<iframe src=",
    "<img src=https://x>",
    "<!--",
    "<a ",
    "<a href='",
    "<script>",
    "<",
    "a" * 50 + "=",
    "<a href=" + "x" * 99,
    "</a>",
    "x</a>",
]


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_markup_takes_bounded_time(unit: str) -> None:
    """Read in one go it takes a tenth of a second; what goes back or looks ahead each time takes much longer."""
    text = unit * (400_000 // len(unit))
    started = time.process_time()

    assert len(plain(text)) <= len(text)

    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("order", "kept"),
    [("elements questions pages", "pages"), ("pages elements", "elements"), ("elements questions", "questions")],
)
def test_of_several_places_for_questions_the_last_is_taken(order: str, kept: str) -> None:
    lists = {"pages": [{"elements": [asked("pages")]}], "elements": [asked("elements")]}
    lists["questions"] = [asked("questions")]

    imported = make_import({key: lists[key] for key in order.split()})

    assert list(imported.names) == [kept]
    assert len([note for note in imported.notes if "is not carried over" in note.message]) == len(order.split()) - 1


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ("{cv} = 1", "is calculated by the survey"),
        ("{p[0].in} = 1", "is of the type “paneldynamic”"),
        ("{p.length} > 1", "is of the type “paneldynamic”"),
        ("{v} = 1", "keeps its answer under the name “shared”"),
        ("{far} = 1", "{far} is not carried over"),
        ("{size} anyof [1, 5]", "“1,5” is no number"),
        ("{size} = true", "“true” is no number"),
    ],
)
def test_reason_says_what_the_name_is(condition: str, why: str) -> None:
    elements = [
        {"type": "paneldynamic", "name": "p", "templateElements": [asked("in")]},
        asked("v", valueName="shared"),
        {"type": "dropdown", "name": "far", "choicesByUrl": {"url": "https://list.example"}},
        {"type": "text", "inputType": "number", "name": "size"},
        asked("last", visibleIf=condition),
    ]
    calculated = [{"name": "cv", "expression": "{v} + 1"}]

    notes = make_import(make_survey(*elements, calculatedValues=calculated)).notes

    (found,) = [note.message for note in notes if note.place.endswith(".visibleIf")]
    assert why in found


def test_what_a_trigger_shows_is_always_shown_and_told() -> None:
    triggers = [{"type": "visible", "expression": "{a} = 1", "questions": ["b"]}, None]
    survey = make_survey(asked("a"), asked("b", visible=False), asked("c", visible=False), triggers=triggers)

    imported = make_import(survey)

    assert list(imported.names) == ["a", "b"]
    assert any("a trigger shows and hides this" in note.message for note in imported.notes)


def test_row_of_a_matrix_may_have_a_condition() -> None:
    rows = ["r1", {"value": "r2", "visibleIf": "{a} = 'item1-3'"}, {"value": "r3", "visible": False}]
    never = {"value": "r4", "visibleIf": "{a} = 'item1-3' and {a} empty"}
    elements = [asked("a"), {"type": "matrix", "name": "m", "columns": ["x"], "rows": [*rows, never]}]

    assert visible(*elements, answers={}) == {"a", "m_r1", "m_r3"}
    assert visible(*elements, answers={"a": "item1_3"}) == {"a", "m_r1", "m_r2", "m_r3"}


def test_matrix_of_ticks_asks_for_several_answers() -> None:
    grid = {"type": "matrix", "name": "m", "columns": ["x", "y"], "rows": ["r"], "cellType": "checkbox"}
    elements = [grid, asked("b", visibleIf="{m.r} contains 'y'")]

    assert read(*elements).question("m_r").type == "multi"
    assert visible(*elements, answers={"m_r": ["x", "y"]}) == {"m_r", "b"}


@pytest.mark.parametrize(
    ("bounds", "validators", "expected"),
    [
        ({}, [{"type": "numeric", "minValue": 0, "maxValue": 100}], (0, 100)),
        ({"min": 5, "max": 50}, [{"type": "numeric", "minValue": 0, "maxValue": 100}], (5, 50)),
        ({"min": 0, "max": 99}, [{"type": "numeric", "minValue": 5}, {"type": "numeric", "maxValue": "50"}], (5, 50)),
        ({"min": 0, "max": 9}, [{"type": "numeric"}, {"type": "expression", "expression": "{n} > 1"}], (0, 9)),
    ],
)
def test_number_is_between_the_bounds_of_its_validators(
    bounds: dict[str, Any], validators: list[dict[str, Any]], expected: tuple[int, int]
) -> None:
    question = read({"type": "text", "inputType": "number", "name": "n", **bounds, "validators": validators}).question(
        "n"
    )

    assert (question.minimum, question.maximum) == expected


def test_validator_that_is_no_bound_is_told() -> None:
    validators = [
        {"type": "numeric", "maxValue": 9, "text": "Too much"},
        {"type": "expression", "expression": "{n} > 1"},
    ]

    assert notes_of({"type": "text", "inputType": "number", "name": "n", "min": 0, "validators": validators}) == [
        "pages[0].elements[0].validators[1]: the validator “expression” is not carried over.",
        "pages[0].elements[0].validators[0]: “text” is not carried over.",
    ]


@pytest.mark.parametrize(
    "matrix",
    [
        {"type": "matrix", "columns": ["x"]},
        {"type": "matrixdropdown", "columns": [{"name": "c", "cellType": "text"}]},
    ],
)
def test_rows_of_nothing_but_spaces_are_left_out_as_in_surveyjs(matrix: dict[str, Any]) -> None:
    survey = {**matrix, "name": "m", "rows": ["a", " ", {"value": " ", "text": "Never shown"}]}

    assert [question.key for question in read(survey).questions] in (["m_a"], ["m_a_c"])
    assert len([note for note in notes_of(survey) if "a row needs a value" in note]) == 2


def test_row_of_a_matrix_that_is_there_twice_is_asked_once_as_in_surveyjs() -> None:
    survey = {
        "type": "matrix",
        "name": "m",
        "columns": ["x"],
        "rows": ["a", "b", {"value": "a", "text": "Again"}, 1, "1"],
    }

    assert [str(question.title) for question in read(survey).questions] == ["m: a", "m: b", "m: 1", "m: 1"]
    assert [note for note in notes_of(survey) if "the row “a” is there twice" in note]


def test_points_of_a_whole_question_are_told_one_by_one() -> None:
    quiz = [{"type": "boolean", "name": name, "score": 10, "correctAnswer": True} for name in ("a", "b", "c", "d")]

    assert len([note for note in notes_of(*quiz) if "“score” is not" in note or "“correctAnswer” is not" in note]) == 8


def test_conditions_on_a_name_that_thousands_share_are_given_up_soon() -> None:
    twins = [{"type": "radiogroup", "name": "q", "choices": ["a", "b"]}] * 1_500
    looking = [{"type": "text", "name": f"t{n}", "visibleIf": "{q} = 'a'"} for n in range(50)]
    started = time.monotonic()

    told = [note for note in notes_of(*twins, *looking) if "longer than 2,000 characters" in note]

    assert len(told) == 50
    assert time.monotonic() - started < 10
