"""How the level depends on points: the sums of points that matter, and in which direction each should move.

It answers one question: when is one set of gaps certainly as good as another, whatever else is closed? When each
sum found here is at least as good. So it may find too many sums (fewer sets beat others, the search is slower), but
never too few. Of a function it takes for granted that it grows with each argument, or that only the same is as good.

Walks expressions from the top. `end` says which end of a number makes things worse: 1 the high one (less is better),
-1 the low one (more is better), 0 both (only equal is equal). Sums, differences and constant factors stay together as
one sum; anything else (min, max, rounding, comparison) closes the sum it is given as one thing that matters by itself.

    max(0, 5 * points(exposure) - 4 * points(control))     read for the level, so its high end is the worse one:
    max closes what it is given, here one sum; of it the high end of exposure counts 5, the low end of control -4.
    A set of gaps is as good as another when -5 * (high of exposure) + 4 * (low of control) is as large.
"""

import ast
from collections.abc import Collection, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

from apps.scoring.definitions import Questionnaire
from apps.scoring.language.expressions import Expression, compile_expression
from apps.scoring.language.values import Kind, Range
from apps.scoring.planning.parts import HIGH, LOW, Coordinate

OF_DIMENSION = ("points", "maximum", "share")
Sum = dict[Coordinate, Fraction]
# What matters: a weighted sum of ends of points, maxima and shares. True: more is better. False: only the same is.
Feature = tuple[tuple[tuple[Coordinate, Fraction], ...], bool]


