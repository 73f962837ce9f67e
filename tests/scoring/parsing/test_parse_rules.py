"""Each kind of broken condition, rule and level is caught, at its place, in a sentence."""

import time
from typing import Any

import pytest

from apps.scoring import check_questionnaire
from apps.scoring.parsing import completeness, problems
from tests.factories.broken import NUMBER, TEXT, Broken, Q, add, check_broken, put
from tests.factories.definitions import make_choices, make_definition, make_gap, make_question

FLAG = ("flags", 0)
SOUND_FLAG = {"key": "extra", "title": "Extra", "effect": "forbid", "because": "So."}
SOUND_CONTRADICTION = {"key": "odd", "title": "Odd", "ask": "Check."}


def _swap(data: dict[str, Any], band: int, old: str, new: str) -> None:
    bound = data["levels"]["bands"][band]
    bound.pop(old)
    bound[new] = 25


def _name_a_band_like_an_effect(data: dict[str, Any]) -> None:
    data["levels"]["bands"][3]["key"] = "notice"
    data["flags"][0]["effect"] = {"minimum_level": "notice"}


def _guard_another_value(data: dict[str, Any]) -> None:
    """Where the level is read, the condition is the right one; it has to stand where the number is made."""
    data["derived"] += [
        {"key": "mean", "title": "Mean", "value": "points(exposure) / count(data)"},
        {"key": "level", "title": "Level", "value": "mean if answered(data) else 0"},
    ]
    data["levels"]["of"] = "level"


def _compare_another_value(data: dict[str, Any]) -> None:
    _guard_another_value(data)
    data["derived"][2]["value"] = "1 / count(data) if mean > 1 else 0"


