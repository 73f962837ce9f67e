"""Choices with a name: what questions hold that take them from a list, and what is wrong with lists, told once."""

import copy
from datetime import date
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.scoring import canonical_bytes, cheapest_plan, check_questionnaire, evaluate, parse_questionnaire
from apps.scoring.parsing import parse_questions
from tests.factories.definitions import make_choices, make_definition, make_gap, make_question, make_scored_definition

TODAY = date(2026, 11, 22)
SCALE = [
    {"key": "always", "title": "Always", "points": {"control": 4}},
    {"key": "often", "title": "Often", "help": "Most weeks.", "points": {"control": 2}},
    {"key": "never", "title": "Never", "points": {"control": 0}},
    {"key": "na", "title": "Does not apply", "not_applicable": True},
]
TURNED = [{**choice, "points": {"control": worth}} for choice, worth in zip(SCALE[:3], (0, 2, 4), strict=True)]
KINDS = [*make_choices(names=1, health=3), {"key": "none", "title": "None of these", "exclusive": True}]
LISTS: dict[str, list[dict[str, Any]]] = {"scale": SCALE, "turned": TURNED, "kinds": KINDS}


def definition_with_lists() -> dict[str, Any]:
    """Items on one scale, one weighed and one turned round; ticks; gaps, a condition and a fact on listed choices."""
    items = [
        make_question("logs", choices="scale", gap=make_gap("always")),
        make_question("tests", choices="scale", weight=2, gap=make_gap("always", "often"), dont_know=True),
        make_question("skips", choices="turned", visible_if="logs != 'na'"),
        make_question("sees", type="multi", choices="kinds", fact={"field": "sees", "map": {"all": "health"}}),
        make_question("keeps", type="multi", choices="kinds", gap=make_gap("none")),
    ]
    return make_scored_definition(*items, choice_lists=copy.deepcopy(LISTS))


def written_out(data: dict[str, Any]) -> dict[str, Any]:
    plain = copy.deepcopy(data)
    lists = plain.pop("choice_lists")
    for question in plain["sections"][0]["questions"]:
        if isinstance(question["choices"], str):
            question["choices"] = copy.deepcopy(lists[question["choices"]])
    return plain


LISTED = parse_questionnaire(definition_with_lists())
PLAIN = parse_questionnaire(written_out(definition_with_lists()))
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "reach": st.sampled_from(["few", "everyone"]),
        "data": st.just(["none"]) | st.lists(st.sampled_from(["public", "health"]), unique=True),
        "logs": st.sampled_from(["always", "often", "never", "na"]),
        "tests": st.sampled_from(["always", "often", "never", "na", "wrong", {"dont_know": True}]),
        "skips": st.sampled_from(["always", "often", "never", "na"]),
        "sees": st.just(["none"]) | st.lists(st.sampled_from(["names", "health"]), unique=True),
        "keeps": st.just(["none"]) | st.lists(st.sampled_from(["names", "health"]), unique=True),
    },
)


@settings(max_examples=40, deadline=None)
@given(ANSWERS)
def test_file_with_lists_scores_like_the_file_written_out(answers: dict[str, Any]) -> None:
    one, other = (evaluate(form, answers, on_date=TODAY).as_json() for form in (LISTED, PLAIN))

    assert one.pop("hash") != other.pop("hash")
    assert canonical_bytes(one) == canonical_bytes(other)
    assert cheapest_plan(LISTED, answers, on_date=TODAY) == cheapest_plan(PLAIN, answers, on_date=TODAY)


def test_questions_share_the_choices_of_a_list_and_weigh_them_by_themselves() -> None:
    logs, tests, skips = (LISTED.question(key) for key in ("logs", "tests", "skips"))

    assert logs.choices is tests.choices
    assert [rule.by_choice["always"] for question in (logs, tests, skips) for rule in question.points] == [4, 8, 0]
    assert logs.choices[1].path == "choice_lists.scale[1]"


def scale(index: int, **changes: Any) -> list[dict[str, Any]]:
    """The sound one, but for one choice."""
    return [{**choice, **changes} if place == index else choice for place, choice in enumerate(SCALE)]


