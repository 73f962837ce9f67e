from datetime import date
from typing import Any

import pytest

from apps.questionnaires.surveyjs import SurveyRefused, convert
from apps.scoring import Questionnaire, evaluate, visible_questions
from tests.factories.surveys import make_import, make_imported_questionnaire, make_survey

YES_NO = [{"value": "item1-3", "text": {"default": "Yes", "fr": "Oui"}}, {"value": "item2-0", "text": "No"}]


def asked(name: str, **more: Any) -> dict[str, Any]:
    return {"type": "radiogroup", "name": name, "choices": YES_NO, **more}


def read(*elements: dict[str, Any], **options: Any) -> Questionnaire:
    return make_imported_questionnaire(make_survey(*elements), **options)


def test_every_type_becomes_its_question() -> None:
    elements = [
        {"type": "radiogroup", "name": "a", "choices": ["x", "y"]},
        {"type": "dropdown", "name": "b", "choices": [1, 2]},
        {"type": "checkbox", "name": "c", "choices": ["x"]},
        {"type": "text", "name": "d"},
        {"type": "text", "name": "e", "inputType": "number", "min": 1, "max": 9, "step": 0.5},
        {"type": "text", "name": "f", "inputType": "date"},
        {"type": "comment", "name": "g", "maxLength": 300},
        {"type": "html", "name": "h", "html": "<p>Read this</p>"},
        {"type": "boolean", "name": "i"},
        {"type": "rating", "name": "j", "rateMax": 3},
        {"type": "matrix", "name": "k", "columns": ["low", "high"], "rows": ["cost", "risk"]},
    ]

    questionnaire = read(*elements)

    kinds = "single single multi short_text number date long_text static single single single single"
    assert [question.type for question in questionnaire.questions] == kinds.split()
    assert [question.key for question in questionnaire.questions][-2:] == ["k_cost", "k_risk"]
    assert questionnaire.question("e").places == 1
    assert questionnaire.question("g").max_length == 300
    assert [choice.key for choice in questionnaire.question("j").choices] == ["c_1", "c_2", "c_3"]
    assert [choice.key for choice in questionnaire.question("i").choices] == ["yes", "no"]


def test_only_what_the_survey_requires_is_required() -> None:
    questionnaire = read(asked("a", isRequired=True), asked("b"))

    assert [question.required for question in questionnaire.questions] == [True, False]


def test_pages_and_panels_hand_their_conditions_down() -> None:
    panel = {"type": "panel", "name": "p", "title": "Details", "visibleIf": "{b} = 'item1-3'", "elements": [asked("c")]}
    pages = [
        {"name": "one", "elements": [asked("a"), asked("b")]},
        {"name": "two", "title": "Second", "visibleIf": "{a} = 'item1-3'", "elements": [panel, asked("d")]},
    ]
    questionnaire = make_imported_questionnaire({"pages": pages})

    def keys(**answers: str) -> set[str]:
        return set(visible_questions(questionnaire, answers).keys)

    assert [str(section.title) for section in questionnaire.sections] == ["one", "Second"]
    assert keys(a="item1_3", b="item1_3") == {"a", "b", "p", "c", "d"}
    assert keys(a="item1_3") == {"a", "b", "d"}
    assert keys(b="item1_3") == {"a", "b"}


def test_what_cannot_be_answered_is_not_shown() -> None:
    questionnaire = read(asked("a"), asked("b", enableIf="{a} = 'item1-3'", visibleIf="{a} notempty"))

    assert "b" in visible_questions(questionnaire, {"a": "item1_3"}).keys
    assert "b" not in visible_questions(questionnaire, {"a": "item2_0"}).keys


def test_an_answer_required_under_a_condition_is_asked_for() -> None:
    questionnaire = read(asked("a"), {"type": "comment", "name": "b", "title": "Why?", "requiredIf": "{a} = 'item1-3'"})

    def needed(**answers: str) -> list[str]:
        outcome = evaluate(questionnaire, answers, on_date=date(2026, 11, 22))
        return [contradiction.title for contradiction in outcome.contradictions]

    assert needed(a="item1_3") == ["Why?"]
    assert needed(a="item1_3", b="Because") == needed(a="item2_0") == []


