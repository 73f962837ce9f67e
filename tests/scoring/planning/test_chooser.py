"""The solver's choices are the cheapest there are."""

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
    numbers = [choices.choice(cost) for cost in costs]
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
    one = choices.choice(1)
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
