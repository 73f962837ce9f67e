"""The solver's choices are the cheapest there are."""

from fractions import Fraction
from itertools import product as every_combination
from random import Random

import pytest

from apps.scoring.planning import solver
from apps.scoring.planning.quantities import (
    ALWAYS,
    Quantity,
    TooMuchToTry,
    choice,
    no,
    product,
    reaches_0,
    total,
)
from apps.scoring.planning.solver import cheapest


def knapsack(seed: int, size: int) -> tuple[Quantity, list[Quantity], list[int], list[int]]:
    """Choices that weigh at least half of what all weigh."""
    chance = Random(seed)
    costs, weights = ([chance.randint(1, 60) for _ in range(size)] for _ in range(2))
    bits = [choice(cost) for cost in costs]
    return heavy(bits, weights), bits, costs, weights


def heavy(bits: list[Quantity], weights: list[int]) -> Quantity:
    weighed = total(*(bit * Fraction(weight) for bit, weight in zip(bits, weights, strict=True)))
    return reaches_0(weighed - sum(weights) // 2)


@pytest.mark.parametrize("seed", range(20))
def test_choice_is_as_cheap_as_the_best_of_all(seed: int) -> None:
    goal, bits, costs, weights = knapsack(seed, 10)

    chosen = cheapest([goal])

    assert chosen is not None
    sets = [[number for number, taken in enumerate(taken) if taken] for taken in every_combination((0, 1), repeat=10)]
    enough = [numbers for numbers in sets if sum(weights[number] for number in numbers) >= sum(weights) // 2]
    best = min(sum(costs[number] for number in numbers) for numbers in enough)
    assert sum(cost for bit, cost in zip(bits, costs, strict=True) if chosen & bit.terms.keys()) == best


@pytest.mark.parametrize("lost", [False, True])
def test_choice_that_the_solver_loses_in_one_way_is_found_in_the_other(
    lost: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It happens too rarely to wait for, so it is made to happen: first a dearer choice, or none."""
    goal, bits, costs, _ = knapsack(1, 10)
    best, ask = cheapest([goal]), solver._solved
    everything = frozenset(column for bit in bits for column in bit.terms)
    monkeypatch.setattr(
        solver,
        "_solved",
        lambda asked, *, other_way=False: ask(asked, other_way=True) if other_way else None if lost else everything,
    )

    assert sum(costs) > sum(column.cost for column in best or ())
    assert cheapest([goal]) == best


def test_conditions_that_nothing_fulfils_have_no_choice() -> None:
    bit = choice(1)

    assert cheapest([bit, no(bit)]) is None


def test_what_no_goal_leads_to_stays_out_of_it() -> None:
    bit, other = choice(1), choice(1)
    product(bit * Fraction(10**9), other)  # too large to be told

    assert cheapest([bit]) == set(bit.terms)


@pytest.mark.parametrize("limits", [{"MAX_STEPS": 0, "NODES_AT_ONCE": 1}, {"MAX_NODES": 2, "NODES_AT_ONCE": 1}])
def test_search_that_is_stopped_says_so(limits: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, limit in limits.items():
        monkeypatch.setattr(solver, name, limit)

    with pytest.raises(TooMuchToTry):
        cheapest(knapsacks(12))


def test_search_goes_on_after_each_look_at_its_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    goals = knapsacks(12)
    at_once = cheapest(goals)
    monkeypatch.setattr(solver, "NODES_AT_ONCE", 1)

    assert cheapest(goals) == at_once


def knapsacks(count: int) -> list[Quantity]:
    goal, bits, _, weights = knapsack(3, 60)
    turned = [[weights[(number * turn + 7) % 60] for number in range(60)] for turn in range(1, count)]
    return [goal, *(heavy(bits, weights) for weights in turned)]


def test_number_too_large_for_the_solver_is_refused() -> None:
    large = product(choice(1) * Fraction(10**9), choice(1))

    with pytest.raises(TooMuchToTry):
        cheapest([reaches_0(large - 5)])


def test_known_bits_need_no_solver() -> None:
    assert cheapest([ALWAYS]) == frozenset()
