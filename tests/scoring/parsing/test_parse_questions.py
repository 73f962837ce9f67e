"""Each kind of broken question, choice and gap is caught, at its place, in a sentence."""

import pytest

from apps.scoring import check_questionnaire
from apps.scoring.parsing import parse_questions
from tests.factories.broken import NUMBER, Broken, Q, add, check_broken, put
from tests.factories.definitions import make_definition, make_gap, make_question

BROKEN: dict[str, Broken] = {
    # name: (what breaks it, path, part of the sentence)
    "unknown key in a question": (put(*Q, 0, "titel", value="x"), "sections[0].questions[0].titel", "“titel”"),
    "key too long": (put(*Q, 0, "key", value="a" * 61), "sections[0].questions[0].key", "at most 60"),
    "key that YAML read as true": (put(*Q, 0, "choices", 0, "key", value=True), "choices[0].key", "in quotes"),
    "key that is a word of expressions": (put(*Q, 0, "key", value="count"), "questions[0].key", "has a meaning"),
    "question key twice": (add(*Q, value=make_question("reach")), "sections[0].questions[4]", "two things called"),
    "choice key twice": (put(*Q, 0, "choices", 1, "key", value="few"), "choices[1].key", "Two choices"),
    "type nobody knows": (put(*Q, 0, "type", value="singel"), "questions[0].type", "Did you mean “single”?"),
    "single without choices": (put(*Q, 0, "choices", value=...), "questions[0].choices", "missing"),
    "choices for a number": (
        add(*Q, value={**NUMBER, "choices": []}),
        "questions[4].choices",
        "means nothing for a question of type number",
    ),
    "exclusive choice in a single": (
        put(*Q, 0, "choices", 0, "exclusive", value=True),
        "choices[0].exclusive",
        "Only a choice of a multi",
    ),
    "choice of a multi that does not apply": (
        put(*Q, 1, "choices", 0, "not_applicable", value=True),
        "choices[0].not_applicable",
        "Only a choice of a single",
    ),
    "choice that does not apply and scores": (
        put(*Q, 0, "choices", 1, "not_applicable", value=True),
        "questions[0].choices[1].points",
        "does not apply, so it cannot give points",
    ),
    "choice with a condition": (
        put(*Q, 0, "choices", 0, "visible_if", value="True"),
        "choices[0].visible_if",
        "cannot have its own condition",
    ),
    "points on an unknown dimension": (
        put(*Q, 0, "choices", 0, "points", value={"exposur": 1, "exposure": 0}),
        "choices[0].points.exposur",
        "no dimension “exposur”",
    ),
    "number that no answer can be": (
        add(*Q, value={**NUMBER, "minimum": 0.2, "maximum": 0.8}),
        "questions[4].places",
        "No number with 0 decimals lies between",
    ),
    "points of a number that may be divided by 0": (
        add(*Q, value={**NUMBER, "points": {"exposure": "100 / (users - 1 - 1) / 1000"}}),
        "questions[4].points.exposure",
        "a divisor may be 0",
    ),
    "points of a number on an unknown dimension": (
        add(*Q, value={**NUMBER, "points": {"exposur": "users"}}),
        "questions[4].points.exposur",
        "Did you mean “exposure”?",
    ),
    "points finer than thousandths": (
        put(*Q, 0, "choices", 0, "points", value={"exposure": 1.0005}),
        "choices[0].points.exposure",
        "at most 3 decimals",
    ),
    "points that are no number": (
        put(*Q, 0, "choices", 0, "points", value={"exposure": "1.5"}),
        "choices[0].points.exposure",
        "at most 3 decimals",
    ),
    "points without end": (
        put(*Q, 0, "choices", 0, "points", value={"exposure": float("inf")}),
        "choices[0].points.exposure",
        "at most 3 decimals",
    ),
    "weight of nothing": (put(*Q, 0, "weight", value=0), "questions[0].weight", "at most 3 decimals"),
    "points that are no mapping": (put(*Q, 0, "choices", 0, "points", value=3), "choices[0].points", "mapping"),
    "choice without points beside others": (
        put(*Q, 0, "choices", 0, "points", value=...),
        "questions[0].choices[0].points",
        "write 0 if it is 0",
    ),
    "exclusive choice that scores": (
        put(*Q, 1, "choices", 3, "points", value={"exposure": 2}),
        "questions[1].choices[3].points",
        "exclusive",
    ),
    "number without bounds": (
        add(*Q, value=make_question("users", type="number", minimum=None)),
        "questions[4].minimum",
        "missing",
    ),
    "bounds upside down": (
        add(*Q, value=make_question("users", type="number", minimum=9, maximum=1)),
        "questions[4].maximum",
        "below the minimum",
    ),
    "bound that is infinite": (
        add(*Q, value=make_question("users", type="number", maximum=float("inf"))),
        "questions[4].maximum",
        "at most 15 digits",
    ),
    "bound that is not a number": (
        add(*Q, value=make_question("users", type="number", maximum="many")),
        "questions[4].maximum",
        "“many”",
    ),
    "date bound that is no date": (
        add(*Q, value=make_question("start", type="date", minimum="2026-02-30")),
        "questions[4].minimum",
        "not a date",
    ),
    "required that is no truth": (put(*Q, 0, "required", value="yes"), "questions[0].required", "true or false"),
    "gap without effort": (put(*Q, 2, "gap", "effort", value=...), "questions[2].gap.effort", "missing"),
    "gap with effort zero": (put(*Q, 2, "gap", "effort", value=0), "questions[2].gap.effort", "from 1"),
    "gap without owner": (put(*Q, 2, "gap", "owner", value="boss"), "questions[2].gap.owner", "no role “boss”"),
    "gap closed by an unknown choice": (
        put(*Q, 2, "gap", "closed_by", value=["thare"]),
        "questions[2].gap.closed_by",
        "“thare” is not a choice",
    ),
    "gap that is always closed": (
        put(*Q, 2, "gap", "closed_by", value=["there", "missing"]),
        "questions[2].gap.closed_by",
        "can never be open",
    ),
    "gap closed by exclusive and others": (
        put(*Q, 1, "gap", value=make_gap("none", "health")),
        "questions[1].gap.closed_by",
        "exclusive",
    ),
    "gap of a number": (add(*Q, value={**NUMBER, "gap": make_gap("x")}), "questions[4].gap", "means nothing"),
    "gap that is no mapping": (put(*Q, 2, "gap", value="later"), "questions[2].gap", "mapping"),
    "gap with a date that is none": (
        put(*Q, 2, "gap", "applies_from", value="soon"),
        "questions[2].gap.applies_from",
        "not a date",
    ),
    "reference that does not exist": (
        put(*Q, 2, "gap", "references", value=["nist_govern_1"]),
        "questions[2].gap.references",
        "no reference “nist_govern_1”. Did you mean “nist_govern_1_1”?",
    ),
    "fact with an unknown choice": (
        put(*Q, 0, "fact", value={"field": "status", "map": {"blocked": "nobody"}}),
        "questions[0].fact.map.blocked",
        "not a choice",
    ),
    "fact with a choice for a number": (
        add(*Q, value={**NUMBER, "fact": {"field": "users", "map": {"many": "1000"}}}),
        "questions[4].fact.map.many",
        "“1000” is not a choice",
    ),
    "points formula with a later question": (
        lambda data: data["sections"][0]["questions"].insert(
            0, {**NUMBER, "points": {"exposure": "1 if reach == 'few' else 0"}}
        ),
        "questions[0].points.exposure",
        "only look back",
    ),
    "points formula on an unknown dimension": (
        add(*Q, value={**NUMBER, "points": {"size": "users"}}),
        "questions[4].points.size",
        "no dimension “size”",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_question_is_caught(name: str) -> None:
    check_broken(*BROKEN[name])


def test_too_many_questions_are_refused_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse_questions, "MAX_QUESTIONS", 50)
    data = make_definition()
    data["sections"] = [
        {"key": f"s{s}", "title": "S", "questions": [make_question(f"q{s}_{i}") for i in range(20)]} for s in range(4)
    ]

    messages = [p.message for p in check_questionnaire(data)]

    assert messages == ["A questionnaire has at most 50 questions."]


def test_list_longer_than_allowed_is_refused() -> None:
    question_ = make_question("q", choices=[{"key": f"c{i}", "title": "C"} for i in range(501)])

    messages = [p.message for p in check_questionnaire(make_definition(question_))]

    assert messages == ["“choices” has 501 entries; at most 500 are allowed."]
