"""The outcome as the pictures of a risk summary: a level ruler, and the controls by domain."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString

from apps.scoring.definitions import Levels, Questionnaire
from apps.scoring.score import band_index
from apps.ui.charts import Band, Bar, Raised, level_ruler
from apps.ui.drawing import LIGHT, Palette
from apps.ui.formats import interval, number
from apps.ui.marks import tone_of

WHOLE = 100


def ruler(
    questionnaire: Questionnaire, outcome: Mapping[str, Any], *, palette: Palette = LIGHT, width: int | None = None
) -> SafeString | str:
    levels = questionnaire.levels
    if levels is None:
        return ""
    found, bands = level_value(questionnaire, outcome), ruler_bands(levels)
    point = found["value"] if found["low"] == found["high"] else None
    shown = bands[levels.index(outcome["level"])]
    why = why_raised(questionnaire, outcome)
    raised = Raised(shown, f"{shown.title}: {why}") if why else None
    stands = interval_in_words(found["low"], found["high"])
    says = f"Level {raised.words if raised else shown.title}. {stands} on a scale from 0 to {number(bands[-1].end)}."
    return level_ruler(
        point, found["low"], found["high"], bands, title=says, raised=raised, palette=palette, width=width
    )


def interval_in_words(low: Decimal, high: Decimal) -> str:
    return number(high) if low == high else f"Between {number(low)} and {number(high)}"


def why_raised(questionnaire: Questionnaire, outcome: Mapping[str, Any]) -> str:
    """Why the level is a worse one than its number alone would make it; empty where it is not."""
    levels = questionnaire.levels
    if levels is None:
        return ""
    counts = level_value(questionnaire, outcome)["high" if questionnaire.missing_is_worst else "value"]
    shown = levels.index(outcome["level"])
    if shown <= band_index(levels.bands, counts):
        return ""
    if outcome["forbidden"]:
        return "a rule forbids it"
    minimum = {flag.key: flag.minimum for flag in questionnaire.flags}
    if any(flag["in_force"] and minimum[flag["key"]] >= shown for flag in outcome["flags"]):
        return "a rule allows no lower"
    return "not all is known"


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


def domain_rows(questionnaire: Questionnaire, outcome: Mapping[str, Any]) -> list[Bar]:
    """How much of the controls of each domain is in place, in percent. What is not answered makes it a range.

    No domain has a level: the levels are bands of one number, and that number is of all domains together.
    """
    dimensions = outcome["dimensions"]
    return [
        domain_row(str(d.title), Decimal(dimensions[d.key]["share_low"]), Decimal(dimensions[d.key]["share_high"]))
        for d in questionnaire.dimensions
        if d.group == "control" and Decimal(dimensions[d.key]["maximum"])
    ]


def domain_row(title: str, low: Decimal, high: Decimal) -> Bar:
    least, most = round(low), round(high)
    return Bar(title, least, f"{interval(least, most)}%", at_most=most)
