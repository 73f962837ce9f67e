"""Replay: what a candidate version says about answer sheets that an earlier one has scored."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from apps.scoring.answers import read_answers
from apps.scoring.definitions import Questionnaire
from apps.scoring.language.values import YES
from apps.scoring.reading.parse import parse_questionnaire
from apps.scoring.score import decisive
from apps.scoring.versions.renames import carry_over

EXAMPLES = 200
SEEN_ENOUGH = 2  # two different answers show that a question discriminates

Row = tuple[int, dict[str, Any], str]  # number of the sheet, raw answers, level then


@dataclass
class Tally:
    """What the replay found so far; adds up in any order, and is small however many rows it saw."""

    total: int = 0
    last_pk: int = 0
    moves: Counter[str] = field(default_factory=Counter)  # "low>high" -> how many, unchanged ones included
    fired: Counter[str] = field(default_factory=Counter)  # flag -> how often
    variety: dict[str, list[str]] = field(default_factory=dict)  # question -> up to two different answers
    examples: list[tuple[int, str, str]] = field(default_factory=list)  # pk, level then, level now

    def add(self, other: "Tally") -> None:
        self.total += other.total
        self.last_pk = max(self.last_pk, other.last_pk)
        self.moves.update(other.moves)
        self.fired.update(other.fired)
        for question, seen in other.variety.items():
            self.variety[question] = sorted({*self.variety.get(question, ()), *seen})[:SEEN_ENOUGH]
        self.examples = sorted([*self.examples, *other.examples])[:EXAMPLES]

    def saved(self) -> str:
        return json.dumps(self.__dict__, sort_keys=True)

    @classmethod
    def restored(cls, text: str) -> "Tally":
        kept = json.loads(text)
        kept["moves"], kept["fired"] = Counter(kept["moves"]), Counter(kept["fired"])
        kept["examples"] = [tuple(example) for example in kept["examples"]]
        return cls(**kept)


@dataclass(frozen=True)
class Report:
    """The tally in the words of an admin who is about to publish."""

    total: int
    changed: int
    moves: list[tuple[str, str, int]]  # level then, level now, how many; only where it changes
    before: dict[str, int]
    after: dict[str, int]
    examples: list[tuple[int, str, str]]
    never_discriminating: list[str]  # question keys that everybody answered the same way
    unreached: list[str]  # levels and flags that nothing reached


def score_rows(questionnaire: Questionnaire, rows: Iterable[Row], on: date) -> Tally:
    tally = Tally()
    for pk, raw, then in rows:
        answers = carry_over(questionnaire, raw).answers if questionnaire.renames else raw
        read, _ignored = read_answers(questionnaire, answers)
        standing = decisive(questionnaire, read, on)
        now = questionnaire.levels.bands[standing.worst].key if questionnaire.levels else ""
        tally.total += 1
        tally.last_pk = pk
        tally.moves[f"{then}>{now}"] += 1
        tally.fired.update(flag for flag, truth in standing.fired.items() if truth == YES)
        note_variety(tally, answers)
        if then != now and len(tally.examples) < EXAMPLES:
            tally.examples.append((pk, then, now))
    return tally


def note_variety(tally: Tally, answers: Mapping[str, Any]) -> None:
    for question, value in answers.items():
        seen = tally.variety.setdefault(question, [])
        text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
        if len(seen) < SEEN_ENOUGH and text not in seen:
            seen.append(text)


def ends(move: str) -> tuple[str, str]:
    then, _, now = move.partition(">")
    return then, now


def report(questionnaire: Questionnaire, tally: Tally) -> Report:
    moves = [(then, now, tally.moves[f"{then}>{now}"]) for then, now in sorted(map(ends, tally.moves))]
    before, after = Counter[str](), Counter[str]()
    for then, now, count in moves:
        before[then] += count
        after[now] += count
    levels = [band.key for band in questionnaire.levels.bands] if questionnaire.levels else []
    asked = [q.key for q in questionnaire.questions if q.type in ("single", "multi")]
    return Report(
        total=tally.total,
        changed=sum(count for then, now, count in moves if then != now),
        moves=[(then, now, count) for then, now, count in moves if then != now],
        before=dict(before),
        after=dict(after),
        examples=tally.examples,
        never_discriminating=[key for key in asked if tally.total and len(tally.variety.get(key, ())) < SEEN_ENOUGH],
        unreached=[
            *[key for key in levels if tally.total and not after[key]],
            *[flag.key for flag in questionnaire.flags if tally.total and not tally.fired[flag.key]],
        ],
    )


# One questionnaire per worker process: parsed once, then fed with chunks.
_worker: dict[str, Any] = {}


def prepare_worker(data: object, on: date) -> None:
    _worker.update(questionnaire=parse_questionnaire(data), on=on)


def score_in_worker(rows: list[Row]) -> Tally:
    return score_rows(_worker["questionnaire"], rows, _worker["on"])
