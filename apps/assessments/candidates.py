"""A questionnaire version somebody wants to publish: what is wrong with it, and what it would change."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.forms import BoundField

from apps.assessments.fields import field_name
from apps.assessments.forms import SectionForm
from apps.assessments.models import Snapshot
from apps.assessments.replay import replay_within
from apps.questionnaires.actions import parse_cases, parse_source, stored
from apps.questionnaires.golden import Deviation, GoldenCase, deviations
from apps.questionnaires.models import QuestionnaireVersion
from apps.questionnaires.queries import newest_cases
from apps.questionnaires.replay.tally import Report, report
from apps.scoring import Questionnaire
from apps.scoring.definitions import Question, Section

SHOWN_SUBMISSIONS = 20_000  # about what a second is enough for; the command replays them all
REPLAY_SECONDS = 10  # of computing; fewer are replayed where that is not enough
SHOWN_CHANGES = 100
NO_LEVEL = "no level"


@dataclass(frozen=True)
class Named:
    """A level, flag or question: its title for reading, its key to find it in the file."""

    title: str
    key: str


@dataclass(frozen=True)
class Change:
    """A submission whose level changes."""

    snapshot: Snapshot
    then: Named
    now: Named


@dataclass(frozen=True)
class Replay:
    """The report of a replay in the questionnaire's words."""

    total: int
    changed: int
    levels: list[tuple[Named, int, int]]  # how many were and would be at each
    moves: list[tuple[Named, Named, int]]
    changes: list[Change]  # the first of them
    same_answers: list[Named]
    unreached_levels: list[Named]
    unreached_flags: list[Named]


@dataclass(frozen=True)
class Examined:
    questionnaire: Questionnaire
    cases_source: str
    cases: list[GoldenCase]
    taken_over: bool
    red: list[Deviation]
    replay: Replay
    preview: list[tuple[Section, list[tuple[Question, BoundField | None]]]]  # texts to read have no field

    @property
    def green(self) -> int:
        return len(self.cases) - len({deviation.case for deviation in self.red})

    @property
    def publishable(self) -> bool:
        return not self.red


def examine(source: bytes, cases_source: str, on: date) -> Examined:
    """Without golden cases, those of the version before are taken over.

    Raises PublishingRefused with every problem and its line, or when the version is published with other content.
    """
    questionnaire = parse_source(source)
    stored(questionnaire)
    taken_over = "" if cases_source.strip() else newest_cases(questionnaire.key)
    cases = parse_cases(taken_over or cases_source)
    found = report(questionnaire, replay_within(REPLAY_SECONDS, questionnaire, SHOWN_SUBMISSIONS, on))
    return Examined(
        questionnaire=questionnaire,
        cases_source=taken_over or cases_source,
        cases=cases,
        taken_over=bool(taken_over),
        red=deviations(questionnaire, cases),
        replay=in_words(questionnaire, found),
        preview=[(section, previewed(section)) for section in questionnaire.sections],
    )


def previewed(section: Section) -> list[tuple[Question, BoundField | None]]:
    form = SectionForm(section.questions, {})
    return [(question, form[field_name(question)] if question.takes_answer else None) for question in section.questions]


def in_words(questionnaire: Questionnaire, found: Report) -> Replay:
    bands = questionnaire.levels.bands if questionnaire.levels else ()
    levels = {band.key: Named(str(band.title), band.key) for band in bands}
    flags = [Named(str(flag.title), flag.key) for flag in questionnaire.flags]
    gone = [key for key in sorted({*found.before, *found.after}) if key not in levels]
    levels |= {key: Named(key or NO_LEVEL, key) for key in gone}
    return Replay(
        total=found.total,
        changed=found.changed,
        levels=[(named, found.before.get(key, 0), found.after.get(key, 0)) for key, named in levels.items()],
        moves=[(levels[then], levels[now], count) for then, now, count in found.moves],
        changes=changes(found.examples[:SHOWN_CHANGES], levels),
        same_answers=[Named(str(questionnaire.question(key).title), key) for key in found.never_discriminating],
        unreached_levels=[levels[key] for key in found.unreached if key in levels],
        unreached_flags=[flag for flag in flags if flag.key in found.unreached],
    )


def changes(examples: Iterable[tuple[int, str, str]], levels: dict[str, Named]) -> list[Change]:
    found = list(examples)
    snapshots = Snapshot.objects.select_related("assessment__team").defer("content", "answers")
    by_pk = snapshots.in_bulk([pk for pk, _then, _now in found])
    return [Change(by_pk[pk], levels[then], levels[now]) for pk, then, now in found]


def next_source(version: QuestionnaireVersion) -> str:
    """Where the work on the next version begins: the document as it is, under the next free number."""
    newest = QuestionnaireVersion.objects.filter(key=version.key).order_by("-version").values_list("version", flat=True)
    return re.sub(r"(?m)^version:.*$", f"version: {newest[0] + 1}", version.source, count=1)


def quoted(problems: Iterable[str], source: str) -> list[tuple[str, str]]:
    """Each problem with the line of the document it speaks of."""
    lines = source.splitlines()
    found = []
    for problem in problems:
        number = re.match(r"line (\d+):", problem)
        at = int(number[1]) - 1 if number else len(lines)
        found.append((problem, lines[at].strip() if at < len(lines) else ""))
    return found
