"""Columns say, row by row, what plain Python says."""

from decimal import Decimal
from functools import reduce
from operator import add, sub
from random import Random

import numpy as np
import pytest

from apps.questionnaires.replay.columns import Column, apply, constant, dense, fold, look_up, sums_of
from apps.scoring.language.values import exactly


def rows_of(column: Column) -> list[object]:
    return [column.values[code] for code in column.codes.tolist()]


def column_of(values: list[int], codes: list[int]) -> Column:
    return Column(np.array(codes, np.min_scalar_type(max(codes))), values)


# Where the lowest or the highest sum just fits into 8, 16, 32 or 63 bits, and where it does not.
@pytest.mark.parametrize("limit", [63, 64, 127, 128, 129, 2**14, 2**15, 2**16, 2**30, 2**31, 2**32, 2**61])
@pytest.mark.parametrize("step", [1, 3])
def test_sums_are_exact_up_to_the_limits_of_their_types(limit: int, step: int) -> None:
    furthest = limit // 2 * step
    tables = [
        ([-furthest, step, furthest], [0, 1, 2, 0, 2]),
        ([furthest, 0, -furthest], [2, 1, 0, 0, 2]),
        ([7] * 2, [0] * 5),
    ]
    columns = [column_of(values, codes) for values, codes in tables]

    sums = sums_of([(column.codes, column.values) for column in columns], 5)

    assert rows_of(sums) == [sum(row) for row in zip(*map(rows_of, columns), strict=True)]


def test_a_sum_of_what_never_moves_is_one_number() -> None:
    sums = sums_of([(np.zeros(3, np.uint8), [4]), (np.array([0, 1, 0], np.uint8), [5, 5])], 3)

    assert rows_of(sums) == [9, 9, 9]


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 70_000])
def test_what_is_looked_up_is_what_the_table_has(size: int) -> None:
    chance = Random(size)
    table = np.array([chance.randrange(size) for _ in range(size)], np.min_scalar_type(size - 1))
    codes = np.array([chance.randrange(size) for _ in range(1_000)], np.min_scalar_type(size - 1))

    assert look_up(table, codes).tolist() == [int(table[code]) for code in codes]


@pytest.mark.parametrize("size", [300, 2**22 + 1])
def test_dense_codes_have_no_holes_and_name_a_row_that_has_them(size: int) -> None:
    keys = np.array([7, size - 1, 7, 0, size - 1])

    codes, rows = dense(keys, size)

    assert codes.tolist() == [1, 2, 1, 0, 2]
    assert keys[rows].tolist() == [0, 7, size - 1]


def test_rows_are_counted_under_every_code_that_stands_for_a_value() -> None:
    column = column_of([1, 2, 1, 3], [0, 1, 2, 2, 3])

    assert [column.rows_with(value) for value in (1, 2, 3, 4)] == [3, 1, 1, 0]


@pytest.mark.parametrize("values", [3, 20, 300])
def test_a_function_of_two_columns_is_that_function_row_by_row(values: int) -> None:
    chance = Random(values)
    one, other = (column_of(list(range(values)), [chance.randrange(values) for _ in range(2_000)]) for _ in range(2))

    both = apply(lambda a, b: (a + b) // 2, one, other)

    assert rows_of(both) == [(a + b) // 2 for a, b in zip(rows_of(one), rows_of(other), strict=True)]


@pytest.mark.parametrize("values", [1, 2, 3, 20, 300])
def test_steps_are_taken_in_order_row_by_row(values: int) -> None:
    chance = Random(values)
    columns = [column_of(list(range(values)), [chance.randrange(values) for _ in range(500)]) for _ in range(12)]
    steps = [sub if number % 3 else max for number in range(12)]

    folded = fold(zip(steps, columns, strict=True), constant(5, 500))

    in_rows = zip(*map(rows_of, columns), strict=True)
    each = [reduce(lambda value, step: step[0](value, step[1]), zip(steps, row, strict=True), 5) for row in in_rows]
    assert rows_of(folded) == each


@pytest.mark.parametrize("steps", [[], [(add, column_of([0, 1], [0, 1, 1]))]])
def test_a_column_without_steps_stays_as_it_is(steps: list[tuple[object, Column]]) -> None:
    start = column_of([4, 7], [1, 0, 1])

    assert rows_of(fold(steps, start)) == ([7, 5, 8] if steps else [7, 4, 7])


@pytest.mark.parametrize("numbers", [["1", "1.0", "3"], ["0", "-0", "1e-49"]])
def test_results_are_told_apart_by_all_their_digits(numbers: list[str]) -> None:
    values = [exactly(Decimal(numbers[place % 3]) + place // 3 * 10) for place in range(300)]
    column = column_of(list(range(300)), [place % 300 for place in range(900)])

    merged = apply(lambda number: values[number], column)

    assert rows_of(merged) == values * 3
