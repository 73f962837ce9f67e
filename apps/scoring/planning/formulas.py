"""Expressions, written as conditions of a program: what they come to, whatever is chosen.

What only looks at a few questions is not taken apart: it is run for each combination of what they could be.
"""

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from itertools import pairwise, product
from math import prod
from typing import Any

from apps.scoring.language.expressions import Expression, compile_expression
from apps.scoring.language.values import present
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
)
from apps.scoring.planning.program import Program, TooMuchToTry
from apps.scoring.planning.quantities import ALWAYS, NEVER, ONE, Quantity, no
from apps.scoring.planning.syntax import OF_DIMENSION, name_of, names_in, terms_of, tree_of

MOST_COMBINATIONS = 64  # of the values of questions that are looked at together


@dataclass(frozen=True, slots=True)
class Place:
    """What names stand for. `env` has all of them; what is chosen moves the questions in `cases` and the `numbers`."""

    program: Program
    env: Mapping[str, Any]
    cases: dict[str, Cases] = field(default_factory=dict)
    numbers: dict[str, Number] = field(default_factory=dict)
    found: dict[tuple[str, frozenset[str]], Any] = field(default_factory=dict)  # each part of an expression once

    def truth(self, expression: Expression | None) -> Truth:
        """Where there is no condition, nothing fails."""
        if expression is None:
            return certainly(ALWAYS)
        return _Formula(self, expression).truth(tree_of(expression.source))

    def number(self, expression: Expression) -> Number:
        return _Formula(self, expression).number(tree_of(expression.source))

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


@dataclass(frozen=True, slots=True)
class _Formula:
    """One expression. `given` are names that may be relied on to have a value."""

    place: Place
    expression: Expression
    given: frozenset[str] = frozenset()

    @property
    def program(self) -> Program:
        return self.place.program

    def truth(self, node: ast.expr) -> Truth:
        found: Truth = self._once(node, truth_of, self._truth)
        return found

    def number(self, node: ast.expr) -> Number:
        found: Number = self._once(node, number_of, self._number)
        return found

    def _once(self, node: ast.expr, of_cases: Callable[[Cases], Any], otherwise: Callable[[Any], Any]) -> Any:
        at = self._source_of(node), self.given
        if at not in self.place.found:
            cases = self._cases(node)
            self.place.found[at] = otherwise(node) if cases is None else of_cases(cases)
        return self.place.found[at]

    def _cases(self, node: ast.expr) -> Cases | None:
        """What it comes to for each combination of what it looks at; None when there is more to it."""
        combinations = self.place.combinations(names_in(node))
        if combinations is None:
            return None
        run = self._expression_of(node).run
        return each_once((run(self._relied_on({**self.place.env, **values})), bit) for values, bit in combinations)

    def _relied_on(self, env: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**env, **{name: present(env[name]) for name in self.given}}

    # --- truths

    def _truth(self, node: Any) -> Truth:
        if isinstance(node, ast.BoolOp):
            join = every if isinstance(node.op, ast.And) else some
            return join(self.program, list(map(self.truth, node.values)))
        if isinstance(node, ast.UnaryOp):
            return negated(self.truth(node.operand))
        if isinstance(node, ast.IfExp):
            truths = self.truth(node.test), self._guarded(node).truth(node.body), self.truth(node.orelse)
            return if_else(self.program, *truths)
        if isinstance(node, ast.Call):  # answered(a derived value)
            number = self.number(node.args[0])
            return Truth(no(number.gone), number.absent)
        sides = [node.left, *node.comparators]
        compared = [self._compared(*each) for each in zip(node.ops, pairwise(sides), strict=True)]
        return every(self.program, compared)

    def _compared(self, operator: ast.cmpop, sides: tuple[ast.expr, ast.expr]) -> Truth:
        """Raises TooMuchToTry when too many choices are compared."""
        left, right = sides
        if isinstance(right, ast.Tuple):
            is_in = isinstance(operator, ast.In)
            each = [self._compared(ast.Eq() if is_in else ast.NotEq(), (left, listed)) for listed in right.elts]
            return (some if is_in else every)(self.program, each)
        kind = self._expression_of(left).kind.type
        if kind == "truth":
            found = same(self.program, self.truth(left), self.truth(right))
            return found if isinstance(operator, ast.Eq) else negated(found)
        if kind not in ("number", "date"):
            raise TooMuchToTry
        numbers = self.number(left), self.number(right)
        if isinstance(operator, ast.Gt | ast.GtE):
            numbers = numbers[1], numbers[0]
        return _COMPARISONS[type(operator)](self.program, *numbers)

    # --- numbers

    def _number(self, node: Any) -> Number:
        if isinstance(node, ast.Name):
            return self._named(node.id)
        if isinstance(node, ast.UnaryOp):
            return times(self.number(node.operand), -ONE)
        if isinstance(node, ast.IfExp):
            numbers = self._guarded(node).number(node.body), self.number(node.orelse)
            return chosen(self.program, self.truth(node.test), *numbers)
        if isinstance(node, ast.BinOp):
            return self._arithmetic(node)
        return self._call(node)

    def _named(self, name: str) -> Number:
        number = self.place.numbers[name]
        return number._replace(absent=NEVER, gone=NEVER) if name in self.given else number

    def _arithmetic(self, node: ast.BinOp) -> Number:
        if isinstance(node.op, ast.Add | ast.Sub):
            return added(self.program, [times(self.number(part), Fraction(sign)) for sign, part in terms_of(node)])
        return _ARITHMETIC[type(node.op)](self.program, self.number(node.left), self.number(node.right))

    def _call(self, node: Any) -> Number:
        function = node.func.id
        if function in OF_DIMENSION:
            return self._named(name_of(node))
        if function in ("min", "max"):
            return extreme(self.program, list(map(self.number, node.args)), largest=function == "max")
        if function in ("round_half_up", "floor", "ceil"):
            places = node.args[1].value if len(node.args) == 2 else 0
            return rounded(self.program, self.number(node.args[0]), function.removeprefix("round_"), places)
        raise TooMuchToTry  # days between dates of too many combinations

    # --- what they are parts of

    def _guarded(self, node: ast.IfExp) -> "_Formula":
        """`x if answered(x) else 0`: where the test is open, x may be relied on; where it holds, x is there anyway."""
        return replace(self, given=self.given | self._expression_of(node.test).term.implies)

    def _source_of(self, node: ast.expr) -> str:
        return self.expression.source.encode()[node.col_offset : node.end_col_offset].decode()

    def _expression_of(self, node: ast.expr) -> Expression:
        return compile_expression(self._source_of(node), self.expression.kinds)


_COMPARISONS: dict[type[ast.cmpop], Callable[[Program, Number, Number], Truth]] = {
    ast.Lt: less,
    ast.Gt: less,
    ast.LtE: at_most,
    ast.GtE: at_most,
    ast.Eq: equal,
    ast.NotEq: partial(equal, differ=True),
}
_ARITHMETIC: dict[type[ast.operator], Callable[[Program, Number, Number], Number]] = {
    ast.Mult: multiplied,
    ast.Div: divided,
    ast.FloorDiv: lambda program, a, b: rounded(program, divided(program, a, b), "floor"),
    ast.Mod: remainder,
}
