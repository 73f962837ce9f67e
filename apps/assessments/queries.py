"""What is known about an assessment: its answers, its outcome, and the document a snapshot is made of."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import User
from apps.assessments.models import AnswerChange, Assessment, Snapshot
from apps.assessments.sheets import locked_answers, sheet
from apps.audit.actions import head
from apps.questionnaires import queries as questionnaires
from apps.questionnaires.models import QuestionnaireVersion
from apps.questionnaires.replay.packing import Packing
from apps.scoring import (
    InvalidAnswer,
    Questionnaire,
    answer_as_json,
    answer_in_words,
    evaluate,
    read_answer,
    read_answers,
    visible_questions,
)
from apps.scoring.definitions import Question
from apps.scoring.renames import Carried, carry_over, key_after
from apps.scoring.score import ENGINE


def definition(assessment: Assessment) -> Questionnaire:
    return questionnaires.definition(assessment.questionnaire)


def raw_answers(assessment: Assessment) -> dict[str, Any]:
    """Question key -> value as stored, facts from the catalog included."""
    return sheet(assessment).raw


def saved_at(assessment: Assessment, questions: Collection[str]) -> dict[str, datetime]:
    """When the answers to these questions were last changed."""
    if not questions:
        return {}
    return dict(assessment.answers.filter(question__in=questions).values_list("question", "changed_at"))


def carried_over(assessment: Assessment, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Those of `answers` (from elsewhere) that this questionnaire takes: same question key, valid value."""
    taken = {}
    locked = locked_answers(assessment)
    for question in definition(assessment).questions:
        if question.key in answers and question.key not in locked:
            try:
                taken[question.key] = stored_value(question, answers[question.key])
            except InvalidAnswer:
                continue
    return {key: value for key, value in taken.items() if value is not None}


@dataclass(frozen=True)
class Migration:
    """What moving a draft to another version would do; nothing is changed by asking."""

    carried: Carried
    renamed: list[tuple[str, str]]  # titles, old and new
    # Title, and how the answer read and reads now: alike where only what it rules out is not.
    reworded: list[tuple[str, str, str]]
    left_behind: list[tuple[str, str]]  # title and why
    newly_asked: list[str]  # titles; of these
    newly_required: list[str]  # must be answered, with what was required and unanswered before


def migration(assessment: Assessment, to: QuestionnaireVersion) -> Migration:
    old, new = definition(assessment), questionnaires.definition(to)
    stored = dict(assessment.answers.exclude(value=None).values_list("question", "value"))
    steps = questionnaires.steps(old.version, new)
    carried = carry_over(steps, stored)
    locked = {key: answer.value for key, answer in locked_answers(assessment, to).items()}
    answers = {**carried.answers, **locked}
    visible = visible_questions(new, answers)
    shown = [question for section in visible.sections for question in section.questions if question.takes_answer]
    missing = [question for question in shown if question.required and question.key not in answers]
    known = {key_after(steps, key) for key in old.by_key}
    return Migration(
        carried=carried,
        renamed=[(title(old, key), title(new, to_key)) for key, to_key in carried.renamed.items()],
        reworded=reworded(old, stored, new, carried),
        left_behind=[(title(old, item.key), item.reason) for item in carried.left_behind],
        newly_asked=[str(question.title) for question in shown if question.key not in known],
        newly_required=[str(question.title) for question in missing],
    )


def reworded(
    old: Questionnaire, stored: Mapping[str, Any], new: Questionnaire, carried: Carried
) -> list[tuple[str, str, str]]:
    found = []
    for key in (question.key for question in old.questions if question.key in stored):
        to_key = carried.renamed.get(key, key)
        if to_key in carried.answers:
            before = says(old.question(key), stored[key])
            after = says(new.question(to_key), carried.answers[to_key])
            if before != after:
                found.append((title(new, to_key), before[0], after[0]))
    return found


def says(question: Question, raw: Any) -> tuple[str, ...]:
    """The words of an answer, and those of all choices where it rules the others out."""
    exclusive = {choice.key for choice in question.choices if choice.exclusive}
    ruled_out = question.choices if isinstance(raw, list) and exclusive.intersection(raw) else ()
    return in_words(question, raw), *(str(choice.title) for choice in ruled_out)


