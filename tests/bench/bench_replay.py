"""Replay: many submissions scored again under a candidate, against scoring the same ones one after the other; and all
of it from a PostgreSQL, which is started for it unless BENCH_DATABASE_URL names a database.

Every answer is drawn at random, which is the hardest case: few submissions look alike. BENCH_ROWS says how many.
"""

import json
import os
import random
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import django

from tests.bench.database import database_url

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govportal.settings")
os.environ["DATABASE_URL"] = database_url()
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from apps.assessments.models import PackedAnswers, Snapshot  # noqa: E402
from apps.assessments.replay import FETCHED, is_full, replay  # noqa: E402
from apps.questionnaires.actions import publish  # noqa: E402
from apps.questionnaires.documents import read_document, read_file  # noqa: E402
from apps.questionnaires.replay.packing import Packing  # noqa: E402
from apps.questionnaires.replay.sheets import Gathering  # noqa: E402
from apps.questionnaires.replay.standings import Scorer  # noqa: E402
from apps.questionnaires.replay.tally import Tally, score_sheets  # noqa: E402
from apps.scoring import Questionnaire, parse_questionnaire, read_answers  # noqa: E402
from apps.scoring.definitions import Question  # noqa: E402
from apps.scoring.score import decisive  # noqa: E402
from tests.bench.bench_scoring import RISKTEST, TODAY, source  # noqa: E402
from tests.factories.assessments import make_assessment  # noqa: E402

ROWS = int(os.environ.get("BENCH_ROWS", "300000"))
SAMPLED = 1_000  # scored one after the other


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
    """CPU seconds of reading the same submissions in two ways, and of scoring them once."""

    json: float = 0.0
    packed: float = 0.0
    scoring: float = 0.0
    parts: int = 0  # scored one after the other, as each held what fits into memory
    tally: Tally = field(default_factory=Tally)


def replayed(questionnaire: Questionnaire) -> Run:
    """The answers are made on the way: a million sheets would not fit."""
    chance, scorer, packing, run = random.Random(7), Scorer(questionnaire, TODAY), Packing(questionnaire), Run()
    while run.tally.total < ROWS:
        plain, packed = Gathering(questionnaire), Gathering(questionnaire)
        while (have := run.tally.total + len(packed.numbers)) < ROWS and not is_full(packed):
            stored = sheets(questionnaire, min(FETCHED, ROWS - have), chance)
            answers = [read_answers(questionnaire, json.loads(text)) for text in stored]
            rows = [(have + number, packing.pack(given), "low") for number, given in enumerate(answers, start=1)]
            run.json += seconds(add_json, plain, have, stored)
            run.packed += seconds(packed.add_packed, packing, rows)
        run.scoring += seconds(score, scorer, packed, run)
    return run


def add_json(gathering: Gathering, have: int, stored: list[str]) -> None:
    gathering.add([(have + number, json.loads(text), "low") for number, text in enumerate(stored, start=1)])


def score(scorer: Scorer, gathering: Gathering, run: Run) -> None:
    for part in score_sheets(scorer, gathering.sheets()):
        run.parts += 1
        run.tally.add(part)


def seconds(work: Callable[..., None], *arguments: Any) -> float:
    start = time.process_time()
    work(*arguments)
    return time.process_time() - start


def compare(title: str, questionnaire: Questionnaire) -> None:
    run = replayed(questionnaire)
    single = one_by_one(questionnaire, sheets(questionnaire, SAMPLED, random.Random(8)))
    count, levels = run.tally.total, dict(sorted(run.tally.moves.items()))
    speeds = {
        "one after the other": single,
        "from JSON": count / (run.json + run.scoring),
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
    version, chance = publish(by=None, source=text.encode()), random.Random(7)
    questionnaire = parse_questionnaire(read_document(text.encode()).data)
    draft, now, packing = make_assessment(questionnaire=version), timezone.now(), Packing(questionnaire)
    content = json.dumps({"questionnaire": {"version": version.version}})
    same = {"assessment": draft, "content": content, "level": "low", "taken_by": draft.created_by, "taken_at": now}
    packed = []
    for first in range(1, ROWS + 1, FETCHED):
        raws = enumerate(map(json.loads, sheets(questionnaire, min(FETCHED, ROWS + 1 - first), chance)), start=first)
        rows = [Snapshot(pk=n, number=n, sha256=f"{n:064}", answers=raw, **same) for n, raw in raws]
        Snapshot.objects.bulk_create(rows)
        packed += [(row.pk, packing.pack(read_answers(questionnaire, row.answers))) for row in rows]
    plain, of_plain = timed(questionnaire)
    of_version = {"questionnaire": version, "level": "low"}
    PackedAnswers.objects.bulk_create(
        (PackedAnswers(snapshot_id=number, data=data, **of_version) for number, data in packed), batch_size=FETCHED
    )
    fast, of_packed = timed(questionnaire)
    if of_plain != of_packed:
        raise SystemExit("Packed answers do not say what the JSON says.")
    print(f"\nReplay of {ROWS:,} submissions from {connection.vendor}, 60 questions and 120 rules, wall time")
    for name, took in {"JSON": plain, "packed answers": fast}.items():
        print(f"  {name:<20}{took:8.2f} s {plain / took:8.1f} x   1,000,000 in {took * 1e6 / ROWS:.1f} s")


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
