"""What a candidate version says about answer sheets that an earlier one has scored."""

import gc
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from apps.questionnaires.replay.columns import Column, apply
from apps.questionnaires.replay.sheets import Sheets, read_columns
from apps.questionnaires.replay.standings import Scorer, TooVarious
from apps.scoring.answers import answer_as_json
from apps.scoring.definitions import Questionnaire

EXAMPLES = 200
SEEN_ENOUGH = 2  # two different answers show that a question discriminates


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
        """Raises ValueError for what `saved` did not write."""
        kept = json.loads(text)
        if not _is_saved(kept):
            raise ValueError("this is no tally")
        kept["moves"], kept["fired"] = Counter(kept["moves"]), Counter(kept["fired"])
        kept["examples"] = [tuple(example) for example in kept["examples"]]
        return cls(**kept)


def _is_saved(kept: object) -> bool:
    if not isinstance(kept, dict) or kept.keys() != Tally().__dict__.keys():
        return False
    counts, answers, examples = (kept["moves"], kept["fired"]), kept["variety"], kept["examples"]
    return (
        all(type(kept[name]) is int for name in ("total", "last_pk"))
        and all(isinstance(each, dict) and {int} >= set(map(type, each.values())) for each in counts)
        and isinstance(answers, dict)
        and all(isinstance(seen, list) and {str} >= set(map(type, seen)) for seen in answers.values())
        and isinstance(examples, list)
        and all(isinstance(each, list) and list(map(type, each)) == [int, str, str] for each in examples)
    )


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


@contextmanager
def uncollected() -> Iterator[None]:
    """Hundreds of thousands of values, none in a circle: to look for circles among them takes a fifth of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def score_sheets(scorer: Scorer, sheets: Sheets) -> Iterator[Tally]:
    """Sheets come in the order of their numbers; as many are scored at once as have not too many different values."""
    first, size = 0, sheets.rows
    while first < sheets.rows:
        try:
            yield score_at_once(scorer, sheets.part(first, size))
            first += size
        except TooVarious:
            size = (size + 1) // 2


@uncollected()
def score_at_once(scorer: Scorer, sheets: Sheets) -> Tally:
    """Raises TooVarious."""
    questionnaire = scorer.questionnaire
    answers = read_columns(questionnaire, sheets)
    standings = scorer.decisive(answers, sheets.rows)
    bands = [band.key for band in questionnaire.levels.bands] if questionnaire.levels else [""]
    moves = apply(lambda then, worst: (then, bands[worst]), sheets.then, standings.worst)
    return Tally(
        total=sheets.rows,
        last_pk=int(sheets.numbers[-1]),
        moves=+Counter({f"{then}>{now}": moves.rows_with((then, now)) for then, now in moves.values}),
        fired=+Counter(standings.fired),
        variety={key: variety(answers[key]) for key in choice_questions(questionnaire)},
        examples=examples(sheets, moves),
    )


def choice_questions(questionnaire: Questionnaire) -> list[str]:
    return [question.key for question in questionnaire.questions if question.type in ("single", "multi")]


def variety(column: Column) -> list[str]:
    """Of a column in which every value occurs."""
    return sorted({json.dumps(answer_as_json(answer)) for answer in column.values if answer is not None})[:SEEN_ENOUGH]


def examples(sheets: Sheets, moves: Column) -> list[tuple[int, str, str]]:
    changing = np.array([then != now for then, now in moves.values])
    rows = np.flatnonzero(changing.take(moves.codes))[:EXAMPLES]
    return [(int(sheets.numbers[row]), *moves.values[int(moves.codes[row])]) for row in rows]


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
    return Report(
        total=tally.total,
        changed=sum(count for then, now, count in moves if then != now),
        moves=[(then, now, count) for then, now, count in moves if then != now],
        before=dict(before),
        after=dict(after),
        examples=tally.examples,
        never_discriminating=[
            key
            for key in choice_questions(questionnaire)
            if tally.total and len(tally.variety.get(key, ())) < SEEN_ENOUGH
        ],
        unreached=[
            *[key for key in levels if tally.total and not after[key]],
            *[flag.key for flag in questionnaire.flags if tally.total and not tally.fired[flag.key]],
        ],
    )
