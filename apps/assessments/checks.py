"""What is worth a second look before a draft is submitted."""

from dataclasses import dataclass

from django.utils import timezone

from apps.assessments.sheets import Sheet
from apps.scoring import evaluate
from apps.scoring.definitions import Question
from apps.scoring.explain import QuotedAnswer


@dataclass(frozen=True)
class Contradiction:
    title: str
    ask: str
    answers: list[tuple[Question, QuotedAnswer]]


@dataclass(frozen=True)
class SecondLook:
    contradictions: list[Contradiction]
    left_open: list[Question]  # may be submitted like this, but the result is less certain; texts never count


def second_look(sheet: Sheet) -> SecondLook:
    questionnaire = sheet.questionnaire
    outcome = evaluate(questionnaire, sheet.raw, on_date=timezone.localdate())
    return SecondLook(
        contradictions=[
            Contradiction(found.title, found.ask, [(questionnaire.question(a.question), a) for a in found.answers])
            for found in outcome.contradictions
        ],
        left_open=[
            question
            for question in map(questionnaire.question, (m.question for m in outcome.missing))
            if (not question.required or question.key in sheet.raw) and question.type not in ("short_text", "long_text")
        ],
    )
