"""Every change to an assessment."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts import permissions
from apps.accounts.models import Team, User
from apps.assessments import queries, sheets
from apps.assessments.models import Answer, AnswerChange, Assessment, PackedAnswers, Snapshot, State
from apps.assessments.sheets import Sheet, StoredAnswer
from apps.audit.actions import record
from apps.catalog.models import Model
from apps.questionnaires.models import QuestionnaireVersion
from apps.questionnaires.references import frozen_references
from apps.scoring import InvalidAnswer, canonical_bytes
from apps.scoring.definitions import Question

MOVED = (
    "This draft was moved to a newer version of the questionnaire in the meantime; open it again. Nothing was saved."
)


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


class AlreadyStarted(Exception):
    """The team has an open draft of that name: `draft`. Nothing was started."""

    def __init__(self, draft: Assessment) -> None:
        super().__init__("There is a draft of this name already.")
        self.draft = draft


class StaleTitle(Exception):
    """Somebody else renamed it in the meantime, to `title`. Nothing was stored."""

    def __init__(self, title: str) -> None:
        super().__init__("Somebody else changed the title in the meantime.")
        self.title = title


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
    started_from: Assessment | None = None,
) -> Assessment:
    """A new draft. `prefill` holds raw answers; those the questionnaire does not take are left out."""
    permissions.require(by, "assessment.start", team)
    assessment = Assessment(
        team=team,
        questionnaire=questionnaire,
        title=title,
        model=model,
        use_case=use_case,
        created_by=by,
        started_from=started_from,
    )
    assessment.full_clean()
    assessment.save(force_insert=True)
    record(by=by, verb="assessment.started", subject=assessment, details={"questionnaire": str(questionnaire)})
    taken = queries.carried_over(assessment, prefill or {})
    _write(by, sheets.sheet(assessment), taken, seen=dict.fromkeys(taken, 0))
    return assessment


@transaction.atomic
def start_first(*, by: User, team: Team, questionnaire: QuestionnaireVersion, title: str, **fields: Any) -> Assessment:
    """As `start`, for those who may not know of the team's open draft of that name. Raises AlreadyStarted."""
    permissions.require(by, "assessment.start", team)
    Team.objects.select_for_update().filter(pk=team.pk).first()  # of two at once, the second sees the first's draft
    drafts = Assessment.objects.filter(team=team, questionnaire__key=questionnaire.key, state=State.DRAFT)
    if draft := drafts.filter(title__iexact=title).order_by("-changed_at").select_related("created_by").first():
        raise AlreadyStarted(draft)
    return start(by=by, team=team, questionnaire=questionnaire, title=title, **fields)


@transaction.atomic
def start_again(*, by: User, earlier: Assessment) -> Assessment:
    """A new draft with the answers of an earlier assessment, on the newest version. Raises AlreadyStarted."""
    newer = queries.newer_version(earlier)
    answers = queries.migration(earlier, newer).carried.answers if newer else queries.raw_answers(earlier)
    draft = start_first(
        by=by,
        team=earlier.team,
        questionnaire=newer or earlier.questionnaire,
        title=earlier.title,
        model=earlier.model,
        use_case=earlier.use_case,
        prefill=answers,
        started_from=earlier,
    )
    record(by=by, verb="assessment.started_again", subject=draft, details={"from": str(earlier.pk)})
    return draft


def save_answers(*, by: User, sheet: Sheet, posted: Mapping[str, Posted]) -> Sheet:
    """Store the posted answers that differ from what is stored; all of them or none. Returns the sheet as it is now.

    Raises NotADraft, AnswersRefused, StaleAnswers. A repeated post returns what the first one stored.
    """
    permissions.require(by, "assessment.edit", sheet.assessment.team)
    values = _read_all(sheet, posted)
    changed = {key: value for key, value in values.items() if _value(sheet.stored.get(key)) != value}
    _refuse_forged_versions(sheet, posted, changed)
    try:
        with transaction.atomic():
            _touch_draft(sheet.assessment, questionnaire=sheet.assessment.questionnaire_id)
            written = _write(by, sheet, changed, seen={key: posted[key].seen_version for key in changed})
    except _Moved:
        raise AnswersRefused(dict.fromkeys(posted, MOVED)) from None
    except (_Overtaken, IntegrityError):  # somebody was faster
        return _settle_conflict(by, sheets.sheet(sheet.assessment), posted, changed)
    return sheet.with_answers(written)