def test_texts_come_in_every_language_and_fall_back() -> None:
    title = {"default": "Who?", "fr": "Qui ?"}
    questionnaire = read(
        asked("a", title=title, description={"default": "Help", "fr": "Aide"}), asked("b", title="Why")
    )

    assert questionnaire.languages == ("en", "fr")
    question = questionnaire.question("a")
    assert question.title.in_language("fr") == "Qui ?"
    assert question.help is not None
    assert question.help.in_language("fr") == "Aide"
    assert [choice.title.in_language("fr") for choice in question.choices] == ["Oui", "No"]
    assert questionnaire.question("b").title.in_language("fr") == "Why"


def test_a_choice_that_is_only_translated_says_its_value_elsewhere() -> None:
    choices = [{"value": "Yes", "text": {"fr": "Oui"}}, {"value": "No", "text": {"fr": "Non"}}]
    questionnaire = read(asked("a", choices=choices), asked("b", title={"fr": "Pourquoi ?"}))

    first, _ = questionnaire.question("a").choices
    assert (first.title.in_language("en"), first.title.in_language("fr")) == ("Yes", "Oui")


def test_language_that_never_stands_beside_the_default_is_carried_over() -> None:
    imported = make_import(make_survey(asked("a", title={"fr": "Qui ?", "de": "Wer?"})))

    assert "languages: [en, de, fr]" in imported.source
    assert imported.notes == []


def test_what_is_no_text_names_no_language() -> None:
    bounds = {"default": "1", "max": "9", "min": "0"}

    assert "languages: [en]" in make_import(make_survey({"type": "text", "name": "a", "bounds": bounds})).source


def test_default_texts_can_be_in_another_language() -> None:
    questionnaire = read(asked("a", title={"default": "Wer?", "fr": "Qui ?"}), language="de")

    assert questionnaire.languages == ("de", "fr")
    assert str(questionnaire.question("a").title) == "Wer?"


def test_a_survey_in_a_language_that_was_not_named_is_listed() -> None:
    def said(**options: str) -> list[str]:
        return [str(note) for note in make_import(make_survey(asked("a"), locale="fr"), **options).notes]

    assert said(language="fr") == []
    assert said() == ["locale: the survey says “fr”; here texts that name no language are “en” (--language)."]


def test_html_is_reduced_to_what_it_says() -> None:
    html = "<h2>Title</h2><script>steal()</script><p>One &amp; <b>two</b></p>" + "<p>more</p>" * 100
    questionnaire = read({"type": "html", "name": "a", "html": html})

    question = questionnaire.question("a")
    assert str(question.title) == "Title"
    assert str(question.help).startswith("One & two\nmore")
    assert "steal" not in str(question.help)


def test_where_a_link_leads_and_what_a_picture_shows_is_kept() -> None:
    link = "<a href='https://example.org/guide'>the <b>guide</b></a>"
    html = f"See {link}, <a href='#top'>up</a>, <a href='https://example.org'>https://example.org</a> <img alt='A map'>"

    questionnaire = read(asked("a", title=html))

    told = "See the guide (https://example.org/guide), up, https://example.org A map"
    assert str(questionnaire.question("a").title) == told


def test_a_text_that_is_too_long_is_cut_and_listed() -> None:
    imported = make_import(make_survey(asked("a", description="word " * 5_000)))

    assert [str(note) for note in imported.notes] == [
        "pages[0].elements[0].description “a”: this text is cut after 20,000 characters."
    ]


def test_names_become_keys_that_are_used_once() -> None:
    names = ["projectPhase", "project-phase", "project phase", "Straße Ä", "1st", "class", "???", "x" * 80]
    imported = make_import(make_survey(*(asked(name) for name in names)))

    keys = [imported.names[name]["key"] for name in names]
    assert keys[:7] == ["project_phase", "project_phase_2", "project_phase_3", "strae_a", "q_1st", "class_q", "q"]
    assert keys[7] == "x" * 60
    assert imported.names["1st"]["choices"] == {"item1-3": "item1_3", "item2-0": "item2_0"}
    assert "- key: project_phase_2  # project-phase" in imported.source


def test_a_name_cannot_leave_its_comment() -> None:
    imported = make_import(make_survey(asked("a\nkey: evil\u2028x: 1\x85y: 2")))

    assert "# a key: evil x: 1 y: 2" in imported.source


