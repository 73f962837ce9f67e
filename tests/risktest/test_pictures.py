from datetime import date
from decimal import Decimal

import pytest

from apps.questionnaires.documents import read_document
from apps.risktest.pictures import domain_rows, level_value, ruler_bands, tone_at
from apps.scoring import evaluate, parse_questionnaire
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


def test_domain_shows_what_its_controls_leave() -> None:
    complete = {"data": ["personal"], "consent": "untold", "users": "1"}

    open_ = domain_rows(SMALL, outcome(complete | {"owner": "missing"}))
    closed = domain_rows(SMALL, outcome(complete | {"owner": "named"}))

    assert [(row.label, row.before, row.after) for row in open_] == [("Control", 75, 75)]
    assert [(row.before, row.after) for row in closed] == [(75, 0)]


def test_unanswered_counts_as_the_worst_it_could_be() -> None:
    [row] = domain_rows(SMALL, outcome({}))

    assert (row.before, row.after) == (100, 100)


def test_level_value_has_its_interval() -> None:
    value = level_value(SMALL, outcome({"data": ["none"]}))

    assert value["low"] == value["high"] == Decimal(0)


@pytest.mark.parametrize(("value", "tone"), [(0, "low"), (24, "low"), (25, "high"), (100, "high")])
def test_tone_follows_the_questionnaires_own_scale(value: int, tone: str) -> None:
    assert tone_at(SMALL.levels, Decimal(value)) == tone


def test_tone_is_unknown_without_levels() -> None:
    assert tone_at(None, Decimal(3)) == "unknown"
