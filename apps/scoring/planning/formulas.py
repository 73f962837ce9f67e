"""Expressions, written as conditions of a program: what they come to, whatever is chosen.

What only looks at a few questions is not taken apart: it is run for each combination of what they could be. The rest is
taken step by step; `OPERATIONS` has what each step of the language is here.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from math import prod
from typing import Any

from apps.scoring.language import operations as op
from apps.scoring.language.expressions import MAX_PLACES, Expression
from apps.scoring.language.terms import Term
from apps.scoring.language.values import answered, present
from apps.scoring.planning.numbers import (
    Cases,
    Number,
    Truth,
    added,
    at_most,
    certainly,
    chosen,
    divided,
    each_once,
    equal,
    every,
    extreme,
    if_else,
    less,
    multiplied,
    negated,
    number_of,
    remainder,
    rounded,
    same,
    some,
    times,
    truth_of,
    unmoved,
)
from apps.scoring.planning.program import Program, TooMuchToTry
from apps.scoring.planning.quantities import ALWAYS, NEVER, ONE, Quantity, no

MOST_COMBINATIONS = 64  # of the values of questions that are looked at together


@dataclass(frozen=True, slots=True)
class Place:
    """What names stand for. `env` has all of them; what is chosen moves the questions in `cases` and the `numbers`."""

    program: Program
    env: Mapping[str, Any]
    cases: dict[str, Cases] = field(default_factory=dict)
    numbers: dict[str, Number] = field(default_factory=dict)
    found: dict[Term, Any] = field(default_factory=dict)  # a truth, a number or, of what is listed, numbers

    def truth(self, expression: Expression | None) -> Truth:
        """Where there is no condition, nothing fails."""
        found: Truth = certainly(ALWAYS) if expression is None else self._value(expression.term, frozenset())
        return found

    def number(self, expression: Expression) -> Number:
        found: Number = self._value(expression.term, frozenset())
        return found

    def combinations(self, names: Iterable[str]) -> list[tuple[Mapping[str, Any], Quantity]] | None:
        """Of what these could be; None when there are too many, or one is a number that moves."""
        names = [name for name in names if name in self.cases or name in self.numbers]
        if (
            not self.numbers.keys().isdisjoint(names)
            or prod(len(self.cases[name]) for name in names) > MOST_COMBINATIONS
        ):
            return None
        found = list[tuple[Mapping[str, Any], Quantity]]()
        for each in product(*(self.cases[name] for name in names)):
            values = {name: value for name, (value, _) in zip(names, each, strict=True)}
            found.append((values, self.program.all_of([bit for _, bit in each])))
        return found

    def _value(self, term: Term, given: frozenset[str]) -> Any:
        """`given` are names that may be relied on to have a value. Raises TooMuchToTry."""
        if term not in self.found:
            combinations = self.combinations(term.names)
            if combinations is None:
                self.found[term] = self._step_by_step(term, given)
            else:
                cases = each_once((self._run(term, given, values), bit) for values, bit in combinations)
                self.found[term] = _OF_CASES[term.kind.type](cases)
        return self.found[term]

    def _run(self, term: Term, given: frozenset[str], values: Mapping[str, Any]) -> Any:
        env = {**self.env, **values}
        return term.run({**env, **{name: present(env[name]) for name in given}})

    def _step_by_step(self, term: Term, given: frozenset[str]) -> Any:
        """What has no parts is a name, and only numbers move."""
        if not term.parts:
            number = self.numbers[term.names[0]]
            return number._replace(absent=NEVER, gone=NEVER) if term.names[0] in given else number
        if not term.steps:
            return self._one_of_two(term, given)
        operation = OPERATIONS.get(term.steps[0])
        if operation is None:
            raise TooMuchToTry  # roots and logarithms; choices or dates that a moving number picks
        values = [self._value(part, given) for part in term.parts]
        for place, step in enumerate(term.steps, start=1):
            if step is op.subtract:
                values[place] = times(values[place], -ONE)
        return operation(self.program, *values)

    def _one_of_two(self, term: Term, given: frozenset[str]) -> Any:
        """`x if answered(x) else 0`: where the test is open, x may be relied on; where it holds, x is there anyway."""
        test, then, other = term.parts
        pick = if_else if term.kind.type == "truth" else chosen
        values = self._value(test, given), self._value(then, given | test.implies), self._value(other, given)
        return pick(self.program, *values)


_OF_CASES: dict[str, Callable[[Cases], Any]] = {
    "truth": truth_of,
    "number": number_of,
    "date": number_of,
    "tuple": lambda cases: list(map(unmoved, cases[0][0])),
}
# What each step is here. Of a sum, `min` or `and` all parts come at once, and what is subtracted with its sign.
OPERATIONS: dict[Callable[..., Any], Callable[..., Any]] = {
    op.both: every,
    op.either: some,
    op.negate: lambda program, a: negated(a),
    op.same_truth: same,
    op.other_truth: lambda program, a, b: negated(same(program, a, b)),
    answered: lambda program, a: Truth(no(a.gone), a.absent),
    op.less: less,
    op.at_most: at_most,
    op.more: lambda program, a, b: less(program, b, a),
    op.at_least: lambda program, a, b: at_most(program, b, a),
    op.equal: equal,
    op.differ: partial(equal, differ=True),
    op.listed: lambda program, a, numbers: some(program, *(equal(program, a, each) for each in numbers)),
    op.not_listed: lambda program, a, numbers: every(program, *(equal(program, a, b, differ=True) for b in numbers)),
    op.add: added,
    op.subtract: added,
    op.negative: lambda program, a: times(a, -ONE),
    op.multiply: multiplied,
    op.divide: divided,
    op.floor_divide: lambda program, a, b: rounded(program, divided(program, a, b), "floor"),
    op.remainder: remainder,
    op.smaller: partial(extreme, largest=False),
    op.larger: partial(extreme, largest=True),
    op.floor: partial(rounded, mode="floor"),
    op.ceil: partial(rounded, mode="ceil"),
    **{
        op.rounder("half_up", places): partial(rounded, mode="half_up", places=places)
        for places in range(MAX_PLACES + 1)
    },
}
