"""Every change to an assessment."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts import permissions
from apps.accounts.models import Team, User
from apps.assessments import queries
from apps.assessments.models import Answer, AnswerChange, Assessment, Snapshot, State
from apps.audit.actions import record
from apps.catalog.models import Model
from apps.questionnaires.models import QuestionnaireVersion
from apps.scoring import InvalidAnswer, canonical_bytes
from apps.scoring.definitions import Question


class NotADraft(Exception):
    """The assessment is frozen: it was submitted and not returned."""


class NotNewer(Exception):
    """The version asked for is not a newer one of the same questionnaire."""


class Incomplete(Exception):
    """Required questions are unanswered; `titles` are their texts, `questions` their keys."""

    def __init__(self, questions: list[Question]) -> None:
        super().__init__("Some required questions are not answered yet.")
        self.questions = [question.key for question in questions]
        self.titles = [str(question.title) for question in questions]


class AnswersRefused(Exception):
    """Values no form of ours would send, or out of bounds: question key -> sentence. Nothing was stored."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


class StaleAnswers(Exception):
    """Somebody else changed these answers in the meantime. Nothing was stored."""

    def __init__(self, current: Mapping[str, Answer]) -> None:
        super().__init__("Somebody else changed an answer in the meantime.")
        self.current = current


@dataclass(frozen=True)
class Posted:
    """One answer as it arrived: the raw value, and the version its author saw (0: not answered yet)."""

    raw: Any
    seen_version: int


@transaction.atomic
def start(
    *,
    by: User,
    team: Team,
    questionnaire: QuestionnaireVersion,
    title: str,
    model: Model | None = None,
    use_case: str = "",
    prefill: Mapping[str, Any] | None = None,
) -> Assessment:
    """A new draft. `prefill` holds raw answers; those the questionnaire does not take are left out."""
    permissions.require(by, "assessment.start", team)
    assessment = Assessment(
        team=team, questionnaire=questionnaire, title=title, model=model, use_case=use_case, created_by=by
    )
    assessment.full_clean()
    assessment.save(force_insert=True)
    record(by=by, verb="assessment.started", subject=assessment, details={"questionnaire": str(questionnaire)})
    for key, value in queries.carried_over(assessment, prefill or {}).items():
        _write(by, assessment, key, value, version=1)
    return assessment


@transaction.atomic
def save_answers(*, by: User, assessment: Assessment, posted: Mapping[str, Posted]) -> dict[str, Answer]:
    """Store the posted answers that differ from what is stored; all of them or none.

    Raises NotADraft, AnswersRefused, StaleAnswers. A repeated post returns what the first one stored.
    """
    permissions.require(by, "assessment.edit", assessment.team)
    _lock_draft(assessment)
    values = _read_all(assessment, posted)
    current = {answer.question: answer for answer in assessment.answers.filter(question__in=values)}
    changed = {key: value for key, value in values.items() if _value(current.get(key)) != value}
    _refuse_stale(by, assessment, posted, changed, current)
    for key, value in changed.items():
        if _version(current.get(key)) == posted[key].seen_version:
            current[key] = _write(by, assessment, key, value, version=posted[key].seen_version + 1)
    if changed:
        assessment.save(update_fields=["changed_at"])
    return current


@transaction.atomic
def freeze(*, by: User, assessment: Assessment, extra: Mapping[str, Any] | None = None) -> Snapshot:
    """Take the snapshot that is submitted. Raises NotADraft, Incomplete."""
    _lock_draft(assessment)
    if missing := queries.unanswered_required(assessment):
        raise Incomplete(missing)
    number, now = assessment.snapshots.count() + 1, timezone.now()
    content = queries.content(assessment, taken_by=by, taken_at=now, number=number) | dict(extra or {})
    raw = canonical_bytes(content)
    snapshot = Snapshot.objects.create(
        assessment=assessment,
        number=number,
        content=raw.decode(),
        sha256=hashlib.sha256(raw).hexdigest(),
        answers=queries.raw_answers(assessment),
        level=content["outcome"]["level"] or "",
        taken_by=by,
        taken_at=now,
    )
    assessment.state = State.FROZEN
    assessment.save(update_fields=["state", "changed_at"])
    record(by=by, verb="assessment.frozen", subject=assessment, details={"sha256": snapshot.sha256})
    return snapshot


