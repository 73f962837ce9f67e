"""Replay before publish: every submitted assessment scored again under a candidate version."""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path

from apps.assessments.models import Snapshot
from apps.scoring import Questionnaire, parse_questionnaire
from apps.scoring.versions.replay import Row, Tally, prepare_worker, score_in_worker, score_rows

CHUNK = 1000


def rows_of(key: str, after_pk: int = 0) -> Iterator[list[Row]]:
    """Every snapshot of questionnaire `key` in chunks, oldest first, in bounded memory."""
    while True:
        found = Snapshot.objects.filter(assessment__questionnaire__key=key, pk__gt=after_pk).order_by("pk")
        chunk = list(found.values_list("pk", "answers", "level")[:CHUNK])
        if not chunk:
            return
        yield chunk
        after_pk = chunk[-1][0]


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
    chunks = rows_of(questionnaire.key, tally.last_pk)
    for found in scored(questionnaire, data, chunks, on, processes):
        tally.add(found)
        after_chunk(tally)
    return tally


def scored(
    questionnaire: Questionnaire, data: object, chunks: Iterator[list[Row]], on: date, processes: int
) -> Iterator[Tally]:
    if processes == 1:
        yield from (score_rows(questionnaire, chunk, on) for chunk in chunks)
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
