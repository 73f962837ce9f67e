"""Components as template tags. A built-in library: no {% load %} needed."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.ui import formats, marks

register = template.Library()

register.filter("number", formats.number)
register.filter("signed", formats.signed)
register.filter("tokens", formats.number)
register.filter("compact", formats.compact)
register.filter("money", formats.money)
register.filter("cost", formats.cost)
register.filter("percent", formats.percent)
register.filter("day", formats.day)
register.filter("moment", formats.moment)
register.filter("clock", formats.clock)
register.filter("get", lambda mapping, key: mapping.get(key, ""))
register.simple_tag(formats.interval, name="interval")
register.simple_tag(marks.icon, name="icon")

LEVEL_TITLES = {"low": "Low", "moderate": "Moderate", "high": "High", "critical": "Critical", "unknown": "Not known"}

# Words for states across the rooms; a tone is a colour with an icon, the word is always there.
STATUS_TONES = {
    "approved": "ok",
    "published": "ok",
    "met": "ok",
    "complete": "ok",
    "approved_with_conditions": "warn",
    "restricted": "warn",
    "changes_requested": "warn",
    "due": "warn",
    "returned": "warn",
    "blocked": "stop",
    "rejected": "stop",
    "lapsed": "stop",
    "overdue": "stop",
    "refused": "stop",
    "submitted": "info",
    "in_review": "info",
    "reported": "info",
    "draft": "info",
}
TONE_ICONS = {"ok": "check", "warn": "warning", "stop": "cross", "info": "dot", "mute": "ring"}
CALLOUT_ICONS = {"info": "info", "success": "check", "warn": "warning", "error": "cross", "neutral": "info"}
TASK_STATES = {
    "done": ("check", "Done"),
    "current": ("right", "Now"),
    "started": ("half", "Started"),
    "todo": ("ring", "To do"),
    "error": ("warning", "Needs attention"),
    "locked": ("lock", "Not yet"),
}


@register.simple_tag
def level(key: str, title: str = "", look: str = "badge", keys: Collection[str] = ()) -> SafeString:
    """`{% level "high" %}`. look: badge, plain or large; `keys` places levels that have other names."""
    tone = marks.tone_of(str(key), keys)
    word = title or LEVEL_TITLES.get(str(key), str(key))
    return format_html('<span class="level level--{} level--{}">{}{}</span>', tone, look, marks.level_mark(tone), word)


@register.simple_tag
def mark(key: str, keys: Collection[str] = ()) -> SafeString:
    """Only the shape in its colour, where the word stands close by."""
    tone = marks.tone_of(str(key), keys)
    return format_html('<span class="level level--{} level--bare">{}</span>', tone, marks.level_mark(tone))


@register.simple_tag
def tag(text: str, tone: str = "plain") -> SafeString:
    """A word in an outline; tones ok, warn, stop, info and mute add an icon, plain does not."""
    return format_html(
        '<span class="tag tag--{}">{}{}</span>', tone, marks.icon(TONE_ICONS[tone]) if tone in TONE_ICONS else "", text
    )


@register.simple_tag
def status(key: str, text: str = "") -> SafeString:
    """A known state's word in its tone: `{% status model.approval model.get_approval_display %}`."""
    word = text or str(key).replace("_", " ").capitalize()
    return tag(word, STATUS_TONES.get(str(key), "mute"))


@register.simple_tag
def when(value: date | datetime | None) -> SafeString | str:
    """A <time>: days as 19 March 2026, moments with their zone."""
    if value is None:
        return formats.NOT_KNOWN
    text = formats.moment(value) if isinstance(value, datetime) else formats.day(value)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)


@register.inclusion_tag("components/figure.html")
def figure(label: str, value: Any, unit: str = "", note: str = "") -> dict[str, Any]:
    """One of the <dl class="figures">."""
    return {"label": label, "value": value, "unit": unit, "note": note}


@register.inclusion_tag("components/specs.html")
def specs(rows: Iterable[Sequence[Any]], narrow: bool = False) -> dict[str, Any]:
    """Pairs of label and value."""
    return {"rows": rows, "narrow": narrow}


@register.inclusion_tag("components/progress.html")
def progress(value: int, total: int, label: str = "Progress", unit: str = "") -> dict[str, Any]:
    return {"value": value, "total": total, "label": label, "unit": unit}


