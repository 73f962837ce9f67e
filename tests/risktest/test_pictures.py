from datetime import date
from decimal import Decimal

from apps.questionnaires.documents import read_document
from apps.risktest.pictures import domain_rows, level_value, ruler_bands
from apps.scoring import evaluate, parse_questionnaire
from apps.ui.formats import EN_DASH
from tests.factories.questionnaires import SOURCE

SMALL = parse_questionnaire(read_document(SOURCE.format(key="small", version=1, result="risk").encode()).data)


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
