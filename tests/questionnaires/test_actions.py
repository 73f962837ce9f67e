from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from apps.audit.models import AuditEvent
from apps.questionnaires import actions, queries
from apps.questionnaires.golden import read_cases
from apps.questionnaires.models import GoldenCases, QuestionnaireVersion, Status
from apps.scoring.parsing import completeness
from tests.factories.accounts import make_admin
from tests.factories.questionnaires import SOURCE, make_questionnaire

pytestmark = pytest.mark.django_db
CASES = """
# Worked out by hand.
- name: an empty form is high
  on: 2026-11-22
  expect: {level: high}
"""


def source(**changes: object) -> bytes:
    return SOURCE.format(**{"key": "small", "version": 1, "result": "risk"} | changes).encode()


def test_published_version_can_be_scored() -> None:
    version = actions.publish(by=None, source=source())

    assert queries.definition(version).hash == version.content_hash
    assert AuditEvent.objects.get().verb == "questionnaire.published"


def test_publishing_the_same_again_changes_nothing() -> None:
    first = actions.publish(by=None, source=source())

    again = actions.publish(by=None, source=source() + b"# a comment\n")

    assert again == first
    assert AuditEvent.objects.count() == 1


def test_published_version_is_immutable() -> None:
    actions.publish(by=None, source=source())

    with pytest.raises(actions.PublishingRefused, match="give the change a new version"):
        actions.publish(by=None, source=source().replace(b"Nobody stops it", b"It goes on"))


def test_every_problem_is_reported_with_its_line() -> None:
    broken = source().replace(b"type: number", b"type: nummer").replace(b"owner: owner", b"owner: nobody")

    with pytest.raises(actions.PublishingRefused) as refusal:
        actions.publish(by=None, source=broken)

    lines = broken.decode().splitlines()
    found = [lines[int(problem.split(":")[0].removeprefix("line ")) - 1].strip() for problem in refusal.value.problems]
    assert {"type: nummer", "owner: nobody"} <= set(found)
    assert not QuestionnaireVersion.objects.exists()


def test_red_golden_case_stops_publishing() -> None:
    with pytest.raises(actions.PublishingRefused, match="level should be 'low' but is 'high'"):
        actions.publish(by=None, source=source(), cases=CASES.replace("high}", "low}"))

    assert not QuestionnaireVersion.objects.exists()


def test_golden_cases_are_kept_as_they_were_given() -> None:
    version = actions.publish(by=None, source=source(), cases=CASES)

    assert queries.cases_of(version) == CASES


def test_golden_cases_of_a_published_version_stay() -> None:
    version = actions.publish(by=None, source=source(), cases=CASES)

    actions.publish(by=None, source=source(), cases=CASES.replace("by hand", "again"))

    assert queries.cases_of(version) == CASES


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("questionnaires_questionnaireversion", "UPDATE {} SET source = 'changed'"),
        ("questionnaires_questionnaireversion", "UPDATE {} SET content_hash = 'changed'"),
        ("questionnaires_questionnaireversion", "DELETE FROM {}"),
        ("questionnaires_goldencases", "UPDATE {} SET source = 'changed'"),
        ("questionnaires_goldencases", "DELETE FROM {}"),
    ],
)
def test_what_was_published_cannot_be_changed_even_past_the_orm(table: str, change: str) -> None:
    actions.publish(by=None, source=source(), cases=CASES)

    with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(table))

    assert GoldenCases.objects.get().source == CASES


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


def test_folder_publishes_the_golden_cases_beside_the_file(tmp_path) -> None:
    folder = make_folder(tmp_path, good=source(key="good"))
    actions.publish_folder(folder)  # as an installation did before it kept golden cases
    (folder / "good" / "cases").mkdir()
    (folder / "good" / "cases" / "one.yaml").write_text(CASES)
    (folder / "good" / "cases" / "two.yaml").write_text(CASES.replace("an empty", "again an empty"))

    (version,) = actions.publish_folder(folder)

    names = [case.name for case in read_cases(queries.cases_of(version))]
    assert names == ["an empty form is high", "again an empty form is high"]


def test_red_golden_case_of_a_folder_is_told_with_its_file_and_line(tmp_path) -> None:
    folder = make_folder(tmp_path, good=source(key="good"))
    (folder / "good" / "cases").mkdir()
    (folder / "good" / "cases" / "one.yaml").write_text(CASES)
    (folder / "good" / "cases" / "two.yaml").write_text("# wrong\n" + CASES.replace("high}", "low}"))

    with pytest.raises(actions.PublishingRefused, match=r"^good/v1\.yaml: cases/two\.yaml: line 4: case"):
        actions.publish_folder(folder)


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


def test_a_published_version_stays_readable_when_the_checker_learns_more(monkeypatch: pytest.MonkeyPatch) -> None:
    never = '  - {key: never, title: Never, value: "points(exposure) / (2 - 2)"}\n'
    text = source().replace(b"derived:\n", f"derived:\n{never}".encode())
    with pytest.raises(actions.PublishingRefused, match="never has a value"):
        actions.publish(by=None, source=text)
    with monkeypatch.context() as before:
        before.setattr(completeness, "_check_values", lambda *_: None)
        version = actions.publish(by=None, source=text)

    assert queries.definition(version).derived[0].key == "never"


def test_comment_that_turns_the_direction_of_writing_is_refused_with_its_line() -> None:
    turned = source().replace(b"minutes: 2", b"minutes: 2  # \xe2\x80\xaehigh")

    with pytest.raises(actions.PublishingRefused, match=r"line 9: holds U\+202E, which turns"):
        actions.parse_source(turned)