def test_none_and_other_are_choices_and_other_asks_what() -> None:
    element = {"type": "checkbox", "name": "c", "choices": ["x"], "showNoneItem": True, "showOtherItem": True}
    later = {"type": "html", "name": "later", "html": "Seen", "visibleIf": "{c-Comment} notempty"}
    questionnaire = read(element, later)

    assert [choice.key for choice in questionnaire.question("c").choices if choice.exclusive] == ["none"]
    assert "c_comment" not in visible_questions(questionnaire, {"c": ["x"]}).keys
    assert "later" in visible_questions(questionnaire, {"c": ["other"], "c_comment": "Cats"}).keys


@pytest.mark.parametrize(
    ("element", "place", "said"),
    [
        ({"type": "file", "name": "b"}, "pages[0].elements[1].type", "the type “file”"),
        (asked("b", validators=[{}]), "pages[0].elements[1]", "“validators” is not carried over"),
        (asked("b", defaultValue="item2-0"), "pages[0].elements[1]", "“defaultValue”"),
        ({"type": "html", "name": "b", "html": {"default": " "}}, "pages[0].elements[1]", "says nothing"),
        ({"type": "dropdown", "name": "b"}, "pages[0].elements[1]", "lists no choices"),
        ({"type": "text", "name": "b", "inputType": "email"}, "pages[0].elements[1].inputType", "as short text"),
        ({"type": "text", "name": "b", "inputType": "number"}, "pages[0].elements[1]", "needs bounds"),
        ({"type": "rating", "name": "b", "rateMax": 10**9}, "pages[0].elements[1]", "the first 20 of"),
        (asked("b", choices=[{"value": 1, "visibleIf": "{a} = 1"}]), "pages[0].elements[1].choices[0]", "“visibleIf”"),
        (asked("b", choices=["x", "x"]), "pages[0].elements[1]", "is there twice"),
        (
            asked("b", choices=[{"value": 1, "score": 0.0005}]),
            "pages[0].elements[1].choices[0].score",
            "at most 3 decimals",
        ),
        (asked("b", choices=list(range(501))), "pages[0].elements[1]", "more than 500 choices"),
        (asked("b", visible=False), "pages[0].elements[1]", "can never be seen"),
        (asked("b", visibleIf="{a} = 'item1-3' and {a} = 'item2-0'"), "pages[0].elements[1]", "can never be seen"),
        (
            asked("b", isRequired=True, requiredErrorText="Please"),
            "pages[0].elements[1].requiredErrorText",
            "not carried",
        ),
        (asked("b", requiredIf="{z} = 1"), "pages[0].elements[1].requiredIf", "no question of this survey"),
        (asked("b", title={"default": "B", "??": "C"}), "pages[0].elements[1].title", "not a language code"),
        (asked("a"), "pages[0].elements[1]", "both share one answer"),
    ],
)
def test_what_is_not_carried_over_is_listed_with_its_place(element: dict[str, Any], place: str, said: str) -> None:
    notes = make_import(make_survey(asked("a"), element)).notes

    assert [note.place for note in notes] == [place]
    assert said in notes[0].message


def test_pictures_to_choose_from_are_choices() -> None:
    animals = {"type": "imagepicker", "choices": [{"value": "lion", "imageLink": "lion.jpg"}, "cat"]}
    imported = make_import(make_survey({**animals, "name": "a"}, {**animals, "name": "b", "multiSelect": True}))

    assert [line.split()[-1] for line in imported.source.splitlines() if " type: " in line] == ["single", "multi"]
    assert {note.message for note in imported.notes} == {"“imageLink” is not carried over."}


def test_what_hangs_on_a_question_that_is_never_seen_is_judged_without_it() -> None:
    never = asked("never", visibleIf="{a} = 'item1-3' and {a} = 'item2-0'")
    questionnaire = read(asked("a"), never, asked("b", visibleIf="{never} = 1"), asked("c", visibleIf="{never} <> 1"))

    assert [question.key for question in questionnaire.questions] == ["a", "c"]


def test_an_empty_page_is_left_out_and_listed() -> None:
    imported = make_import({"pages": [{"name": "one", "elements": [asked("a")]}, {"name": "two"}], "triggers": []})

    assert [str(note) for note in imported.notes] == [
        "pages[1] “two”: nothing of this page is carried over, so it is left out.",
        "survey: “triggers” is not carried over.",
    ]


