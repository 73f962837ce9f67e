"""What no template may contain: the Content-Security-Policy would block it, or a reader would miss it."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

TEMPLATES = Path(__file__).parents[2] / "templates"
ALL = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
# Rendered to PDF, where the stylesheet is part of the document and no browser policy applies.
DOCUMENTS = "reports/pdf"

INLINE_STYLE = re.compile(r"""<[^>]*\sstyle\s*=""", re.I)
INLINE_HANDLER = re.compile(r"""<[^>]*\s(on[a-z]+|data-hx-on[:\w-]*)\s*=""", re.I)
INLINE_SCRIPT = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>", re.I)
PLAIN_HTMX = re.compile(r"""<[^>]*\shx-[a-z]""", re.I)
OTHER_HOST = re.compile(r"""<(?:link|script|img|iframe)[^>]*(?:src|href)="(?:https?:)?//""", re.I)
JS_VALUES = re.compile(r"""data-hx-(?:vals|vars|headers)=["']\s*(?:js|javascript):""", re.I)


def text_of(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ALL)
def test_template_compiles(name):
    assert get_template(name)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    "forbidden",
    [INLINE_STYLE, INLINE_HANDLER, INLINE_SCRIPT, PLAIN_HTMX, OTHER_HOST, JS_VALUES],
    ids=lambda r: r.pattern,
)
def test_template_holds_nothing_the_policy_blocks(name, forbidden):
    assert not forbidden.search(text_of(name))


@pytest.mark.parametrize("name", [name for name in ALL if not name.startswith(("emails/", DOCUMENTS))])
def test_template_has_no_style_element(name):
    assert "<style" not in text_of(name).lower()


@pytest.mark.parametrize("name", [n for n in ALL if not n.startswith(DOCUMENTS)])
def test_template_fits_on_a_few_screens(name):
    assert len(text_of(name).splitlines()) <= 160


@pytest.mark.parametrize(
    ("bad", "rule"),
    [
        ('<p style="color:red">', INLINE_STYLE),
        ("<a class=x onclick='f()'>", INLINE_HANDLER),
        ('<a data-hx-on:click="f()">', INLINE_HANDLER),
        ("<script>f()</script>", INLINE_SCRIPT),
        ('<a hx-get="/">', PLAIN_HTMX),
        ('<script src="https://cdn.example/x.js">', OTHER_HOST),
        ("""<a data-hx-vals='js:{"a": f()}'>""", JS_VALUES),
    ],
)
def test_rule_catches_what_it_names(bad, rule):
    assert rule.search(bad)
