"""A way lets through what is better, as scoring has it, and little else: every set of gaps against every other."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from random import Random
from typing import Any

import pytest

from apps.scoring import Questionnaire, parse_questionnaire, read_answers
from apps.scoring.gaps import closing_answer, open_gaps
from apps.scoring.planning.limits import Limit
from apps.scoring.planning.parts import HIGH, LOW, Coordinate, Part, parts_of
from apps.scoring.planning.proposals import Proposals
from apps.scoring.planning.terrain import Terrain
from apps.scoring.planning.ways import Way, ways_beyond
from apps.scoring.score import Standing, decisive
from apps.scoring.visibility import settle
from tests.factories.definitions import make_gap, make_question, make_scored_definition
from tests.scoring.planning.test_plan import TODAY

Sets = dict[frozenset[str], Standing]


def some_controls(chance: Random, lowest: int) -> list[dict[str, Any]]:
    """Four, on two dimensions; some are asked only when an earlier one is missing, or when somebody is reached."""
    controls = []
    for index in range(4):
        there, missing = ({key: chance.randint(least, 6) for key in ("d0", "d1")} for least in (lowest, 0))
        choices = [
            {"key": "there", "title": "There", "points": there},
            {"key": "missing", "title": "Missing", "points": missing},
        ]
        choices += chance.choice([[], [{"key": "na", "title": "Not applicable", "not_applicable": True}]])
        asked = chance.choice([None, "reach == 'everyone'", *(f"c{other} == 'missing'" for other in range(index))])
        controls.append(make_question(f"c{index}", choices=choices, gap=make_gap("there"), visible_if=asked))
    return controls


def some_case(seed: int, lowest: int) -> tuple[Questionnaire, dict[str, Any]]:
    chance = Random(seed)
    data = make_scored_definition(*some_controls(chance, lowest))
    over = chance.choice(["visible", "visible", "all"])
    of_controls = [{"key": key, "title": key, "maximum_over": over} for key in ("d0", "d1")]
    data["dimensions"] = [data["dimensions"][0], *of_controls]
    data["derived"] = [{"key": "residual", "title": "Residual", "value": "points(d0) - points(d1)"}]
    known = {f"c{index}": "missing" for index in range(4) if chance.random() < 0.7}
    return parse_questionnaire(data), known | ({"reach": "everyone"} if chance.random() < 0.5 else {})


def parts_and_sets(questionnaire: Questionnaire, known: dict[str, Any]) -> tuple[list[Part], Sets]:
    """The parts, and every set of gaps with its standing."""
    answers = read_answers(questionnaire, known)
    gaps = open_gaps(questionnaire, answers, settle(questionnaire, answers, open_ends=False).visible)
    closing = {gap.question.key: closing_answer(gap, answers) for gap in gaps}

    def standing(close: Any) -> Standing:
        closed = read_answers(questionnaire, {**known, **{key: closing[key] for key in close}})
        return decisive(questionnaire, closed, TODAY)

    parts = parts_of(questionnaire, gaps, standing)
    sets = [frozenset(some) for size in range(len(gaps) + 1) for some in combinations(closing, size)]
    return parts, {some: standing(some) for some in sets}


def lets_through(ways: list[Way], parts: list[Part], close: frozenset[str]) -> bool:
    keys = [key for part in parts for key in part.gaps]
    proposals = Proposals(parts, keys, [1] * len(keys))
    proposals.keep_to(Limit(tuple(ways), frozenset(), frozenset()))
    for key in keys:
        proposals.chooser.exactly({proposals.closing[key]: 1.0}, float(key in close))
    return proposals.cheapest() is not None


def compared(weights: dict[Coordinate, int], lowest: int) -> Iterator[tuple[Fraction, bool]]:
    """By how much a set is better than another, and whether the way beyond the other lets it through."""
    for seed in range(12):
        parts, sets = parts_and_sets(*some_case(seed, lowest))
        if not parts:
            continue
        terrain = Terrain(parts, sets[frozenset()].env, ())
        moving = {at: Fraction(weight) for at, weight in weights.items() if at[0] in terrain.names}
        values = {close: sum(by * terrain.where(sets[close].env, at) for at, by in moving.items()) for close in sets}
        for here in Random(seed).sample(list(sets), min(3, len(sets))):
            ways = ways_beyond(terrain, moving, sets[here].env)
            for close, value in values.items():
                yield Fraction(value - values[here]), lets_through(ways, parts, close)


ALONE: list[dict[Coordinate, int]] = [
    {("share(d0)", LOW): 1},
    {("share(d0)", HIGH): -1},
    {("points(d0)", LOW): 1, ("maximum(d1)", HIGH): -2},
]
TOGETHER: list[dict[Coordinate, int]] = [
    {("share(d0)", LOW): 2, ("share(d1)", LOW): 1},
    {("share(d0)", HIGH): -2, ("share(d1)", LOW): 3, ("points(d1)", LOW): 1},
]
OTHER_WAY_ROUND: list[dict[Coordinate, int]] = [
    {("share(d0)", LOW): -1},
    {("share(d0)", HIGH): 1},
    {("share(d0)", LOW): -1, ("share(d1)", HIGH): 2},
]


@pytest.mark.parametrize("weights", ALONE + TOGETHER + OTHER_WAY_ROUND, ids=str)
@pytest.mark.parametrize("lowest", [0, -3])
def test_what_is_better_is_let_through(weights: dict[Coordinate, int], lowest: int) -> None:
    better = [through for by, through in compared(weights, lowest) if by > 0]

    assert len(better) > 20
    assert all(better)


@pytest.mark.parametrize("weights", ALONE + TOGETHER, ids=str)
def test_what_is_worse_is_not_let_through(weights: dict[Coordinate, int]) -> None:
    worse = [through for by, through in compared(weights, 0) if by < Fraction(-1, 1000)]

    assert len(worse) > 20
    assert not any(worse)