def title(questionnaire: Questionnaire, key: str) -> str:
    return str(questionnaire.question(key).title) if key in questionnaire.by_key else key


def newer_version(assessment: Assessment) -> QuestionnaireVersion | None:
    """The newest published version, if it is newer than the draft's own."""
    newest = questionnaires.newest(assessment.questionnaire.key)
    return newest if newest and newest.version > assessment.questionnaire.version else None


def packed(questionnaire: Questionnaire, raw: Mapping[str, Any]) -> bytes:
    return Packing(questionnaire).pack(read_answers(questionnaire, raw))


def stored_value(question: Question, raw: Any) -> Any:
    """What is stored for a raw answer; None when it is no answer. Raises InvalidAnswer."""
    value = read_answer(question, raw)
    return None if value is None else answer_as_json(value)


def authors(assessment: Assessment) -> list[User]:
    """Everyone who started it or changed an answer, also of what it was started from: none of them may decide on it."""
    lineage = [assessment]
    while earlier := lineage[-1].started_from:
        lineage.append(earlier)
    editors = AnswerChange.objects.filter(assessment__in=lineage).values("by")
    submitters = Snapshot.objects.filter(assessment__in=lineage[1:]).values("taken_by")
    starters = [each.created_by_id for each in lineage]
    everyone = Q(pk__in=starters) | Q(pk__in=editors) | Q(pk__in=submitters)
    return list(User.objects.filter(everyone).order_by("pk"))


def content(
    assessment: Assessment, *, taken_by: User | None = None, taken_at: datetime | None = None, number: int = 0
) -> dict[str, Any]:
    """Everything a reader of the result needs, as plain JSON data. With `taken_by` it is a snapshot's content."""
    answers = raw_answers(assessment)
    on = timezone.localdate(taken_at)
    questionnaire = definition(assessment)
    people = {person.pk: person for person in [*authors(assessment), *([taken_by] if taken_by else [])]}
    return {
        "draft": taken_by is None,
        "assessment": str(assessment.pk),
        "number": number,
        "title": assessment.title,
        "team": assessment.team.name,
        "model": {"slug": assessment.model.slug, "name": assessment.model.name} if assessment.model else None,
        "use_case": assessment.use_case,
        "questionnaire": {
            "key": questionnaire.key,
            "version": questionnaire.version,
            "hash": questionnaire.hash,
            "title": str(questionnaire.title),
            "result": questionnaire.result,
        },
        "engine": ENGINE,
        "on": on.isoformat(),
        "taken_at": taken_at.isoformat() if taken_at else None,
        "taken_by": str(taken_by) if taken_by else None,
        "authors": [str(person) for person in people.values()],
        "author_ids": list(people),
        "answers": answers_in_words(questionnaire, answers),
        "outcome": evaluate(questionnaire, answers, on_date=on).as_json(),
        "audit_head": head()._asdict(),
    }


def shown_content(assessment: Assessment) -> dict[str, Any]:
    """What result pages and reports show: the live draft, or the newest snapshot once it is frozen."""
    if assessment.is_draft:
        return content(assessment)
    snapshot = assessment.snapshots.latest("number")
    frozen: dict[str, Any] = json.loads(snapshot.content)
    return frozen


def answers_in_words(questionnaire: Questionnaire, answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every visible question in order, with the answer as a person would say it."""
    rows = []
    for shown in visible_questions(questionnaire, answers).sections:
        for question in shown.questions:
            if question.type != "static":
                rows.append(
                    {
                        "section": shown.section.key,
                        "section_title": str(shown.section.title),
                        "question": question.key,
                        "title": str(question.title),
                        "value": answers.get(question.key),
                        "answer": in_words(question, answers.get(question.key)),
                    }
                )
    return rows


def in_words(question: Question, raw: Any) -> str:
    try:
        return answer_in_words(question, read_answer(question, raw))
    except InvalidAnswer:
        return ""
