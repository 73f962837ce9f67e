"""The charts of the result pages, drawn for paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from apps.risktest import pictures as on_screen
from apps.risktest.pictures import WHOLE, domain_rows
from apps.scoring import Questionnaire
from apps.selector.pictures import fit_and_risk
from apps.ui.charts import Bar, part
from apps.ui.drawing import PRINT, Canvas

# In CSS pixels: the ruler fills the width of the text.
RULER_WIDTH = 635
LINE_WIDTH, LINE_HEIGHT = 92, 14
MARK = 16
FIT_HEIGHT = 230


@dataclass(frozen=True)
class Domain:
    label: str
    picture: SafeString
    in_place: str


def ruler(questionnaire: Questionnaire, outcome: Mapping[str, Any]) -> SafeString:
    return in_our_font(on_screen.ruler(questionnaire, outcome, palette=PRINT, width=RULER_WIDTH))


def domains(questionnaire: Questionnaire, outcome: Mapping[str, Any]) -> tuple[tuple[Domain, ...], ...]:
    """In two columns, so that the first page also holds what to do."""
    rows = [domain(row) for row in domain_rows(questionnaire, outcome)]
    half = (len(rows) + 1) // 2
    return tuple(part for part in (tuple(rows[:half]), tuple(rows[half:])) if part)


def domain(row: Bar) -> Domain:
    """The bar of the result page, beside its words instead of under them."""
    least, most = part(row.value, 0, WHOLE), part(row.at_most or 0, 0, WHOLE)
    canvas = Canvas(LINE_HEIGHT, f"{row.label}: {row.text} in place", PRINT, LINE_WIDTH)
    middle = LINE_HEIGHT / 2
    drawn = [
        canvas.bar(0, 1, middle - 3, 6, "rule"),
        canvas.bar(0, least, middle - 3, 6, "accent"),
        canvas.line((least, middle), (most, middle), "soft", 2),
    ]
    return Domain(row.label, canvas.svg(drawn), row.text)


def use_cases(cases: Sequence[Mapping[str, Any]]) -> SafeString | str:
    drawn = fit_and_risk(cases, height=FIT_HEIGHT, palette=PRINT, width=RULER_WIDTH)
    return in_our_font(drawn) if drawn else ""


def mark(tone: str, title: str) -> SafeString:
    canvas = Canvas(MARK, title, PRINT, MARK)
    return canvas.svg([canvas.at(0.5, MARK / 2, canvas.mark(tone, MARK))])


def in_our_font(drawn: str) -> SafeString:
    """Charts ask for any sans; a report names its font, or it would look different on every machine."""
    return mark_safe(drawn.replace('font-family="sans-serif"', 'font-family="DejaVu Sans"'))  # noqa: S308
