"""How the level depends on what closing gaps moves: the sums that matter, and in which direction each should move.

It answers one question: when is one set of gaps certainly as good as another, whatever else is closed? When each
sum found here is at least as good. So it may find too many sums (fewer sets beat others, the search is slower), but
never too few. Of a function it takes for granted that it grows with each argument, or that only the same is as good.

Walks expressions from the top. `end` says which end of a number makes things worse: 1 the high one (less is better),
-1 the low one (more is better), 0 both (only equal is equal). Sums, differences and constant factors stay together as
one sum, and so does what is rounded to whole steps; of what is given to anything else (min, max, comparison), each sum
matters by itself.

    max(0, 5 * points(exposure) - 4 * points(control))     read for the level, so its high end is the worse one:
    what max is given is one sum, which matters; in it the high end of exposure counts 5, the low end of control -4.
    A set of gaps is as good as another when -5 * (high of exposure) + 4 * (low of control) is as large.

A part that looks at a few questions, at numbers only to compare them with known ones, and at nothing else that moves is
looked at in pieces: it is the sum of what it gives for each combination of values and of places where the numbers could
lie. So `(2 if logging == 'no' and share(control) < 50 else 0) + …` stays a sum.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any, NamedTuple

from apps.scoring.definitions import Questionnaire
from apps.scoring.language.expressions import Expression, compile_expression
from apps.scoring.language.values import EITHER, NO, YES, Kind, Range
from apps.scoring.planning.parts import HIGH, LOW, Coordinate
from apps.scoring.planning.pieces import Bound
from apps.scoring.planning.syntax import OF_DIMENSION, comparisons_of, is_number, name_of, names_in, terms_of, tree_of
from apps.scoring.planning.terrain import Terrain
from apps.scoring.planning.totals import unrounded

MOST_COMBINATIONS = 32  # of the values of questions that are looked at together
Sum = dict[Coordinate, Fraction]
Feature = tuple[tuple[Coordinate, Fraction], ...]  # a sum that matters, as a key; more of it is better


class Dependence:
    """`env` is where we are; `wide` holds what could be, whatever is closed; the terrain says what moves.

    `compiled` keeps parts of expressions by their source, for many dependences of one questionnaire."""

    def __init__(
        self,
        questionnaire: Questionnaire,
        terrain: Terrain,
        env: Mapping[str, Any],
        wide: Mapping[str, Any],
        compiled: dict[str, Expression],
    ) -> None:
        self.derived, self.compiled = {derived.key: derived for derived in questionnaire.derived}, compiled
        self.env, self.wide = env, wide
        self.terrain, self.changing = terrain, frozenset(terrain.names)
        self.features: dict[Feature, None] = {}
        self.sums: dict[tuple[str, int], Sum | None] = {}  # of derived values, each walked once
        self.depending: dict[str, bool] = {}

    def of_number(self, name: str) -> None:
        expression = compile_expression(name, {name: Kind.number()})
        self.matters(_Within(self, expression).number(tree_of(name), HIGH), HIGH)

    def of_truth(self, expression: Expression) -> None:
        _Within(self, expression).truth(tree_of(expression.source), HIGH)

    def derived_value(self, key: str, end: int) -> Sum | None:
        if (key, end) not in self.sums:
            derived = self.derived[key]
            found = _Within(self, derived.value).number(tree_of(derived.value.source), end)
            if derived.rounding is not None:
                rounding = _Rounding(derived.rounding.mode, derived.rounding.places)
                found = self.rounded(found, end, rounding, derived.value.run(self.env), self.env[key])
            self.sums[key, end] = found
        return self.sums[key, end]

    def rounded(self, found: Sum | None, end: int, how: "_Rounding", before: Range, after: Range) -> Sum | None:
        """A sum stays one when it is rounded to whole steps of one size; `before` and `after` are its values here."""
        scale, at = Fraction(10) ** how.places, None
        if found and end and how.mode in _SHIFTS and not before.absent:
            weights = {key: scale * weight for key, weight in found.items()}
            constant = scale * _height(before, end) + _SHIFTS[how.mode] - self.terrain.sum_at(self.env, weights)
            at = self.terrain.round(weights, unrounded(constant), up=how.mode == "ceil")
        if at and self.terrain.where(self.env, at) == scale * _height(after, end):
            return {at: 1 / scale}
        self.matters(found, end)
        return None

    def matters(self, found: Sum | None, end: int) -> None:
        """This sum matters by itself: less of it is better when its high end is the worse one, otherwise more."""
        weights = sorted((key, -end * weight) for key, weight in (found or {}).items() if end * weight)
        if weights:
            scale = abs(weights[0][1])
            self.features[tuple((key, weight / scale) for key, weight in weights)] = None

    def derived_depends(self, key: str) -> bool:
        if key not in self.depending:
            self.depending[key] = self.depends(tree_of(self.derived[key].value.source))
        return self.depending[key]

    def depends(self, node: ast.expr) -> bool:
        """Whether it looks at anything that changes, directly or through derived values."""
        names = names_in(node)
        return not names.isdisjoint(self.changing) or any(map(self.derived_depends, names & self.derived.keys()))


class _Rounding(NamedTuple):
    mode: str
    places: int


_MODES = {"round_half_up": "half_up", "floor": "floor", "ceil": "ceil"}
_SHIFTS = {"half_up": Fraction(1, 2), "floor": Fraction(0), "ceil": Fraction(0)}


@dataclass(frozen=True, slots=True)
class _Within:
    """Walks one expression; what matters in it is noted in `all`, as is what derived values depend on."""

    all: Dependence
    expression: Expression

    # --- numbers: the sum they are, or None where what matters has been noted already

    def number(self, node: ast.expr, end: int) -> Sum | None:
        if not self.all.depends(node):
            return {}
        pieces = self.pieces_of(node)
        if pieces is not None and (pieces in self.all.terrain.values or not self.is_sum(node)):
            return self.of_pieces(pieces, node, end)
        if isinstance(node, ast.Name):
            return self.all.derived_value(node.id, end)
        if isinstance(node, ast.UnaryOp):
            return _scaled(self.number(node.operand, -end), Fraction(-1))
        if isinstance(node, ast.BinOp):
            return self.arithmetic(node, end)
        if isinstance(node, ast.IfExp):
            self.conditional(node, end)
            return None
        return self.call(node, end)

    def call(self, node: Any, end: int) -> Sum | None:
        if node.func.id in OF_DIMENSION:
            return self.of_dimension(name_of(node), end)
        if end == {"min": LOW, "max": HIGH}.get(node.func.id):
            extreme = self.extreme(node.args, end)
            if extreme is not None:
                return self.number(extreme, end)
        if node.func.id in _MODES:
            inner, *places = node.args
            how = _Rounding(_MODES[node.func.id], places[0].value if places else 0)
            return self.all.rounded(self.number(inner, end), end, how, self.run(inner), self.run(node))
        end = 0 if node.func.id == "days_between" else end  # it falls with the first argument
        for argument in node.args:
            self.all.matters(self.number(argument, end), end)
        return None

    def extreme(self, arguments: list[ast.expr], end: int) -> ast.expr | None:
        """Where more is better, a minimum is never better than its least argument here; so a maximum, the other way."""
        values = [self.run(argument) for argument in arguments]
        if any(value.absent for value in values):
            return None
        ends: list[Any] = [value.low if end == LOW else value.high for value in values]
        return arguments[ends.index(min(ends) if end == LOW else max(ends))]

    def of_dimension(self, name: str, end: int) -> Sum | None:
        if end:
            return {(name, end): Fraction(1)}
        for found in ({(name, LOW): Fraction(1)}, {(name, HIGH): Fraction(1)}):
            self.all.matters(found, LOW)
            self.all.matters(found, HIGH)
        return None

    def arithmetic(self, node: ast.BinOp, end: int) -> Sum | None:
        if isinstance(node.op, ast.Add | ast.Sub):
            return self.sum(node, end)
        return self.factor(node, end)

    def is_sum(self, node: ast.expr) -> bool:
        """Whether its parts stay one sum, so that each may be looked at by itself."""
        if isinstance(node, ast.BinOp):
            return isinstance(node.op, ast.Add | ast.Sub) or self.known_factor(node) is not None
        return isinstance(node, ast.UnaryOp)

    def sum(self, node: ast.BinOp, end: int) -> Sum | None:
        parts = [_scaled(self.number(part, end * sign), Fraction(sign)) for sign, part in terms_of(node)]
        total: Sum = {}
        for part in parts:
            for key, weight in (part or {}).items():
                total[key] = total.get(key, Fraction(0)) + weight
        if None not in parts:
            return total
        self.all.matters(total, end)
        return None

    def factor(self, node: ast.BinOp, end: int) -> Sum | None:
        """A product or quotient: with a known number it stays a sum, otherwise both parts matter by themselves."""
        known = self.known_factor(node)
        if known is not None:
            inner, factor = known
            return _scaled(self.number(inner, end if factor > 0 else -end), factor)
        for part, side in zip((node.left, node.right), self.ends_of_factors(node, end), strict=True):
            self.all.matters(self.number(part, side), side)
        return None

    def known_factor(self, node: ast.BinOp) -> tuple[ast.expr, Fraction] | None:
        """What is multiplied with a number that does not change, or divided by it; and that factor."""
        inner, other = (node.left, node.right) if self.all.depends(node.left) else (node.right, node.left)
        if self.all.depends(other):
            return None
        value = self.run(other)
        if value.low is None or value.low != value.high:
            return None
        if isinstance(node.op, ast.Mult):
            return inner, Fraction(value.low)
        if isinstance(node.op, ast.Div) and other is node.right and value.low:
            return inner, 1 / Fraction(value.low)
        return None

    def ends_of_factors(self, node: ast.BinOp, end: int) -> tuple[int, int]:
        """A product grows with one part where the other is positive; a quotient falls with its divisor."""
        left, right = (self.run(part, self.all.wide) for part in (node.left, node.right))
        if isinstance(node.op, ast.Mult):
            return end * self.sign(node.right, right), end * self.sign(node.left, left)
        if isinstance(node.op, ast.Mod) or right.low is None or right.low <= 0 <= right.high:
            return 0, 0
        return end * self.sign(node.right, right), -end * self.sign(node.left, left)

    def sign(self, node: ast.expr, value: Range) -> int:
        """Of everything that it could be; 0 when it could have both, or come to be absent."""
        if value.low is None or value.high is None or (value.absent and self.all.depends(node)):
            return 0
        return 1 if value.low >= 0 else -1 if value.high <= 0 else 0

    # --- what is looked at in pieces: questions, and numbers that are only compared with known ones

    def pieces_of(self, node: ast.expr) -> str | None:
        known = self.all.terrain.pieces
        if node not in known:
            known[node] = self._pieces_of(node)
        return known[node]

    def _pieces_of(self, node: ast.expr) -> str | None:
        """The terrain's name for all that the node looks at; None when there is more to it, or it would be too many."""
        names, terrain = names_in(node), self.all.terrain
        if any(map(self.all.derived_depends, names & self.all.derived.keys())):
            return None
        found = []
        for name in sorted(names & self.all.changing):
            pieces = self.in_pieces(node, name)
            if not pieces:
                return None
            found += pieces
        if prod(len(terrain.settings[name]) for name in found) > MOST_COMBINATIONS:
            return None
        return terrain.together(found) if found else None

    def in_pieces(self, node: ast.expr, name: str) -> list[str]:
        if name in self.all.terrain.values:
            return [name]
        bounds = self.bounds(node, name)
        return [] if bounds is None else self.all.terrain.cuts_of(name, bounds)

    def bounds(self, node: ast.expr, name: str) -> list[Bound] | None:
        """Where it makes a difference that a number grows; None when it is not only compared with known numbers."""
        compared = comparisons_of(node, name)
        if compared is None:
            return None
        found: list[Bound] = []
        for left, operator, right in compared:
            on_left = is_number(left, name)
            known = self.known_numbers(right if on_left else left)
            if known is None:
                return None
            above = isinstance(operator, ast.Gt | ast.LtE if on_left else ast.Lt | ast.GtE)
            sides = (above,) if isinstance(operator, ast.Lt | ast.LtE | ast.Gt | ast.GtE) else (False, True)
            found += [(number, side) for number in known for side in sides]
        return found

    def known_numbers(self, node: ast.expr) -> list[Fraction] | None:
        if isinstance(node, ast.Tuple):
            lists = [self.known_numbers(each) for each in node.elts]
            return None if None in lists else [number for each in lists for number in each or ()]
        if self.all.depends(node):
            return None
        value = self.run(node)
        return None if value.absent or value.low != value.high else [unrounded(Fraction(value.low))]

    def of_pieces(self, name: str, node: ast.expr, end: int) -> Sum | None:
        """What each of them gives, compared with what is here. Of what has no order, or has to stay, it matters
        whether it is the same."""
        gives = self.gives(name, node)
        here = self.run(node)
        if end and all(map(_has_order, gives)):
            return {(name, i): _height(result, end) - _height(here, end) for i, result in enumerate(gives)}
        self.all.matters({(name, i): Fraction(result != here) for i, result in enumerate(gives)}, LOW)
        return None

    def gives(self, name: str, node: ast.expr) -> list[Any]:
        """What the node gives for each piece. It looks at nothing else that moves, so that is the same everywhere."""
        known, at = self.all.terrain.given, (name, self.source_of(node))
        if at not in known:
            known[at] = [self.run(node, {**self.all.env, **setting}) for setting in self.all.terrain.settings[name]]
        return known[at]

    def conditional(self, node: ast.IfExp, end: int) -> None:
        then, other = (self.run(branch, self.all.wide) for branch in (node.body, node.orelse))
        self.truth(node.test, -end if _below(then, other) else end if _below(other, then) else 0)
        for branch in (node.body, node.orelse):
            self.all.matters(self.number(branch, end), end)

    # --- truths: `end` 1 means that true is worse

    def truth(self, node: ast.expr, end: int) -> None:
        if not self.all.depends(node):
            return
        pieces = self.pieces_of(node)
        if pieces is not None and (pieces in self.all.terrain.values or not self.is_plain(node, pieces, end)):
            self.all.matters(self.of_pieces(pieces, node, end), end)
        elif isinstance(node, ast.BoolOp):
            for part in node.values:
                self.truth(part, end)
        elif isinstance(node, ast.UnaryOp):
            self.truth(node.operand, -end)
        elif isinstance(node, ast.IfExp):
            self.truth(node.test, 0)
            self.truth(node.body, end)
            self.truth(node.orelse, end)
        elif isinstance(node, ast.Call):  # answered(a derived value)
            self.all.matters(self.number(node.args[0], 0), 0)
        else:
            self.comparison(node, end)

    def is_plain(self, node: ast.expr, pieces: str, end: int) -> bool:
        """Whether its parts may be looked at one by one, or it is a number's comparison, which is simpler as a sum."""
        return bool(end) and (isinstance(node, ast.BoolOp | ast.UnaryOp) or pieces in self.all.terrain.cuts)

    def comparison(self, node: Any, end: int) -> None:
        sides = [node.left, *node.comparators]
        for index, operator in enumerate(node.ops):
            rising = isinstance(operator, ast.Gt | ast.GtE)  # true when the left side is large
            falling = isinstance(operator, ast.Lt | ast.LtE)
            left_end = end if rising else -end if falling else 0
            for side, side_end in ((sides[index], left_end), (sides[index + 1], -left_end)):
                if isinstance(side, ast.Tuple):
                    continue
                if self.is_truth(side):
                    self.truth(side, 0)
                else:
                    self.all.matters(self.number(side, side_end), side_end)

    def source_of(self, node: ast.expr) -> str:
        return self.expression.source.encode()[node.col_offset : node.end_col_offset].decode()

    def expression_of(self, node: ast.expr) -> Expression:
        source = self.source_of(node)
        if source not in self.all.compiled:
            self.all.compiled[source] = compile_expression(source, self.expression.kinds)
        return self.all.compiled[source]

    def run(self, node: ast.expr, env: Mapping[str, Any] | None = None) -> Any:
        return self.expression_of(node).run(self.all.env if env is None else env)

    def is_truth(self, node: ast.expr) -> bool:
        return self.expression_of(node).kind.type == "truth"


def _below(one: Any, other: Any) -> bool:
    """Whether it is a number that is never above the other."""
    if not isinstance(one, Range) or not isinstance(other, Range):
        return False
    known = one.high is not None and other.low is not None and not one.absent and not other.absent
    return known and one.high <= other.low  # type: ignore[operator]


def _has_order(value: Any) -> bool:
    return not value.absent if isinstance(value, Range) else isinstance(value, int)


def _height(value: Any, end: int) -> Fraction:
    """Of one end of a number; of a truth, how far it is true."""
    if isinstance(value, int):
        return Fraction({NO: 0, EITHER: 1, YES: 2}[value])
    return Fraction(value.low if end == LOW else value.high)


def _scaled(found: Sum | None, factor: Fraction) -> Sum | None:
    return None if found is None else {key: weight * factor for key, weight in found.items()}
