"""Each kind of broken file is caught, at its place, in a sentence."""

import copy
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from apps.scoring import InvalidDefinition, check_questionnaire, parse_questionnaire
from tests.factories.definitions import make_definition, make_gap, make_question, make_scored_definition

Broken = Callable[[dict[str, Any]], Any]


def question(data: dict[str, Any], index: int) -> dict[str, Any]:
    return data["sections"][0]["questions"][index]


def put(*path: Any, value: Any) -> Broken:
    """A change of one value of the sound definition."""

    def change(data: dict[str, Any]) -> None:
        target: Any = data
        for step in path[:-1]:
            target = target[step]
        if value is ...:
            del target[path[-1]]
        else:
            target[path[-1]] = value

    return change


def add(*path: Any, value: Any) -> Broken:
    def change(data: dict[str, Any]) -> None:
        target: Any = data
        for step in path:
            target = target[step]
        target.append(value)

    return change


Q = ("sections", 0, "questions")
FLAG = ("flags", 0)
SOUND_FLAG = {"key": "extra", "title": "Extra", "effect": "forbid", "because": "So."}
SOUND_CONTRADICTION = {"key": "odd", "title": "Odd", "ask": "Check."}
TEXT = make_question("note", type="short_text")
NUMBER = make_question("users", type="number")

