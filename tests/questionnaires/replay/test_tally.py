import gc
from datetime import date
from random import Random

import pytest

from apps.questionnaires.documents import read_document
from apps.questionnaires.replay import standings
from apps.questionnaires.replay.standings import Scorer
from apps.questionnaires.replay.tally import EXAMPLES, Tally, report, score_sheets, uncollected
from apps.scoring import parse_questionnaire
from tests.factories.answer_sheets import gather, make_rows, score_rows
from tests.factories.published import current_questionnaire
from tests.factories.questionnaires import SOURCE

FLAG = """flags:
  - key: untold
    title: Nobody is told
    when: "consent == 'untold'"
    effect: {minimum_level: high}
    because: It is unfair.
"""
DATA = read_document((SOURCE.format(key="small", version=2, result="risk") + FLAG).encode()).data
CANDIDATE = parse_questionnaire(DATA)
TODAY = date(2026, 11, 22)
SAFE = {"data": ["none"], "owner": "named", "users": "1"}
UNFAIR = {"data": ["personal"], "consent": "untold", "owner": "named", "users": "1"}


def test_moves_are_counted_and_named() -> None:
    tally = score_rows(CANDIDATE, [(1, SAFE, "low"), (2, UNFAIR, "low"), (3, UNFAIR, "high")], TODAY)

    found = report(CANDIDATE, tally)
    assert (found.total, found.changed) == (3, 1)
    assert found.moves == [("low", "high", 1)]
    assert (found.before, found.after) == ({"low": 2, "high": 1}, {"low": 1, "high": 2})
    assert found.examples == [(2, "low", "high")]


def test_questions_all_answered_alike_and_outcomes_nothing_reaches_are_named() -> None:
    found = report(CANDIDATE, score_rows(CANDIDATE, [(1, SAFE, "low"), (2, SAFE | {"users": "2"}, "low")], TODAY))

    assert found.never_discriminating == ["data", "consent", "owner"]
    assert found.unreached == ["high", "untold"]


def test_nothing_submitted_says_nothing_about_the_candidate() -> None:
    found = report(CANDIDATE, Tally())

    assert (found.never_discriminating, found.unreached) == ([], [])


def test_chunks_add_up_to_the_whole_in_any_order() -> None:
    rows = [(pk, UNFAIR if pk % 3 else SAFE, "low") for pk in range(1, 3 * EXAMPLES)]
    whole, parts = score_rows(CANDIDATE, rows, TODAY), Tally()

    for chunk in (rows[200:], rows[:200]):
        parts.add(score_rows(CANDIDATE, chunk, TODAY))

    assert report(CANDIDATE, parts) == report(CANDIDATE, whole)
    assert len(whole.examples) == EXAMPLES


def test_sheets_with_too_many_different_values_are_scored_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    questionnaire = current_questionnaire("risktest")
    rows = make_rows(questionnaire, Random(1), count=200)
    whole = score_rows(questionnaire, rows, TODAY)
    monkeypatch.setattr(standings, "MOST_VALUES", 2_000)

    parts = list(score_sheets(Scorer(questionnaire, TODAY), gather(questionnaire, rows).sheets()))

    assert len(parts) > 1
    assert [part.last_pk for part in parts] == sorted(part.last_pk for part in parts)
    assert score_rows(questionnaire, rows, TODAY) == whole


def test_usual_sheets_have_far_fewer_values_than_are_scored_at_once() -> None:
    """Half a million have twice as many as these: a limit that halves them costs four times as long."""
    questionnaire = current_questionnaire("risktest")
    rows = make_rows(questionnaire, Random(1), count=3_000)
    scorer = Scorer(questionnaire, TODAY)

    assert len(list(score_sheets(scorer, gather(questionnaire, rows).sheets()))) == 1
    assert scorer.values < standings.MOST_VALUES / 10


def test_tally_survives_being_saved() -> None:
    tally = score_rows(CANDIDATE, [(7, UNFAIR, "low")], TODAY)

    again = Tally.restored(tally.saved())
    again.add(score_rows(CANDIDATE, [(8, SAFE, "low")], TODAY))

    assert (again.total, again.last_pk) == (2, 8)
    assert again.examples == [(7, "low", "high")]


def test_questionnaire_without_levels_can_be_replayed() -> None:
    candidate = parse_questionnaire(
        {k: v for k, v in DATA.items() if k not in ("levels", "flags")} | {"result": "use_cases"}
    )

    assert report(candidate, score_rows(candidate, [(1, SAFE, "")], TODAY)).changed == 0


def test_no_rows_give_an_empty_tally() -> None:
    assert score_rows(CANDIDATE, [], TODAY) == Tally()


@pytest.mark.parametrize("collecting", [True, False])
def test_garbage_is_collected_again_whatever_happens(collecting: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    turned = []
    monkeypatch.setattr(gc, "isenabled", lambda: collecting)
    monkeypatch.setattr(gc, "disable", lambda: turned.append("off"))
    monkeypatch.setattr(gc, "enable", lambda: turned.append("on"))

    with pytest.raises(KeyboardInterrupt), uncollected():
        raise KeyboardInterrupt

    assert turned == (["off", "on"] if collecting else ["off"])
