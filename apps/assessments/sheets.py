"""The answers of one assessment, read once per request: what is stored, what the catalog locks, what follows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.utils import timezone

from apps.assessments.models import Assessment
from apps.catalog.queries import facts_for_questionnaire
from apps.questionnaires import queries as questionnaires
from apps.questionnaires.models import QuestionnaireVersion
from apps.scoring import Questionnaire, SectionProgress, Visibility, progress, visible_questions
from apps.scoring.answers import as_answers
from apps.scoring.definitions import Question


@dataclass(frozen=True)
class LockedAnswer:
    """An answer the catalog gives: the choice, and where the fact comes from."""

    value: str
    source: str
    as_of: date | None


class StoredAnswer(NamedTuple):
    """The part of an Answer that a page needs: a large questionnaire has hundreds of them in every request."""

    question: str
    value: Any
    version: int


@dataclass(frozen=True)
class Sheet:
    assessment: Assessment
    questionnaire: Questionnaire
    stored: Mapping[str, StoredAnswer]
    locked: Mapping[str, LockedAnswer]
    shown: Visibility | None = None  # when it is known that nothing came or went

    @cached_property
    def raw(self) -> dict[str, Any]:
        """Question key -> value, facts from the catalog included; unanswered ones absent."""
        stored = {key: answer.value for key, answer in self.stored.items() if answer.value is not None}
        return stored | {key: answer.value for key, answer in self.locked.items()}

    @cached_property
    def visibility(self) -> Visibility:
        answers = as_answers(self.questionnaire, self.raw)
        return replace(self.shown, answers=answers) if self.shown else visible_questions(self.questionnaire, answers)

    @cached_property
    def progress(self) -> tuple[SectionProgress, ...]:
        return progress(self.visibility)

    @property
    def unanswered_required(self) -> list[Question]:
        """Visible required questions without an answer; "don't know" is an answer."""
        shown = [question for section in self.visibility.sections for question in section.questions]
        return [question for question in shown if question.required and question.key not in self.raw]

    def version(self, question: str) -> int:
        """How often its answer changed; 0 when there never was one."""
        return self.stored[question].version if question in self.stored else 0

    def with_answers(self, changed: Mapping[str, StoredAnswer]) -> "Sheet":
        """The sheet after a save. Most answers bring up nothing: what is shown is then not worked out again."""
        shown = None if self.questionnaire.watched & changed.keys() else self.visibility
        return replace(self, stored={**self.stored, **changed}, shown=shown)


def sheet(assessment: Assessment) -> Sheet:
    rows = assessment.answers.values_list(*StoredAnswer._fields)
    return Sheet(
        assessment=assessment,
        questionnaire=questionnaires.definition(assessment.questionnaire),
        stored={answer.question: answer for answer in map(StoredAnswer._make, rows)},
        locked=locked_answers(assessment),
    )


def sheets_of(assessments: Iterable[Assessment]) -> list[Sheet]:
    """For a list of them: one query for all answers. Needs prefetch_related("answers")."""
    return [
        Sheet(
            assessment=each,
            questionnaire=questionnaires.definition(each.questionnaire),
            stored={row.question: StoredAnswer(row.question, row.value, row.version) for row in each.answers.all()},
            locked=locked_answers(each),
        )
        for each in assessments
    ]


def locked_answers(assessment: Assessment, on: QuestionnaireVersion | None = None) -> dict[str, LockedAnswer]:
    """Answers that follow from facts about the model the assessment is about, on its version or another one."""
    if assessment.model is None:
        return {}
    facts = facts_for_questionnaire(assessment.model, today=timezone.localdate())
    locked = {}
    for question in questionnaires.definition(on or assessment.questionnaire).questions:
        fact = facts.get(question.fact.field) if question.fact else None
        if question.fact and fact and (choice := question.fact.map.get(fact["value"])):
            locked[question.key] = LockedAnswer(choice, fact["source"], fact["as_of"])
    return locked