@transaction.atomic
def rename(*, by: User, assessment: Assessment, title: str, seen: str) -> None:
    """`seen` is the title its author saw. Raises NotADraft, StaleTitle."""
    permissions.require(by, "assessment.edit", assessment.team)
    _touch_draft(assessment)
    assessment.refresh_from_db(fields=["title"])
    if assessment.title == title:
        return
    if assessment.title != seen:
        raise StaleTitle(assessment.title)
    assessment.title = title
    assessment.save(update_fields=["title", "changed_at"])
    record(by=by, verb="assessment.renamed", subject=assessment, details={"from": seen, "to": title})


@transaction.atomic
def freeze(
    *, by: User, assessment: Assessment, extra: Callable[[], Mapping[str, Any] | None] | None = None
) -> Snapshot:
    """Take the snapshot that is submitted. `extra` adds to it; asked once nobody can change the draft any more.

    Raises NotADraft, Incomplete.
    """
    _touch_draft(assessment)
    assessment.refresh_from_db(fields=["questionnaire"])  # somebody may just have moved it
    sheet = sheets.sheet(assessment)
    if missing := sheet.unanswered_required:
        raise Incomplete(missing)
    number, now = assessment.snapshots.count() + 1, timezone.now()
    content = queries.content(assessment, taken_by=by, taken_at=now, number=number) | dict((extra and extra()) or {})
    content["references"] = frozen_references(content)
    raw = canonical_bytes(content)
    snapshot = Snapshot.objects.create(
        assessment=assessment,
        number=number,
        content=raw.decode(),
        sha256=hashlib.sha256(raw).hexdigest(),
        answers=sheet.raw,
        level=content["outcome"]["level"] or "",
        taken_by=by,
        taken_at=now,
    )
    PackedAnswers.objects.create(
        snapshot=snapshot,
        questionnaire=assessment.questionnaire,
        level=snapshot.level,
        data=queries.packed(sheet.questionnaire, sheet.raw),
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
    """Move a draft to a newer version of its questionnaire. Answers that no longer fit stay in the history alone: left
    where they were, they would count as answered, or come back should a later version use the key again.

    Raises NotADraft, NotNewer.
    """
    permissions.require(by, "assessment.edit", assessment.team)
    _touch_draft(assessment)
    assessment.refresh_from_db(fields=["questionnaire"])  # somebody may just have moved it
    old = assessment.questionnaire
    if to.key != old.key or to.version <= old.version:
        raise NotNewer(f"{to} is not a newer version of {old}.")
    before = sheets.sheet(assessment)
    carried = queries.migration(assessment, to).carried
    assessment.questionnaire = to
    assessment.save(update_fields=["questionnaire", "changed_at"])
    after = {key: carried.answers.get(key) for key in (*before.stored, *carried.answers)}
    changed = {key: value for key, value in after.items() if _value(before.stored.get(key)) != value}
    _write(by, before, changed, seen={key: before.version(key) for key in changed})
    record(by=by, verb="assessment.migrated", subject=assessment, details={"from": old.version, "to": to.version})


@transaction.atomic
def delete_draft(*, by: User, assessment: Assessment) -> None:
    """Remove a draft that was never submitted, with its answers. Raises NotADraft."""
    permissions.require(by, "assessment.delete", assessment.team)
    _touch_draft(assessment)
    if assessment.snapshots.exists():
        raise NotADraft("This assessment has been submitted before; it stays on record.")
    record(by=by, verb="assessment.deleted", subject=assessment, details={"title": assessment.title})
    assessment.delete()


def _touch_draft(assessment: Assessment, **as_seen: Any) -> None:
    """Saving, moving and submitting wait for each other here: a save is in the snapshot or is refused, never between.
    `as_seen` is what has to be still so of the draft."""
    drafts = Assessment.objects.filter(pk=assessment.pk, state=State.DRAFT)
    if not drafts.filter(**as_seen).update(changed_at=timezone.now()):
        if as_seen and drafts.exists():
            raise _Moved
        raise NotADraft("This assessment has been submitted; its answers can no longer be changed.")


def _read_all(sheet: Sheet, posted: Mapping[str, Posted]) -> dict[str, Any]:
    values, errors = {}, {}
    for key, post in posted.items():
        if key not in sheet.questionnaire.by_key:
            errors[key] = "This questionnaire has no such question."
        elif key in sheet.locked:
            errors[key] = "This answer comes from the catalog and cannot be changed here."
        else:
            try:
                values[key] = queries.stored_value(sheet.questionnaire.question(key), post.raw)
            except InvalidAnswer as error:
                errors[key] = str(error)
    if errors:
        raise AnswersRefused(errors)
    return values


def _refuse_forged_versions(sheet: Sheet, posted: Mapping[str, Posted], changed: Mapping[str, Any]) -> None:
    forged = [key for key in changed if key not in sheet.stored and posted[key].seen_version != 0]
    if forged:
        raise AnswersRefused(dict.fromkeys(forged, "This answer was never saved before; reload the page."))


class _Moved(Exception):
    """The draft is on another version by now than its author saw."""


class _Overtaken(Exception):
    """An answer is no longer at the version its author saw."""


def _write(by: User, sheet: Sheet, values: Mapping[str, Any], seen: Mapping[str, int]) -> dict[str, StoredAnswer]:
    """The current values, and a row each in the history.

    Raises _Overtaken or IntegrityError when somebody was faster.
    """
    if any(sheet.version(key) != seen[key] for key in values):
        raise _Overtaken
    now, assessment = timezone.now(), sheet.assessment
    written = {key: StoredAnswer(key, value, seen[key] + 1) for key, value in values.items()}
    # First the history, which has one row for each version: of two who saw the same answer, only one gets past it.
    AnswerChange.objects.bulk_create(
        [AnswerChange(assessment=assessment, by=by, at=now, **answer._asdict()) for answer in written.values()]
    )
    Answer.objects.bulk_create(
        [
            Answer(assessment=assessment, changed_by=by, changed_at=now, **answer._asdict())
            for answer in written.values()
        ],
        update_conflicts=True,
        unique_fields=["assessment", "question"],
        update_fields=["value", "version", "changed_by", "changed_at"],
    )
    return written


def _settle_conflict(by: User, now: Sheet, posted: Mapping[str, Posted], changed: Mapping[str, Any]) -> Sheet:
    """Nothing of the post was stored. What had been stored before is a repeat and fine; the rest is tried again."""
    open_ = {
        key: posted[key]
        for key, value in changed.items()
        if _value(now.stored.get(key)) != value
        and not _is_repeat(by, now.assessment, key, value, posted[key].seen_version)
    }
    stale = [key for key, post in open_.items() if now.version(key) != post.seen_version]
    if stale:
        current = now.assessment.answers.filter(question__in=stale).select_related("changed_by")
        raise StaleAnswers({answer.question: answer for answer in current})
    return save_answers(by=by, sheet=now, posted=open_) if open_ else now


def _is_repeat(by: User, assessment: Assessment, key: str, value: Any, seen_version: int) -> bool:
    """The same person already saved this value on top of that version: the reply got lost, not the answer."""
    changes = AnswerChange.objects.filter(assessment=assessment, question=key, version=seen_version + 1, by=by)
    return any(change.value == value for change in changes)


def _value(answer: StoredAnswer | None) -> Any:
    return answer.value if answer else None
