"""`manage.py questionnaire check FILE…`, `questionnaire score FILE ANSWERS.json [--on DATE] [--names FILE]` and
`questionnaire import-surveyjs SURVEY.json --out FILE` (docs/surveyjs.md)."""

import json
import sys
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.questionnaires.actions import PublishingRefused, cases_beside_file, parse_source
from apps.questionnaires.documents import MAX_BYTES, file_name, read_bytes
from apps.questionnaires.golden import GoldenCase, deviations
from apps.questionnaires.surveyjs import SurveyRefused
from apps.questionnaires.surveyjs import command as surveyjs
from apps.questionnaires.surveyjs.sheets import are_names, under_our_keys
from apps.scoring import Questionnaire, canonical_bytes, evaluate
from apps.scoring.language.values import day_of

MAX_DIGITS = 100


class Command(BaseCommand):
    help = "Check questionnaire files, score an answer sheet, or import a survey."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        check = verbs.add_parser("check", help="report every problem in the files, golden cases included")
        check.add_argument("files", nargs="+", type=file_name)
        score = verbs.add_parser("score", help="print the outcome of an answer sheet as JSON")
        score.add_argument("file", type=file_name)
        score.add_argument("answers", type=file_name)
        score.add_argument("--on", type=iso_date, default=None, help="YYYY-MM-DD; the day on which law is read (today)")
        names_help = "the answers are those of a SurveyJS survey; FILE is what import-surveyjs --names wrote"
        score.add_argument("--names", type=file_name, default=None, metavar="FILE", help=names_help)
        surveyjs.add_arguments(verbs.add_parser("import-surveyjs", help="turn SurveyJS JSON into a questionnaire file"))
        self.add_verbs(verbs)

    def add_verbs(self, verbs: Any) -> None:
        """For the room above, whose command of the same name adds what needs submissions."""

    def handle(self, *, verb: str, **options: Any) -> None:
        if isinstance(sys.stdout, TextIOWrapper):  # the same bytes whatever the terminal is set to
            sys.stdout.reconfigure(encoding="utf-8")
        try:
            getattr(self, f"run_{verb.replace('-', '_')}")(**options)
        except CommandError as error:
            raise CommandError(legible(str(error))) from error

    def run_check(self, files: list[Path], **_options: Any) -> None:
        problems = [f"{file}: {problem}" for file in files for problem in problems_of(file)]
        if problems:
            raise CommandError("\n".join(problems))
        self.stdout.write(f"{len(files)} checked, no problem found.")

    def run_score(self, file: Path, answers: Path, on: date | None, names: Path | None, **_options: Any) -> None:
        questionnaire, sheet = load(file), read_answer_sheet(answers)
        if names is not None:
            sheet = under_our_keys(sheet, read_names(names))
        outcome = evaluate(questionnaire, sheet, on_date=on or timezone.localdate())
        self.stdout.write(canonical_bytes(outcome.as_json()).decode())

    def run_import_surveyjs(self, **options: Any) -> None:
        try:
            imported = surveyjs.run(options)
        except SurveyRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        for note in imported.notes:
            self.stdout.write(legible(f"{note.heading}: {note}"))
        self.stdout.write(legible(f"{options['out']} written: {imported.summary}."))


def problems_of(file: Path) -> list[str]:
    try:
        questionnaire = parse_source(source_of(file))
        return [str(deviation) for deviation in deviations(questionnaire, cases_beside_file(file))]
    except PublishingRefused as refusal:
        return refusal.problems


def load(file: Path) -> Questionnaire:
    with refusals_of(file):
        return parse_source(source_of(file))


def load_cases(file: Path) -> list[GoldenCase]:
    with refusals_of(file):
        return cases_beside_file(file)


@contextmanager
def refusals_of(file: Path) -> Iterator[None]:
    try:
        yield
    except PublishingRefused as refusal:
        raise CommandError("\n".join(f"{file}: {problem}" for problem in refusal.problems)) from refusal


def legible(text: str) -> str:
    """What a file says may hold characters that would command the terminal."""
    return "".join(c if c == "\n" or c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def source_of(file: Path) -> bytes:
    try:
        return read_bytes(file)
    except OSError as error:
        raise PublishingRefused([f"cannot be read: {error.strerror}"]) from error


def read_names(file: Path) -> dict[str, Any]:
    names = read_answer_sheet(file)
    if not are_names(names):
        raise CommandError(f"{file}: is no file of names that import-surveyjs wrote.")
    return names


def read_answer_sheet(file: Path) -> dict[str, Any]:
    """Strict JSON: no duplicate keys, no NaN or Infinity, at most 1 MiB, an object."""
    try:
        raw = read_bytes(file)
    except OSError as error:
        raise CommandError(f"{file}: cannot be read: {error.strerror}") from error
    if len(raw) > MAX_BYTES:
        raise CommandError(f"{file}: is larger than {MAX_BYTES // 1024} KiB.")
    try:
        sheet = json.loads(
            raw.decode("utf-8-sig"),
            object_pairs_hook=unique_keys,
            parse_constant=refuse_constant,
            parse_float=bounded,
            parse_int=whole,
        )
    except (ValueError, RecursionError) as error:
        raise CommandError(f"{file}: is not an answer sheet: {in_plain_words(error)}.") from error
    if not isinstance(sheet, dict):
        raise CommandError(f"{file}: is not an answer sheet: the top level must be an object.")
    return sheet


def unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key appears twice")
    return result


def in_plain_words(error: ValueError | RecursionError) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8 text"
    return f"line {error.lineno}: it is not JSON" if isinstance(error, json.JSONDecodeError) else str(error)


def bounded(number: str) -> str:
    if len(number) > MAX_DIGITS:
        raise ValueError(f"a number has more than {MAX_DIGITS} digits")
    return number


def whole(number: str) -> int:
    return int(bounded(number))


def refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def iso_date(text: str) -> date:
    day = day_of(text)
    if day is None:
        raise ArgumentTypeError(f"{legible(text[:60])} is not a date such as 2026-11-22")
    return day
