"""Each kind of broken file is caught, at its place, in a sentence; a sound one is kept as it is."""

import copy
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from apps.scoring import InvalidDefinition, check_questionnaire, evaluate, parse_questionnaire
from apps.scoring.parsing import parse_questions, reader
from tests.factories.broken import Broken, Q, add, check_broken, put
from tests.factories.definitions import make_definition, make_question, make_scored_definition

FLAG = ("flags", 0)


def question(data: dict[str, Any], index: int) -> dict[str, Any]:
    return data["sections"][0]["questions"][index]


BROKEN: dict[str, Broken] = {
    # name: (what breaks it, path, part of the sentence)
    "unknown key at the top": (
        put("sectons", value=[]),
        "",
        "There is no key “sectons” here. Did you mean “sections”?",
    ),
    "missing title": (put("title", value=...), "title", "“title” is missing"),
    "missing schema": (put("schema", value=...), "schema", "missing"),
    "another schema": (put("schema", value=2), "schema", "should be 1"),
    "version that is no number": (put("version", value="1"), "version", "whole number"),
    "version zero": (put("version", value=0), "version", "whole number"),
    "key with capitals": (put("key", value="Sample"), "key", "not a key"),
    "no languages": (put("languages", value=[]), "languages", "empty"),
    "language that is none": (put("languages", value=["english!"]), "languages", "not a language code"),
    "language twice": (put("languages", value=["en", "en"]), "languages", "twice"),
    "result nobody knows": (put("result", value="fun"), "result", "not one of: use_cases, risk"),
    "sections that are no list": (put("sections", value={}), "sections", "should be a list"),
    "no sections": (put("sections", value=[]), "sections", "is empty"),
    "section that is no mapping": (put("sections", 0, value="x"), "sections[0]", "mapping"),
    "section without questions": (put(*Q, value=[]), "sections[0].questions", "is empty"),
    "section key twice": (
        add("sections", value={"key": "main", "title": "Again", "questions": [make_question("z")]}),
        "sections[1]",
        "two things called “main”",
    ),
    "dimension with a key that is none": (put("dimensions", 0, "key", value="Big"), "dimensions[0].key", "not a key"),
    "dimension key twice": (
        add("dimensions", value={"key": "control", "title": "Again"}),
        "dimensions[2]",
        "two things called",
    ),
    "dimension nobody scores": (
        add("dimensions", value={"key": "lonely", "title": "Lonely"}),
        "dimensions[2]",
        "No question gives points",
    ),
    "group nobody knows": (put("dimensions", 0, "group", value="risk"), "dimensions[0].group", "exposure, control"),
    "text that is a number": (put("title", value=5), "title", "should be a text"),
    "text that is turned around": (put("title", value="safe \u202eton"), "title", "holds U+202E, which turns"),
    "text that turns within": (put("summary", value="a\u2067b\u2069"), "summary", "Hebrew are written without it"),
    "name of look-alikes": (
        put("flags", 0, "when", value="\uff52\uff45ach == 'everyone' and 'health' in data"),
        "when",
        "“\uff52\uff45” only looks like plain letters",
    ),
    "text that is empty": (put("summary", value="  "), "summary", "empty"),
    "text with a control character": (put("summary", value="a\x00b"), "summary", "control character"),
    "text much too long": (put("summary", value="a" * 20_001), "summary", "at most 20000"),
    "text missing in a language": (
        lambda data: data.update(languages=["en", "fr"], title={"en": "Sample"}),
        "title",
        "missing in the language “fr”",
    ),
    "text in a language not listed": (put("title", value={"en": "A", "fr": "B"}), "title", "“fr” is not one of"),
    "reference that is not listed": (
        lambda data: (
            data.update(references=["iso_42001"]),
            put(*FLAG, "references", value=["nist_govern_1_1"])(data),
        ),
        "flags[0].references",
        "own list of references",
    ),
    "reference that is no text": (put(*FLAG, "references", value=[7]), "flags[0].references[0]", "short text"),
    "role key with a capital": (put("roles", value={"Lead": "x", "lead": "y"}), "roles", "not a key"),
    "roles that YAML read as truth": (put("roles", value={True: "x", "lead": "y"}), "roles", "cannot be a name"),
    "rename of a question that still exists": (
        put("renames", value=[{"question": "reach", "to": "data"}]),
        "renames[0].question",
        "still exists",
    ),
    "rename to nowhere": (put("renames", value=[{"question": "old", "to": "gone"}]), "renames[0].to", "no question"),
    "rename of a choice of an unknown question": (
        put("renames", value=[{"question": "old", "choice": "a", "to": "b"}]),
        "renames[0].question",
        "no question",
    ),
    "rename of a choice that still exists": (
        put("renames", value=[{"question": "reach", "choice": "few", "to": "many"}]),
        "renames[0].choice",
        "still a choice",
    ),
    "rename of a choice to nowhere": (
        put("renames", value=[{"question": "reach", "choice": "some", "to": "lots"}]),
        "renames[0].to",
        "not a choice",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_file_is_caught(name: str) -> None:
    check_broken(*BROKEN[name])


def test_sound_file_has_no_problems() -> None:
    assert check_questionnaire(make_scored_definition()) == []


def test_problems_are_reported_all_at_once() -> None:
    data = make_scored_definition(version=0, minutes="long")
    question(data, 0)["titel"] = "x"
    data["flags"][0]["when"] = "nobody == 1"
    data["levels"]["bands"][1]["at_least"] = 30

    with pytest.raises(InvalidDefinition) as caught:
        parse_questionnaire(data)

    assert {p.path for p in caught.value.problems} == {
        "version",
        "minutes",
        "sections[0].questions[0].titel",
        "flags[0].when",
        "levels.bands[1]",
    }


@pytest.mark.parametrize("data", [None, 5, "text", [], {}, {"sections": [None, 3, {"questions": [7]}]}, {1: 2}])
def test_checking_anything_at_all_never_raises(data: Any) -> None:
    assert check_questionnaire(data)


def test_problem_reads_as_one_line() -> None:
    with pytest.raises(InvalidDefinition) as caught:
        parse_questionnaire(make_scored_definition(version=0, x=1))

    assert str(caught.value).splitlines() == [
        "version: “version” should be a whole number from 1 to 1000000, not “0”.",
        "x: There is no key “x” here.",
    ]


def test_problems_stop_at_a_bound() -> None:
    data = make_definition(*({"key": f"q{i}", "wrong": 1} for i in range(600)))

    assert len(check_questionnaire(data)) == 500


def test_hash_changes_with_content_and_only_with_content() -> None:
    data = make_scored_definition()
    reordered = dict(reversed(copy.deepcopy(data).items()))
    changed = copy.deepcopy(data)
    changed["title"] = "Another"

    assert parse_questionnaire(data).hash == parse_questionnaire(reordered).hash
    assert parse_questionnaire(data).hash != parse_questionnaire(changed).hash


def test_reference_at_the_top_that_does_not_exist_is_caught() -> None:
    data = make_scored_definition(references=["iso_42001", "nothing_like_this"])

    problems = check_questionnaire(data, known_references={"iso_42001"})

    assert [(p.path, "no reference “nothing_like_this”" in p.message) for p in problems] == [("references", True)]


@pytest.mark.parametrize("day", ["2026-W48-7", "20261122", "2026-11-31"])
def test_date_is_written_as_year_month_day(day: str) -> None:
    data = make_scored_definition()
    data["flags"][0]["applies_from"] = day

    assert [p.path for p in check_questionnaire(data)] == ["flags[0].applies_from"]


def test_definition_keeps_what_the_file_says() -> None:
    data = make_scored_definition(minutes=12, references=["iso_42001"], renames=[{"question": "old", "to": "reach"}])
    data["languages"] = ["en", "fr"]
    data["title"] = {"en": "Sample", "fr": "Exemple"}
    question(data, 0)["fact"] = {"field": "reach", "map": {"wide": "everyone"}}
    question(data, 2)["gap"].update(applies_from="2026-08-02", domain="people", references=["iso_42001"])
    data["sections"][0]["questions"] += [
        make_question("users", type="number", unit="users", places=1, maximum=10.5, points={"exposure": 2}),
        make_question("start", type="date", minimum=date(2026, 1, 1)),
        make_question("about", type="static"),
    ]

    questionnaire = parse_questionnaire(data)

    assert questionnaire.title.in_language("fr-CA") == "Exemple"
    assert questionnaire.title.in_language("de") == str(questionnaire.title) == "Sample"
    assert questionnaire.question("users").maximum == Decimal("10.5")
    assert questionnaire.question("start").minimum == date(2026, 1, 1)
    assert not questionnaire.question("about").takes_answer
    assert questionnaire.question("reach").fact is not None
    gap = questionnaire.question("review").gap
    assert gap is not None
    assert (gap.applies_from, gap.domain) == (date(2026, 8, 2), "people")
    assert questionnaire.whole_maximum == {"exposure": 22, "control": 6}


@pytest.mark.parametrize("key", ["exp", "ln", "sqrt"])
def test_question_may_be_called_like_a_function_that_came_later(key: str) -> None:
    question = make_question(key, type="number", minimum=1, maximum=100)
    data = make_definition(question, derived=[{"key": "root", "title": "Root", "value": f"sqrt({key}) + {key}"}])

    assert evaluate(parse_questionnaire(data), {key: "9"}, on_date=date(2026, 1, 1)).derived["root"].value == 12


def test_text_in_a_language_called_no_asks_for_quotes() -> None:
    data = make_definition(make_question("a"), title={"en": "A", False: "B"})

    assert [p.message for p in check_questionnaire(data)] == [
        "“False” is not one of the languages of this questionnaire (put it in quotes)."
    ]


@pytest.mark.parametrize(
    "text",
    [
        "\u0647\u0644 \u064a\u0639\u0645\u0644\u061f (AI)",
        "\u05e9\u05dc\u05d5\u05dd, AI\u200f!",
        "\u0645\u06cc\u200c\u0634\u0648\u062f",
    ],
)
def test_languages_written_from_right_to_left_are_texts_like_others(text: str) -> None:
    data = make_scored_definition(languages=["en", "ar"], title={"en": "Ready?", "ar": text})

    assert str(parse_questionnaire(data).title.in_language("ar")) == text


def test_letters_of_all_alphabets_may_be_compared_with() -> None:
    flag = {
        "key": "extra",
        "title": "Extra",
        "effect": "forbid",
        "because": "So.",
        "when": "'\u00e9' == 'e' or reach == 'few'",
    }

    assert check_questionnaire(make_scored_definition(flags=[flag])) == []


def test_expressions_of_a_file_are_bounded_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_EXPRESSIONS", 60)

    messages = [problem.message for problem in check_questionnaire(make_scored_definition())]

    assert messages == ["All conditions and formulas together may have at most 60 characters; these have more."]


def test_what_was_published_before_there_was_a_rule_stays_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_EXPRESSIONS", 0)
    monkeypatch.setattr(parse_questions, "MAX_HELD", 0)
    condition = "\uff52each == 'everyone'"
    flag = {"key": "extra", "title": "Extra", "effect": "forbid", "because": "So.", "when": condition}
    data = make_scored_definition(title="a \u202eb", flags=[flag])

    assert str(parse_questionnaire(data, published=True).title) == "a \u202eb"
