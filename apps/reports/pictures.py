"""The charts of the result pages, drawn for paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from apps.risktest.pictures import WHOLE, domain_rows, level_value, ruler_bands
from apps.scoring import Questionnaire
from apps.ui.charts import Before, inset, level_ruler, part
from apps.ui.drawing import PRINT, Canvas

# In CSS pixels: the ruler fills the width of the text.
RULER_WIDTH = 635
LINE_WIDTH, LINE_HEIGHT = 104, 14
MARK = 16
DOT = 0.07  # of the line: half a mark, so that one at the end is drawn whole


@dataclass(frozen=True)
class Domain:
    label: str
    picture: SafeString
    before: str
    after: str


def ruler(questionnaire: Questionnaire, outcome: Mapping[str, Any], level_title: str) -> SafeString | str:
    if questionnaire.levels is None:
        return ""
    found = level_value(questionnaire, outcome)
    point = found["value"] if found["low"] == found["high"] else None
    bands = ruler_bands(questionnaire.levels)
    title = f"Level {level_title}: between {found['low']} and {found['high']} on the scale"
    drawn = level_ruler(point, found["low"], found["high"], bands, title=title, palette=PRINT, width=RULER_WIDTH)
    return in_our_font(drawn)


def domains(questionnaire: Questionnaire, outcome: Mapping[str, Any]) -> tuple[tuple[Domain, ...], ...]:
    """In two columns, so that the first page also holds what to do."""
    rows = [domain(row) for row in domain_rows(questionnaire, outcome)]
    half = (len(rows) + 1) // 2
    return tuple(part for part in (tuple(rows[:half]), tuple(rows[half:])) if part)


def domain(row: Before) -> Domain:
    """The dumbbell of the result page, beside its words instead of under them."""
    before, after = inset(part(row.before, 0, WHOLE), DOT), inset(part(row.after, 0, WHOLE), DOT)
    canvas = Canvas(LINE_HEIGHT, f"{row.label}: {row.before} before, {row.after} after", PRINT, LINE_WIDTH)
    middle = LINE_HEIGHT / 2
    drawn = [
        canvas.line((0, middle), (1, middle)),
        canvas.line((after, middle), (before, middle), "soft", 2.5),
        canvas.at(before, middle, canvas.mark("low", 9, hollow=True)),
        canvas.at(after, middle, canvas.mark(row.tone, 12)),
    ]
    return Domain(row.label, canvas.svg(drawn), str(row.before), str(row.after))


def mark(tone: str, title: str) -> SafeString:
    canvas = Canvas(MARK, title, PRINT, MARK)
    return canvas.svg([canvas.at(0.5, MARK / 2, canvas.mark(tone, MARK))])


def in_our_font(drawn: SafeString) -> SafeString:
    """Charts ask for any sans; a report names its font, or it would look different on every machine."""
    return mark_safe(drawn.replace('font-family="sans-serif"', 'font-family="DejaVu Sans"'))  # noqa: S308
