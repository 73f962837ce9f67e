"""Adds `questionnaire replay FILE`: it needs the submissions, which the questionnaires room does not see."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import DatabaseError
from django.utils import timezone

from apps.assessments.replay import NoState, keep_tally, kept_tally, replay
from apps.questionnaires.documents import file_name
from apps.questionnaires.golden import GoldenCase, deviations
from apps.questionnaires.management.commands import questionnaire as below
from apps.questionnaires.replay.tally import Report, Tally, report


class Command(below.Command):
    help = "Check questionnaire files, score an answer sheet, or replay a candidate over all submissions."

    def add_verbs(self, verbs: Any) -> None:
        verb = verbs.add_parser("replay", help="score every submission again under a candidate file")
        verb.add_argument("file", type=file_name)
        verb.add_argument(
            "--state", type=file_name, help="file that lets an interrupted replay go on; removed at the end"
        )

    def run_replay(self, file: Path, state: Path | None, **_options: Any) -> None:
        candidate, cases, today = below.load(file), below.load_cases(file), timezone.localdate()
        run = f"{candidate.hash} on {today}"
        start = started(state, run) if state else None

        def after_chunk(tally: Tally) -> None:
            self.stderr.write(f"{tally.total:,} submissions replayed", ending="\r")
            if state:
                keep(state, run, tally)

        try:
            tally = replay(candidate, on=today, start=start, after_chunk=after_chunk)
        except DatabaseError as error:
            raise CommandError(f"The submissions cannot be read: {error}. Is `manage.py migrate` done?") from error
        self.stdout.write(as_text(report(candidate, tally)))
        red = deviations(candidate, cases)
        self.stdout.write(below.legible(golden_as_text(cases, {deviation.case for deviation in red})))
        if state:
            state.unlink(missing_ok=True)
        if red:
            raise CommandError("\n".join(map(str, red)))


def started(state: Path, run: str) -> Tally | None:
    """What was found before; and the state can be written, which is better known before the work than after it."""
    try:
        found = kept_tally(state, run)
    except NoState as error:
        raise CommandError(f"{state}: {error}") from error
    keep(state, run, found or Tally())
    return found


def keep(state: Path, run: str, tally: Tally) -> None:
    try:
        keep_tally(state, run, tally)
    except OSError as error:
        raise CommandError(f"{state}: cannot be written: {error.strerror}") from error


def as_text(found: Report) -> str:
    lines = [f"{found.total:,} submissions replayed, {found.changed:,} change level."]
    lines += [f"  {then} -> {now}: {count:,}" for then, now, count in found.moves]
    lines += [f"  levels before: {spread(found.before)}", f"  levels after:  {spread(found.after)}"]
    if found.examples:
        lines.append("  for example snapshots " + ", ".join(str(pk) for pk, _then, _now in found.examples[:10]))
    if found.never_discriminating:
        lines.append("Answered the same way by everybody: " + ", ".join(found.never_discriminating))
    if found.unreached:
        lines.append("Levels and flags that nothing reaches: " + ", ".join(found.unreached))
    return "\n".join(lines)


def golden_as_text(cases: list[GoldenCase], red: Collection[str]) -> str:
    """What is wrong with the red ones is said by the error at the end."""
    verdicts = [f"  {'red  ' if case.name in red else 'green'} {case.name}" for case in cases]
    return "\n".join(["Golden cases:", *verdicts]) if cases else "There are no golden cases beside the file."


def spread(levels: dict[str, int]) -> str:
    return ", ".join(f"{level or 'none'} {count:,}" for level, count in sorted(levels.items())) or "none"