LONG = [*SCALE, *({"key": f"c{i}", "title": "C", "points": {"control": 0}} for i in range(500))]
SHORT = [{key: value for key, value in SCALE[0].items() if key != "points"}, *SCALE[1:]]
# name: (the lists that are put in place of the sound ones, or beside them; the one problem)
BROKEN_LISTS: dict[str, tuple[dict[Any, Any], str]] = {
    "nobody uses it": ({"spare": SCALE}, "choice_lists.spare: No question uses the list “spare”."),
    "empty": ({"turned": []}, "choice_lists.turned: “turned” is empty."),
    "no list": ({"turned": {"a": 1}}, "choice_lists.turned: “turned” should be a list, not a mapping."),
    "another's name": ({"turned": "scale"}, "choice_lists.turned: “turned” should be a list, not “scale”."),
    "too long": ({"scale": LONG}, "choice_lists.scale: “scale” has 504 entries; at most 500 are allowed."),
    "a name that is no key": (
        {"A scale": SCALE},
        "choice_lists: “A scale” is not a key: small letters, digits and _, a letter first, at most 60.",
    ),
    "a name that is a number": (
        {7: SCALE},
        "choice_lists: “7” cannot be a name here; if YAML changed it, put it in quotes.",
    ),
    "a choice without points": (
        {"scale": SHORT},
        "choice_lists.scale[0].points: “always” has no points on “control”, but other choices have;"
        " write 0 if it is 0.",
    ),
    "an unknown dimension": (
        {"scale": scale(0, points={"contrl": 1, "control": 4})},
        "choice_lists.scale[0].points.contrl: There is no dimension “contrl”. Did you mean “control”?",
    ),
    "an unknown key": (
        {"scale": scale(1, titel="x")},
        "choice_lists.scale[1].titel: There is no key “titel” here. Did you mean “title”?",
    ),
    "one key twice": (
        {"scale": [*SCALE, SCALE[1]]},
        "choice_lists.scale[4].key: Two choices of one question are called “often”.",
    ),
    "points of what does not apply": (
        {"scale": scale(3, points={"control": 1})},
        "choice_lists.scale[3].points: “na” means that the question does not apply, so it cannot give points.",
    ),
    "an exclusive choice, in a list of single questions": (
        {"scale": scale(2, exclusive=True)},
        "choice_lists.scale[2].exclusive: Only a choice of a multi question can be exclusive.",
    ),
}


@pytest.mark.parametrize("name", BROKEN_LISTS)
def test_what_is_wrong_with_a_list_is_told_once_and_there(name: str) -> None:
    lists, told = BROKEN_LISTS[name]
    data = definition_with_lists()
    data["choice_lists"] |= lists

    assert list(map(str, check_questionnaire(data))) == [told]


def test_lists_that_are_no_mapping_are_refused() -> None:
    data = make_scored_definition(choice_lists=[SCALE])

    assert list(map(str, check_questionnaire(data))) == [
        "choice_lists: “choice_lists” should be a mapping of names to values, not a list."
    ]


def test_list_that_does_not_exist_is_told_where_it_is_named() -> None:
    first = make_question("logs", choices=SCALE)
    last = make_question("keeps", choices="scail", gap=make_gap("always"))
    data = make_scored_definition(first, last, choice_lists={"scale": SCALE})

    assert list(map(str, check_questionnaire(data))) == [
        "sections[0].questions[3].choices: There is no list “scail” in “choice_lists”. Did you mean “scale”?",
        "choice_lists.scale: No question uses the list “scale”.",
    ]


def test_question_without_choices_uses_no_list() -> None:
    number = make_question("users", type="number", choices="scale")
    data = make_scored_definition(make_question("logs", choices=SCALE), number, choice_lists={"scale": SCALE})

    assert list(map(str, check_questionnaire(data))) == [
        "sections[0].questions[3].choices: “choices” means nothing for a question of type number.",
        "choice_lists.scale: No question uses the list “scale”.",
    ]


def test_one_list_may_serve_single_and_multi_questions() -> None:
    both = [make_question(type_, type=type_, choices="turned") for type_ in ("single", "multi")]

    form = parse_questionnaire(make_scored_definition(*both, choice_lists={"turned": TURNED}))

    assert form.question("single").choices == form.question("multi").choices
    assert form.whole_maximum["control"] == 4 + 6


@pytest.mark.parametrize(
    ("title", "dimensions", "held"),
    [("A", [], 10), ("A", ["exposure", "control"], 20), ({"en": "A", "fr": "B", "de": "C"}, ["control"], 30)],
)
def test_choices_are_bounded_by_what_questions_hold(
    title: Any, dimensions: list[str], held: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = [{"key": key, "title": title, "points": dict.fromkeys(dimensions, 1)} for key in ("a", "b")]
    data = make_definition(
        *(make_question(f"q{number}", choices="pair") for number in range(5)),
        choice_lists={"pair": pair},
        dimensions=[{"key": key, "title": key} for key in dimensions],
        languages=list(title) if isinstance(title, dict) else ["en"],
    )
    monkeypatch.setattr(parse_questions, "MAX_HELD", held)
    assert check_questionnaire(data) == []
    monkeypatch.setattr(parse_questions, "MAX_HELD", held - 1)
    assert list(map(str, check_questionnaire(data))) == [
        f"sections: The choices of all questions may have {held - 1} texts and points together; these have more."
        " A list counts once for each question that uses it."
    ]
    assert len(parse_questionnaire(data, published=True).questions) == 5


def test_a_short_file_whose_questions_hold_millions_of_choices_is_refused_at_once() -> None:
    long = [{"key": f"c{i}", "title": "C"} for i in range(500)]
    questions = (make_question(f"q{i}", choices="long") for i in range(5_000))
    begun = process_time()

    problems = check_questionnaire(make_definition(*questions, choice_lists={"long": long}))

    assert [problem.path for problem in problems] == ["sections"]
    assert process_time() - begun < 5
