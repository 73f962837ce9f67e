"""Columns: one value for each of many answer sheets, kept as a code per sheet and the values that the codes stand for.

Many sheets hold few different values. So a function is not run once per sheet but once per combination of values that
its columns can show side by side; what it is run with and what it returns are the plain values of one sheet.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import product, repeat
from math import gcd, prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.scoring.language.values import Range

Codes = NDArray[np.unsignedinteger[Any]]

ALL_AT_ONCE = 256  # so few combinations are tried all; finding out which of them occur would take longer
AS_THEY_ARE = 64  # so few results keep their codes, whichever are the same
SAMPLE = 500  # results that are looked at to see whether some are the same
LONGEST = 2**31  # numbers of combinations beyond this are counted anew
TABLE = 2**22  # up to here a table finds what occurs, beyond it sorting does


class Column(NamedTuple):
    """`values` may name a value more than once. Columns that share `codes` move together."""

    codes: Codes
    values: Sequence[Any]

    def rows_with(self, value: object) -> int:
        codes = [code for code, here in enumerate(self.values) if here == value]
        return sum(int(np.count_nonzero(self.codes == code)) for code in codes)

    def part(self, rows: slice) -> "Column":
        """The same of some rows, with the values that occur in them."""
        found, codes = np.unique(self.codes[rows], return_inverse=True)
        return Column(narrow(codes, len(found)), [self.values[code] for code in found.tolist()])


Step = tuple[Callable[[Any, Any], Any], Column]  # from what there is so far and the column's value to what is then


def constant(value: object, rows: int) -> Column:
    return Column(np.broadcast_to(np.uint8(0), rows), [value])


def spread(columns: Iterable[Column]) -> int:
    """How many combinations of values the columns could show side by side."""
    return prod(size for _, size in _sources(columns).values())


def apply(function: Callable[..., Any], *columns: Column) -> Column:
    """The column of what `function` returns for the values of `columns`, side by side. Its results are hashable."""
    sources = _sources(columns)
    if len(sources) < 2:
        return _relabelled(function, columns)
    codes, cells = _crossed(list(sources.values()))
    place = {codes_id: number for number, codes_id in enumerate(sources)}
    arguments = [_picked(column, cells, place.get(id(column.codes))) for column in columns]
    return _merged(codes, list(map(function, *arguments)))


def _sources(columns: Iterable[Column]) -> dict[int, tuple[Codes, int]]:
    """What moves, each once, with how many codes it has."""
    return {id(column.codes): (column.codes, len(column.values)) for column in columns if len(column.values) > 1}


def _relabelled(function: Callable[..., Any], columns: Sequence[Column]) -> Column:
    """All columns move together, or stand still: the codes stay, only what they stand for is another thing."""
    moving = next((column for column in columns if len(column.values) > 1), None)
    if moving is None:
        return Column(columns[0].codes, [function(*(column.values[0] for column in columns))])
    results = list(
        map(function, *(column.values if len(column.values) > 1 else repeat(column.values[0]) for column in columns))
    )
    return Column(moving.codes, results) if len(results) <= AS_THEY_ARE else _merged(moving.codes, results)


def _merged(codes: Codes, results: list[Any]) -> Column:
    """One code for results that are the same, unless so few are, in a sample, that it would not pay."""
    sample = results[:SAMPLE]
    if len(set(sample)) == SAMPLE:
        return Column(codes, results)
    code_of = Numbering()
    table = [code_of[name] for name in map(_name, results)]
    values = dict(zip(table, results, strict=True))
    return Column(look_up(narrow(np.array(table, np.uint32), len(code_of)), codes), list(values.values()))


def _name(result: Hashable) -> Hashable:
    """What only the same results share. To hash fifty digits takes far longer than to write them."""
    return (str(result.low), str(result.high), result.absent) if isinstance(result, Range) else result


def fold(steps: Iterable[Step], start: Column) -> Column:
    """`start`, changed by one step after the other with its column: as many at once as few combinations allow."""
    total, waiting = start, list[Step]()
    for step, column in steps:
        if waiting and spread([total, column, *(other for _, other in waiting)]) > ALL_AT_ONCE:
            total, waiting = _stepped(total, waiting), []
        waiting.append((step, column))
    return _stepped(total, waiting)


def _stepped(total: Column, waiting: Sequence[Step]) -> Column:
    def change(value: Any, *others: Any) -> Any:
        for (step, _), other in zip(waiting, others, strict=True):
            value = step(value, other)
        return value

    return apply(change, total, *(column for _, column in waiting))


def sums_of(tables: Sequence[tuple[Codes, Sequence[int]]], rows: int) -> Column:
    """Row by row the sum of one whole number per table. The caller sees to it that 64 bits are enough."""
    lowest = sum(min(numbers) for _, numbers in tables)
    above = [(codes, [number - min(numbers) for number in numbers]) for codes, numbers in tables]
    # In such steps the sums lie close together, so that small numbers do: they are added fast.
    step = gcd(*(number for _, numbers in above for number in numbers)) or 1
    furthest = sum(max(numbers) for _, numbers in above) // step
    if not furthest:
        return constant(lowest, rows)
    total = np.zeros(rows, np.min_scalar_type(furthest))
    for codes, numbers in above:
        if any(numbers):
            steps = np.array([number // step for number in numbers], np.uint64)
            total += look_up(narrow(steps, int(steps.max()) + 1), codes)
    codes, firsts = dense(total, furthest + 1)
    return Column(codes, [int(number) * step + lowest for number in total[firsts]])


def dense(keys: NDArray[Any], size: int) -> tuple[Codes, NDArray[Any]]:
    """Codes without holes for keys below `size`, and for each code a row that has it."""
    if size > TABLE:
        return _sorted_out(keys)
    keys = keys.astype(np.intp, copy=False)  # else numpy makes it of each look-up's keys, and slowly
    row_of = np.full(size, -1, np.int32)
    row_of[keys] = np.arange(len(keys), dtype=np.int32)
    occurring = np.flatnonzero(row_of >= 0)
    code_of = np.zeros(size, np.min_scalar_type(len(occurring)))
    code_of[occurring] = np.arange(len(occurring))
    return code_of.take(keys), row_of[occurring]


def _sorted_out(keys: NDArray[Any]) -> tuple[Codes, NDArray[Any]]:
    """`np.unique` keeps the first of what is the same, and sorts for that three times as long."""
    order = np.argsort(keys)
    ordered = keys[order]
    new = np.append(True, ordered[1:] != ordered[:-1])
    codes = np.empty(len(keys), np.uint32)
    codes[order] = np.cumsum(new) - 1
    return narrow(codes, int(new.sum())), order[new]


def narrow(codes: NDArray[Any], size: int) -> Codes:
    """In the smallest type that holds codes below `size`: what is small is read fast."""
    return codes.astype(np.min_scalar_type(max(size - 1, 0)), copy=False)


def look_up(table: Codes, codes: Codes) -> Codes:
    """What the table has at each of the codes. Bytes are looked up twice as fast by `bytes` as by numpy."""
    if table.dtype == codes.dtype == np.uint8:
        return np.frombuffer(codes.tobytes().translate(table.tobytes().ljust(256, b"\0")), np.uint8)
    return table.take(codes)


class Numbering(dict[Any, int]):
    """Numbers things in the order they are first asked for."""

    def __missing__(self, thing: object) -> int:
        self[thing] = number = len(self)
        return number


def _crossed(parts: Sequence[tuple[Codes, int]]) -> tuple[NDArray[Any], list[Sequence[int]]]:
    """A code per row for what `parts` show side by side, and for each part its own codes in the order of those."""
    keys, size = parts[0]
    for codes, more in parts[1:]:
        if size * more > LONGEST:
            keys, firsts = dense(keys, size)
            size = len(firsts)
        size *= more
        kind = np.min_scalar_type(size - 1)
        keys = keys.astype(kind, copy=False) * kind.type(more)
        keys += codes
    if size == prod(count for _, count in parts) <= min(ALL_AT_ONCE, len(keys)):
        return keys, list(zip(*product(*(range(count) for _, count in parts)), strict=True))
    keys, firsts = dense(keys, size)
    return keys, [codes[firsts].tolist() for codes, _ in parts]


def _picked(column: Column, cells: Sequence[Sequence[int]], place: int | None) -> Iterable[Any]:
    return repeat(column.values[0]) if place is None else map(column.values.__getitem__, cells[place])
