"""Everything a name could be, cut into pieces: of a piece an expression often knows what it cannot of the whole."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import ROUND_FLOOR, Decimal
from itertools import product
from math import prod
from typing import Any

from apps.scoring.language.expressions import Expression
from apps.scoring.language.values import ABSENT_NUMBER, EXACT, ZERO, Kind, Range, exactly

MAX_COMBINATIONS = 2_000


def number_pieces(kind: Kind, numbers: Collection[Decimal], places: int) -> list[Range]:
    """Each of `numbers` that can be answered by itself, and the stretches between them; absence is the first."""
    step = Decimal(1).scaleb(-places)
    pieces: list[Range] = [ABSENT_NUMBER]
    start = kind.low
    for number in sorted({n for n in numbers if kind.low <= n <= kind.high}):
        whole = EXACT.multiply(EXACT.divide(number, step).to_integral_value(ROUND_FLOOR, EXACT), step)
        below = EXACT.subtract(number, step) if whole == number else whole
        if below >= start:
            pieces.append(Range(start, below))
        if whole == number:
            pieces.append(exactly(number))
        start = EXACT.add(whole, step)
    return [*pieces, Range(start, kind.high)] if start <= kind.high else pieces


def highest(formula: Expression, own: str, places: Mapping[str, int]) -> Decimal | None:
    """At most this; None when it never has a value. `own` is the question whose points it gives, the one name that is
    cut even where there are too many pieces; `places` are the decimals of the numbers among its names."""
    numbers = [ZERO, *(literal for literal in formula.term.literals if isinstance(literal, Decimal))]
    pieces = [_pieces(formula.kinds[name], numbers, places.get(name)) for name in formula.names]
    if prod(map(len, pieces)) > MAX_COMBINATIONS:
        whole = [[kind.anything()] for kind in formula.kinds.values()]
        pieces = [cut if name == own else uncut for name, cut, uncut in zip(formula.names, pieces, whole, strict=True)]
    results = (formula.run(dict(zip(formula.names, values, strict=True))).high for values in product(*pieces))
    return max(_known(results), default=None)


def _pieces(kind: Kind, numbers: Collection[Decimal], places: int | None) -> list[Any]:
    if kind.type == "choice":
        return [kind.nothing(), *(frozenset({option}) for option in sorted(kind.options or ()))]
    return number_pieces(kind, numbers, places) if places is not None else [kind.anything()]


def _known(numbers: Iterable[Decimal | None]) -> Iterator[Decimal]:
    return (number for number in numbers if number is not None)
