"""The charts of the result pages, drawn for paper."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from apps.risktest.pictures import domain_rows, level_value, ruler_bands
from apps.scoring import Questionnaire
from apps.ui.charts import Before, dumbbell_by_domain, level_ruler
from apps.ui.drawing import PRINT, Canvas

# In CSS pixels: the width of the text block, and of one of two columns, drawn larger and shown smaller.
RULER_WIDTH = 635
COLUMN_WIDTH = 400
MARK = 16


def ruler(questionnaire: Questionnaire, outcome: Mapping[str, Any], level_title: str) -> SafeString | str:
    if questionnaire.levels is None:
        return ""
    found = level_value(questionnaire, outcome)
    point = found["value"] if found["low"] == found["high"] else None
    bands = ruler_bands(questionnaire.levels)
    title = f"Level {level_title}: between {found['low']} and {found['high']} on the scale"
    drawn = level_ruler(point, found["low"], found["high"], bands, title=title, palette=PRINT, width=RULER_WIDTH)
    return in_our_font(drawn)


def domains(questionnaire: Questionnaire, outcome: Mapping[str, Any]) -> tuple[SafeString, ...]:
    """Two columns, so that the first page also holds what to do."""
    rows = domain_rows(questionnaire, outcome)
    half = (len(rows) + 1) // 2
    return tuple(column(part) for part in (rows[:half], rows[half:]) if part)


def column(rows: Sequence[Before]) -> SafeString:
    words = "; ".join(f"{row.label} {row.before} before, {row.after} after controls" for row in rows)
    drawn = dumbbell_by_domain(rows, maximum=100, title=words, palette=PRINT, width=COLUMN_WIDTH)
    return in_our_font(drawn)


def mark(tone: str, title: str) -> SafeString:
    canvas = Canvas(MARK, title, PRINT, MARK)
    return canvas.svg([canvas.at(0.5, MARK / 2, canvas.mark(tone, MARK))])


def in_our_font(drawn: SafeString) -> SafeString:
    """Charts ask for any sans; a report names its font, or it would look different on every machine."""
    return mark_safe(drawn.replace('font-family="sans-serif"', 'font-family="DejaVu Sans"'))  # noqa: S308
