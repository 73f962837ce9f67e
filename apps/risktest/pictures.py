"""The outcome as the pictures of a risk summary: a level ruler and one row per domain."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from apps.scoring.definitions import Levels, Questionnaire
from apps.ui.charts import Band, Before
from apps.ui.marks import UNKNOWN, tone_of

WHOLE = 100


def ruler_bands(levels: Levels) -> list[Band]:
    """The open ends are drawn as wide as the band beside them; the scale starts at 0."""
    starts = [band.lower if band.lower is not None else Decimal(0) for band in levels.bands]
    ends = [*starts[1:], starts[-1] + (starts[-1] - starts[-2] if len(starts) > 1 else WHOLE)]
    keys = [band.key for band in levels.bands]
    return [
        Band(str(band.title), start, end, tone_of(band.key, keys))
        for band, start, end in zip(levels.bands, starts, ends, strict=True)
    ]


def level_value(questionnaire: Questionnaire, outcome: Mapping[str, Any]) -> dict[str, Decimal]:
    """`value`, `low`, `high` of what the level is read from."""
    of = questionnaire.levels.of if questionnaire.levels else ""
    found = outcome["derived"].get(of) or outcome["dimensions"].get(of) or {}
    numbers = {"value": found.get("value", found.get("points")), "low": found.get("low"), "high": found.get("high")}
    return {name: Decimal(number or 0) for name, number in numbers.items()}


def domain_rows(questionnaire: Questionnaire, outcome: Mapping[str, Any]) -> list[Before]:
    """Per control domain: the exposure as it is, and what the domain's controls leave of it; percent.

    Unanswered counts as the worst it could still be, as everywhere on the page.
    """
    dimensions = outcome["dimensions"]
    exposed = [d.key for d in questionnaire.dimensions if d.group == "exposure"]
    exposure = max((Decimal(dimensions[key]["share_high"]) for key in exposed), default=Decimal(WHOLE))
    return [
        domain_row(questionnaire, str(d.title), exposure, Decimal(dimensions[d.key]["share_low"]))
        for d in questionnaire.dimensions
        if d.group == "control" and Decimal(dimensions[d.key]["maximum"])
    ]


def domain_row(questionnaire: Questionnaire, title: str, exposure: Decimal, controlled: Decimal) -> Before:
    left = exposure * (WHOLE - controlled) / WHOLE
    return Before(title, round(exposure), round(left), tone_at(questionnaire.levels, left))


def tone_at(levels: Levels | None, value: Decimal) -> str:
    """The look of the level a value would have on the questionnaire's own scale."""
    bands = ruler_bands(levels) if levels else []
    return next((band.tone for band in reversed(bands) if value >= band.start), UNKNOWN)
