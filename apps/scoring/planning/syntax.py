"""Questions about the syntax of an expression, as `ast` has it."""

import ast
from functools import lru_cache
from itertools import pairwise
from typing import Any

OF_DIMENSION = ("points", "maximum", "share")
Comparison = tuple[ast.expr, ast.cmpop, ast.expr]


@lru_cache(maxsize=1_000)
def tree_of(source: str) -> ast.expr:
    return ast.parse(source, mode="eval").body


@lru_cache(maxsize=20_000)
def names_in(node: ast.AST) -> frozenset[str]:
    """What an expression looks at: a dimension is no name by itself."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in OF_DIMENSION:
        return frozenset({name_of(node)})
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "worth":
        return names_in(node.args[0])  # the other one is a dimension
    if isinstance(node, ast.Name):
        return frozenset({node.id})
    return frozenset().union(*map(names_in, ast.iter_child_nodes(node)))


def name_of(call: Any) -> str:
    """As the environment has it: points(x), maximum(x), share(x)."""
    return f"{call.func.id}({call.args[0].id})"


def is_number(node: ast.expr, name: str) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in OF_DIMENSION
        and name_of(node) == name
    )


def terms_of(node: ast.expr) -> list[tuple[int, ast.expr]]:
    """The terms of a sum with their signs; a long sum is not a deep one."""
    terms = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        terms.append((1 if isinstance(node.op, ast.Add) else -1, node.right))
        node = node.left
    return [(1, node), *terms]


@lru_cache(maxsize=20_000)
def comparisons_of(node: Any, name: str) -> tuple[Comparison, ...] | None:
    """The comparisons that have this number on one side; None when the node has it anywhere else."""
    if name not in names_in(node):
        return ()
    if is_number(node, name):
        return None
    found: list[Comparison] = []
    parts = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        pairs = [(left, operator, right) for (left, right), operator in zip(pairwise(sides), node.ops, strict=True)]
        found = [pair for pair in pairs if is_number(pair[0], name) or is_number(pair[2], name)]
        parts = [side for side in sides if not is_number(side, name)]
    for inner in (comparisons_of(part, name) for part in parts):
        if inner is None:
            return None
        found += inner
    return tuple(found)
