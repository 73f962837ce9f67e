"""Check, publish and retire questionnaire versions. A file is published whole or not at all."""

from pathlib import Path

from django.db import transaction

from apps.accounts.models import User
from apps.audit.actions import lock_chain, record
from apps.questionnaires.documents import Document, UnreadableDocument, read_bytes, read_document, refuse_turning
from apps.questionnaires.golden import GoldenCase, UnreadableCases, cases_beside, deviations, read_cases, source_beside
from apps.questionnaires.models import GoldenCases, QuestionnaireVersion, Status
from apps.questionnaires.references import all_references
from apps.scoring import InvalidDefinition, Questionnaire, parse_questionnaire


class PublishingRefused(Exception):
    """The document is not published; `problems` are sentences with their place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def parse_source(source: bytes) -> Questionnaire:
    """Raises PublishingRefused with every problem found, each with its line and path."""
    try:
        questionnaire = parse_document(read_document(source))
        refuse_turning(source.decode("utf-8-sig"))
    except UnreadableDocument as error:
        raise PublishingRefused([str(error)]) from error
    return questionnaire


def parse_document(document: Document) -> Questionnaire:
    try:
        return parse_questionnaire(document.data, known_references=frozenset(all_references()))
    except InvalidDefinition as error:
        raise PublishingRefused(
            [f"line {document.line_of(p.path)}: {p.path or 'file'}: {p.message}" for p in error.problems]
        ) from error


@transaction.atomic
def publish(*, by: User | None, source: bytes, cases: str = "") -> QuestionnaireVersion:
    """Store a new version with its golden cases (YAML), or return the stored one when it is the same document.

    Raises PublishingRefused: invalid, a golden case fails, or the version exists with other content.
    """
    questionnaire = parse_source(source)
    _refuse_red(questionnaire, parse_cases(cases))
    lock_chain()  # the audit entry takes it anyway; from here on, a second click waits and finds the version stored
    version = stored(questionnaire) or _store(by, questionnaire, source.decode("utf-8-sig"))
    if cases.strip() and not GoldenCases.objects.filter(version=version).exists():
        GoldenCases.objects.create(version=version, source=cases)
    return version


def parse_cases(source: str) -> list[GoldenCase]:
    """Raises PublishingRefused."""
    try:
        return read_cases(source)
    except UnreadableCases as error:
        raise PublishingRefused([str(error)]) from error


def cases_of_file(path: Path) -> str:
    """The golden cases beside a questionnaire file, as YAML. Raises PublishingRefused."""
    try:
        return source_beside(path)
    except UnreadableCases as error:
        raise PublishingRefused([str(error)]) from error


def cases_beside_file(path: Path) -> list[GoldenCase]:
    """The same, each with its file and line. Raises PublishingRefused."""
    try:
        return cases_beside(path)
    except UnreadableCases as error:
        raise PublishingRefused([str(error)]) from error


def _refuse_red(questionnaire: Questionnaire, cases: list[GoldenCase]) -> None:
    if failed := deviations(questionnaire, cases):
        raise PublishingRefused([str(deviation) for deviation in failed])


def stored(questionnaire: Questionnaire) -> QuestionnaireVersion | None:
    """Raises PublishingRefused when this version is stored with other content."""
    versions = QuestionnaireVersion.objects.filter(key=questionnaire.key)
    found: QuestionnaireVersion | None = versions.filter(version=questionnaire.version).first()
    if found and found.content_hash != questionnaire.hash:
        newest = versions.order_by("-version").values_list("version", flat=True)[0]
        raise PublishingRefused(
            [
                f"{found.key} version {found.version} is published with other content, and what is published never "
                f"changes: give the change a new version, “version: {newest + 1}”."
            ]
        )
    return found


def _store(by: User | None, questionnaire: Questionnaire, source: str) -> QuestionnaireVersion:
    version = QuestionnaireVersion(
        key=questionnaire.key,
        version=questionnaire.version,
        title=str(questionnaire.title),
        result=questionnaire.result,
        source=source,
        content_hash=questionnaire.hash,
    )
    version.full_clean()
    version.save()
    record(by=by, verb="questionnaire.published", subject=version, details={"hash": version.content_hash})
    return version


def publish_folder(folder: Path) -> list[QuestionnaireVersion]:
    """Publish every version that the folder's PUBLISHED list names, in one transaction; others are drafts.

    Raises PublishingRefused naming the file: not valid, or not the document that was published.
    """
    published: list[QuestionnaireVersion] = []
    problems: list[str] = []
    with transaction.atomic():
        for key, version, content_hash in published_list(folder):
            try:
                published.append(_publish_file(folder / key / f"{version}.yaml", content_hash))
            except PublishingRefused as refusal:
                problems += [f"{key}/{version}.yaml: {problem}" for problem in refusal.problems]
        if problems:
            raise PublishingRefused(problems)
    return published


def published_list(folder: Path) -> list[tuple[str, str, str]]:
    """Lines of PUBLISHED: key, version such as v1, hash of the parsed document."""
    listed = (folder / "PUBLISHED").read_text().splitlines()
    lines = (line.split() for line in listed if not line.startswith("#"))
    return [(words[0], words[1], words[2]) for words in lines if len(words) == 3]


def _publish_file(path: Path, content_hash: str) -> QuestionnaireVersion:
    try:
        source = read_bytes(path)
    except OSError as error:
        raise PublishingRefused([f"cannot be read: {error.strerror}"]) from error
    questionnaire = parse_source(source)
    if questionnaire.hash != content_hash:
        raise PublishingRefused(["was changed after it was published; make the change a new version."])
    _refuse_red(questionnaire, cases_beside_file(path))  # put together for publishing, they have lost their lines
    return publish(by=None, source=source, cases=cases_of_file(path))


@transaction.atomic
def retire(*, by: User, version: QuestionnaireVersion) -> None:
    """No new drafts start on it; drafts and snapshots that use it stay as they are."""
    _set_status(by, version, Status.RETIRED, "questionnaire.retired")


@transaction.atomic
def reinstate(*, by: User, version: QuestionnaireVersion) -> None:
    """The way back from `retire`. Publishing the document again is none: every start of the portal does that."""
    _set_status(by, version, Status.PUBLISHED, "questionnaire.reinstated")


def _set_status(by: User, version: QuestionnaireVersion, status: Status, verb: str) -> None:
    """A second click changes nothing and leaves no entry."""
    if QuestionnaireVersion.objects.filter(pk=version.pk).exclude(status=status).update(status=status):
        version.status = status
        record(by=by, verb=verb, subject=version, details={"hash": version.content_hash})
