"""Replay: a million submissions scored again under a candidate, against scoring some one after the other; and all of
it from a PostgreSQL, which is started for it unless BENCH_DATABASE_URL names a database.

Every answer is drawn at random, which is the hardest case: few submissions look alike. BENCH_ROWS says how many.
"""

import json
import os
import random
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import django
import numpy as np

from tests.bench.database import database_url

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govportal.settings")
os.environ["DATABASE_URL"] = database_url()
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from apps.assessments.models import PackedAnswers, Snapshot  # noqa: E402
from apps.assessments.replay import FETCHED, FETCHED_PACKED, is_full, replay  # noqa: E402
from apps.questionnaires.actions import publish  # noqa: E402
from apps.questionnaires.documents import read_document, read_file  # noqa: E402
from apps.questionnaires.models import QuestionnaireVersion  # noqa: E402
from apps.questionnaires.replay.packing import Packing  # noqa: E402
from apps.questionnaires.replay.sheets import Gathering, layout  # noqa: E402
from apps.questionnaires.replay.standings import Scorer  # noqa: E402
from apps.questionnaires.replay.tally import Tally, score_sheets  # noqa: E402
from apps.scoring import Questionnaire, parse_questionnaire, read_answers  # noqa: E402
from apps.scoring.answers import Answers  # noqa: E402
from apps.scoring.definitions import Question  # noqa: E402
from apps.scoring.score import decisive  # noqa: E402
from tests.bench.bench_scoring import RISKTEST, TODAY, source  # noqa: E402
from tests.factories.assessments import make_assessment  # noqa: E402

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
SAMPLED = 20_000  # made as JSON; all others are drawn from their answers
ONE_BY_ONE = 1_000
RUNS = 3  # of all from the database; the middle one is told


def answer(question: Question, chance: random.Random) -> Any:
    if question.type == "single":
        return chance.choice(question.choices).key
    if question.type == "multi":
        together = [choice.key for choice in question.choices if not choice.exclusive]
        return chance.sample(together, chance.randint(1, min(3, len(together))))
    if question.type == "number":
        return str(chance.randint(0, 500))
    return (date(2026, 1, 1) + timedelta(chance.randint(0, 700))).isoformat() if question.type == "date" else "A text."


def sheets(questionnaire: Questionnaire, count: int, chance: random.Random) -> list[str]:
    """As they are stored: JSON."""
    asked = [question for question in questionnaire.questions if question.takes_answer]
    return [json.dumps({question.key: answer(question, chance) for question in asked}) for _ in range(count)]


def one_by_one(questionnaire: Questionnaire, stored: list[str]) -> float:
    """Submissions a CPU second."""
    start = time.process_time()
    for text in stored:
        decisive(questionnaire, read_answers(questionnaire, json.loads(text)), TODAY)
    return len(stored) / (time.process_time() - start)


@dataclass
class Run:
    """CPU seconds of reading packed submissions, and of scoring them once."""

    packed: float = 0.0
    scoring: float = 0.0
    parts: int = 0  # scored one after the other, as each held what fits into memory
    tally: Tally = field(default_factory=Tally)


class Drawn:
    """Packed submissions in any number: each answer is one that a sample has to its question."""

    def __init__(self, questionnaire: Questionnaire, stored: list[str]) -> None:
        packing = Packing(questionnaire)
        self.sample = np.frombuffer(b"".join(map(packing.pack, read(questionnaire, stored))), layout(packing))
        self.chance = np.random.default_rng(7)

    def rows(self, first: int, count: int) -> list[tuple[int, bytes, str]]:
        drawn = np.empty(count, self.sample.dtype)
        for name in drawn.dtype.names or ():
            drawn[name] = self.chance.choice(self.sample[name], count)
        return [(number, row.tobytes(), "low") for number, row in enumerate(drawn, start=first)]


def read(questionnaire: Questionnaire, stored: list[str]) -> Iterator[Answers]:
    return (read_answers(questionnaire, json.loads(text)) for text in stored)


def replayed(questionnaire: Questionnaire, stored: list[str]) -> Run:
    scorer, packing = Scorer(questionnaire, TODAY), Packing(questionnaire)
    drawn, run = Drawn(questionnaire, stored), Run()
    while run.tally.total < ROWS:
        gathering = Gathering(questionnaire)
        while (have := run.tally.total + len(gathering.numbers)) < ROWS and not is_full(gathering):
            rows = drawn.rows(have + 1, min(FETCHED_PACKED, ROWS - have))
            run.packed += seconds(gathering.add_packed, packing, rows)
        run.scoring += seconds(score, scorer, gathering, run)
    return run


def add_json(gathering: Gathering, stored: list[str]) -> None:
    gathering.add([(number, json.loads(text), "low") for number, text in enumerate(stored, start=1)])


