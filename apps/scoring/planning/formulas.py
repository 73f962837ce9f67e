"""Expressions: what they come to, whatever is chosen.

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
from apps.scoring.language.compiler import MAX_PLACES
from apps.scoring.language.expressions import Expression
from apps.scoring.language.terms import Term
from apps.scoring.language.values import answered, present
from apps.scoring.planning import numbers as n
from apps.scoring.planning.quantities import Cases, Quantity, TooMuchToTry, all_of, each_once, largest, smallest

PLACES = range(MAX_PLACES + 1)
MOST_COMBINATIONS = 64  # of the values of questions that are looked at together


@dataclass(frozen=True, slots=True)
class Scope:
    """What names stand for. `env` has all of them as they are with no gap closed; `cases` the questions that move with
    what is chosen, and `made` how each number that could is made: points, maxima, shares and derived values."""

    env: Mapping[str, Any]
    cases: dict[str, Cases] = field(default_factory=dict)
    made: dict[str, Callable[[], n.Number]] = field(default_factory=dict)
    found: dict[str | Term, Any] = field(default_factory=dict)  # a truth, a number or, of what is listed, numbers

    def truth(self, expression: Expression | None) -> n.Truth:
        """Where there is no condition, nothing fails."""
        found: n.Truth = n.HOLDS if expression is None else self._value(expression.term, frozenset())
        return found

    def number(self, expression: Expression) -> n.Number:
        found: n.Number = self._value(expression.term, frozenset())
        return found

    def named(self, name: str) -> n.Number:
        if name not in self.found:
            self.found[name] = self.made[name]()
        found: n.Number = self.found[name]
        return found

    def combinations(self, names: Iterable[str]) -> list[tuple[Mapping[str, Any], Quantity]] | None:
        """Of what these could be; None when there are too many, or one is a number that moves."""
        if any(name in self.made and not self.named(name).is_known for name in names):
            return None
        cases = {name: self.cases[name] for name in names if name in self.cases}
        if prod(map(len, cases.values())) > MOST_COMBINATIONS:
            return None
        found = list[tuple[Mapping[str, Any], Quantity]]()
        for each in product(*cases.values()):
            values = {name: value for name, (value, _) in zip(cases, each, strict=True)}
            found.append((values, all_of(*(bit for _, bit in each))))
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
            number = self.named(term.names[0])
            return number._replace(missing=n.FAILS) if term.names[0] in given else number
        if not term.steps:
            return self._if_else(term, given)
        operation = OPERATIONS.get(term.steps[0])
        if operation is None:
            raise TooMuchToTry  # roots and logarithms; choices or dates that a moving number picks
        values = [self._value(part, given) for part in term.parts]
        for place, step in enumerate(term.steps, start=1):
            if step is op.subtract:
                values[place] = n.negative(values[place])
        return operation(*values)

    def _if_else(self, term: Term, given: frozenset[str]) -> Any:
        """`x if answered(x) else 0`: where the test is open, x may be relied on; where it holds, x is there anyway."""
        test, then, other = term.parts
        pick = n.if_else if term.kind.type == "truth" else n.chosen
        values = self._value(test, given), self._value(then, given | test.implies), self._value(other, given)
        return pick(*values)


_OF_CASES: dict[str, Callable[[Cases], Any]] = {
    "truth": n.truth_of,
    "number": n.number_of,
    "date": n.number_of,
    "tuple": lambda cases: list(map(n.unmoved, cases[0][0])),
}
# What each step is here. Of a sum, `min` or `and` all parts come at once, and what is subtracted with its sign.
OPERATIONS: dict[Callable[..., Any], Callable[..., Any]] = {
    op.both: n.every,
    op.either: n.some,
    op.negate: n.negated,
    op.same_truth: n.same,
    op.other_truth: lambda a, b: n.negated(n.same(a, b)),
    answered: lambda a: n.negated(a.missing),
    op.less: n.less,
    op.at_most: lambda a, b: n.at_least(b, a),
    op.more: lambda a, b: n.less(b, a),
    op.at_least: n.at_least,
    op.equal: n.equal,
    op.differ: n.differ,
    op.listed: lambda a, numbers: n.some(*(n.equal(a, each) for each in numbers)),
    op.not_listed: lambda a, numbers: n.every(*(n.differ(a, each) for each in numbers)),
    op.add: n.added,
    op.subtract: n.added,
    op.negative: n.negative,
    op.multiply: n.multiplied,
    op.divide: n.divided,
    op.floor_divide: lambda a, b: n.rounded(n.divided(a, b), "floor"),
    op.remainder: n.remainder,
    op.smaller: n.rising(smallest),
    op.larger: n.rising(largest),
    op.floor: partial(n.rounded, mode="floor"),
    op.ceil: partial(n.rounded, mode="ceil"),
    **{op.rounder("half_up", digits): partial(n.rounded, mode="half_up", places=digits) for digits in PLACES},
}
