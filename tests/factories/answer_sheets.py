"""Answer sheets as they may lie in a database: sound answers, answers of other versions, and nonsense."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from apps.questionnaires.replay.sheets import Gathering, Row
from apps.questionnaires.replay.standings import Scorer
from apps.questionnaires.replay.tally import Tally, score_sheets
from apps.scoring import Questionnaire
from apps.scoring.definitions import Question
from apps.scoring.renames import Steps

NONSENSE: list[Any] = [None, "", [], {}, True, 1, 0, "gone", "1", ["gone"], {"dont_know": True}, {"dont_know": False}]


def make_sound_answer(question: Question, chance: Random) -> Any:
    keys = [choice.key for choice in question.choices]
    if question.type == "single":
        return chance.choice(keys)
    if question.type == "multi":
        return chance.sample(keys, chance.randint(1, min(3, len(keys))))
    if question.type == "number":
        return chance.choice([str(chance.randint(0, 500)), f"{chance.randint(-9, 999)}.50", chance.randint(-1, 300)])
    if question.type == "date":
        return (date(2019, 6, 1) + timedelta(days=chance.randint(0, 4500))).isoformat()
    return chance.choice(["a", "b\n", "c\x07", " ", "longer " * 30])


def make_rows(
    questionnaire: Questionnaire, chance: Random, *more_keys: str, count: int = 40
) -> list[tuple[int, dict[str, Any], str]]:
    """`more_keys` are answered as well, as other versions of the questionnaire may have asked."""
    return [
        (number, make_sheet(questionnaire, chance, more_keys), chance.choice(["", "low", "high"]))
        for number in range(1, count + 1)
    ]


def score_rows(questionnaire: Questionnaire, rows: Sequence[Row], on: date, steps: Steps = ()) -> Tally:
    tally = Tally()
    for part in score_sheets(Scorer(questionnaire, on), gather(questionnaire, rows, steps).sheets()):
        tally.add(part)
    return tally


def gather(questionnaire: Questionnaire, rows: Sequence[Row], steps: Steps = ()) -> Gathering:
    gathering = Gathering(questionnaire)
    gathering.add(rows, steps)
    return gathering


def make_sheet(questionnaire: Questionnaire, chance: Random, more_keys: tuple[str, ...]) -> dict[str, Any]:
    questions = questionnaire.questions
    asked = {question.key: question for question in questions} | {key: chance.choice(questions) for key in more_keys}
    sheet = {}
    for key, question in asked.items():
        luck = chance.random()
        if luck < 0.8:
            sheet[key] = make_sound_answer(question, chance)
        elif luck < 0.9:
            sheet[key] = chance.choice(NONSENSE)
    return sheet
