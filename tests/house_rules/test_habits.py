"""Habits that no linter checks."""

import ast
from pathlib import Path

import pytest

from tests.house_rules.source import PRODUCT, ROOT, functions, tree, where

CATCH_ALLS = {"utils", "helpers", "services", "common", "misc", "tools"}
# Slow to import (half a second), so only when a PDF is made.
MAY_BE_IMPORTED_LATE = {"weasyprint"}
CONTENT_LOADERS = {"loading.py", "observations.py"}


def imports(node: ast.AST) -> list[str]:
    match node:
        case ast.Import():
            return [alias.name for alias in node.names]
        case ast.ImportFrom():
            return [node.module or ""]
        case _:
            return []


def test_no_catch_all_modules():
    names = {where(path) for path in PRODUCT if {path.stem, *path.parent.relative_to(ROOT).parts} & CATCH_ALLS}

    assert not names


def test_no_imports_inside_functions():
    late = [
        f"{where(path, node)} {name}"
        for path in PRODUCT
        for function in functions(path)
        for node in ast.walk(function)
        for name in imports(node)
        if name.split(".")[0] not in MAY_BE_IMPORTED_LATE
    ]

    assert not late


def test_no_signals():
    signals = [
        f"{where(path, node)} {name}"
        for path in PRODUCT
        for node in ast.walk(tree(path))
        for name in imports(node)
        if name.startswith(("django.db.models.signals", "django.dispatch"))
    ]

    assert not signals


def test_no_save_or_delete_overrides():
    overrides = [
        where(path, method)
        for path in PRODUCT
        if path.name == "models.py" or path.parent.name == "models"
        for method in functions(path)
        if method.name in {"save", "delete", "__init__"}
    ]

    assert not overrides


def test_no_unscoped_lookup_by_id():
    """A view that gets by bare id forgets whose object it is: load through a visible_to() queryset."""
    unscoped = [
        where(path, call)
        for path in PRODUCT
        if not path.is_relative_to(ROOT / "apps/audit") and "management" not in path.parts
        if path.name not in CONTENT_LOADERS
        for call in ast.walk(tree(path))
        if isinstance(call, ast.Call) and is_bare_get(call)
    ]

    assert not unscoped


def is_bare_get(call: ast.Call) -> bool:
    function = ast.unparse(call.func)
    by_id = any(keyword.arg in {"pk", "id"} for keyword in call.keywords)
    return by_id and function.endswith(".objects.get")


def test_no_evaluation_of_text():
    calls = [
        f"{where(path, node)} {node.func.id}"
        for path in PRODUCT
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if node.func.id in {"eval", "exec", "compile", "__import__"}
    ]

    assert not calls


def test_settings_are_read_through_django():
    assert not [
        where(path, node)
        for path in PRODUCT
        if path.is_relative_to(ROOT / "apps")
        for node in ast.walk(tree(path))
        for name in imports(node)
        if name.startswith("govportal")
    ]


@pytest.mark.parametrize("name", ["is_bare_get", "imports"])
def test_rules_can_fail(name):
    """The matchers above find what they look for."""
    found = {
        "is_bare_get": is_bare_get(ast.parse("Team.objects.get(pk=1)", mode="eval").body),
        "imports": imports(ast.parse("from django.dispatch import receiver").body[0]) == ["django.dispatch"],
    }

    assert found[name]


def test_every_folder_of_apps_is_a_package():
    folders = {path.parent for path in PRODUCT}

    assert not [where(Path(folder)) for folder in folders if not (folder / "__init__.py").exists()]
