"""From the syntax tree of an expression to its `Term`, with its types checked on the way.

What may stand in an expression is listed in the tables at the end: each kind of syntax, operator and function there is.
"""

import ast
import re
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from functools import partial
from itertools import pairwise
from operator import itemgetter
from typing import Any

from apps.scoring.language import operations as op
from apps.scoring.language.terms import (
    Run,
    Term,
    all_of,
    always,
    among,
    any_of,
    choose,
    combined,
    implied_by,
    names_of,
    why_choose,
    why_junction,
)
from apps.scoring.language.values import NO, YES, Kind, Range, answered, day_of, exactly

MAX_DEPTH = 30
MAX_PLACES = 10
OF_DIMENSIONS = ("points", "maximum", "share")  # the functions of a dimension
PLAIN_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?")

Hint = Callable[[str, Collection[str]], str | None]  # what may have been meant by a word
TRUTH, NUMBER, DATE, CHOICE = Kind.truth(), Kind.number(), Kind.date(), Kind.choice()


class InvalidExpression(ValueError):
    def __init__(self, message: str, name: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.name = name  # the unknown name, when that is what is wrong


def short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"


class Compiler:
    """Walks the syntax tree once. Every node type that is not listed in `_BUILDERS` is refused."""

    def __init__(self, text: str, names: Mapping[str, Kind], hint: Hint) -> None:
        self.bytes = text.encode()
        self.names, self.hint = names, hint

    def source(self, node: ast.expr) -> str:
        return self.bytes[node.col_offset : node.end_col_offset].decode()

    def refuse(self, node: ast.expr, why: str) -> InvalidExpression:
        return InvalidExpression(f"“{short(self.source(node))}”: {why}")

    def term(self, node: ast.expr, depth: int) -> Term:
        if depth > MAX_DEPTH:
            raise InvalidExpression(f"This expression is nested deeper than {MAX_DEPTH} levels.")
        build = _BUILDERS.get(type(node))
        if build is None:
            raise self.refuse(node, "this kind of syntax is not part of the expression language.")
        return build(self, node, depth + 1)

    def expect(self, node: ast.expr, kind: str, depth: int) -> Term:
        term = self.term(node, depth)
        if term.kind.type != kind:
            raise self.refuse(node, f"this is {CALLED[term.kind.type]}, but {CALLED[kind]} is needed here.")
        return term

    # --- names and literals

    def name(self, node: ast.Name, depth: int) -> Term:
        return self.lookup(node.id, node)

    def lookup(self, name: str, node: ast.expr) -> Term:
        kind = self.names.get(name)
        if kind is None:
            near = self.hint(name, [*self.names, "True", "False"])
            hint = f" Did you mean “{near}”?" if near else ""
            if any(name in (kind.options or ()) for kind in self.names.values()):
                hint = f" A choice is written in quotes: '{name}'."
            raise InvalidExpression(f"There is nothing called “{short(name)}” that can be used here.{hint}", name)
        if kind.type == "text":
            raise self.refuse(node, "free text never moves a result; it may only appear in answered(…).")
        return _named(name, kind)

    def constant(self, node: ast.Constant, depth: int) -> Term:
        if isinstance(node.value, bool):
            return Term(TRUTH, always(YES if node.value else NO), literal=node.value)
        if isinstance(node.value, str):
            return Term(CHOICE, always(frozenset({node.value})), literal=node.value, literals=(node.value,))
        if not isinstance(node.value, int | float):
            raise self.refuse(node, "this kind of syntax is not part of the expression language.")
        if not PLAIN_NUMBER.fullmatch(self.source(node)):
            raise self.refuse(node, "numbers are written in plain digits, at most 15 before and 15 after the point.")
        return _number(exactly(Decimal(self.source(node))))

    def tuple(self, node: ast.Tuple, depth: int) -> Term:
        parts = [self.term(part, depth) for part in node.elts]
        if not parts or any(part.names or part.literal is None for part in parts):
            raise self.refuse(node, "a list in brackets may hold only texts or numbers.")
        if len({part.kind.type for part in parts}) > 1:
            raise self.refuse(node, "a list in brackets holds things of one type.")
        items = tuple(part.literal for part in parts)
        value = frozenset(items) if parts[0].kind == CHOICE else tuple(part.run({}) for part in parts)
        return Term(Kind("tuple"), always(value), literal=items, literals=items)

    # --- truths

    def boolean(self, node: ast.BoolOp, depth: int) -> Term:
        parts = tuple(self.expect(part, "truth", depth) for part in node.values)
        runs = tuple(part.run for part in parts)
        if isinstance(node.op, ast.And):
            run, step, implies = all_of(runs), op.both, implied_by(parts)
        else:
            run, step, implies = any_of(runs), op.either, frozenset.intersection(*(part.implies for part in parts))
        steps = (step,) * len(parts[1:])
        return combined(TRUTH, parts, steps, run=run, why=why_junction(parts, run), implies=implies)

    def unary(self, node: ast.UnaryOp, depth: int) -> Term:
        if isinstance(node.op, ast.Not):
            part = self.expect(node.operand, "truth", depth)
            return combined(TRUTH, [part], [op.negate], implies=frozenset())
        if not isinstance(node.op, ast.USub):
            raise self.refuse(node, "this operator is not part of the expression language.")
        part = self.expect(node.operand, "number", depth)
        if part.literal is not None:
            return _number(op.negative(part.run({})))
        return combined(NUMBER, [part], [op.negative])

    def comparison(self, node: ast.Compare, depth: int) -> Term:
        sides = [self.term(side, depth) for side in (node.left, *node.comparators)]
        neighbours = zip(node.ops, pairwise(sides), strict=True)
        pairs = [self.compared(node, operator, left, right) for operator, (left, right) in neighbours]
        if len(pairs) == 1:
            return pairs[0]
        return combined(TRUTH, pairs, [op.both] * len(pairs[1:]), run=all_of([pair.run for pair in pairs]))

    def compared(self, node: ast.Compare, operator: ast.cmpop, left: Term, right: Term) -> Term:
        if isinstance(operator, ast.In | ast.NotIn):
            return self.membership(node, isinstance(operator, ast.In), left, right)
        if type(operator) not in _COMPARE_NUMBERS:
            raise self.refuse(node, "this comparison is not part of the expression language.")
        types = (left.kind.type, right.kind.type)
        if "ticks" in types and "choice" in types:
            raise self.refuse(node, "a multiple choice question is asked with “in”, for example: 'x' in question.")
        compare = _COMPARE.get(types[0], {}).get(type(operator))
        if compare is None or types[0] != types[1]:
            raise self.refuse(node, f"{CALLED[types[0]]} cannot be compared with {CALLED[types[1]]} like this.")
        self.check_options(node, left, right.literal)
        self.check_options(node, right, left.literal)
        if compare is op.same_choice and right.literal is not None:
            return _comparison(compare, left, right, among(left.run, frozenset({right.literal})))
        return _comparison(compare, left, right)

    def membership(self, node: ast.Compare, inside: bool, left: Term, right: Term) -> Term:
        if right.kind.type == "ticks" and left.kind.type == "choice":
            self.check_options(node, right, left.literal)
            return _comparison(op.ticked if inside else op.not_ticked, left, right)
        if right.kind.type != "tuple":
            comma = "" if right.literal is None else " A list of one has a comma: ('x',)."
            told = "the right side of “in” is a multiple choice question or a list in brackets."
            raise self.refuse(node, told + comma)
        if left.kind.type == "choice" and isinstance(right.literal[0], str):
            for item in right.literal:
                self.check_options(node, left, item)
            run = among(left.run, frozenset(right.literal)) if inside else None
            return _comparison(op.among if inside else op.not_among, left, right, run)
        if left.kind.type == "number" and isinstance(right.literal[0], Decimal):
            return _comparison(op.listed if inside else op.not_listed, left, right)
        raise self.refuse(node, f"{CALLED[left.kind.type]} cannot be looked for in this list.")

    def check_options(self, node: ast.expr, side: Term, literal: Any) -> None:
        options = side.kind.options
        if options and literal is not None and literal not in options:
            near = self.hint(str(literal), sorted(options))
            known = near or "”, “".join(sorted(options)[:5])
            raise self.refuse(node, f"“{short(str(literal))}” is not one of its choices. There is “{known}”.")

    # --- numbers

    def arithmetic(self, node: ast.BinOp, depth: int) -> Term:
        """A long sum is one level deep, however many terms it has."""
        if type(node.op) not in _ARITHMETIC:
            power = " Write x * x, or exp(y * ln(x))." if isinstance(node.op, ast.Pow | ast.BitXor) else ""
            raise self.refuse(node, f"this operator is not part of the expression language.{power}")
        links, first = [node], node.left
        while isinstance(node.op, _SUM) and isinstance(first, ast.BinOp) and isinstance(first.op, _SUM):
            links.append(first)
            first = first.left
        chain = links[::-1]
        parts = tuple(self.expect(part, "number", depth) for part in (first, *(link.right for link in chain)))
        return combined(NUMBER, parts, [_ARITHMETIC[type(link.op)] for link in chain])

    def conditional(self, node: ast.IfExp, depth: int) -> Term:
        """A long chain of `else` is one level deep, however many cases it has."""
        test = self.expect(node.test, "truth", depth)
        then = self.term(node.body, depth)
        other = self.expect(node.orelse, then.kind.type, depth - isinstance(node.orelse, ast.IfExp))
        if then.kind.type == "tuple":
            raise self.refuse(node, "a list in brackets cannot be chosen by a condition.")
        parts = [test, then, other]
        kind = then.kind if then.kind == other.kind else Kind(then.kind.type)
        return combined(kind, parts, (), run=choose(*parts), why=why_choose(*parts), implies=frozenset())

    # --- functions

    def call(self, node: ast.Call, depth: int) -> Term:
        function = node.func.id if isinstance(node.func, ast.Name) else ""
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            raise self.refuse(node, "a function takes plain arguments only.")
        build = FUNCTIONS.get(function)
        if build is None:
            raise self.refuse(node, f"this function does not exist. There are: {', '.join(sorted(FUNCTIONS))}.")
        return build(self, node, depth)

    def of_dimension(self, node: ast.Call, depth: int, *, function: str) -> Term:
        dimension = self.only_name(node, f"{function}(…) takes the name of one dimension.")
        return self.lookup(f"{function}({dimension})", node)

    def only_name(self, node: ast.Call, otherwise: str) -> str:
        argument = node.args[0] if len(node.args) == 1 else None
        if not isinstance(argument, ast.Name):
            raise self.refuse(node, otherwise)
        return argument.id

    def answered(self, node: ast.Call, depth: int) -> Term:
        name = self.only_name(node, "answered(…) takes the name of one question.")
        if name not in self.names:
            self.lookup(name, node)
        part = _named(name, self.names[name])
        return combined(TRUTH, [part], [answered], why=always((name,)))

    def worth(self, node: ast.Call, depth: int) -> Term:
        """The points of one question, on the dimension named, or on the only one it has."""
        names = [argument.id for argument in node.args if isinstance(argument, ast.Name)]
        if len(names) != len(node.args) or len(names) not in (1, 2):
            raise self.refuse(node, "worth(…) takes the name of one question and, where it has several, a dimension.")
        part = self.lookup(names[0], node)
        tables = part.kind.points
        dimensions = names[1:] or list(tables)
        if len(dimensions) != 1 or dimensions[0] not in tables:
            no_table = "has no choices with points; points by a formula are repeated in a derived value"
            told = f"has points on: {', '.join(tables)}" if tables else no_table
            raise self.refuse(node, f"“{names[0]}” {told}.")
        return combined(NUMBER, [part], [partial(op.worth, table=tables[dimensions[0]])], implies=frozenset())

    def extreme(self, node: ast.Call, depth: int, *, pick: Callable[[Any, Any], Range]) -> Term:
        if len(node.args) < 2:
            raise self.refuse(node, "this function takes at least two numbers.")
        parts = tuple(self.expect(argument, "number", depth) for argument in node.args)
        return combined(NUMBER, parts, (pick,) * len(parts[1:]))

    def rounded(self, node: ast.Call, depth: int) -> Term:
        places = 0
        if len(node.args) == 2:
            given = self.term(node.args[1], depth).literal
            if not isinstance(given, Decimal) or given != int(given) or not 0 <= given <= MAX_PLACES:
                raise self.refuse(node, f"the number of places should be a whole number from 0 to {MAX_PLACES}.")
            places = int(given)
        elif len(node.args) != 1:
            raise self.refuse(node, "round_half_up takes a number and, if wanted, the number of places.")
        part = self.expect(node.args[0], "number", depth)
        return combined(NUMBER, [part], [op.rounder("half_up", places)])

    def changed(self, node: ast.Call, depth: int, *, step: Callable[[Any], Range], of: str = "number") -> Term:
        if len(node.args) != 1:
            raise self.refuse(node, "this function takes 1 argument.")
        return combined(NUMBER, [self.expect(node.args[0], of, depth)], [step])

    def date(self, node: ast.Call, depth: int) -> Term:
        argument = node.args[0] if len(node.args) == 1 else None
        day = day_of(argument.value) if isinstance(argument, ast.Constant) else None
        if day is None:
            raise self.refuse(node, "a date is written as date('2026-08-02').")
        number = Decimal(day.toordinal())
        return Term(DATE, always(exactly(number)), literals=(number,))

    def days_between(self, node: ast.Call, depth: int) -> Term:
        if len(node.args) != 2:
            raise self.refuse(node, "days_between(…) takes two dates, the earlier one first.")
        earlier, later = (self.expect(argument, "date", depth) for argument in node.args)
        return combined(NUMBER, [later, earlier], [op.days_between])


# --- terms of names, of numbers that are written out, and of what is compared


def _named(name: str, kind: Kind) -> Term:
    return Term(kind, itemgetter(name), (name,), implies=frozenset({name}))


def _number(value: Range) -> Term:
    """A number that is written out."""
    return Term(NUMBER, always(value), literal=value.low, literals=(value.low,))


def _comparison(compare: Callable[[Any, Any], int], left: Term, right: Term, run: Run | None = None) -> Term:
    sides = (left, right)
    # Two truths are the same when both fail as well, so nothing they name need be there.
    implies = implied_by(sides) if left.kind.type != "truth" else frozenset[str]()
    return combined(TRUTH, sides, [compare], run=run, why=always(names_of(sides)), implies=implies)


# --- the syntax, piece by piece


_BUILDERS: dict[type[ast.expr], Callable[[Compiler, Any, int], Term]] = {
    ast.Name: Compiler.name,
    ast.Constant: Compiler.constant,
    ast.Tuple: Compiler.tuple,
    ast.BoolOp: Compiler.boolean,
    ast.UnaryOp: Compiler.unary,
    ast.Compare: Compiler.comparison,
    ast.BinOp: Compiler.arithmetic,
    ast.IfExp: Compiler.conditional,
    ast.Call: Compiler.call,
}
_COMPARE_NUMBERS: dict[type[ast.cmpop], Callable[[Any, Any], int]] = {
    ast.Lt: op.less,
    ast.LtE: op.at_most,
    ast.Gt: op.more,
    ast.GtE: op.at_least,
    ast.Eq: op.equal,
    ast.NotEq: op.differ,
}
# What can be compared with something of its own type, and how.
_COMPARE: dict[str, dict[type[ast.cmpop], Callable[[Any, Any], int]]] = {
    "number": _COMPARE_NUMBERS,
    "date": _COMPARE_NUMBERS,
    "truth": {ast.Eq: op.same_truth, ast.NotEq: op.other_truth},
    "choice": {ast.Eq: op.same_choice, ast.NotEq: op.other_choice},
}
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Range]] = {
    ast.Add: op.add,
    ast.Sub: op.subtract,
    ast.Mult: op.multiply,
    ast.Div: op.divide,
    ast.FloorDiv: op.floor_divide,
    ast.Mod: op.remainder,
}
_SUM = (ast.Add, ast.Sub)
FUNCTIONS: dict[str, Callable[[Compiler, Any, int], Term]] = {
    "answered": Compiler.answered,
    "count": partial(Compiler.changed, step=op.count, of="ticks"),
    "worth": Compiler.worth,
    **{name: partial(Compiler.of_dimension, function=name) for name in OF_DIMENSIONS},
    "min": partial(Compiler.extreme, pick=op.smaller),
    "max": partial(Compiler.extreme, pick=op.larger),
    "round_half_up": Compiler.rounded,
    "floor": partial(Compiler.changed, step=op.floor),
    "ceil": partial(Compiler.changed, step=op.ceil),
    "exp": partial(Compiler.changed, step=op.exp),
    "ln": partial(Compiler.changed, step=op.ln),
    "sqrt": partial(Compiler.changed, step=op.sqrt),
    "date": Compiler.date,
    "days_between": Compiler.days_between,
}
CALLED = {
    "truth": "yes or no",
    "choice": "a choice",
    "ticks": "a set of ticked choices",
    "number": "a number",
    "date": "a date",
    "text": "free text",
    "tuple": "a list",
}
