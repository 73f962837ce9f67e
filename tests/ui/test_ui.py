"""The component tags, rendered as pages use them."""

from datetime import UTC, date, datetime

import html5lib
import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory

from apps.ui.forms import SpecimenForm

NASTY = "<b onclick=x>&"


def render(source: str, **context: object) -> str:
    return Template(source).render(Context({"request": RequestFactory().get("/?q=a&page=2"), **context}))


def words(html: str) -> str:
    return " ".join("".join(html5lib.parseFragment(html, namespaceHTMLElements=False).itertext()).split())


@pytest.mark.parametrize(
    "source",
    [
        "{% level 'high' nasty %}",
        "{% tag nasty 'ok' %}",
        "{% status 'approved' nasty %}",
        "{% specs rows %}",
        "{% progress 1 2 nasty %}",
        "{% share nasty 1 2 %}",
        "{% tasks items %}",
        "{% empty_state nasty nasty nasty nasty %}",
        "{% breadcrumbs nasty nasty nasty %}",
        "{% callout 'warn' nasty %}{{ nasty }}{% endcallout %}",
        "{% why nasty nasty %}{{ nasty }}{% endwhy %}",
        "{% fold nasty nasty %}{{ nasty }}{% endfold %}",
        "{% scroll_table nasty %}{{ nasty }}{% endscroll_table %}",
    ],
)
def test_component_escapes_what_it_is_given(source):
    html = render(
        source, nasty=NASTY, rows=[(NASTY, NASTY)], items=[{"title": NASTY, "state": "todo", "url": NASTY}], values=[1]
    )

    assert "<b" not in html
    assert "&lt;b onclick=x&gt;&amp;" in html


@pytest.mark.parametrize("key", ["low", "moderate", "high", "critical"])
def test_level_is_colour_shape_and_word(key):
    html = render(f"{{% level '{key}' %}}")

    assert f"level--{key}" in html
    assert "<path" in html
    assert words(html) == key.capitalize()


def test_level_of_another_name_takes_the_look_of_its_place():
    html = render("{% level 'IV' keys=keys %}", keys=["I", "II", "III", "IV"])

    assert "level--critical" in html
    assert words(html) == "IV"


def test_status_that_nobody_listed_is_still_a_word():
    assert words(render("{% status 'needs_love' %}")) == "Needs love"


def test_tag_with_a_tone_that_does_not_exist_stays_plain():
    assert "<svg" not in render("{% tag 'Fit 88' %}")


def test_share_never_leaves_its_track():
    assert 'width="100.00%"' in render("{% share 'x' 300 80 %}")
    assert 'width="0.00%"' in render("{% share 'x' -3 80 %}{% share 'x' 3 0 %}")


def test_progress_over_nothing_is_valid():
    assert 'max="1"' in render("{% progress 0 0 %}")


def test_tasks_mark_the_current_section():
    html = render("{% tasks items %}", items=[{"title": "Data", "state": "current", "url": "/x"}])

    assert 'aria-current="step"' in html


def test_breadcrumbs_link_all_but_the_last():
    html = render("{% breadcrumbs 'Catalog' '/c/' 'Mini' %}")

    assert html.count("href") == 1
    assert words(html) == "Catalog Mini"


def test_when_is_machine_readable():
    html = render(
        "{% when day %} {% when moment %} {% when none %}",
        day=date(2026, 3, 19),
        moment=datetime(2026, 3, 19, 14, 2, tzinfo=UTC),
        none=None,
    )

    assert '<time datetime="2026-03-19">19 March 2026</time>' in html
    assert "19 March 2026, 14:02 UTC" in html
    assert html.endswith("not known")


def test_pagination_keeps_the_search():
    html = render("{% pagination page %}", page=Paginator(range(100), 10).page(2))

    assert 'href="?q=a&amp;page=3"' in html
    assert 'aria-current="page"' in html


def test_pagination_of_one_page_shows_nothing():
    assert words(render("{% pagination page %}", page=Paginator(range(3), 10).page(1))) == ""


def test_error_summary_links_each_message_to_its_control():
    html = render("{% error_summary form %}", form=SpecimenForm({}))

    for control in ("id_name", "id_audience_0", "id_material_0", "id_team"):
        assert f'href="#{control}"' in html
    assert "Who sees the results? This field is required." in words(html)


def test_error_summary_says_a_label_once():
    class ReasonForm(forms.Form):
        reason = forms.CharField(label="Reason", error_messages={"required": "Give the reason: it is read first."})
        name = forms.CharField(label="Name", error_messages={"required": "This username is taken."})

    html = words(render("{% error_summary form %}", form=ReasonForm({})))

    assert "Reason: Give" not in html
    assert "Give the reason: it is read first." in html
    assert "Name: This username is taken." in html


def test_error_summary_without_errors_shows_nothing():
    assert words(render("{% error_summary form %}{% error_summary nothing %}", form=SpecimenForm(), nothing=None)) == ""


def test_callout_with_an_unknown_tone_fails_loudly():
    with pytest.raises((KeyError, TemplateSyntaxError)):
        render("{% callout 'loud' %}x{% endcallout %}")
