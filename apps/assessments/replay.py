"""Replay before publish: every submitted assessment scored again under a candidate version."""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from itertools import groupby
from multiprocessing import get_context
from operator import itemgetter
from pathlib import Path

from apps.assessments.models import PackedAnswers, Snapshot
from apps.questionnaires.models import QuestionnaireVersion
from apps.questionnaires.queries import definition
from apps.scoring import Questionnaire, parse_questionnaire
from apps.scoring.versions.packing import Packing
from apps.scoring.versions.replay import Tally, prepare_worker, score_in_worker, score_sheets
from apps.scoring.versions.sheets import Gathering, Sheets
from apps.scoring.versions.standings import Scorer

CHUNK = 262_144  # submissions scored together; packed ones take some tens of megabytes as codes
FETCHED = 2_000  # submissions held as they are stored, a few kilobytes each
FETCHED_PACKED = 50_000  # the same of packed ones, a hundred bytes each


def sheets_of(questionnaire: Questionnaire, after_pk: int = 0) -> Iterator[Sheets]:
    """Every snapshot of the questionnaire in chunks, oldest first, in bounded memory."""
    submissions = Submissions(questionnaire.key)
    while True:
        gathering = Gathering(questionnaire)
        while len(gathering.numbers) < CHUNK and (last := submissions.gather(gathering, after_pk)):
            after_pk = last
        if not gathering.numbers:
            return
        yield gathering.sheets()


class Submissions:
    """The snapshots of all versions of one questionnaire: JSON up to the last that is not packed, then packed ones."""

    def __init__(self, key: str) -> None:
        self.snapshots = Snapshot.objects.filter(assessment__questionnaire__key=key).order_by("pk")
        last_not_packed = Snapshot.objects.filter(packed=None).order_by("-pk").values_list("pk", flat=True).first() or 0
        self.not_packed = self.snapshots.filter(pk__lte=last_not_packed)
        self.packed = PackedAnswers.objects.filter(questionnaire__key=key, pk__gt=last_not_packed).order_by("pk")
        self.versions = {version.pk: version for version in QuestionnaireVersion.objects.filter(key=key)}
        self.packings: dict[int, Packing] = {}

    def gather(self, gathering: Gathering, after_pk: int) -> int | None:
        """Takes the next ones in and says the last one's number; None when there are no more."""
        found = self.not_packed.filter(pk__gt=after_pk).values_list("pk", "answers", "level")
        if rows := list(found[: min(FETCHED, CHUNK)]):
            gathering.add(rows)
            return rows[-1][0]
        packed = list(
            self.packed.filter(pk__gt=after_pk).values_list("pk", "data", "level", "questionnaire")[
                : min(FETCHED_PACKED, CHUNK)
            ]
        )
        for version, part in groupby(packed, key=itemgetter(3)):
            gathering.add_packed(self.packing(version), [(pk, bytes(data), level) for pk, data, level, _ in part])
        return packed[-1][0] if packed else None

    def packing(self, version: int) -> Packing:
        if version not in self.packings:
            self.packings[version] = Packing(definition(self.versions[version]))
        return self.packings[version]


def replay_newest(questionnaire: Questionnaire, count: int, on: date) -> Tally:
    newest = Submissions(questionnaire.key).snapshots.reverse()
    last_left_out = newest.values_list("pk", flat=True)[count : count + 1].first()
    tally, scorer = Tally(), Scorer(questionnaire, on)
    for sheets in sheets_of(questionnaire, last_left_out or 0):
        tally.add(score_sheets(scorer, sheets))
    return tally


def replay(
    data: object,
    *,
    on: date,
    processes: int = 1,
    start: Tally | None = None,
    after_chunk: Callable[[Tally], None] = lambda _tally: None,
) -> Tally:
    """Score everything again under the definition in `data`.

    With `start`, go on after what it has seen. `after_chunk` may save what was found and show progress.
    Raises InvalidDefinition.
    """
    questionnaire = parse_questionnaire(data)
    tally = start or Tally()
    chunks = sheets_of(questionnaire, tally.last_pk)
    for found in scored(questionnaire, data, chunks, on, processes):
        tally.add(found)
        after_chunk(tally)
    return tally


def scored(
    questionnaire: Questionnaire, data: object, chunks: Iterator[Sheets], on: date, processes: int
) -> Iterator[Tally]:
    if processes == 1:
        scorer = Scorer(questionnaire, on)
        yield from (score_sheets(scorer, chunk) for chunk in chunks)
        return
    # Spawned, not forked: a child must not inherit the database connection.
    context = get_context("spawn")
    with ProcessPoolExecutor(processes, context, initializer=prepare_worker, initargs=(data, on)) as pool:
        # One round at a time, so that neither the rows nor the results pile up.
        while batch := [chunk for _, chunk in zip(range(processes * 2), chunks, strict=False)]:
            yield from pool.map(score_in_worker, batch)


def kept_tally(path: Path, content_hash: str) -> Tally | None:
    """What an interrupted replay of the same candidate left in its state file."""
    if not path.exists():
        return None
    stored_hash, _, text = path.read_text().partition("\n")
    return Tally.restored(text) if stored_hash == content_hash else None


def keep_tally(path: Path, content_hash: str, tally: Tally) -> None:
    """Written beside and moved into place: a kill leaves the old state or the new one, never half of one."""
    beside = path.with_suffix(".part")
    beside.write_text(f"{content_hash}\n{tally.saved()}")
    beside.replace(path)
