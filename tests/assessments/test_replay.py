import json
import os
import shutil
import subprocess
import sys
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.utils import timezone

from apps.assessments import actions
from apps.assessments import replay as replays
from apps.assessments.models import PackedAnswers
from apps.questionnaires.actions import publish
from apps.questionnaires.documents import read_document
from apps.questionnaires.models import QuestionnaireVersion
from apps.questionnaires.replay.tally import Tally
from apps.scoring import parse_questionnaire
from tests.factories.assessments import COMPLETE, make_assessment
from tests.factories.questionnaires import SOURCE, make_questionnaire, publish_next
from tests.plugins.append_only import triggers_off

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
CANDIDATE = SOURCE.format(key="small", version=2, result="risk").replace(": 25}", ": 40}")
PARSED = parse_questionnaire(read_document(CANDIDATE.encode()).data)


@pytest.fixture
def submitted() -> None:
    questionnaire = make_questionnaire(key="small")
    for owner in ("named", "missing", "named"):
        assessment = make_assessment(questionnaire=questionnaire, answers=COMPLETE | {"owner": owner, "users": "1"})
        actions.freeze(by=assessment.created_by, assessment=assessment)
    other = make_assessment(answers=COMPLETE)
    actions.freeze(by=other.created_by, assessment=other)


@pytest.mark.usefixtures("submitted")
@pytest.mark.parametrize("limit", ["SUBMISSIONS", "ANSWERS", "DIFFERENT_ANSWERS", "FETCHED_PACKED"])
def test_replay_scores_every_submission_of_the_questionnaire(limit: str, monkeypatch) -> None:
    chunks: list[int] = []
    monkeypatch.setattr(replays, limit, 1)

    tally = replays.replay(PARSED, on=TODAY, after_chunk=lambda tally: chunks.append(tally.total))

    assert chunks == ([3] if limit == "FETCHED_PACKED" else [1, 2, 3])

    assert tally.total == 3
    assert tally.moves == {"high>low": 2, "high>high": 1}


@pytest.mark.usefixtures("submitted")
def test_killed_replay_goes_on_where_it_was(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(replays, "SUBMISSIONS", 1)
    state = tmp_path / "state"

    def save_and_die(tally: Tally) -> None:
        replays.keep_tally(state, "hash", tally)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replays.replay(PARSED, on=TODAY, after_chunk=save_and_die)

    kept = replays.kept_tally(state, "hash")
    assert kept is not None
    assert kept.total == 1
    assert replays.replay(PARSED, on=TODAY, start=kept) == replays.replay(PARSED, on=TODAY)


@pytest.mark.usefixtures("submitted")
@pytest.mark.parametrize(("count", "total"), [(1, 1), (2, 2), (9, 3)])
def test_newest_submissions_only(count: int, total: int) -> None:
    assert replays.replay_newest(PARSED, count, TODAY).total == total


@pytest.mark.usefixtures("submitted")
@pytest.mark.parametrize(("seconds", "count", "total"), [(0, 9, 1), (60, 2, 2), (60, 9, 3)])
def test_as_many_as_time_allows(seconds: int, count: int, total: int, monkeypatch) -> None:
    monkeypatch.setattr(replays, "FIRST_LOOK", 1)

    assert replays.replay_within(seconds, PARSED, count, TODAY).total == total


def test_state_that_is_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "state")

    with pytest.raises(replays.NoState):
        replays.kept_tally(tmp_path / "state", "hash")


def test_state_of_another_candidate_is_not_used(tmp_path: Path) -> None:
    replays.keep_tally(tmp_path / "state", "one", Tally(total=5))

    assert replays.kept_tally(tmp_path / "state", "two") is None


@pytest.mark.parametrize(
    "content",
    [
        b"precious",
        b"\xff\xfe",
        b"govportal replay state\nx",
        b"govportal replay state\nh\n[]",
        b"govportal replay state\nother\n{}",
    ],
)
def test_file_that_is_no_state_is_never_written_over(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "v2.yaml").write_text(CANDIDATE)
    state = tmp_path / "keep.txt"
    state.write_bytes(content.replace(b"\nh\n", f"\n{PARSED.hash} on {timezone.localdate()}\n".encode()))
    before = state.read_bytes()

    with pytest.raises(CommandError, match=r"keep\.txt: is not a state that a replay left"):
        call_command("questionnaire", "replay", str(tmp_path / "v2.yaml"), "--state", str(state))

    assert state.read_bytes() == before


def test_state_is_saved_beside_nothing_else(tmp_path: Path) -> None:
    """Not even for a moment in a place where another file may lie."""
    neighbours = [tmp_path / "keep.part", tmp_path / "keep", tmp_path / ".keep.state"]
    for neighbour in neighbours:
        neighbour.write_text("precious")

    replays.keep_tally(tmp_path / "keep.state", "hash", Tally(total=5))

    assert replays.kept_tally(tmp_path / "keep.state", "hash") == Tally(total=5)
    assert {path.name for path in tmp_path.iterdir()} == {"keep.state", *(path.name for path in neighbours)}
    assert {neighbour.read_text() for neighbour in neighbours} == {"precious"}