@transaction.atomic
def reopen(*, by: User | None, assessment: Assessment) -> None:
    """Back to draft; the snapshots stay."""
    assessment.state = State.DRAFT
    assessment.save(update_fields=["state", "changed_at"])
    record(by=by, verb="assessment.reopened", subject=assessment)


@transaction.atomic
def migrate(*, by: User, assessment: Assessment, to: QuestionnaireVersion) -> None:
    """Move a draft to a newer version of its questionnaire. Answers that no longer fit stay in the history.

    Raises NotADraft, NotNewer.
    """
    permissions.require(by, "assessment.edit", assessment.team)
    _lock_draft(assessment)
    old = assessment.questionnaire
    if to.key != old.key or to.version <= old.version:
        raise NotNewer(f"{to} is not a newer version of {old}.")
    stored = {answer.question: answer for answer in assessment.answers.all()}
    carried = queries.migration(assessment, to).carried
    assessment.questionnaire = to
    assessment.save(update_fields=["questionnaire", "changed_at"])
    for key, value in carried.answers.items():
        if _value(stored.get(key)) != value:
            _write(by, assessment, key, value, version=_version(stored.get(key)) + 1)
    record(by=by, verb="assessment.migrated", subject=assessment, details={"from": old.version, "to": to.version})


@transaction.atomic
def delete_draft(*, by: User, assessment: Assessment) -> None:
    """Remove a draft that was never submitted, with its answers. Raises NotADraft."""
    permissions.require(by, "assessment.delete", assessment.team)
    _lock_draft(assessment)
    if assessment.snapshots.exists():
        raise NotADraft("This assessment has been submitted before; it stays on record.")
    record(by=by, verb="assessment.deleted", subject=assessment, details={"title": assessment.title})
    assessment.delete()


def _lock_draft(assessment: Assessment) -> None:
    """Saving and submitting wait for each other: a save is in the snapshot or is refused, never between."""
    state = Assessment.objects.select_for_update().values_list("state", flat=True).get(pk=assessment.pk)
    if state != State.DRAFT:
        raise NotADraft("This assessment has been submitted; its answers can no longer be changed.")


def _read_all(assessment: Assessment, posted: Mapping[str, Posted]) -> dict[str, Any]:
    questions = {question.key: question for question in queries.definition(assessment).questions}
    locked = queries.locked_answers(assessment)
    values, errors = {}, {}
    for key, post in posted.items():
        if key not in questions:
            errors[key] = "This questionnaire has no such question."
        elif key in locked:
            errors[key] = "This answer comes from the catalog and cannot be changed here."
        else:
            try:
                values[key] = queries.stored_value(questions[key], post.raw)
            except InvalidAnswer as error:
                errors[key] = str(error)
    if errors:
        raise AnswersRefused(errors)
    return values


def _refuse_stale(
    by: User,
    assessment: Assessment,
    posted: Mapping[str, Posted],
    changed: Mapping[str, Any],
    current: Mapping[str, Answer],
) -> None:
    stale = {
        key: current[key]
        for key, value in changed.items()
        if key in current
        and current[key].version != posted[key].seen_version
        and not _is_repeat(by, assessment, key, value, posted[key].seen_version)
    }
    forged = {key for key in changed if key not in current and posted[key].seen_version != 0}
    if forged:
        raise AnswersRefused(dict.fromkeys(forged, "This answer was never saved before; reload the page."))
    if stale:
        raise StaleAnswers(stale)


def _is_repeat(by: User, assessment: Assessment, key: str, value: Any, seen_version: int) -> bool:
    """The same person already saved this value on top of that version: the reply got lost, not the answer."""
    changes = AnswerChange.objects.filter(assessment=assessment, question=key, version=seen_version + 1, by=by)
    return any(change.value == value for change in changes)


def _write(by: User, assessment: Assessment, key: str, value: Any, version: int) -> Answer:
    now = timezone.now()
    AnswerChange.objects.create(assessment=assessment, question=key, value=value, version=version, by=by, at=now)
    fields = {"value": value, "version": version, "changed_by": by, "changed_at": now}
    answer, _ = Answer.objects.update_or_create(assessment=assessment, question=key, defaults=fields)
    return answer


def _value(answer: Answer | None) -> Any:
    return answer.value if answer else None


def _version(answer: Answer | None) -> int:
    return answer.version if answer else 0