@register.inclusion_tag("components/share.html")
def share(label: str, value: formats.Number, total: formats.Number, text: str = "") -> dict[str, Any]:
    part, whole = formats.exact(value) or 0, formats.exact(total) or 0
    width = max(0, min(100, part * 100 / whole)) if whole else 0
    return {"label": label, "text": text or formats.number(value), "width": f"{width:.2f}%"}


@register.inclusion_tag("components/tasks.html")
def tasks(items: Iterable[Mapping[str, Any]], label: str = "Sections") -> dict[str, Any]:
    """Items with title, state, and optionally key, url and note."""
    return {"tasks": [task_line(item) for item in items], "label": label}


@register.inclusion_tag("components/task.html")
def changed_task(item: Mapping[str, Any]) -> dict[str, Any]:
    """One item of `tasks`, to take the place of the one with the same key on the page."""
    return {"task": task_line(item), "oob": True}


def task_line(item: Mapping[str, Any]) -> dict[str, Any]:
    icon, word = TASK_STATES[item["state"]]
    return {**item, "icon": icon, "word": word}


@register.inclusion_tag("components/empty.html")
def empty_state(title: str, text: str = "", url: str = "", action: str = "") -> dict[str, Any]:
    """Nothing here yet: what to do first."""
    return {"title": title, "text": text, "url": url, "action": action}


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(*parts: str) -> dict[str, Any]:
    """`{% breadcrumbs "Catalog" url "OpenAI" url2 "GPT-4o-mini" %}`: label and address in turn, the last without."""
    return {"links": list(zip(parts[:-1:2], parts[1::2], strict=False)), "here": parts[-1] if len(parts) % 2 else ""}


@register.inclusion_tag("components/back_link.html")
def back_link(url: str, text: str = "Back") -> dict[str, Any]:
    return {"url": url, "text": text}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page[Any], label: str = "Pages", action: str = "") -> dict[str, Any]:
    """For a numbered page; keeps the rest of the query string. Inside a form, `action` makes its pages buttons that
    send the form there, so that what is ticked on this page is kept too."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {"query": query_of(context), "page": page, "numbers": numbers, "label": label, "action": action}


def query_of(context: template.Context) -> QueryDict:
    request = context.get("request")
    return request.GET if request else QueryDict()


@register.inclusion_tag("components/keyset.html", takes_context=True)
def keyset_pagination(context: template.Context, page: Any, label: str = "Pages") -> dict[str, Any]:
    return {"query": query_of(context), "page": page, "label": label}


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: BaseForm | None) -> dict[str, Any]:
    """What is wrong, each linked to its field; nothing while there are no errors."""
    if form is None or not form.errors:
        return {"errors": []}
    found = [("", message) for message in form.non_field_errors()]
    for name in form.errors:
        if name != "__all__":
            bound = form[name]
            found += [(first_control_id(bound), about(str(bound.label), str(message))) for message in bound.errors]
    return {"errors": found}


def about(label: str, message: str) -> str:
    """The summary stands apart from the fields, so each message names its own, unless it does so already."""
    if re.search(rf"\b{re.escape(label)}\b", message, re.IGNORECASE):
        return message
    return f"{label} {message}" if label.endswith(("?", ".", ":")) else f"{label}: {message}"


def first_control_id(bound: Any) -> str:
    """Radios and checkboxes have an id each: the link goes to the first."""
    identifier = bound.id_for_label or bound.auto_id
    return f"{bound.auto_id}_0" if bound.use_fieldset and not bound.id_for_label else str(identifier)


@register.simple_block_tag
def callout(content: str, tone: str = "info", title: str = "") -> str:
    """`{% callout "warn" "Title" %}…{% endcallout %}`: info, success, warn, error or neutral."""
    context = {"content": content, "tone": tone, "title": title, "icon": CALLOUT_ICONS[tone]}
    return render_to_string("components/callout.html", context)


@register.simple_block_tag
def why(content: str, title: str = "Why?", subject: str = "") -> str:
    """A quiet disclosure; `subject` tells screen readers what the question is about."""
    return render_to_string("components/why.html", {"content": content, "title": title, "subject": subject})


@register.simple_block_tag
def fold(content: str, title: str, note: str = "", is_open: bool = False) -> str:
    return render_to_string(
        "components/fold.html", {"content": content, "title": title, "note": note, "is_open": is_open}
    )


@register.simple_block_tag
def scroll_table(content: str, label: str) -> str:
    """A table that scrolls inside itself on a phone, also by keyboard."""
    return format_html('<div class="table-scroll" role="region" aria-label="{}" tabindex="0">{}</div>', label, content)
