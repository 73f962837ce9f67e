"""Everything a name could be, cut into pieces: of a piece an expression often knows what it cannot of the whole."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from itertools import combinations, product
from math import prod
from typing import Any

from apps.scoring.definitions import Question
from apps.scoring.language.expressions import Expression
from apps.scoring.language.values import ABSENT_NUMBER, EXACT, NO, YES, ZERO, Kind, Range, Ticks, exactly

MOST_COMBINATIONS = 2_000  # for one formula; `completeness` has its own bound for one condition
MOST_WORK = 25_000_000
SLOW, SLOW_STEPS = re.compile(r"\b(?:exp|ln)\s*\("), 100


@dataclass
class Work:
    """What may still be tried for one file: a combination costs the steps of what it is tried on."""

    left: int = MOST_WORK

    def allows(self, combinations: int, expressions: Collection[Expression]) -> bool:
        cost = combinations * sum(map(steps_of, expressions))
        if cost > self.left:
            return False
        self.left -= cost
        return True


def steps_of(expression: Expression) -> int:
    """What it takes to run it once: a step for each character, and more where there are logarithms in it."""
    return len(expression.source) + SLOW_STEPS * len(SLOW.findall(expression.source))


# --- the answers to a question, as far as the literals of some conditions tell them apart


def most_pieces(question: Question, literals: set[Any]) -> int:
    """At most so many; counted before any are made, since a multi alone can have thousands."""
    if question.type in ("number", "date"):
        return 2 * sum(isinstance(literal, Decimal) for literal in literals) + 2
    named = sum(choice.key in literals for choice in question.choices)
    return 2**named + len(question.choices) if question.type == "multi" else named + 2


def pieces_of(question: Question, literals: set[Any]) -> list[Any]:
    if question.type == "single":
        return choice_pieces(question.kind, literals)
    if question.type == "multi":
        return _multi_pieces(question, literals)
    if question.type in ("number", "date"):
        return number_pieces(question.kind, {x for x in literals if isinstance(x, Decimal)})
    return [NO, YES]


def choice_pieces(kind: Kind, literals: Collection[Any]) -> list[Any]:
    """No answer, each option among `literals` by itself, and the others together."""
    options = kind.options or frozenset()
    apart = options.intersection(literals)
    others = [options - apart] if options > apart else []
    return [kind.nothing, *(frozenset({option}) for option in sorted(apart)), *others]


def _multi_pieces(question: Question, literals: set[Any]) -> list[Any]:
    together = [choice.key for choice in question.choices if not choice.exclusive]
    named = [key for key in together if key in literals]
    rest = frozenset(together) - frozenset(named)
    alone = [frozenset({choice.key}) for choice in question.choices if choice.exclusive]
    subsets = (frozenset(s) for size in range(len(named) + 1) for s in combinations(named, size))
    pieces = [Ticks(s, s | rest, len(s), len(s) + len(rest)) for s in subsets]
    return pieces + [Ticks(keys, keys, 1, 1) for keys in alone]


def number_pieces(kind: Kind, numbers: Collection[Decimal]) -> list[Range]:
    """Each of `numbers` that can be answered by itself, and the stretches between them; absence is the first."""
    step = Decimal(1).scaleb(-(kind.places or 0))
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


# --- the most that a formula gives


def highest(formula: Expression, own: str, work: Work) -> Decimal | None:
    """At most this; None when it never has a value. `own` is the question whose points it gives, the one name that is
    cut even where there are too many pieces."""
    numbers = [ZERO, *(literal for literal in formula.term.literals if isinstance(literal, Decimal))]
    cut = {name: _pieces_of_kind(formula.kinds[name], numbers) for name in formula.names}
    whole = {name: [formula.kinds[name].anything] for name in formula.names}
    pieces = whole
    if prod(map(len, cut.values())) <= MOST_COMBINATIONS and work.allows(prod(map(len, cut.values())), [formula]):
        pieces = cut
    elif own in cut and work.allows(len(cut[own]), [formula]):
        pieces = {**whole, own: cut[own]}
    results = (formula.run(dict(zip(pieces, values, strict=True))).high for values in product(*pieces.values()))
    return max((high for high in results if high is not None), default=None)


def _pieces_of_kind(kind: Kind, numbers: Collection[Decimal]) -> list[Any]:
    if kind.type == "choice":
        return choice_pieces(kind, kind.options or ())
    return number_pieces(kind, numbers) if kind.places is not None else [kind.anything]
