import re
from datetime import date
from decimal import Decimal

import pytest

from apps.questionnaires.documents import read_document
from apps.risktest.pictures import domain_rows, level_value, ruler, ruler_bands
from apps.scoring import Questionnaire, evaluate, parse_questionnaire
from apps.ui.formats import EN_DASH
from tests.factories.questionnaires import SOURCE

SOURCE_OF_SMALL = SOURCE.format(key="small", version=1, result="risk")
FLAG = """
flags:
  - {{key: crowd, title: Many people, when: users > 100, effect: {effect}, because: They must be told.}}
"""
FORBIDS, SETS_HIGH = FLAG.format(effect="forbid"), FLAG.format(effect="{minimum_level: high}")


def questionnaire(rules: str = "") -> Questionnaire:
    return parse_questionnaire(read_document((SOURCE_OF_SMALL + rules).encode()).data)


SMALL = questionnaire()


def outcome(answers: dict) -> dict:
    return evaluate(SMALL, answers, on_date=date(2026, 11, 22)).as_json()


def test_ruler_bands_touch_and_the_last_is_as_wide_as_the_one_before() -> None:
    bands = ruler_bands(SMALL.levels)

    assert [(band.title, band.start, band.end, band.tone) for band in bands] == [
        ("Low", 0, 25, "low"),
        ("High", 25, 50, "high"),
    ]


def test_domain_shows_how_much_of_its_controls_is_in_place() -> None:
    complete = {"data": ["personal"], "consent": "untold", "users": "1"}

    missing = domain_rows(SMALL, outcome(complete | {"owner": "missing"}))
    named = domain_rows(SMALL, outcome(complete | {"owner": "named"}))

    assert [(row.label, row.value, row.at_most, row.text) for row in missing] == [("Control", 0, 0, "0%")]
    assert [(row.value, row.at_most, row.text) for row in named] == [(100, 100, "100%")]


def test_unanswered_makes_it_a_range() -> None:
    [row] = domain_rows(SMALL, outcome({}))

    assert (row.value, row.at_most, row.text) == (0, 100, f"0{EN_DASH}100%")


def test_domain_has_no_level_as_levels_are_bands_of_another_number() -> None:
    tones = {row.tone for row in domain_rows(SMALL, outcome({"owner": "missing"}))}

    assert tones == {"accent"}


def test_level_value_has_its_interval() -> None:
    value = level_value(SMALL, outcome({"data": ["none"]}))

    assert value["low"] == value["high"] == Decimal(0)


@pytest.mark.parametrize(
    ("rules", "users", "says"),
    [
        (FORBIDS, "500", "High: a rule forbids it"),
        (SETS_HIGH, "500", "High: a rule allows no lower"),
        (SETS_HIGH, None, "High: not all is known"),
    ],
)
def test_ruler_says_what_raises_the_level_above_its_number(rules, users, says) -> None:
    """In the picture, and in its title for those who do not see it."""
    flagged = questionnaire(rules)
    answers = {"data": ["secret"], "owner": "named", "users": users}

    drawn = ruler(flagged, evaluate(flagged, answers, on_date=date(2026, 11, 22)).as_json())

    assert re.findall(rf">(?:Level )?({says})[.<]", drawn) == [says, says]
    assert "12.5 on a scale from 0 to 50." in drawn


@pytest.mark.parametrize("answers", [{"data": ["secret"], "users": "1"}, {"data": ["personal"], "users": "500"}])
def test_ruler_says_nothing_more_where_the_number_alone_gives_the_level(answers) -> None:
    flagged = questionnaire(FORBIDS)

    drawn = ruler(flagged, evaluate(flagged, answers | {"owner": "named"}, on_date=date(2026, 11, 22)).as_json())

    assert not re.search("a rule|not all", drawn)