BROKEN: dict[str, tuple[Broken, str, str]] = {
    # name: (what breaks it, path, part of the sentence)
    "unknown key at the top": (
        put("sectons", value=[]),
        "",
        "There is no key “sectons” here. Did you mean “sections”?",
    ),
    "unknown key in a question": (put(*Q, 0, "titel", value="x"), "sections[0].questions[0]", "“titel”"),
    "unknown key in a flag": (put(*FLAG, "then", value="x"), "flags[0]", "“then”"),
    "missing title": (put("title", value=...), "title", "“title” is missing"),
    "missing schema": (put("schema", value=...), "schema", "missing"),
    "another schema": (put("schema", value=2), "schema", "only the schema 1"),
    "version that is no number": (put("version", value="1"), "version", "whole number"),
    "version zero": (put("version", value=0), "version", "whole number"),
    "key with capitals": (put("key", value="Sample"), "key", "not a key"),
    "key too long": (put(*Q, 0, "key", value="a" * 61), "sections[0].questions[0].key", "at most 60"),
    "key that YAML read as true": (put(*Q, 0, "choices", 0, "key", value=True), "choices[0].key", "in quotes"),
    "key that is a word of expressions": (put(*Q, 0, "key", value="count"), "questions[0].key", "has a meaning"),
    "no languages": (put("languages", value=[]), "languages", "empty"),
    "language that is none": (put("languages", value=["english!"]), "languages", "not a language code"),
    "language twice": (put("languages", value=["en", "en"]), "languages", "twice"),
    "result nobody knows": (put("result", value="fun"), "result", "not one of: use_cases, risk"),
    "sections that are no list": (put("sections", value={}), "sections", "is a list"),
    "no sections": (put("sections", value=[]), "sections", "is empty"),
    "section that is no mapping": (put("sections", 0, value="x"), "sections[0]", "mapping"),
    "section without questions": (put(*Q, value=[]), "sections[0].questions", "is empty"),
    "section key twice": (
        add("sections", value={"key": "main", "title": "Again", "questions": [make_question("z")]}),
        "sections[1]",
        "two things called “main”",
    ),
    "question key twice": (add(*Q, value=make_question("reach")), "sections[0].questions[4]", "two things called"),
    "choice key twice": (put(*Q, 0, "choices", 1, "key", value="few"), "choices[1].key", "Two choices"),
    "dimension key twice": (
        add("dimensions", value={"key": "control", "title": "Again"}),
        "dimensions[2]",
        "two things called",
    ),
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
    "points that are no whole number": (
        put(*Q, 0, "choices", 0, "points", value={"exposure": 1.5}),
        "choices[0].points.exposure",
        "whole numbers",
    ),
    "points that are no mapping": (put(*Q, 0, "choices", 0, "points", value=3), "choices[0].points", "mapping"),
    "choice without points beside others": (
        put(*Q, 0, "choices", 0, "points", value=...),
        "questions[0].choices.few.points",
        "write 0 if it is 0",
    ),
    "exclusive choice that scores": (
        put(*Q, 1, "choices", 3, "points", value={"exposure": 2}),
        "questions[1].choices.none.points",
        "exclusive",
    ),
    "dimension nobody scores": (
        add("dimensions", value={"key": "lonely", "title": "Lonely"}),
        "dimensions[2]",
        "No question gives points",
    ),
    "group nobody knows": (put("dimensions", 0, "group", value="risk"), "dimensions[0].group", "exposure, control"),
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
    "text that is a number": (put("title", value=5), "title", "belongs a text"),
    "text that is empty": (put("summary", value="  "), "summary", "empty"),
    "text with a control character": (put("summary", value="a\x00b"), "summary", "control character"),
    "text much too long": (put("summary", value="a" * 20_001), "summary", "at most 20000"),
    "text missing in a language": (
        lambda data: data.update(languages=["en", "fr"], title={"en": "Sample"}),
        "title",
        "missing in the language “fr”",
    ),
    "text in a language not listed": (put("title", value={"en": "A", "fr": "B"}), "title", "“fr” is not one of"),
    "required that is no truth": (put(*Q, 0, "required", value="yes"), "questions[0].required", "true or false"),
    "unknown name in a condition": (
        put(*Q, 2, "visible_if", value="reech == 'few'"),
        "questions[2].visible_if",
        "nothing called “reech” that can be used here. Did you mean “reach”?",
    ),
    "condition that looks forward": (
        put(*Q, 0, "visible_if", value="answered(review)"),
        "questions[0].visible_if",
        "“review” does not come before this",
    ),
    "condition that looks at itself": (
        put(*Q, 0, "visible_if", value="reach == 'few'"),
        "questions[0].visible_if",
        "only look back",
    ),
    "section condition that looks into itself": (
        put("sections", 0, "visible_if", value="reach == 'few'"),
        "sections[0].visible_if",
        "only look back",
    ),
    "condition with points": (
        put(*Q, 2, "visible_if", value="points(exposure) > 1"),
        "questions[2].visible_if",
        "only be used in derived values",
    ),
    "unknown choice in a condition": (
        put(*FLAG, "when", value="reach == 'fwe'"),
        "flags[0].when",
        "“fwe” is not one of its choices. There is “few”",
    ),
    "unknown dimension in a rule": (put(*FLAG, "when", value="points(x) > 1"), "flags[0].when", "points(x)"),
    "condition that is a number": (put(*FLAG, "when", value="1 + 1"), "flags[0].when", "should give yes or no"),
    "condition that is no expression": (put(*FLAG, "when", value="reach =="), "flags[0].when", "cannot be read"),
    "condition that is a list": (put(*FLAG, "when", value=["reach"]), "flags[0].when", "written as text"),
    "single used as a set": (put(*FLAG, "when", value="'few' in reach"), "flags[0].when", "right side of “in”"),
    "ticks compared like a choice": (
        put(*FLAG, "when", value="data == 'health'"),
        "flags[0].when",
        "cannot be compared",
    ),
    "free text in a rule": (
        lambda data: (data["sections"][0]["questions"].append(TEXT), put(*FLAG, "when", value="note == 'x'")(data)),
        "flags[0].when",
        "free text never moves",
    ),
    "derived value that is a truth": (put("derived", 0, "value", value="1 < 2"), "derived[0].value", "a number"),
    "derived value that uses a later one": (
        lambda data: data["derived"].insert(0, {"key": "early", "title": "Early", "value": "residual + 1"}),
        "derived[0].value",
        "“residual”",
    ),
    "derived value named like a question": (put("derived", 0, "key", value="reach"), "derived[0].key", "a question"),
    "rounding nobody knows": (put("derived", 0, "round", "mode", value="up"), "derived[0].round.mode", "half_up"),
    "level of nothing": (put("levels", "of", value="risk"), "levels.of", "no derived value or dimension"),
    "level without a value": (
        lambda data: (
            data["sections"][0]["questions"].append(NUMBER),
            put("derived", 0, "value", value="users * 2")(data),
        ),
        "derived[0].value",
        "has no value when a number it needs is not answered",
    ),
    "level that may divide by nothing": (
        put("derived", 0, "value", value="points(exposure) / points(control)"),
        "derived[0].value",
        "divisor is 0",
    ),
    "when_missing nobody knows": (put("levels", "when_missing", value="best"), "levels.when_missing", "worst"),
    "no bands": (put("levels", "bands", value=[]), "levels.bands", "empty"),
    "first band with a lower bound": (
        put("levels", "bands", 0, "at_least", value=0),
        "levels.bands[0]",
        "first band has no lower bound",
    ),
    "last band with an upper bound": (
        put("levels", "bands", 3, "below", value=100),
        "levels.bands[3]",
        "last band has no upper bound",
    ),
    "bands with a hole": (put("levels", "bands", 1, "at_least", value=30), "levels.bands[1]", "hole between"),
    "bands with a hole of one point": (
        lambda data: data["levels"]["bands"][1].update(at_least=...) or _swap(data, 1, "at_least", "above"),
        "levels.bands[1]",
        "exactly 25 is in no band",
    ),
    "bands that overlap": (put("levels", "bands", 1, "at_least", value=20), "levels.bands[1]", "overlap: 20 to 25"),
    "bands that share one point": (
        lambda data: _swap(data, 0, "below", "at_most"),
        "levels.bands[1]",
        "exactly 25 is in both",
    ),
    "band in between without a lower bound": (
        put("levels", "bands", 1, "at_least", value=...),
        "levels.bands[1]",
        "needs a lower bound",
    ),
    "band in between without an upper bound": (
        put("levels", "bands", 1, "below", value=...),
        "levels.bands[2]",
        "needs an upper bound",
    ),
    "band with two lower bounds": (
        put("levels", "bands", 1, "above", value=25),
        "levels.bands[1]",
        "one lower bound",
    ),
    "band with two upper bounds": (
        put("levels", "bands", 1, "at_most", value=50),
        "levels.bands[1]",
        "one upper bound",
    ),
    "band that holds nothing": (
        lambda data: data["levels"]["bands"][1].update(at_least=25, below=25),
        "levels.bands[1]",
        "No value can fall",
    ),
    "effect nobody knows": (put(*FLAG, "effect", value="stop"), "flags[0].effect", "forbid"),
    "minimum level nobody knows": (
        put(*FLAG, "effect", value={"minimum_level": "huge"}),
        "flags[0].effect.minimum_level",
        "no band “huge”",
    ),
    "minimum level without levels": (put("levels", value=...), "flags[0].effect.minimum_level", "needs valid “levels”"),
    "flag that can never fire": (
        put(*FLAG, "when", value="reach == 'few' and reach == 'many'"),
        "flags[0].when",
        "can never fire",
    ),
    "flag that can never fire by points": (
        put(*FLAG, "when", value="points(exposure) > 20"),
        "flags[0].when",
        "can never fire",
    ),
    "flag that can never fire by visibility": (
        lambda data: (
            put(*Q, 2, "visible_if", value="reach == 'few'")(data),
            put(*FLAG, "when", value="answered(review) and reach == 'many'")(data),
        ),
        "flags[0].when",
        "can never fire",
    ),
    "flag that can never fire by numbers": (
        lambda data: (
            data["sections"][0]["questions"].append(NUMBER),
            put(*FLAG, "when", value="users > 100 and users < 50")(data),
        ),
        "flags[0].when",
        "can never fire",
    ),
    "flag that always fires": (
        put(*FLAG, "when", value="answered(reach) or not answered(reach)"),
        "flags[0].when",
        "always fires",
    ),
    "contradiction that can never fire": (
        put("contradictions", value=[{**SOUND_CONTRADICTION, "when": "'none' in data and 'health' in data"}]),
        "contradictions[0].when",
        "can never fire",
    ),
    "flag that can never fire between two whole numbers": (
        lambda data: (
            data["sections"][0]["questions"].append(NUMBER),
            put(*FLAG, "when", value="users > 5 and users < 6")(data),
        ),
        "flags[0].when",
        "can never fire",
    ),
    "flag that can never fire by free text": (
        lambda data: (
            data["sections"][0]["questions"].append(TEXT),
            put(*FLAG, "when", value="answered(note) and not answered(note)")(data),
        ),
        "flags[0].when",
        "can never fire",
    ),
    "contradiction without a key": (
        put("contradictions", value=[{"title": "Odd", "ask": "Check.", "when": "reach == 'few'"}]),
        "contradictions[0].key",
        "missing",
    ),
    "flag key twice": (
        add("flags", value={**SOUND_FLAG, "key": "health_for_everyone", "when": "reach == 'few'"}),
        "flags[1]",
        "two things called",
    ),
    "question that can never be seen": (
        put(*Q, 2, "visible_if", value="'none' in data and count(data) > 1"),
        "questions[2].visible_if",
        "can never be seen",
    ),
    "section that can never be seen": (
        add(
            "sections",
            value={"key": "extra", "title": "E", "visible_if": "count(data) > 4", "questions": [make_question("z")]},
        ),
        "sections[1].visible_if",
        "can never be seen",
    ),
    "question hidden by its section": (
        add(
            "sections",
            value={
                "key": "extra",
                "title": "E",
                "visible_if": "reach == 'few'",
                "questions": [make_question("z", visible_if="reach == 'many'")],
            },
        ),
        "sections[1].questions[0].visible_if",
        "can never be seen",
    ),
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
    "reference that is not listed": (
        lambda data: (
            data.update(references=["iso_42001"]),
            put(*FLAG, "references", value=["nist_govern_1_1"])(data),
        ),
        "flags[0].references",
        "own list of references",
    ),
    "reference that is no text": (put(*FLAG, "references", value=[7]), "flags[0].references[0]", "short text"),
    "fact with an unknown choice": (
        put(*Q, 0, "fact", value={"field": "status", "map": {"blocked": "nobody"}}),
        "questions[0].fact.map.blocked",
        "not a choice",
    ),
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
    "date used as a number": (
        lambda data: (
            data["sections"][0]["questions"].append(make_question("start", type="date")),
            put(*FLAG, "when", value="start > 2026")(data),
        ),
        "flags[0].when",
        "a date cannot be compared with a number",
    ),
}


