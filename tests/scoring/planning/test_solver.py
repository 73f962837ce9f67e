"""The solver's choices are the cheapest there are."""

from fractions import Fraction
from itertools import product
from random import Random

import pytest

from apps.scoring.planning import solver
from apps.scoring.planning.program import Program, TooMuchToTry
from apps.scoring.planning.quantities import ALWAYS, Quantity, known, no, total
from apps.scoring.planning.solver import cheapest


def knapsack(seed: int, size: int) -> tuple[Program, list[Quantity], list[int], list[int]]:
    """Choices that weigh at least half of what all weigh."""
    chance = Random(seed)
    costs, weights = ([chance.randint(1, 60) for _ in range(size)] for _ in range(2))
    program = Program()
    bits = [program.choice(cost) for cost in costs]
    weigh(program, bits, weights)
    return program, bits, costs, weights


def weigh(program: Program, bits: list[Quantity], weights: list[int]) -> None:
    weighed = total(bit.times(Fraction(weight)) for bit, weight in zip(bits, weights, strict=True))
    program.require(program.reaches_0(weighed - known(sum(weights) // 2)))


@pytest.mark.parametrize("seed", range(20))
def test_choice_is_as_cheap_as_the_best_of_all(seed: int) -> None:
    program, _, costs, weights = knapsack(seed, 10)

    chosen = cheapest(program)

    assert chosen is not None
    sets = [[number for number, taken in enumerate(taken) if taken] for taken in product((0, 1), repeat=10)]
    enough = [numbers for numbers in sets if sum(weights[number] for number in numbers) >= sum(weights) // 2]
    best = min(sum(costs[number] for number in numbers) for numbers in enough)
    assert sum(costs[number] for number in chosen if number < 10) == best


@pytest.mark.parametrize("lost", [False, True])
def test_choice_that_the_solver_loses_in_one_way_is_found_in_the_other(
    lost: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It happens too rarely to wait for, so it is made to happen: first a dearer choice, or none."""
    program, bits, costs, _ = knapsack(1, 10)
    best, ask = cheapest(program), solver._solved
    everything = frozenset(column for bit in bits for column in bit.terms)
    monkeypatch.setattr(
        solver,
        "_solved",
        lambda asked, *, other_way=False: ask(asked, other_way=True) if other_way else None if lost else everything,
    )

    assert sum(costs) > sum(program.columns[column].cost for column in best or ())
    assert cheapest(program) == best


def test_conditions_that_nothing_fulfils_have_no_choice() -> None:
    program = Program()
    bit = program.choice(1)
    program.require(bit)
    program.require(no(bit))

    assert cheapest(program) is None


def test_what_nothing_asks_for_stays_out_of_it() -> None:
    program = Program()
    bit, other = program.choice(1), program.choice(1)
    program.product(bit.times(Fraction(10**9)), other)  # too large to be told
    program.require(bit)

    assert cheapest(program) == {0}


@pytest.mark.parametrize("limits", [{"MAX_STEPS": 0, "NODES_AT_ONCE": 1}, {"MAX_NODES": 2, "NODES_AT_ONCE": 1}])
def test_search_that_is_stopped_says_so(limits: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, limit in limits.items():
        monkeypatch.setattr(solver, name, limit)

    with pytest.raises(TooMuchToTry):
        cheapest(knapsacks(12))


def test_search_goes_on_after_each_look_at_its_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = cheapest(knapsacks(12))
    monkeypatch.setattr(solver, "NODES_AT_ONCE", 1)

    assert cheapest(knapsacks(12)) == at_once


def knapsacks(count: int) -> Program:
    program, bits, _, weights = knapsack(3, 60)
    for turn in range(1, count):
        weigh(program, bits, [weights[(number * turn + 7) % 60] for number in range(60)])
    return program


def test_number_too_large_for_the_solver_is_refused() -> None:
    program = Program()
    large = program.product(program.choice(1).times(Fraction(10**9)), program.choice(1))
    program.require(program.reaches_0(large - known(5)))

    with pytest.raises(TooMuchToTry):
        cheapest(program)


def test_known_bits_need_no_solver() -> None:
    program = Program()
    program.require(ALWAYS)

    assert cheapest(program) == frozenset()