def test_points_come_from_scores_or_from_the_end_of_values() -> None:
    scores = {"type": "checkbox", "name": "c", "choices": [{"value": "x-9", "score": 2}, "y-4", "z"]}

    by_both = read(asked("a"), scores, points_suffix=True)
    by_score = read(asked("a"), scores)

    assert [choice.points for choice in by_both.question("c").choices] == [{"score": 2}, {"score": 4}, {"score": 0}]
    assert [choice.points for choice in by_score.question("c").choices] == [{"score": 2}, {"score": 0}, {"score": 0}]
    assert by_score.question("a").points == ()


def test_points_may_have_decimals() -> None:
    element = {
        "type": "checkbox",
        "name": "c",
        "choices": [{"value": 1, "score": 0.5}, "item2-0.14", "item3-.25", "x-1"],
    }

    questionnaire = read(element, points_suffix=True)

    given = [str(choice.points["score"]) for choice in questionnaire.question("c").choices]
    assert given == ["0.5", "0.14", "0.25", "1"]
    assert str(questionnaire.whole_maximum["score"]) == "1.89"


@pytest.mark.parametrize("value", ["item1-0.0001", "item1-99999999"])
def test_points_that_cannot_be_carried_are_listed(value: str) -> None:
    (note,) = make_import(make_survey(asked("a", choices=[value, "item2-0"])), points_suffix=True).notes

    assert note.place == "pages[0].elements[0].choices[0]"
    assert value in note.message


def test_a_value_that_is_a_number_can_give_its_points() -> None:
    rating = {"type": "rating", "name": "r", "rateMax": 3}
    numbers = asked("n", choices=[{"value": "2", "text": "Two"}, 0.5, {"value": 4, "score": 9}, "other", "007"])

    questionnaire = read(rating, numbers, {"type": "boolean", "name": "yes"}, points_value=True)

    points = {q.key: [str(c.points["score"]) for c in q.choices] for q in questionnaire.questions if q.points}
    assert points == {"r": ["1", "2", "3"], "n": ["2", "0.5", "9", "0", "0"]}


def test_points_that_are_all_0_are_none() -> None:
    questionnaire = read({"type": "rating", "name": "r", "rateMin": 0, "rateMax": 0}, asked("a"), points_value=True)

    assert questionnaire.dimensions == ()


def test_points_of_what_is_left_out_make_no_dimension() -> None:
    questionnaire = read(asked("a", choices=["x", "y"]), asked("b", visible=False), points_suffix=True)

    assert questionnaire.dimensions == ()


def test_the_nearest_name_decides_the_dimension() -> None:
    panel = {"type": "panel", "name": "p-RS", "elements": [asked("a"), asked("b-MS"), asked("c-NS")]}
    inner = {
        "type": "panel",
        "name": "plain",
        "elements": [{"type": "panel", "name": "q-MS", "elements": [asked("d")]}],
    }
    options = {"points_suffix": True, "dimensions": [("raw", "*-RS"), ("care", "*-MS")], "unscored": ["*-NS"]}

    imported = make_import(make_survey(panel, inner), **options)
    questionnaire = read(panel, inner, **options)

    found = {q.key: [rule.dimension for rule in q.points] for q in questionnaire.questions}
    assert found == {"a": ["raw"], "b_ms": ["care"], "c_ns": [], "d": ["care"]}
    assert [note.message for note in imported.notes] == [
        "its points count on no dimension, so they are not carried over."
    ]


def test_a_dimension_without_points_is_refused() -> None:
    dimensions = [("raw", "*-RS"), ("care", "*-MS")]

    with pytest.raises(SurveyRefused, match="--points-suffix"):
        make_import(make_survey(asked("a-RS")), dimensions=dimensions)
    with pytest.raises(SurveyRefused, match="No question gives points on the dimension “care”"):
        make_import(make_survey(asked("a-RS")), dimensions=dimensions, points_suffix=True)


def test_the_same_survey_gives_the_same_file() -> None:
    survey = make_survey(asked("a"), asked("b", title={"fr": "B", "de": "B!", "default": "b"}))

    assert make_import(survey).source == make_import(survey).source


def test_however_much_can_never_be_seen_is_found_in_one_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second finds nothing more. Each reads and writes the whole survey."""
    monkeypatch.setattr(convert, "MAX_ROUNDS", 2)
    never = [asked(f"q{n}", visibleIf="{a} = 'item1-3' and {a} = 'item2-0'") for n in range(501)]

    assert [question.key for question in read(asked("a"), *never).questions] == ["a"]
