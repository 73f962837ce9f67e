"""One screen: what grows past these numbers is split."""

from pathlib import Path

from tests.house_rules.source import PRODUCT, TEMPLATES, TESTS, functions, lines, where

MODULE, FUNCTION, VIEW, TEST, TEMPLATE = 500, 40, 45, 30, 160


def too_long_functions(paths: list[Path], limit: int) -> list[str]:
    return [
        f"{where(path, function)} {function.name}: {lines(function)} lines"
        for path in paths
        for function in functions(path)
        if lines(function) > limit
    ]


def too_long_files(paths: list[Path], limit: int) -> list[str]:
    counts = {path: len(path.read_text().splitlines()) for path in paths}
    return [f"{where(path)}: {count} lines" for path, count in counts.items() if count > limit]


def test_modules_are_short():
    assert not too_long_files([*PRODUCT, *TESTS], MODULE)


def test_functions_are_short():
    assert not too_long_functions([path for path in PRODUCT if path.name != "views.py"], FUNCTION)


def test_views_are_short():
    assert not too_long_functions([path for path in PRODUCT if path.name == "views.py"], VIEW)


def test_tests_are_short():
    assert not too_long_functions(TESTS, TEST)


def test_templates_are_short():
    assert not too_long_files(TEMPLATES, TEMPLATE)


def test_the_median_function_fits_in_ten_lines():
    counts = sorted(lines(function) for path in PRODUCT for function in functions(path))

    assert counts[len(counts) // 2] <= 10
