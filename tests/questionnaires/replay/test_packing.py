"""What is packed comes back as it was answered, and is read like the JSON beside it."""

from random import Random
from typing import Any

import pytest

from apps.questionnaires.replay import sheets
from apps.questionnaires.replay.packing import Packing
from apps.questionnaires.replay.sheets import Gathering, read_columns
from apps.scoring import Answers, Questionnaire, answer_as_json, parse_questionnaire, read_answers
from tests.factories.answer_sheets import make_rows
from tests.factories.definitions import make_choices, make_definition, make_question
from tests.questionnaires.replay.test_standings import CANDIDATES


def choices(count: int) -> list[dict[str, Any]]:
    return [{"key": f"c{number}", "title": f"Choice {number}"} for number in range(count)]


def valid(questionnaire: Questionnaire, raw: Any) -> dict[str, Any]:
    """As it is stored when it is submitted."""
    return {key: answer_as_json(value) for key, value in read_answers(questionnaire, raw).values.items()}


def pack(questionnaire: Questionnaire, raw: Any) -> bytes:
    return Packing(questionnaire).pack(read_answers(questionnaire, raw))


def answers_read(questionnaire: Questionnaire, gathering: Gathering) -> dict[str, list[Any]]:
    """Sheet by sheet, by question; of texts their length."""
    texts = {question.key for question in questionnaire.questions if question.type.endswith("text")}
    found = {}
    for key, column in read_columns(questionnaire, gathering.sheets()).items():
        answers = [column.values[code] for code in column.codes]
        found[key] = [len(a) if key in texts and isinstance(a, str) else a for a in answers]
    return found


@pytest.mark.parametrize("name", CANDIDATES)
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("limit", "value"), [("FEW", sheets.FEW), ("FEW", 0), ("NEAR", 7)])
def test_packed_sheets_read_like_their_json(name: str, seed: int, limit: str, value: int, monkeypatch) -> None:
    monkeypatch.setattr(sheets, limit, value)
    questionnaire = CANDIDATES[name]
    rows = [(number, valid(questionnaire, raw), then) for number, raw, then in make_rows(questionnaire, Random(seed))]
    plain, packed = Gathering(questionnaire), Gathering(questionnaire)

    plain.add(rows)
    packed.add_packed(Packing(questionnaire), [(number, pack(questionnaire, raw), then) for number, raw, then in rows])

    assert answers_read(questionnaire, packed) == answers_read(questionnaire, plain)
    assert list(packed.sheets().numbers) == [number for number, _, _ in rows]


def test_sheets_of_a_version_with_only_texts_to_read_are_empty() -> None:
    text, question = make_question("text", type="static"), make_question("one")
    before, after = parse_questionnaire(make_definition(text)), parse_questionnaire(make_definition(text, question))
    gathering = Gathering(after)

    gathering.add_packed(Packing(before), [(1, pack(before, {}), "low"), (2, pack(before, {}), "low")])

    assert answers_read(after, gathering) == {"text": [None, None], "one": [None, None]}


QUESTIONS = {
    "choice": make_question("choice", type="single", choices=choices(300)),
    "few": make_question("few", type="multi", choices=choices(2)),
    "ticks": make_question("ticks", type="multi", choices=choices(80)),
    "users": make_question("users", type="number", minimum=-99, maximum=1000, places=2),
    "day": make_question("day", type="date", minimum="2000-01-01", maximum="2100-01-01"),
    "note": make_question("note", type="long_text", max_length=100_000),
}


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("choice", "c299"),
        ("few", ["c0", "c1"]),
        ("ticks", ["c0", "c63", "c79"]),
        ("ticks", ["c0"]),
        ("users", "-98.25"),
        ("users", "0"),
        ("day", "2026-11-22"),
        ("note", "x" * 70_000),
        *[(name, {"dont_know": True}) for name in QUESTIONS],
        *[(name, None) for name in QUESTIONS],
    ],
)
def test_each_kind_of_answer_comes_back(name: str, raw: Any) -> None:
    questionnaire = parse_questionnaire(make_definition({**QUESTIONS[name], "dont_know": True}))
    gathering = Gathering(questionnaire)
    rows = [(number, pack(questionnaire, given), "") for number, given in ((1, {name: raw}), (2, {}))]

    gathering.add_packed(Packing(questionnaire), rows)

    column = gathering.sheets().answers[name]
    assert [column.values[code] for code in column.codes] == [raw, None]


def make_version(*questions: dict[str, Any], **changes: Any) -> Questionnaire:
    return parse_questionnaire(make_definition(*questions, dimensions=[{"key": "exposure", "title": "E"}], **changes))


MERGED = make_version(
    make_question("c", choices=make_choices(a=1, z=2)),
    renames=[{"question": "a", "to": "c"}, {"question": "b", "to": "c"}, {"question": "c", "choice": "y", "to": "z"}],
)


@pytest.mark.parametrize("keys", [["a"], ["a", "b"], ["a", "c"]])
def test_packed_sheets_of_an_earlier_version_follow_its_renames_like_their_json(keys: list[str]) -> None:
    old = make_version(*(make_question(key, choices=make_choices(a=1, y=2)) for key in keys))
    raws = [{}, {keys[0]: "y"}, {keys[-1]: "y"}, dict.fromkeys(keys, "a"), dict(zip(keys, "ay", strict=False))]
    plain, packed = Gathering(MERGED), Gathering(MERGED)

    plain.add([(number, raw, "low") for number, raw in enumerate(raws)], [MERGED])
    packed.add_packed(Packing(old), [(number, pack(old, raw), "low") for number, raw in enumerate(raws)], [MERGED])

    assert answers_read(MERGED, packed) == answers_read(MERGED, plain)
    assert answers_read(MERGED, plain)["c"][:2] == [None, "z"]


def test_row_of_every_kind_of_question_comes_back_as_its_raw_answers() -> None:
    questionnaire = parse_questionnaire(make_definition(*QUESTIONS.values()))
    raw = {"choice": "c2", "few": ["c1"], "ticks": ["c0", "c79"], "users": "12.5", "day": "2026-11-22", "note": "xxx"}

    assert Packing(questionnaire).unpack(pack(questionnaire, raw)) == raw
    assert Packing(questionnaire).unpack(pack(questionnaire, {})) == dict.fromkeys(raw)


def test_question_the_version_did_not_ask_is_not_answered() -> None:
    old, new = parse_questionnaire(make_definition(make_question("old"))), CANDIDATES["branching"]
    gathering = Gathering(new)

    gathering.add_packed(Packing(old), [(1, Packing(old).pack(Answers({})), "low")])

    assert set(map(tuple, answers_read(new, gathering).values())) == {(None,)}