def _swap(data: dict[str, Any], band: int, old: str, new: str) -> None:
    bound = data["levels"]["bands"][band]
    bound.pop(old)
    bound[new] = 25


@pytest.mark.parametrize("name", BROKEN)
def test_broken_file_is_caught(name: str) -> None:
    change, path, sentence = BROKEN[name]
    data = make_scored_definition()
    change(data)

    problems = check_questionnaire(data, known_references={"nist_govern_1_1", "iso_42001"})

    assert any(p.path.endswith(path) and sentence in p.message for p in problems), list(map(str, problems))


def test_sound_file_has_no_problems() -> None:
    assert check_questionnaire(make_scored_definition()) == []


def test_kinds_of_broken_file_are_many() -> None:
    assert len(BROKEN) >= 40


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
        "sections[0].questions[0]",
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
        "version: “version” is a whole number from 1 to 1000000, not “0”.",
        "There is no key “x” here.",
    ]


def test_problems_stop_at_a_bound() -> None:
    data = make_definition(*({"key": f"q{i}", "wrong": 1} for i in range(600)))

    assert len(check_questionnaire(data)) == 500


def test_too_many_questions_are_refused_once() -> None:
    data = make_definition(*(make_question(f"q{i}") for i in range(10)))
    data["sections"] = [
        {"key": f"s{s}", "title": "S", "questions": [make_question(f"q{s}_{i}") for i in range(2000)]} for s in range(4)
    ]

    messages = [p.message for p in check_questionnaire(data)]

    assert messages == ["A questionnaire has at most 5000 questions."]


