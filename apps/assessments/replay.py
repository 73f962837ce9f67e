"""Replay before publish: every submitted assessment scored again under a candidate version."""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path

from apps.assessments.models import Snapshot
from apps.scoring import Questionnaire, parse_questionnaire
from apps.scoring.versions.replay import Tally, prepare_worker, score_in_worker, score_sheets
from apps.scoring.versions.sheets import Gathering, Row, Sheets
from apps.scoring.versions.standings import Scorer

CHUNK = 262_144  # submissions scored together; as codes they take some tens of megabytes
FETCHED = 2_000  # submissions held as they are stored, a few kilobytes each


def sheets_of(questionnaire: Questionnaire, after_pk: int = 0) -> Iterator[Sheets]:
    """Every snapshot of the questionnaire in chunks, oldest first, in bounded memory."""
    while True:
        gathering = Gathering(questionnaire)
        while len(gathering.numbers) < CHUNK and (rows := fetched(questionnaire.key, after_pk)):
            gathering.add(rows)
            after_pk = rows[-1][0]
        if not gathering.numbers:
            return
        yield gathering.sheets()


def fetched(key: str, after_pk: int) -> list[Row]:
    found = Snapshot.objects.filter(assessment__questionnaire__key=key, pk__gt=after_pk).order_by("pk")
    return list(found.values_list("pk", "answers", "level")[: min(FETCHED, CHUNK)])


def replay_newest(questionnaire: Questionnaire, count: int, on: date) -> Tally:
    newest = Snapshot.objects.filter(assessment__questionnaire__key=questionnaire.key).order_by("-pk")
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
