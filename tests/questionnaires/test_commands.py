import json
import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.factories.questionnaires import SOURCE

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def file(tmp_path) -> Path:
    path = tmp_path / "v1.yaml"
    path.write_text(SOURCE.format(key="small", version=1, result="risk"))
    return path


def score(file: Path, sheet: str, *options: str) -> dict:
    answers = file.parent / "answers.json"
    answers.write_text(sheet)
    out = StringIO()
    call_command("questionnaire", "score", str(file), str(answers), *options, stdout=out)
    return json.loads(out.getvalue())


def test_check_says_what_it_checked(file: Path) -> None:
    out = StringIO()

    call_command("questionnaire", "check", str(file), stdout=out)

    assert "1 checked, no problem found" in out.getvalue()


def test_check_lists_the_problems_of_all_files(file: Path) -> None:
    broken = file.parent / "v2.yaml"
    broken.write_text(file.read_text().replace("\nversion: 1", "\nversion: two"))

    with pytest.raises(CommandError) as refusal:
        call_command("questionnaire", "check", str(broken), str(file.parent / "none.yaml"))

    assert "v2.yaml: line" in str(refusal.value)
    assert "none.yaml: cannot be read" in str(refusal.value)


def test_score_prints_the_whole_outcome(file: Path) -> None:
    outcome = score(file, '{"data": ["personal"], "users": 5, "nonsense": 1}', "--on", "2026-11-22")

    assert outcome["on"] == "2026-11-22"
    assert outcome["dimensions"]["exposure"]["low"] == "4"
    assert [ignored["key"] for ignored in outcome["ignored"]] == ["nonsense"]


def test_score_does_not_depend_on_the_order_of_answers(file: Path) -> None:
    one = score(file, '{"owner": "named", "data": ["personal", "secret"]}', "--on", "2026-11-22")
    two = score(file, '{"data": ["secret", "personal"], "owner": "named"}', "--on", "2026-11-22")

    assert one == two


@pytest.mark.parametrize(
    ("sheet", "told"),
    [
        ("[]", "is not an answer sheet: the top level must be an object."),
        ("{", "is not an answer sheet: line 1: it is not JSON."),
        ('{"a": 1, "a": 2}', "is not an answer sheet: a key appears twice."),
        ('{"users": NaN}', "is not an answer sheet: NaN is not a number."),
        ('{"users": Infinity}', "is not an answer sheet: Infinity is not a number."),
        ('{"users": ' + "9" * 5000 + "}", "is not an answer sheet: a number has more than 100 digits."),
        ('{"users": 0.' + "9" * 5000 + "}", "is not an answer sheet: a number has more than 100 digits."),
        ("[" * 100_000, "is not an answer sheet: it is nested too deeply."),
        ('"' + "x" * 1024 * 1024, "is larger than 1024 KiB."),
    ],
)
def test_score_refuses_a_sheet_that_is_not_one(file: Path, sheet: str, told: str) -> None:
    with pytest.raises(CommandError, match=re.escape(told)):
        score(file, sheet)


@pytest.mark.parametrize("number", ["1e309", "9" * 50, "true", '"12.5"', '{"dont_know": false}'])
def test_score_ignores_impossible_numbers_with_a_reason(file: Path, number: str) -> None:
    outcome = score(file, f'{{"users": {number}}}')

    assert [ignored["key"] for ignored in outcome["ignored"]] == ["users"]


def test_score_refuses_a_bad_date(file: Path) -> None:
    with pytest.raises(CommandError, match="not a date"):
        score(file, "{}", "--on", "soon")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_answers_that_are_not_utf8_are_refused(encoding: str, file: Path) -> None:
    answers = file.parent / "answers.json"
    answers.write_bytes('{"users": 5}'.encode(encoding))

    with pytest.raises(CommandError, match="not UTF-8"):
        call_command("questionnaire", "score", str(file), str(answers))


@pytest.mark.parametrize("day", ["20261122", "2026-W48-7", "2026-11-31"])
def test_day_is_written_as_year_month_day(day: str, file: Path) -> None:
    with pytest.raises(CommandError, match="is not a date such as 2026-11-22"):
        score(file, "{}", "--on", day)


def test_file_without_end_is_refused_without_reading_it_whole(file: Path) -> None:
    for arguments in (["check", "/dev/zero"], ["score", str(file), "/dev/zero"], ["replay", "/dev/zero"]):
        with pytest.raises(CommandError, match="is larger than 1024 KiB"):
            call_command("questionnaire", *arguments)


def test_outcome_is_the_same_bytes_on_a_terminal_of_another_encoding(file: Path) -> None:
    (file.parent / "answers.json").write_text('{"name": "é", "nonsense": 1}')
    command = [sys.executable, "manage.py", "questionnaire", "score", str(file), str(file.parent / "answers.json")]

    outputs = {
        subprocess.run(
            command, env={**os.environ, "PYTHONIOENCODING": encoding}, capture_output=True, check=True, cwd=ROOT
        ).stdout
        for encoding in ("latin-1", "ascii", "utf-8")
    }

    assert len(outputs) == 1
    assert "“" in outputs.pop().decode()


def test_what_a_file_says_does_not_command_the_terminal(file: Path) -> None:
    file.write_text(file.read_text() + '"odd\\e[2Jkey": 1\n')

    with pytest.raises(CommandError) as refusal:
        call_command("questionnaire", "check", str(file))

    assert "\x1b" not in str(refusal.value)
    assert "odd\\x1b[2Jkey" in str(refusal.value)


@pytest.mark.parametrize(("redirection", "ends"), [(">&-", "0"), ("| true", "141")])
def test_output_that_nobody_reads_ends_quietly(file: Path, redirection: str, ends: str) -> None:
    command = f"{sys.executable} manage.py questionnaire check {file} {redirection}; echo ${{PIPESTATUS[0]}}"

    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (done.stdout.strip(), done.stderr) == (ends, "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["check", "x" * 100_000], "a file name of 100,000 characters is too long"),
        (["import-surveyjs", "s.json", "--out", "x" * 100_000], "a file name of 100,000 characters is too long"),
        (["score", "v1.yaml", "a.json", "--on", "\x1b[2J" + "9" * 100_000], "is not a date such as"),
        (["score", "{file}", "\x1b[2J.json"], "cannot be read"),
        (["score", "{file}", "x\u202e.json"], "cannot be read"),
        (["replay", "\x1b[2J.yaml"], "cannot be read"),
    ],
)
def test_arguments_are_repeated_cut_short_and_command_no_terminal(file: Path, arguments: list[str], told: str) -> None:
    with pytest.raises(CommandError, match=told) as refusal:
        call_command("questionnaire", *[argument.format(file=file) for argument in arguments])

    assert str(refusal.value).isprintable()
    assert len(str(refusal.value)) < 1_000