BROKEN: dict[str, Broken] = {
    # name: (what breaks it, path, part of the sentence)
    "unknown key in a flag": (put(*FLAG, "then", value="x"), "flags[0].then", "“then”"),
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
    "condition with a slip": (put(*FLAG, "when", value="reach = 'few'"), "flags[0].when", "Write “==” to compare."),
    "condition with words in capitals": (
        put(*FLAG, "when", value="NOT answered(reach)"),
        "flags[0].when",
        "Write “not”.",
    ),
    "choice without quotes": (
        put(*FLAG, "when", value="reach == few"),
        "flags[0].when",
        "A choice is written in quotes: 'few'.",
    ),
    "choice compared with a number": (put(*FLAG, "when", value="reach > 3"), "flags[0].when", "cannot be compared"),
    "condition on a question without choices": (
        lambda data: (put(*Q, 0, "choices", value=[])(data), put(*FLAG, "when", value="reach == 'few'")(data)),
        "questions[0].choices",
        "is empty",
    ),
    "condition that is a number": (put(*FLAG, "when", value="1 + 1"), "flags[0].when", "should give yes or no"),
    "condition that is no expression": (put(*FLAG, "when", value="reach =="), "flags[0].when", "cannot be read"),
    "condition that is a list": (put(*FLAG, "when", value=["reach"]), "flags[0].when", "written as text"),
    "single used as a set": (put(*FLAG, "when", value="'few' in reach"), "flags[0].when", "right side of “in”"),
    "ticks compared like a choice": (
        put(*FLAG, "when", value="data == 'health'"),
        "flags[0].when",
        "'x' in question",
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
    "derived value named like a text to read": (
        lambda data: data["sections"][0]["questions"].append(
            {"key": "residual", "title": "Read this.", "type": "static"}
        ),
        "derived[0].key",
        "already the name of a question",
    ),
    "bands of a derived value with a hole": (
        put(
            "derived",
            0,
            "bands",
            value=[{"key": "a", "title": "A", "below": 1}, {"key": "b", "title": "B", "above": 2}],
        ),
        "derived[0].bands[1]",
        "There is a hole between “a” and “b”",
    ),
    "no bands in the list of a derived value": (put("derived", 0, "bands", value=[]), "derived[0].bands", "is empty"),
    "derived value named like a question a flag looks at": (
        lambda data: data["derived"].append({"key": "reach", "title": "Reach", "value": "1"}),
        "derived[1].key",
        "already the name of a question",
    ),
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
    "effect nobody knows": (put(*FLAG, "effect", value="stop"), "flags[0].effect", "“forbid”, “notice” or"),
    "minimum level nobody knows": (
        put(*FLAG, "effect", value={"minimum_level": "huge"}),
        "flags[0].effect.minimum_level",
        "no band “huge”",
    ),
    "minimum level called like an effect": (
        _name_a_band_like_an_effect,
        "flags[0].effect.minimum_level",
        "an effect of its own; give the band another key",
    ),
    "minimum level without levels": (put("levels", value=...), "flags[0].effect.minimum_level", "needs valid “levels”"),
    "level that compares a value which may not be, and divides by what may be 0": (
        _compare_another_value,
        "derived[2].value",
        "has no value when a number it needs is not answered",
    ),
    "level that hangs on a value which may not be": (
        _guard_another_value,
        "derived[2].value",
        "may have no value, because “mean” may have none. There, write",
    ),
    "derived value that never is": (
        lambda data: data["derived"].append({"key": "none", "title": "None", "value": "points(exposure) / (2 - 2)"}),
        "derived[1].value",
        "never has a value",
    ),
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
    "question that only half a user could bring up": (
        lambda data: data["sections"][0]["questions"].extend(
            [NUMBER, make_question("half", visible_if="users == 2.5")]
        ),
        "questions[5].visible_if",
        "can never be seen",
    ),
    "flag that allows every level": (
        put(*FLAG, "effect", value={"minimum_level": "low"}),
        "flags[0].effect.minimum_level",
        "would have no effect; “effect: notice” says so",
    ),
    "question renamed twice": (
        put("renames", value=[{"question": "old", "to": "reach"}, {"question": "old", "to": "data"}]),
        "renames[1].question",
        "renamed twice",
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
    "date used as a number": (
        lambda data: (
            data["sections"][0]["questions"].append(make_question("start", type="date")),
            put(*FLAG, "when", value="start > 2026")(data),
        ),
        "flags[0].when",
        "a date cannot be compared with a number",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_rule_is_caught(name: str) -> None:
    check_broken(*BROKEN[name])


def test_level_is_not_accused_of_what_another_formula_did_wrong() -> None:
    derived = [
        {"key": "half", "title": "Half", "value": "points(exposure / 2"},
        {"key": "twice", "title": "Twice", "value": "half * 2"},
    ]
    levels = {"of": "twice", "bands": [{"key": "all", "title": "All"}]}
    question = make_question("a", choices=make_choices(one=1, two=2))
    data = make_definition(
        question, derived=derived, levels=levels, dimensions=[{"key": "exposure", "title": "Exposure"}]
    )

    assert [problem.path for problem in check_questionnaire(data)] == ["derived[0].value"]


def test_condition_that_yaml_made_a_truth_is_read() -> None:
    assert check_questionnaire(make_definition(make_question("a"), make_question("b", visible_if=True))) == []


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


def test_condition_at_the_end_of_a_very_long_chain_is_not_accused(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = [make_question(f"q{i}", visible_if=f"answered(q{i - 1})" if i else None) for i in range(8)]
    flag = {**SOUND_FLAG, "when": "answered(q7) and not answered(q0)"}
    data = make_definition(*chain, flags=[flag])

    assert [p.message for p in check_questionnaire(data)] == ["The flag “extra” can never fire."]
    monkeypatch.setattr(completeness, "MAX_LOOKED_AT", 5)
    assert check_questionnaire(data) == []


def _many_ticks(questions: int) -> list[dict[str, Any]]:
    choices = [{"key": f"c{i}", "title": "C"} for i in range(14)]
    return [make_question(f"m{k}", type="multi", choices=choices) for k in range(questions)]


def _many_numbers(questions: int, literals: int) -> list[dict[str, Any]]:
    """Each looks for many numbers in the one before it."""
    lists = [f"n{k - 1} in ({', '.join(str(k * literals + i) for i in range(literals))})" for k in range(questions)]
    return [
        make_question(f"n{k}", type="number", maximum=99_999, visible_if=lists[k] if k else None)
        for k in range(questions)
    ]


def _many_alike(choices: int) -> dict[str, Any]:
    named = [{"key": "ab" * 27 + f"{i:05}", "title": "C"} for i in range(choices)]
    return make_question("alike", choices=named, gap=make_gap(*["ba" * 39] * 500))


def _flags(*conditions: str, **changes: Any) -> list[dict[str, Any]]:
    return [{**SOUND_FLAG, "key": f"f{i}", "when": when, **changes} for i, when in enumerate(conditions)]


@pytest.mark.parametrize(
    ("questions", "flags"),
    [
        (
            _many_ticks(3),
            _flags(*["(" + " or ".join(f"'c{i}' in m{k}" for k in range(3) for i in range(14)) + ")"] * 60),
        ),
        (_many_ticks(1), _flags(*["'c1' in m0"] * 200, references=[f"nist_gooovern_{i}" for i in range(100)])),
        (
            [make_question(f"question_about_{i}") for i in range(1500)],
            _flags(*[f"qestion_bout_x{i}" for i in range(300)]),
        ),
        (_many_numbers(14, 300), _flags(*[f"n13 > {i}" for i in range(1_000)])),
    ],
    ids=["ticks", "references", "names", "numbers"],
)
def test_checking_a_hostile_file_takes_little_time(questions: Any, flags: Any) -> None:
    data = make_definition(*questions, flags=flags)
    known = [f"nist_govern_{i}_{j}" for i in range(30) for j in range(10)]
    started = time.process_time()

    check_questionnaire(data, known_references=known)

    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("questions", "flags"),
    [
        ([make_question("ab" * 27 + f"{i:05}") for i in range(100)], _flags(*["ba" * 39 + str(i) for i in range(50)])),
        ([_many_alike(100)], []),
    ],
    ids=["names", "choices that close a gap"],
)
def test_what_was_meant_is_looked_for_a_few_times_only(
    questions: Any, flags: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each look takes tenths of a second where names are long and alike."""
    looked_for: list[str] = []
    monkeypatch.setattr(problems, "closest", lambda word, options: looked_for.append(word) or [])

    check_questionnaire(make_definition(*questions, flags=flags))

    assert len(looked_for) == problems.MAX_HINTS
