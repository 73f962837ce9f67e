"""The level in a sentence that is true of every questionnaire: its place among the levels, and open gaps."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from apps.scoring import Questionnaire
from apps.ui.formats import number


def verdict(questionnaire: Questionnaire, outcome: Mapping[str, Any]) -> str:
    if outcome["forbidden"]:
        return "This must not go ahead as it is described, whatever controls are added."
    if outcome["level_low"] != outcome["level_high"]:
        return uncertain(questionnaire, outcome)
    return certain(questionnaire, outcome)


def not_known(questionnaire: Questionnaire, outcome: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The questions whose answers are not known. A remark left empty leaves nothing unknown."""
    return [question for question in outcome["missing"] if question["question"] not in questionnaire.remarks]


def uncertain(questionnaire: Questionnaire, outcome: Mapping[str, Any]) -> str:
    titles = level_titles(questionnaire)
    low, high = titles[outcome["level_low"]], titles[outcome["level_high"]]
    count = len(not_known(questionnaire, outcome))
    questions = "one open question is" if count == 1 else f"{count} open questions are"
    worst = "The worse one counts" if questionnaire.missing_is_worst else "What is not answered counts as nothing"
    return f"With what is known it lies between {low} and {high}. {worst} until the {questions} answered."


def certain(questionnaire: Questionnaire, outcome: Mapping[str, Any]) -> str:
    """What to do about it."""
    if questionnaire.levels is None:
        return ""
    place, count = questionnaire.levels.index(outcome["level"]), len(questionnaire.levels.bands)
    stands = f"Level {place + 1} of {count}, where {count} is the worst."
    if place == 0:
        return f"{stands} {at_best(questionnaire, outcome)}".strip()
    if not outcome["gaps"]:
        return f"{stands} No gap is open, so only a change of the use itself can lower it."
    if place < count - 1:
        return f"{stands} Close the first gaps before more people use it."
    return f"{stands} A risk officer should look at it before anyone uses it; close the first gaps now."


def at_best(questionnaire: Questionnaire, outcome: Mapping[str, Any]) -> str:
    if outcome["gaps"]:
        return "It can get better still: some gaps are open."
    return "Keep the controls as they are." if asks_about_controls(questionnaire, outcome) else ""


def without_gaps(questionnaire: Questionnaire, outcome: Mapping[str, Any]) -> str:
    """What it means that no gap is open."""
    if outcome["level_low"] != outcome["level_high"]:
        return "First find out what is not known: it may change the level and bring up gaps."
    if asks_about_controls(questionnaire, outcome):
        return "Every control this test asks about is in place or does not apply."
    return "With these answers the test asks about no controls, so it cannot say whether any is missing."


def asks_about_controls(questionnaire: Questionnaire, outcome: Mapping[str, Any]) -> bool:
    return any(questionnaire.question(key).gap for key in outcome["visible"])


def what_it_buys(questionnaire: Questionnaire, outcome: Mapping[str, Any], gap: Mapping[str, Any]) -> str:
    """What closing this one gap does; empty where it moves nothing by itself."""
    bought = gap["buys"]
    points, after = Decimal(bought["value"] or 0), bought["level_after"]
    down = level_titles(questionnaire)[after] if after and after != outcome["level"] else ""
    if points <= 0:
        return f"takes the level down to {down}" if down else ""
    taken = f"takes off {number(points)} point{'' if points == 1 else 's'}"
    return f"{taken}, down to {down}" if down else taken


def level_titles(questionnaire: Questionnaire) -> dict[str, str]:
    return {band.key: str(band.title) for band in questionnaire.levels.bands} if questionnaire.levels else {}
