from datetime import date
from pathlib import Path

import pytest

from apps.audit.models import AuditEvent
from apps.questionnaires import actions, queries
from apps.questionnaires.golden import GoldenCase
from apps.questionnaires.models import QuestionnaireVersion, Status
from tests.factories.accounts import make_admin
from tests.factories.questionnaires import SOURCE, make_questionnaire

pytestmark = pytest.mark.django_db


def source(**changes: object) -> bytes:
    return SOURCE.format(**{"key": "small", "version": 1, "result": "risk"} | changes).encode()


def test_published_version_can_be_scored() -> None:
    version = actions.publish(by=None, source=source(), cases=[])

    assert queries.definition(version).hash == version.content_hash
    assert AuditEvent.objects.get().verb == "questionnaire.published"


def test_publishing_the_same_again_changes_nothing() -> None:
    first = actions.publish(by=None, source=source(), cases=[])

    again = actions.publish(by=None, source=source() + b"# a comment\n", cases=[])

    assert again == first
    assert AuditEvent.objects.count() == 1


def test_published_version_is_immutable() -> None:
    actions.publish(by=None, source=source(), cases=[])

    with pytest.raises(actions.PublishingRefused, match="give the change a new version"):
        actions.publish(by=None, source=source().replace(b"Nobody stops it", b"It goes on"), cases=[])


def test_every_problem_is_reported_with_its_line() -> None:
    broken = source().replace(b"type: number", b"type: nummer").replace(b"owner: owner", b"owner: nobody")

    with pytest.raises(actions.PublishingRefused) as refusal:
        actions.publish(by=None, source=broken, cases=[])

    lines = broken.decode().splitlines()
    found = [lines[int(problem.split(":")[0].removeprefix("line ")) - 1].strip() for problem in refusal.value.problems]
    assert {"type: nummer", "owner: nobody"} <= set(found)
    assert not QuestionnaireVersion.objects.exists()


def test_red_golden_case_stops_publishing() -> None:
    case = GoldenCase("an empty form is high", {}, date(2026, 11, 22), {"level": "low"})

    with pytest.raises(actions.PublishingRefused, match="level should be 'low' but is 'high'"):
        actions.publish(by=None, source=source(), cases=[case])

    assert not QuestionnaireVersion.objects.exists()


def make_folder(folder: Path, **files: bytes) -> Path:
    """Questionnaire files v1.yaml by key, all of them on the PUBLISHED list."""
    lines = []
    for key, raw in files.items():
        (folder / key).mkdir()
        (folder / key / "v1.yaml").write_bytes(raw)
        lines.append(f"{key} v1 {actions.parse_source(source(key=key)).hash}")
    (folder / "PUBLISHED").write_text("# key version hash of the document\n" + "\n".join(lines))
    return folder


def test_folder_publishes_what_is_listed_and_leaves_drafts_alone(tmp_path) -> None:
    folder = make_folder(tmp_path, good=source(key="good"))
    (folder / "good" / "v2.yaml").write_bytes(source(key="good", version=2))

    assert [str(version) for version in actions.publish_folder(folder)] == ["Small test v1"]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"schema: 1\n", "line 1"),
        (source(key="bad").replace(b"Nobody stops it", b"It goes on"), "changed after it was published"),
    ],
)
def test_one_wrong_file_stops_the_whole_folder(tmp_path, raw: bytes, reason: str) -> None:
    folder = make_folder(tmp_path, good=source(key="good"), bad=raw)

    with pytest.raises(actions.PublishingRefused) as refusal:
        actions.publish_folder(folder)

    assert all(problem.startswith("bad/v1.yaml: ") for problem in refusal.value.problems)
    assert reason in str(refusal.value)
    assert not QuestionnaireVersion.objects.exists()


def test_listed_file_that_is_missing_is_named(tmp_path) -> None:
    (tmp_path / "PUBLISHED").write_text("gone v1 abc\n")

    with pytest.raises(actions.PublishingRefused, match=r"gone/v1\.yaml: cannot be read"):
        actions.publish_folder(tmp_path)


def test_retired_version_is_no_longer_offered_but_still_scored() -> None:
    old, new = make_questionnaire(key="small"), make_questionnaire(key="small", version=2)
    assert list(QuestionnaireVersion.objects.offered()) == [new]

    actions.retire(by=make_admin(), version=new)

    assert list(QuestionnaireVersion.objects.offered()) == [old]
    new.refresh_from_db()
    assert new.status == Status.RETIRED
    assert queries.definition(new).version == 2