def score(scorer: Scorer, gathering: Gathering, run: Run) -> None:
    for part in score_sheets(scorer, gathering.sheets()):
        run.parts += 1
        run.tally.add(part)


def seconds(work: Callable[..., None], *arguments: Any) -> float:
    start = time.process_time()
    work(*arguments)
    return time.process_time() - start


def compare(title: str, questionnaire: Questionnaire) -> None:
    stored = sheets(questionnaire, SAMPLED, random.Random(7))
    from_json = seconds(add_json, Gathering(questionnaire), stored) / SAMPLED
    single = one_by_one(questionnaire, stored[:ONE_BY_ONE])
    run = replayed(questionnaire, stored)
    count, levels = run.tally.total, dict(sorted(run.tally.moves.items()))
    speeds = {
        "one after the other": single,
        "from JSON": 1 / (from_json + run.scoring / count),
        "from packed answers": count / (run.packed + run.scoring),
        "scoring alone": count / run.scoring,
    }
    print(f"\nReplay of {count:,} submissions, {title}")
    for name, speed in speeds.items():
        whole = f"1,000,000 in {1e6 / speed:.1f} s"
        print(f"  {name:<20}{speed:>12,.0f} a CPU second {speed / single:8.1f} x   {whole}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  in {run.parts} parts; memory so far at most {peak:,.0f} MiB; levels {levels}")


def from_database(text: str) -> None:
    """Wall time: the database works beside us."""
    call_command("migrate", verbosity=0)
    version = publish(by=None, source=text.encode())
    questionnaire = parse_questionnaire(read_document(text.encode()).data)
    stored = sheets(questionnaire, SAMPLED, random.Random(7))
    packed = map(Packing(questionnaire).pack, read(questionnaire, stored))
    submit(version, stored)
    plain, of_plain = timed(questionnaire)
    keep_packed(version, [(number, data, "low") for number, data in enumerate(packed, start=1)])
    _, of_packed = timed(questionnaire)
    if of_plain != of_packed:
        raise SystemExit("Packed answers do not say what the JSON says.")
    copy_first_snapshot(SAMPLED + 1, ROWS)
    keep_packed(version, Drawn(questionnaire, stored).rows(SAMPLED + 1, ROWS - SAMPLED))
    with connection.cursor() as cursor:
        # As a PostgreSQL does by itself, some time after so much came in.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    fast = sorted(timed(questionnaire)[0] for _ in range(RUNS))[RUNS // 2]
    print(f"\nReplay from {connection.vendor}, 60 questions and 120 rules, wall time")
    print(f"  JSON, of {SAMPLED:,}, times {ROWS / SAMPLED:,.0f}   {plain * ROWS / SAMPLED:8.2f} s")
    print(f"  packed answers, all {ROWS:,} {fast:8.2f} s {plain * ROWS / SAMPLED / fast:8.1f} x")


def submit(version: QuestionnaireVersion, stored: list[str]) -> None:
    draft = make_assessment(questionnaire=version)
    content = json.dumps({"questionnaire": {"version": version.version}})
    same = {"assessment": draft, "content": content, "level": "low", "taken_by": draft.created_by}
    Snapshot.objects.bulk_create(
        Snapshot(pk=n, number=n, sha256=f"{n:064}", answers=json.loads(text), taken_at=timezone.now(), **same)
        for n, text in enumerate(stored, start=1)
    )


def keep_packed(version: QuestionnaireVersion, rows: list[tuple[int, bytes, str]]) -> None:
    PackedAnswers.objects.bulk_create(
        (PackedAnswers(snapshot_id=n, data=data, level=level, questionnaire=version) for n, data, level in rows),
        batch_size=FETCHED,
    )


def copy_first_snapshot(first: int, last: int) -> None:
    """What is packed is not read again: the record of one will do for all, and the database copies it."""
    table = Snapshot._meta.db_table
    columns = [field.column for field in Snapshot._meta.concrete_fields]
    differing = {"id": "i", "number": "i", "sha256": "CAST(i AS varchar(64))"}
    taken = ", ".join(differing.get(column, column) for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE n(i) AS (SELECT %s UNION ALL SELECT i + 1 FROM n WHERE i < %s)"
            f" INSERT INTO {table} ({', '.join(columns)}) SELECT {taken} FROM n, {table} WHERE id = 1",
            [first, last],
        )


def timed(questionnaire: Questionnaire) -> tuple[float, Tally]:
    start = time.perf_counter()
    tally = replay(questionnaire, on=TODAY)
    return time.perf_counter() - start, tally


def main() -> None:
    compare("60 questions and 120 rules", parse_questionnaire(read_document(source(60, 120).encode()).data))
    compare("the risk test", parse_questionnaire(read_file(RISKTEST).data))
    from_database(source(60, 120))


if __name__ == "__main__":
    main()