@pytest.mark.parametrize(
    "change",
    [
        {"total": "x"},
        {"total": True},
        {"last_pk": "z"},
        {"moves": [1, 2]},
        {"moves": {"a": "b"}},
        {"fired": None},
        {"variety": 5},
        {"variety": {"q": [1]}},
        {"examples": [[1, "low"]]},
        {"examples": [1]},
        {"more": 1},
    ],
)
def test_damaged_state_is_told(change: dict, tmp_path: Path) -> None:
    state = tmp_path / "state"
    saved = json.dumps({**json.loads(Tally().saved()), **change})
    state.write_text(f"{replays.STATE}\nhash\n{saved}")

    with pytest.raises(replays.NoState):
        replays.kept_tally(state, "hash")


def test_state_nested_without_end_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text(f"{replays.STATE}\nhash\n" + "[" * 100_000)

    with pytest.raises(replays.NoState):
        replays.kept_tally(tmp_path / "state", "hash")


@pytest.mark.usefixtures("submitted")
def test_state_that_can_no_longer_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "v2.yaml").write_text(CANDIDATE)
    folder = tmp_path / "folder"
    folder.mkdir()
    kept = replays.keep_tally

    def keep_and_lose_the_folder(path: Path, run: str, tally: Tally) -> None:
        kept(path, run, tally)
        shutil.rmtree(folder)

    monkeypatch.setattr("apps.assessments.management.commands.questionnaire.keep_tally", keep_and_lose_the_folder)

    with pytest.raises(CommandError, match="state: cannot be written"):
        call_command("questionnaire", "replay", str(tmp_path / "v2.yaml"), "--state", str(folder / "state"))


def test_state_that_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "v2.yaml").write_text(CANDIDATE)

    with pytest.raises(CommandError, match="cannot be written: No such file"):
        call_command("questionnaire", "replay", str(tmp_path / "v2.yaml"), "--state", str(tmp_path / "no" / "state"))


@pytest.mark.usefixtures("submitted")
def test_command_says_what_changes(tmp_path: Path) -> None:
    (tmp_path / "v2.yaml").write_text(CANDIDATE)
    out = StringIO()

    call_command("questionnaire", "replay", str(tmp_path / "v2.yaml"), "--state", str(tmp_path / "s"), stdout=out)

    assert "3 submissions replayed, 2 change level." in out.getvalue()
    assert "high -> low: 2" in out.getvalue()
    assert not (tmp_path / "s").exists()


def test_command_without_tables_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "v2.yaml").write_text(CANDIDATE)
    own = {"DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}", "GOVPORTAL_ENV": "test"}
    environment = {**os.environ, **own, "DJANGO_SETTINGS_MODULE": "govportal.settings"}
    command = [sys.executable, "manage.py", "questionnaire", "replay", str(tmp_path / "v2.yaml")]

    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=False, capture_output=True, timeout=60)

    assert done.returncode == 1
    told = "The submissions cannot be read: no such table: assessments_snapshot. Is `manage.py migrate` done?"
    assert done.stderr.decode().strip() == f"CommandError: {told}"


def test_command_refuses_a_broken_candidate(tmp_path: Path) -> None:
    (tmp_path / "v2.yaml").write_text("schema: 1\n")

    with pytest.raises(CommandError, match=r"v2\.yaml: line"):
        call_command("questionnaire", "replay", str(tmp_path / "v2.yaml"))


@pytest.mark.parametrize(
    ("cases", "told"),
    [
        (b"- {name: x}\n", r"v2\.yaml: cases/broken\.yaml: line 1: each needs"),
        (b"- {\n", r"v2\.yaml: cases/broken\.yaml: line 2: is not YAML"),
        (b"- \xff\n", r"v2\.yaml: cases/broken\.yaml: line 1: is not UTF-8 text"),
    ],
)
def test_command_refuses_broken_golden_cases_before_it_replays(cases: bytes, told: str, tmp_path: Path) -> None:
    (tmp_path / "v2.yaml").write_text(CANDIDATE)
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "broken.yaml").write_bytes(cases)
    out = StringIO()

    for verb in ("check", "replay"):
        with pytest.raises(CommandError, match=told):
            call_command("questionnaire", verb, str(tmp_path / "v2.yaml"), stdout=out)

    assert out.getvalue() == ""


