"""The solver's choices are the cheapest there are."""

from collections.abc import Callable
from itertools import product
from random import Random

import pytest

from apps.scoring.planning import chooser
from apps.scoring.planning.chooser import Chooser, TooMuchToTry


def knapsack(seed: int, size: int) -> tuple[Chooser, list[int], list[int], int]:
    chance = Random(seed)
    costs, weights = ([chance.randint(1, 60) for _ in range(size)] for _ in range(2))
    bound = sum(weights) // 2
    choices = Chooser()
    numbers = [choices.yes_or_no(cost) for cost in costs]
    choices.at_least(dict(zip(numbers, map(float, weights), strict=True)), bound)
    return choices, costs, weights, bound


@pytest.mark.parametrize("seed", range(20))
def test_choice_is_as_cheap_as_the_best_of_all(seed: int) -> None:
    choices, costs, weights, bound = knapsack(seed, 10)

    chosen = choices.cheapest()

    assert chosen is not None
    sets = [[number for number, taken in enumerate(taken) if taken] for taken in product((0, 1), repeat=10)]
    enough = [numbers for numbers in sets if sum(weights[number] for number in numbers) >= bound]
    assert sum(costs[number] for number in chosen) == min(sum(costs[n] for n in numbers) for numbers in enough)


def test_conditions_that_nothing_fulfils_have_no_choice() -> None:
    choices = Chooser()
    one = choices.yes_or_no(1)
    choices.at_least({one: 1.0}, 1.0)
    choices.exactly({one: 1.0}, 0.0)

    assert choices.cheapest() is None


def test_search_that_is_stopped_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chooser, "MAX_NODES", 1)
    choices, _, weights, bound = knapsack(3, 60)
    for turn in range(1, 12):
        choices.at_least({number: float(weights[(number * turn + 7) % 60]) for number in range(60)}, bound)

    with pytest.raises(TooMuchToTry):
        choices.cheapest()


# With its presolve, HiGHS 1.16.0 finds that nothing fulfils these: choices with their weights, and the least or exactly
# what they have to come to.
LEAST, EXACTLY = Chooser.at_least, Chooser.exactly
CONDITIONS: list[tuple[Callable[[Chooser, dict[int, float], float], None], dict[int, float], float]] = [
    (LEAST, {10: 1, 11: -1}, 0),
    (LEAST, {17: 1, 18: -1}, 0),
    (EXACTLY, {10: 1, 17: 1, 22: 1, 25: 1}, 1),
    (EXACTLY, {0: -1, 6: 1, 10: 1}, 0),
    (EXACTLY, {3: -1, 18: 1, 21: 1, 24: 1, 25: 1}, 0),
    (LEAST, {11: -1, 21: -1}, -1),
    (LEAST, {11: 1, 21: 1, 33: -1}, 0),
    (LEAST, {6: -1, 14: -1, 17: -1, 34: -1}, -1),
    (LEAST, {17: -0.8, 21: -0.8, 24: -0.8, 25: -0.8, 29: 0.6, 35: -1}, -0.8),
    (LEAST, {33: 1, 34: 1, 35: 1}, 1),
    (LEAST, {0: 1, 3: 1}, 1),
]


def test_choice_is_found_where_the_solver_once_missed_it() -> None:
    chooser, costs = Chooser(), {0: 71, 3: 1}
    names = sorted({name for _, terms, _ in CONDITIONS for name in terms})
    number = {name: chooser.yes_or_no(costs.get(name, 0)) for name in names}
    for hold_to, terms, bound in CONDITIONS:
        hold_to(chooser, {number[name]: weight for name, weight in terms.items()}, bound)

    chosen = chooser.cheapest()

    assert chosen is not None
    assert number[3] in chosen
    assert number[0] not in chosen
