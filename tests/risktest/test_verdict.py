from datetime import date

import pytest

from apps.questionnaires.documents import read_document
from apps.risktest.verdict import not_known, verdict, what_it_buys, without_gaps
from apps.scoring import Questionnaire, evaluate, parse_questionnaire
from tests.factories.questionnaires import SOURCE

COLOURS = [("key: low, title: Low", "key: green, title: Green"), ("key: high, title: High", "key: red, title: Red")]
OPTIONAL = ("max_length: 40}", "max_length: 40, required: false}")
HARMLESS = {"data": ["none"], "users": "1"}
HARMFUL = {"data": ["personal", "secret"], "consent": "untold", "users": "1"}


def questionnaire(*changes: tuple[str, str]) -> Questionnaire:
    source = SOURCE.format(key="small", version=1, result="risk")
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    return parse_questionnaire(read_document(source.encode()).data)


def said(answers: dict, *changes: tuple[str, str]) -> str:
    small = questionnaire(*changes)
    return verdict(small, evaluate(small, answers, on_date=date(2026, 11, 22)).as_json())


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        (HARMLESS | {"owner": "named"}, "Level 1 of 2, where 2 is the worst. Keep the controls as they are."),
        (HARMLESS | {"owner": "missing"}, "Level 1 of 2, where 2 is the worst. It can get better still"),
        (HARMFUL | {"owner": "missing"}, "Level 2 of 2, where 2 is the worst. A risk officer should look at it"),
        (HARMFUL | {"owner": "named"}, "No gap is open, so only a change of the use itself can lower it."),
    ],
)
def test_verdict_goes_by_the_place_of_the_level_and_the_gaps_whatever_it_is_called(answers: dict, says: str) -> None:
    assert says in said(answers)
    assert said(answers, *COLOURS) == said(answers)


def test_level_in_between_asks_to_close_gaps_first() -> None:
    middle = ("{key: high, title: High, at_least: 25}", "{key: high, title: High, at_least: 25, below: 200}")
    last = "\n    - {key: worse, title: Worse, at_least: 200}"

    sentence = said(HARMFUL | {"owner": "missing"}, (middle[0], middle[1] + last))

    assert sentence == "Level 2 of 3, where 3 is the worst. Close the first gaps before more people use it."


def test_range_names_both_ends_and_what_counts_until_then() -> None:
    as_it_stands = ("  of: residual\n", "  of: residual\n  when_missing: as_it_stands\n")
    answers = {"name": "Drafts", "consent": "untold", "users": "1", "owner": "named"}

    assert said(answers) == (
        "With what is known it lies between Low and High. The worse one counts until the one open question is answered."
    )
    assert "What is not answered counts as nothing until the one open question" in said(answers, as_it_stands)


def test_no_gap_is_no_praise_where_what_is_not_known_decides_the_level() -> None:
    small = questionnaire()
    outcome = evaluate(
        small, {"consent": "untold", "users": "1", "owner": "named"}, on_date=date(2026, 11, 22)
    ).as_json()

    assert not outcome["gaps"]
    assert without_gaps(small, outcome).startswith("First find out what is not known")


def test_no_gap_is_no_praise_where_no_control_is_asked_about() -> None:
    on_secrets = ("title: Who answers for it?", "title: Who answers for it?\n        visible_if: \"'secret' in data\"")

    for changes, says in [([], "Every control this test asks about"), ([on_secrets], "asks about no controls")]:
        small = questionnaire(*changes)
        outcome = evaluate(small, HARMLESS | {"owner": "named"}, on_date=date(2026, 11, 22)).as_json()
        assert says in without_gaps(small, outcome)


@pytest.mark.parametrize(
    ("value", "after", "says"),
    [
        ("1.4", "high", "takes off 1.4 points"),
        ("1", "high", "takes off 1 point"),
        ("50", "low", "takes off 50 points, down to Low"),
        ("0", "high", ""),
        ("0", "low", "takes the level down to Low"),
        (None, None, ""),
    ],
)
def test_gap_says_what_closing_it_does_and_nothing_where_it_moves_nothing(value, after, says: str) -> None:
    bought = {"buys": {"value": value, "level_after": after}}

    assert what_it_buys(questionnaire(), {"level": "high"}, bought) == says


@pytest.mark.parametrize(("changes", "unknown"), [((), ["name"]), ((OPTIONAL,), [])])
def test_remark_left_empty_is_not_among_what_is_not_known(changes, unknown) -> None:
    small = questionnaire(*changes)
    found = evaluate(small, HARMLESS | {"owner": "named"}, on_date=date(2026, 11, 22)).as_json()

    assert [question["question"] for question in not_known(small, found)] == unknown
    assert len(found["missing"]) == 1
