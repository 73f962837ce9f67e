"""What the content security policy would block, and habits of templates."""

import re
from pathlib import Path

import pytest
from django.template import TemplateSyntaxError, engines
from django.template.loader import get_template

from tests.house_rules.source import ROOT, TEMPLATES, where

# Not served: WeasyPrint gets its styles from the document, and no browser policy applies.
PRINTED = (ROOT / "templates" / "reports" / "pdf", ROOT / "templates" / "emails")
SERVED = [path for path in TEMPLATES if not any(path.is_relative_to(folder) for folder in PRINTED)]
FORBIDDEN = {
    "inline script": r"<script(?![^>]*\bsrc=)",
    "inline style element": r"<style\b",
    "style attribute": r"<[^>]*\sstyle\s*=",
    "event handler attribute": r"<[^>]*\son[a-z]+\s*=",
    "javascript address": r"""(href|src|action)\s*=\s*["']?\s*javascript:""",
    "htmx attribute without data-": r"<[^>]*\shx-[a-z]",
    "htmx script in an attribute": r"""data-hx-on|data-hx-(vals|headers)\s*=\s*["']js:""",
    "file from elsewhere": r"""<(script|link|img|iframe)\b[^>]*\b(src|href)\s*=\s*["']?(https?:)?//""",
    "unescaped output": r"\|\s*safe\b|autoescape\s+off",
}


def offences(text: str, pattern: str) -> list[int]:
    return [text.count("\n", 0, match.start()) + 1 for match in re.finditer(pattern, text, re.IGNORECASE)]


@pytest.mark.parametrize("name", FORBIDDEN)
def test_template_has_no(name):
    found = {where(path): offences(path.read_text(), FORBIDDEN[name]) for path in SERVED}

    assert not {path: numbers for path, numbers in found.items() if numbers}


BAD = {
    "inline script": "<script>",
    "inline style element": "<style>",
    "style attribute": '<p class="a" style="color:red">',
    "event handler attribute": '<a href="/" onclick="x()">',
    "javascript address": "<a href='javascript:x'>",
    "htmx attribute without data-": '<form hx-post="/">',
    "htmx script in an attribute": "<b data-hx-vals='js:{}'>",
    "file from elsewhere": '<script src="https://cdn.example/x.js">',
    "unescaped output": "{{ text|safe }}",
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_pattern_finds(name):
    assert offences(BAD[name], FORBIDDEN[name]) == [1]


def test_every_template_compiles():
    broken = {where(path): problem for path in TEMPLATES if (problem := compile_problem(path))}

    assert not broken


def compile_problem(path: Path) -> str:
    try:
        get_template(path.relative_to(ROOT / "templates").as_posix())
    except TemplateSyntaxError as error:
        return str(error)
    return ""


def test_every_page_extends_a_base_and_has_one_heading():
    pages = [path for path in SERVED if is_page(path)]
    headings = {where(path): path.read_text().count("<h1") for path in pages}

    assert not {path: count for path, count in headings.items() if count > 1}


def is_page(path: Path) -> bool:
    return not path.name.startswith("_") and "{% extends" in path.read_text()


# Words Django's own block tags end or divide their content with.
DIVIDERS = {"else", "elif", "empty", "plural"}


def test_no_tag_of_ours_takes_a_word_of_djangos_own():
    """Inside `{% for %}` a tag named "empty" would be read as the loop's own and show nothing."""
    *djangos, ours, _partials = engines["django"].engine.template_builtins
    taken = DIVIDERS.union(*(library.tags for library in djangos))

    assert ours.tags
    assert not taken & set(ours.tags)