def test_list_longer_than_allowed_is_refused() -> None:
    question_ = make_question("q", choices=[{"key": f"c{i}", "title": "C"} for i in range(501)])

    messages = [p.message for p in check_questionnaire(make_definition(question_))]

    assert messages == ["“choices” has 501 entries; at most 500 are allowed."]


def test_hash_changes_with_content_and_only_with_content() -> None:
    data = make_scored_definition()
    reordered = dict(reversed(copy.deepcopy(data).items()))
    changed = copy.deepcopy(data)
    changed["title"] = "Another"

    assert parse_questionnaire(data).hash == parse_questionnaire(reordered).hash
    assert parse_questionnaire(data).hash != parse_questionnaire(changed).hash


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
    assert not questionnaire.question("about").is_asked
    assert questionnaire.question("reach").fact is not None
    gap = questionnaire.question("review").gap
    assert gap is not None
    assert (gap.applies_from, gap.domain) == (date(2026, 8, 2), "people")
    assert questionnaire.whole_maximum == {"exposure": 22, "control": 6}


def test_condition_that_yaml_made_a_truth_is_read() -> None:
    assert check_questionnaire(make_definition(make_question("a"), make_question("b", visible_if=True))) == []


def test_text_in_a_language_called_no_asks_for_quotes() -> None:
    data = make_definition(make_question("a"), title={"en": "A", False: "B"})

    assert [p.message for p in check_questionnaire(data)] == [
        "“False” is not one of the languages of this questionnaire (put it in quotes)."
    ]


def test_condition_with_too_many_combinations_is_not_accused() -> None:
    choices = [{"key": f"c{i}", "title": "C"} for i in range(20)]
    questions = [make_question(f"m{i}", type="multi", choices=choices) for i in range(2)]
    singles = [make_question(f"s{i}", choices=choices) for i in range(4)]
    named = " and ".join(f"'c{i}' in m0" for i in range(20)) + " and 'c0' in m1 and not ('c0' in m1)"
    many = " or ".join(f"(s0 == 'c{i}' and s1 == 'c{i}' and s2 == 'c{i}' and s3 == 'c{i}')" for i in range(20))
    flags = [
        {**SOUND_FLAG, "key": "named", "when": named},
        {**SOUND_FLAG, "key": "many", "when": f"({many}) and s0 != s1 and 'c1' in m1 and 'c2' in m1 and 'c3' in m1"},
    ]

    messages = [p.message for p in check_questionnaire(make_definition(*questions, *singles, flags=flags))]

    assert messages == []