def test_command_says_which_golden_cases_are_red(tmp_path: Path) -> None:
    (tmp_path / "v2.yaml").write_text(CANDIDATE)
    (tmp_path / "cases").mkdir()
    case = "- {{name: {0} expected, on: '2026-11-22', answers: {{}}, expect: {{level: {0}}}}}\n"
    (tmp_path / "cases" / "empty.yaml").write_text(case.format("high") + case.format("low"))
    out = StringIO()

    told = r"cases/empty\.yaml: line 2: case 'low expected': level should be 'low' but is 'high'"
    for verb in ("check", "replay"):
        with pytest.raises(CommandError, match=told):
            call_command("questionnaire", verb, str(tmp_path / "v2.yaml"), stdout=out)

    assert "green high expected" in out.getvalue()
    assert "red   low expected" in out.getvalue()


@pytest.mark.usefixtures("submitted")
@pytest.mark.parametrize("place", [0, 1, 2])
def test_submissions_that_are_not_packed_are_read_from_their_json(place: int, monkeypatch) -> None:
    monkeypatch.setattr(replays, "SUBMISSIONS", 2)
    expected = replays.replay(PARSED, on=TODAY)
    with triggers_off():
        PackedAnswers.objects.filter(pk=PackedAnswers.objects.order_by("pk")[place].pk).delete()

    assert replays.replay(PARSED, on=TODAY) == expected


@pytest.mark.usefixtures("submitted")
def test_submissions_to_another_version_are_unpacked_by_that_version() -> None:
    other = make_questionnaire(key="small", version=3)
    assessment = make_assessment(questionnaire=other, answers=COMPLETE | {"owner": "named", "users": "1"})
    actions.freeze(by=assessment.created_by, assessment=assessment)

    assert replays.replay(PARSED, on=TODAY).total == 4


@pytest.mark.usefixtures("submitted")
@pytest.mark.parametrize("packed", [True, False])
def test_renames_of_versions_in_between_are_followed(packed: bool) -> None:
    second = publish_next(
        QuestionnaireVersion.objects.get(key="small"),
        ("key: owner\n", "key: responsible\n"),
        renames="renames: [{question: owner, to: responsible}]",
    )
    source = SOURCE.format(key="small", version=3, result="risk").replace("key: owner\n", "key: responsible\n")
    if not packed:
        with triggers_off():
            PackedAnswers.objects.all().delete()

    tally = replays.replay(parse_questionnaire(read_document(source.encode()).data), on=TODAY)

    assert second.version == 2
    assert tally.moves == {"high>high": 3}
    assert set(tally.variety["responsible"]) == {'"missing"', '"named"'}


@pytest.mark.usefixtures("submitted")
def test_packed_answers_cannot_be_changed() -> None:
    with pytest.raises(DatabaseError, match="cannot be changed or removed"), transaction.atomic():
        PackedAnswers.objects.update(level="low")


def of_small(version: int, keys: str, renames: str = "") -> bytes:
    """A questionnaire of one question for each letter; of none, it has only a text to read."""
    choices = "[{key: good, title: G, points: {exposure: 0}}, {key: bad, title: B, points: {exposure: 3}}]"
    asked = [f"{{key: {key}, title: Q, type: single, choices: {choices}}}" for key in keys]
    scored = (
        "dimensions: [{key: exposure, title: E}]\n"
        "levels: {of: exposure, bands: [{key: low, title: L, below: 2}, {key: high, title: H, at_least: 2}]}\n"
    )
    questions = ", ".join(asked or ["{key: note, title: Read this, type: static}"])
    return (
        f"schema: 1\nkey: letters\nversion: {version}\nlanguages: [en]\ntitle: T\nsummary: S\nresult: risk\n"
        f"sections: [{{key: about, title: A, questions: [{questions}]}}]\n{scored if keys else ''}{renames}"
    ).encode()


def submit(version: QuestionnaireVersion, **answers: str) -> None:
    assessment = make_assessment(questionnaire=version, answers=answers)
    actions.freeze(by=assessment.created_by, assessment=assessment)


@pytest.mark.parametrize(
    ("keys", "answers", "renames"),
    [
        ("ab", {"a": "good", "b": "bad"}, "renames: [{question: a, to: c}, {question: b, to: c}]"),
        ("", {}, ""),
    ],
)
def test_packed_submissions_that_are_no_columns_are_replayed_as_well(
    keys: str, answers: dict[str, str], renames: str
) -> None:
    submit(publish(by=None, source=of_small(1, keys)), **answers)

    tally = replays.replay(parse_questionnaire(read_document(of_small(2, "c", renames)).data), on=TODAY)

    assert tally.total == 1


def test_submissions_under_a_version_published_meanwhile_are_replayed_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replays, "SUBMISSIONS", 1)
    submit(publish(by=None, source=of_small(1, "a")), a="good")
    later: list[QuestionnaireVersion] = []

    def publish_and_submit(_tally: Tally) -> None:
        if not later:
            later.append(publish(by=None, source=of_small(2, "ab")))
            submit(later[0], a="bad", b="good")

    candidate = parse_questionnaire(read_document(of_small(3, "ab")).data)
    tally = replays.replay(candidate, on=TODAY, after_chunk=publish_and_submit)

    assert tally.total == 2
