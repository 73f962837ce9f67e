"""Answers are read strictly: what cannot count is set aside with a reason."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.scoring import (
    DONT_KNOW,
    Ignored,
    InvalidAnswer,
    answer_as_json,
    answer_in_words,
    canonical_bytes,
    evaluate,
    parse_questionnaire,
    read_answer,
    read_answers,
)
from tests.factories.definitions import make_definition, make_question

FORM = parse_questionnaire(
    make_definition(
        make_question("one", dont_know=True),
        make_question(
            "several",
            type="multi",
            choices=[
                {"key": "a", "title": {"en": "Ay", "fr": "Ah"}},
                {"key": "b", "title": "Bee"},
                {"key": "none", "title": "None of these", "exclusive": True},
            ],
        ),
        make_question("users", type="number", places=2, minimum=-5, maximum=5000, unit="users"),
        make_question("whole", type="number", minimum=0, maximum=10),
        make_question("start", type="date", minimum="2020-01-01", maximum="2030-12-31"),
        make_question("name", type="short_text", max_length=10),
        make_question("story", type="long_text"),
        make_question("about", type="static"),
        languages=["en", "fr"],
    )
)


@pytest.mark.parametrize(
    ("key", "raw", "value"),
    [
        ("one", "yes", "yes"),
        ("one", {"dont_know": True}, DONT_KNOW),
        ("one", DONT_KNOW, DONT_KNOW),
        ("one", None, None),
        ("one", "", None),
        ("several", ["b", "a", "b"], ("a", "b")),
        ("several", {"none"}, ("none",)),
        ("several", [], None),
        ("several", set(), None),
        ("users", "12.50", Decimal("12.5")),
        ("users", " 12 ", Decimal(12)),
        ("users", 12, Decimal(12)),
        ("users", Decimal("1E+2"), Decimal(100)),
        ("users", "-0", Decimal(0)),
        ("users", "-5", Decimal(-5)),
        ("start", "2026-08-02", date(2026, 8, 2)),
        ("start", date(2026, 8, 2), date(2026, 8, 2)),
        ("name", "Zoe\u0308", "Zoë"),
        ("name", "   ", None),
        ("story", "one\r\ntwo\rthree\tx", "one\ntwo\nthree\tx"),
    ],
)
def test_answer_is_read(key: str, raw: object, value: object) -> None:
    assert read_answer(FORM.question(key), raw) == value


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        ("one", "maybe"),
        ("one", ["yes"]),
        ("one", True),
        ("one", {"dont_know": False}),
        ("one", {"dont_know": 1}),
        ("one", {"dont_know": True, "x": 1}),
        ("several", {"dont_know": True}),
        ("several", "a"),
        ("several", ["a", "none"]),
        ("several", ["a", "c"]),
        ("several", [["a"]]),
        ("several", ["a"] * 5000),
        ("users", "1,5"),
        ("users", "1e309"),
        ("users", "NaN"),
        ("users", "Infinity"),
        ("users", Decimal("NaN")),
        ("users", Decimal("1E+999")),
        ("users", 1.5),
        ("users", True),
        ("users", "9" * 5000),
        pytest.param("users", 10**5000, id="huge"),
        ("users", "١٢"),
        ("users", "1.234"),
        ("users", "5000.01"),
        ("users", "-6"),
        ("users", "+5"),
        ("users", "0x10"),
        ("users", "1\n"),
        ("users", object()),
        ("whole", "1.5"),
        ("whole", "1.000"),
        ("users", "1.000"),
        ("users", "1,000"),
        ("users", "1 000"),
        ("start", "02.08.2026"),
        ("start", "2026-02-30"),
        ("start", "2019-12-31"),
        ("start", "٢٠٢٦-٠٨-٠٢"),
        ("start", 20260802),
        ("start", datetime(2026, 8, 2)),  # noqa: DTZ001
        ("name", "a" * 11),
        ("name", "a" * 100_000),
        ("name", "two\nlines"),
        ("name", "nul\0"),
        ("name", "\ud800"),
        ("name", 5),
        ("story", "bell\x07"),
        ("about", "read"),
    ],
)
def test_wrong_answer_is_refused_with_a_sentence(key: str, raw: object) -> None:
    with pytest.raises(InvalidAnswer) as caught:
        read_answer(FORM.question(key), raw)

    assert caught.value.message.endswith(".")


@pytest.mark.parametrize(
    ("key", "raw", "sentence"),
    [
        ("whole", "1.000", "Enter a whole number in plain digits, without points or commas, for example 1250."),
        ("users", "1.000", "Enter a number in plain digits, with at most 2 digits after a point, for example 12.5."),
        ("users", "9999", "Enter a value from -5 to 5,000."),
        ("start", "2019-12-31", "Enter a day from 1 January 2020 to 31 December 2030."),
    ],
)
def test_how_to_write_an_answer_depends_on_what_is_asked(key: str, raw: str, sentence: str) -> None:
    with pytest.raises(InvalidAnswer) as caught:
        read_answer(FORM.question(key), raw)

    assert caught.value.message == sentence


def test_answers_that_do_not_count_are_ignored_with_a_reason() -> None:
    answers = read_answers(FORM, {"zzz": 1, "one": "maybe", "several": ["a", "c"], "whole": "3"})

    assert dict(answers.values) == {"whole": Decimal(3)}
    assert answers.ignored == (
        Ignored("zzz", "This questionnaire has no such question."),
        Ignored("one", "Choose one of the options."),
        Ignored("several", "Choose from the options; not all of these are among them."),
    )


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        ("one", "yes"),
        ("one", DONT_KNOW),
        ("several", ["b", "a"]),
        ("users", "1.50"),
        ("start", "2026-01-01"),
        ("name", "x"),
    ],
)
def test_stored_answer_reads_back_the_same(key: str, raw: object) -> None:
    question = FORM.question(key)
    value = read_answer(question, raw)
    assert value is not None

    stored = answer_as_json(value)

    assert canonical_bytes(stored)
    assert read_answer(question, stored) == value


@pytest.mark.parametrize(
    ("key", "raw", "words"),
    [
        ("one", None, "no answer"),
        ("one", DONT_KNOW, "I don't know"),
        ("one", "yes", "Yes"),
        ("several", ["b", "a"], "Ah; Bee"),
        ("users", "1250.5", "1,250.5 users"),
        ("whole", "7", "7"),
        ("start", "2026-08-02", "2 August 2026"),
        ("name", "Zoë", "Zoë"),
    ],
)
def test_answer_in_words_uses_the_questionnaires_words(key: str, raw: object, words: str) -> None:
    question = FORM.question(key)

    assert answer_in_words(question, read_answer(question, raw), "fr") == words


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from([q.key for q in FORM.questions]) | st.text(max_size=8), JSON, max_size=9))
def test_any_json_is_scored_without_an_error(raw: dict[str, Any]) -> None:
    outcome = evaluate(FORM, raw, on_date=date(2026, 11, 22))

    assert canonical_bytes({"n": len(outcome.ignored)})


def test_name_of_half_a_character_is_ignored_and_can_be_printed() -> None:
    outcome = evaluate(FORM, {"\udfff": "x", "one": "\ud800"}, on_date=date(2026, 11, 22))

    assert [ignored.key for ignored in outcome.ignored] == ["?", "one"]
    assert canonical_bytes(outcome.as_json())