class Dependence:
    """`env` is where we are; `wide` holds what could be, whatever is closed; `changing` are the names that move.

    `compiled` keeps parts of expressions by their source, for many dependences of one questionnaire."""

    def __init__(
        self,
        questionnaire: Questionnaire,
        env: Mapping[str, Any],
        wide: Mapping[str, Any],
        changing: Collection[str],
        compiled: dict[str, Expression],
    ) -> None:
        self.derived, self.compiled = {derived.key: derived for derived in questionnaire.derived}, compiled
        self.env, self.wide, self.changing = env, wide, frozenset(changing)
        self.features: dict[Feature, None] = {}
        self.sums: dict[tuple[str, int], Sum | None] = {}  # of derived values, each walked once
        self.depending: dict[str, bool] = {}

    def of_number(self, expression: Expression) -> None:
        self.close(self.number(_tree(expression.source), 1, expression), 1)

    def of_truth(self, expression: Expression) -> None:
        self.truth(_tree(expression.source), 1, expression)

    def of_name(self, name: str) -> None:
        self.of_number(compile_expression(name, {name: Kind.number()}))

    # --- numbers: the sum they are, or None for what has been closed already

    def number(self, node: ast.expr, end: int, whole: Expression) -> Sum | None:
        if not self.depends(node):
            return {}
        if isinstance(node, ast.Name):
            return self.derived_value(node.id, end)
        if isinstance(node, ast.UnaryOp):
            return _scaled(self.number(node.operand, -end, whole), Fraction(-1))
        if isinstance(node, ast.BinOp):
            return self.arithmetic(node, end, whole)
        if isinstance(node, ast.IfExp):
            self.choice(node, end, whole)
            return None
        return self.call(node, end, whole)

    def derived_value(self, key: str, end: int) -> Sum | None:
        if (key, end) not in self.sums:
            derived = self.derived[key]
            found = self.number(_tree(derived.value.source), end, derived.value)
            if derived.rounding is not None:
                self.close(found, end)
                found = None
            self.sums[key, end] = found
        return self.sums[key, end]

    def call(self, node: Any, end: int, whole: Expression) -> Sum | None:
        if node.func.id in OF_DIMENSION:
            return self.of_dimension(_name(node), end)
        if end == {"min": LOW, "max": HIGH}.get(node.func.id):
            deciding = self.deciding(node.args, end, whole)
            if deciding is not None:
                return self.number(deciding, end, whole)
        for argument in node.args:
            self.close(self.number(argument, end, whole), end)
        return None

    def deciding(self, arguments: list[ast.expr], end: int, whole: Expression) -> ast.expr | None:
        """Where more is better, a minimum is never better than its least argument here; so a maximum, the other way."""
        values = [self.run(argument, whole) for argument in arguments]
        if any(value.absent for value in values):
            return None
        decisive: list[Any] = [value.low if end == LOW else value.high for value in values]
        return arguments[decisive.index((min if end == LOW else max)(decisive))]

    def of_dimension(self, name: str, end: int) -> Sum | None:
        if end:
            return {(name, end): Fraction(1)}
        for one_end in (LOW, HIGH):
            self.add_feature({(name, one_end): Fraction(1)}, ordered=False)
        return None

    def arithmetic(self, node: ast.BinOp, end: int, whole: Expression) -> Sum | None:
        if isinstance(node.op, ast.Add | ast.Sub):
            return self.sum(node, end, whole)
        return self.factor(node, end, whole)

    def sum(self, node: ast.BinOp, end: int, whole: Expression) -> Sum | None:
        parts = [_scaled(self.number(part, end * sign, whole), Fraction(sign)) for sign, part in _terms(node)]
        total: Sum = {}
        for part in parts:
            for key, weight in (part or {}).items():
                total[key] = total.get(key, Fraction(0)) + weight
        if None not in parts:
            return total
        self.close(total, end)
        return None

    def factor(self, node: ast.BinOp, end: int, whole: Expression) -> Sum | None:
        """A product or quotient: with a constant it stays a sum, otherwise it is closed."""
        inner, other = (node.left, node.right) if self.depends(node.left) else (node.right, node.left)
        is_product, divides_by_constant = isinstance(node.op, ast.Mult), inner is node.left
        if self.depends(other) or isinstance(node.op, ast.Mod) or not (is_product or divides_by_constant):
            # A product of what is never negative grows with both; of others only the same is as good.
            side = end if is_product and self.never_negative(node.left, node.right, whole) else 0
            for part in (node.left, node.right):
                self.close(self.number(part, side, whole), side)
            return None
        constant = self.run(other, whole)
        if constant.low is None or constant.high is None:
            return {}
        sign = 1 if constant.low >= 0 else -1 if constant.high <= 0 else 0
        result = self.number(inner, end * sign, whole)
        if constant.low == constant.high and (is_product or constant.low) and not isinstance(node.op, ast.FloorDiv):
            factor = Fraction(constant.low)
            return _scaled(result, factor if is_product else 1 / factor)
        self.close(result, end * sign)
        return None

    def choice(self, node: ast.IfExp, end: int, whole: Expression) -> None:
        then, other = (self.run(branch, whole, self.wide) for branch in (node.body, node.orelse))
        self.truth(node.test, -end if _below(then, other) else end if _below(other, then) else 0, whole)
        for branch in (node.body, node.orelse):
            self.close(self.number(branch, end, whole), end)

    # --- truths: `end` 1 means that true is worse

    def truth(self, node: ast.expr, end: int, whole: Expression) -> None:
        if not self.depends(node):
            return
        if isinstance(node, ast.BoolOp):
            for part in node.values:
                self.truth(part, end, whole)
        elif isinstance(node, ast.UnaryOp):
            self.truth(node.operand, -end, whole)
        elif isinstance(node, ast.IfExp):
            self.truth(node.test, 0, whole)
            self.truth(node.body, end, whole)
            self.truth(node.orelse, end, whole)
        elif isinstance(node, ast.Call):  # answered(a derived value)
            self.close(self.number(node.args[0], 0, whole), 0)
        else:
            self.comparison(node, end, whole)

    def comparison(self, node: Any, end: int, whole: Expression) -> None:
        sides = [node.left, *node.comparators]
        for index, operator in enumerate(node.ops):
            rising = isinstance(operator, ast.Gt | ast.GtE)  # true when the left side is large
            falling = isinstance(operator, ast.Lt | ast.LtE)
            left_end = end if rising else -end if falling else 0
            for side, side_end in ((sides[index], left_end), (sides[index + 1], -left_end)):
                if isinstance(side, ast.Tuple):
                    continue
                if self.is_truth(side, whole):
                    self.truth(side, 0, whole)
                else:
                    self.close(self.number(side, side_end, whole), side_end)

    # --- bookkeeping

    def close(self, found: Sum | None, end: int) -> None:
        """This sum matters by itself, at this end."""
        if found:
            self.add_feature({key: -end * weight for key, weight in found.items()}, ordered=True)

    def add_feature(self, found: Sum, *, ordered: bool) -> None:
        weights = sorted((key, weight) for key, weight in found.items() if weight)
        if weights:
            scale = abs(weights[0][1])
            self.features[tuple((key, weight / scale) for key, weight in weights), ordered] = None

    def depends(self, node: ast.expr) -> bool:
        """Whether it looks at points that change, directly or through derived values."""
        names = _names(node)
        return not names.isdisjoint(self.changing) or any(map(self.derived_depends, names & self.derived.keys()))

    def derived_depends(self, key: str) -> bool:
        if key not in self.depending:
            self.depending[key] = self.depends(_tree(self.derived[key].value.source))
        return self.depending[key]

    def part(self, node: ast.expr, whole: Expression) -> Expression:
        source = whole.source.encode()[node.col_offset : node.end_col_offset].decode()
        if source not in self.compiled:
            self.compiled[source] = compile_expression(source, whole.kinds)
        return self.compiled[source]

    def run(self, node: ast.expr, whole: Expression, env: Mapping[str, Any] | None = None) -> Range:
        value: Range = self.part(node, whole).run(self.env if env is None else env)
        return value

    def never_negative(self, left: ast.expr, right: ast.expr, whole: Expression) -> bool:
        values = [self.run(factor, whole, self.wide) for factor in (left, right)]
        return all(value.low is not None and value.low >= 0 and not value.absent for value in values)

    def is_truth(self, node: ast.expr, whole: Expression) -> bool:
        return self.part(node, whole).kind.type == "truth"


def _below(one: Any, other: Any) -> bool:
    """Whether it is a number that is never above the other."""
    if not isinstance(one, Range) or not isinstance(other, Range):
        return False
    known = one.high is not None and other.low is not None and not one.absent and not other.absent
    return known and one.high <= other.low  # type: ignore[operator]


@lru_cache(maxsize=1_000)
def _tree(source: str) -> ast.expr:
    return ast.parse(source, mode="eval").body


def _scaled(found: Sum | None, factor: Fraction) -> Sum | None:
    return None if found is None else {key: weight * factor for key, weight in found.items()}


def _terms(node: ast.expr) -> list[tuple[int, ast.expr]]:
    """The terms of a sum with their signs; a long sum is not a deep one."""
    terms = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        terms.append((1 if isinstance(node.op, ast.Add) else -1, node.right))
        node = node.left
    return [(1, node), *terms]


@lru_cache(maxsize=20_000)
def _names(node: ast.AST) -> frozenset[str]:
    """What an expression looks at: a dimension is no name by itself."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in OF_DIMENSION:
        return frozenset({_name(node)})
    if isinstance(node, ast.Name):
        return frozenset({node.id})
    return frozenset().union(*map(_names, ast.iter_child_nodes(node)))


def _name(call: Any) -> str:
    """As the environment has it: points(x), maximum(x), share(x)."""
    return f"{call.func.id}({call.args[0].id})"
