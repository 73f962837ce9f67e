"""Questions about the syntax of an expression, as `ast` has it."""

import ast
from functools import lru_cache
from typing import Any

OF_DIMENSION = ("points", "maximum", "share")


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


def terms_of(node: ast.expr) -> list[tuple[int, ast.expr]]:
    """The terms of a sum with their signs; a long sum is not a deep one."""
    terms = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        terms.append((1 if isinstance(node.op, ast.Add) else -1, node.right))
        node = node.left
    return [(1, node), *terms]
