"""Replay before publish: every submitted assessment scored again under a candidate version."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from time import thread_time
from typing import Any

from django.db.models import JSONField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from apps.assessments.models import PackedAnswers, Snapshot
from apps.questionnaires.documents import read_bytes, write_beside
from apps.questionnaires.models import QuestionnaireVersion
from apps.questionnaires.queries import definition, steps
from apps.questionnaires.replay.packing import Packing
from apps.questionnaires.replay.sheets import Gathering, Sheets
from apps.questionnaires.replay.standings import Scorer
from apps.questionnaires.replay.tally import Tally, score_sheets
from apps.scoring import Questionnaire
from apps.scoring.renames import Steps

# What is scored together. An answer takes a code of up to four bytes; one unlike all others about a kilobyte.
SUBMISSIONS = 524_288
ANSWERS = 2**25
DIFFERENT_ANSWERS = 100_000
STATE = "govportal replay state"  # the first line of a file that lets an interrupted replay go on
MAX_STATE = 16 * 2**20
# What is fetched together: a submission has some kilobytes as it is stored, a hundred bytes packed.
FETCHED = 2_000
FETCHED_PACKED = 50_000
FIRST_LOOK = 20  # submissions that show how long more of them take
TEN_TIMES = 10


def replay(
    questionnaire: Questionnaire,
    *,
    on: date,
    start: Tally | None = None,
    after_chunk: Callable[[Tally], None] = lambda _tally: None,
) -> Tally:
    """Score everything again under the candidate.

    With `start`, go on after what it has seen. `after_chunk` may save what was found and show progress.
    """
    tally, scorer = start or Tally(), Scorer(questionnaire, on)
    for sheets in sheets_of(questionnaire, tally.last_pk):
        for part in score_sheets(scorer, sheets):
            tally.add(part)
            after_chunk(tally)
    return tally


def replay_within(seconds: float, questionnaire: Questionnaire, count: int, on: date) -> Tally:
    """The newest `count`; or fewer, so that a candidate with very many formulas takes this long as well."""
    looked_at = min(FIRST_LOOK, count)
    while True:
        started = thread_time()
        tally = replay_newest(questionnaire, looked_at, on)
        if tally.total < looked_at or looked_at == count or (thread_time() - started) * TEN_TIMES > seconds:
            return tally
        looked_at = min(looked_at * TEN_TIMES, count)


def replay_newest(questionnaire: Questionnaire, count: int, on: date) -> Tally:
    newest = Snapshot.objects.filter(assessment__questionnaire__key=questionnaire.key).order_by("-pk")
    last_left_out = newest.values_list("pk", flat=True)[count : count + 1].first() or 0
    return replay(questionnaire, on=on, start=Tally(last_pk=last_left_out))


def sheets_of(questionnaire: Questionnaire, after_pk: int = 0) -> Iterator[Sheets]:
    """Every snapshot of the questionnaire in chunks, oldest first, in bounded memory."""
    submissions, gathering = Submissions(questionnaire), Gathering(questionnaire)
    while last := submissions.gather(gathering, after_pk):
        after_pk = last
        if is_full(gathering):
            yield gathering.sheets()
            gathering = Gathering(questionnaire)
    if gathering.numbers:
        yield gathering.sheets()


def is_full(gathering: Gathering) -> bool:
    rows = len(gathering.numbers)
    return (
        rows >= SUBMISSIONS
        or rows * len(gathering.answers) >= ANSWERS
        or gathering.different_answers >= DIFFERENT_ANSWERS
    )


def at_once(questionnaire: Questionnaire) -> int:
    """How many submissions are within all limits, however different their answers are."""
    various = sum(question.type != "single" for question in questionnaire.questions)
    limits = [ANSWERS // len(questionnaire.questions), DIFFERENT_ANSWERS // max(various, 1)]
    return max(1, min(SUBMISSIONS, *limits))


class Submissions:
    """The snapshots of all versions of one questionnaire: JSON up to the last that is not packed, then packed ones."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.questionnaire = questionnaire
        # Of any questionnaire: it takes two indexes and no row. What is packed can be read from its JSON as well.
        last_not_packed = Snapshot.objects.filter(packed=None).order_by("pk").values_list("pk", flat=True).last() or 0
        stored = Snapshot.objects.filter(assessment__questionnaire__key=questionnaire.key, pk__lte=last_not_packed)
        version = KT("as_json__questionnaire__version")
        stored = stored.annotate(as_json=Cast("content", JSONField())).annotate(version=version)
        self.stored = stored.order_by("pk").values_list("pk", "answers", "level", "version")
        packed = PackedAnswers.objects.filter(questionnaire__key=questionnaire.key, pk__gt=last_not_packed)
        self.packed = packed.order_by("pk").values_list("pk", "data", "level", "questionnaire")
        self.known_steps: dict[int, Steps] = {}
        self.versions: dict[int, QuestionnaireVersion] = {}
        self.packings: dict[int, Packing] = {}
        self.at_once = at_once(questionnaire)

    def gather(self, gathering: Gathering, after_pk: int) -> int | None:
        """Takes the next ones in and says the last one's number; None when there are no more."""
        return self._gather_stored(gathering, after_pk) or self._gather_packed(gathering, after_pk)

    def _gather_stored(self, gathering: Gathering, after_pk: int) -> int | None:
        rows = self._next(self.stored, after_pk, FETCHED)
        for version, part in groupby(rows, key=itemgetter(3)):
            gathering.add([row[:3] for row in part], self.steps_from(int(version)))
        return rows[-1][0] if rows else None

    def _gather_packed(self, gathering: Gathering, after_pk: int) -> int | None:
        rows = self._next(self.packed, after_pk, FETCHED_PACKED)
        for pk, part in groupby(rows, key=itemgetter(3)):
            packing, steps_from_there = self.packing(pk), self.steps_from(self.versions[pk].version)
            gathering.add_packed(packing, list(part), steps_from_there)
        return rows[-1][0] if rows else None

    def _next(self, submissions: Any, after_pk: int, at_most: int) -> list[Any]:
        return list(submissions.filter(pk__gt=after_pk)[: min(at_most, self.at_once)])

    def packing(self, pk: int) -> Packing:
        if pk not in self.versions:  # one may be published while this runs
            self.versions = QuestionnaireVersion.objects.filter(key=self.questionnaire.key).in_bulk()
        if pk not in self.packings:
            self.packings[pk] = Packing(definition(self.versions[pk]))
        return self.packings[pk]

    def steps_from(self, version: int) -> Steps:
        if version not in self.known_steps:
            self.known_steps[version] = steps(version, self.questionnaire)
        return self.known_steps[version]


class NoState(Exception):
    """The file is there, but is not what a replay left; the argument says so. It must not be written over."""


def kept_tally(path: Path, content_hash: str) -> Tally | None:
    """What an interrupted replay of the same candidate left in its state file. Raises NoState."""
    if not path.exists():
        return None
    try:
        kind, stored_hash, text = read_bytes(path, MAX_STATE).decode().split("\n", 2)
        if kind != STATE:
            raise ValueError
        tally = Tally.restored(text)
        return tally if stored_hash == content_hash else None
    except (OSError, ValueError, RecursionError) as error:
        raise NoState("is not a state that a replay left; name another file.") from error


def keep_tally(path: Path, content_hash: str, tally: Tally) -> None:
    """Written beside and moved into place: a kill leaves the old state or the new one, never half of one."""
    write_beside(path, f"{STATE}\n{content_hash}\n{tally.saved()}").replace(path)
