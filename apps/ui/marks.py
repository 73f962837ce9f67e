"""The shapes that stand for levels and states, shared by badges, charts and reports."""

from collections.abc import Collection
from functools import cache

from django.utils.html import format_html
from django.utils.safestring import SafeString

# From best to worst. A level is always colour and shape and word.
LEVELS = ("low", "moderate", "high", "critical")
UNKNOWN = "unknown"

# Each drawn in a box of 16 by 16.
SHAPES = {
    "low": "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Z",
    "moderate": "M8 .7 15.3 8 8 15.3 .7 8Z",
    "high": "M8 1.2 15.6 14.6H.4Z",
    "critical": "M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5Z",
    UNKNOWN: "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm0 2a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9Z",
}

ICONS = {
    "check": "M6.3 12.9 1.6 8.2l1.5-1.5 3.2 3.2 6.6-6.6 1.5 1.5Z",
    "ring": SHAPES[UNKNOWN],
    "dot": "M8 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z",
    "half": "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm0 2v9a4.5 4.5 0 0 1 0-9Z",
    "cross": "m3.4 2 4.6 4.6L12.6 2 14 3.4 9.4 8l4.6 4.6-1.4 1.4L8 9.4 3.4 14 2 12.6 6.6 8 2 3.4Z",
    "warning": "M8 1 15.8 15H.2L8 1Zm-.9 5v4.4h1.8V6H7.1Zm0 5.6v1.8h1.8v-1.8H7.1Z",
    "info": "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1Zm-.9 6v5h1.8V7H7.1Zm0-3v1.8h1.8V4H7.1Z",
    "lock": "M4 7V5a4 4 0 0 1 8 0v2h1v8H3V7h1Zm2 0h4V5a2 2 0 1 0-4 0v2Z",
    "left": "M9.7 2.3 11.1 3.7 6.8 8l4.3 4.3-1.4 1.4L4 8Z",
    "right": "m6.3 2.3-1.4 1.4L9.2 8l-4.3 4.3 1.4 1.4L12 8Z",
    "down": "M2.3 6.3 3.7 4.9 8 9.2l4.3-4.3 1.4 1.4L8 12Z",
    "bar": "M2 7h12v2H2Z",
}


def tone_of(key: str, keys: Collection[str] = ()) -> str:
    """The look of a level: by its own name, else by its place between best and worst."""
    if key in LEVELS:
        return key
    if key not in keys:
        return UNKNOWN
    place = list(keys).index(key)
    return LEVELS[round(place * (len(LEVELS) - 1) / max(len(keys) - 1, 1))]


def level_mark(tone: str) -> SafeString:
    """Decorative: the word stands beside it."""
    path = SHAPES.get(tone, SHAPES[UNKNOWN])
    return format_html('<svg class="level__mark" viewBox="0 0 16 16" aria-hidden="true"><path d="{}"/></svg>', path)


@cache
def icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" viewBox="0 0 16 16" fill="currentColor" aria-hidden="true"><path d="{}"/></svg>', ICONS[name]
    )
