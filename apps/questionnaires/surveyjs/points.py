"""What the import is told, and where points come from."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any

from apps.questionnaires.surveyjs.notes import shown
from apps.questionnaires.surveyjs.operators import as_value
from apps.questionnaires.surveyjs.reading import Part, SurveyRefused

SUFFIX = re.compile(r"-([0-9]+(?:\.[0-9]+)?|\.[0-9]+)$")
MAX_POINTS, PLACES = 1_000_000, 3


@dataclass(frozen=True, slots=True)
class Options:
    """`dimensions` pairs a dimension with a pattern of names; the first that fits the nearest name counts."""

    key: str
    title: str = ""
    language: str = "en"
    points_suffix: bool = False
    points_value: bool = False
    dimensions: Sequence[tuple[str, str]] = ()
    unscored: Sequence[str] = ()
    maximum_over: str = "visible"
    rules: str = ""  # YAML of derived values, levels and flags that is appended as it is


class Points:
    """Answers two questions: on which dimension a question counts, and what a choice is worth."""

    def __init__(self, options: Options) -> None:
        self.options = options

    def dimension_of(self, names: Sequence[str]) -> str | None:
        """`names`: the question's own, then the panels around it from the inside, then the page."""
        if not self.options.dimensions:
            return None if any(self._unscored(name) for name in names) else "score"
        for name in names:
            if self._unscored(name):
                return None
            for dimension, pattern in self.options.dimensions:
                if fnmatchcase(name, pattern):
                    return dimension
        return None

    def _unscored(self, name: str) -> bool:
        return any(fnmatchcase(name, pattern) for pattern in self.options.unscored)

    def of_choice(self, item: Part | None, value: Any, place: Part) -> Decimal | None:
        """What the choice says itself wins over what its value says. None: it says nothing."""
        score = item.number("score") if item is not None else None
        worth = self.of_value(value) if score is None else score
        if worth is None or (abs(worth) <= MAX_POINTS and worth == round(worth, PLACES)):
            return worth
        limits = f"points have at most {PLACES} decimals and are at most {MAX_POINTS:,}"
        (item or place).note(f"the points of {shown(value)} are not carried over: {limits}.", "score" if score else "")
        return None

    def of_value(self, value: Any) -> Decimal | None:
        number = None if isinstance(value, bool) else as_value(value)
        if self.options.points_value and isinstance(number, Decimal):
            return number
        found = SUFFIX.search(value) if self.options.points_suffix and isinstance(value, str) else None
        return Decimal(found.group(1)) if found else None

    def on_choices(self, dimension: str | None, choices: list[dict[str, Any]], place: Part) -> None:
        """Turns what each choice is worth into points on the question's dimension."""
        worth = [choice.pop("worth", None) for choice in choices]
        if not any(worth):
            return  # a dimension on which nothing counts would be refused
        if dimension is None:
            place.note("its points count on no dimension, so they are not carried over.")
            return
        for choice, one in zip(choices, worth, strict=True):
            if choice.get("exclusive"):
                if one:
                    place.note(f"a choice that excludes the others gives no points; {one} are not carried over.")
                continue
            choice["points"] = {dimension: one or 0}


def dimension_option(text: str) -> tuple[str, str]:
    """`impact=*-RS` from the command line."""
    name, equals, pattern = text.partition("=")
    if not equals or not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", name) or not pattern:
        raise SurveyRefused(f"{shown(text)} is not of the form dimension=PATTERN, for example impact=*-RS.")
    return name, pattern
