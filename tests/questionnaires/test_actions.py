from datetime import date

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


def test_one_broken_file_stops_the_whole_folder(tmp_path) -> None:
    for name, raw in {"good": source(key="good"), "bad": b"schema: 1\n"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "v1.yaml").write_bytes(raw)

    with pytest.raises(actions.PublishingRefused) as refusal:
        actions.publish_folder(tmp_path)

    assert all(problem.startswith("bad/v1.yaml: ") for problem in refusal.value.problems)
    assert not QuestionnaireVersion.objects.exists()


def test_retired_version_is_no_longer_offered_but_still_scored() -> None:
    old, new = make_questionnaire(key="small"), make_questionnaire(key="small", version=2)
    assert list(QuestionnaireVersion.objects.offered()) == [new]

    actions.retire(by=make_admin(), version=new)

    assert list(QuestionnaireVersion.objects.offered()) == [old]
    new.refresh_from_db()
    assert new.status == Status.RETIRED
    assert queries.definition(new).version == 2
