"""Small questionnaire definitions as plain data, as a YAML reader would give them."""

from copy import deepcopy
from typing import Any


def make_question(key: str, **changes: Any) -> dict[str, Any]:
    question: dict[str, Any] = {"key": key, "title": f"Question {key}?", "type": "single", **changes}
    if question["type"] in ("single", "multi"):
        question.setdefault("choices", [{"key": "yes", "title": "Yes"}, {"key": "no", "title": "No"}])
    if question["type"] == "number":
        question = {"minimum": 0, "maximum": 1000, **question}
    if question["type"] == "date":
        question = {"minimum": "2020-01-01", "maximum": "2030-12-31", **question}
    return {name: value for name, value in question.items() if value is not None}


def make_choices(**points: int) -> list[dict[str, Any]]:
    """Choices with points on `exposure`, by key."""
    return [{"key": key, "title": key.capitalize(), "points": {"exposure": worth}} for key, worth in points.items()]


def make_gap(*closed_by: str, **changes: Any) -> dict[str, Any]:
    gap = {
        "closed_by": list(closed_by),
        "title": "Something is missing",
        "why": "It matters.",
        "action": "Do it.",
        "owner": "lead",
        "effort": 3,
        "due_days": 30,
        **changes,
    }
    return {name: value for name, value in gap.items() if value is not None}


def make_control(key: str, *, missing: int = 0, there: int = 4, **gap: Any) -> dict[str, Any]:
    """A control question: `there` points on the dimension `control` when it is in place."""
    choices = [
        {"key": "there", "title": "In place", "points": {"control": there}},
        {"key": "missing", "title": "Missing", "points": {"control": missing}},
    ]
    return make_question(key, choices=choices, gap=make_gap("there", **gap))


def make_definition(*questions: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """One section; dimensions, derived value and levels over exposure and control unless told otherwise."""
    definition: dict[str, Any] = {
        "schema": 1,
        "key": "sample",
        "version": 1,
        "languages": ["en"],
        "title": "Sample",
        "summary": "A small one.",
        "result": "risk",
        "roles": {"lead": "Team lead"},
        "sections": [{"key": "main", "title": "Main", "questions": list(questions)}],
        **changes,
    }
    return {name: value for name, value in definition.items() if value is not None}


SCORED: dict[str, Any] = {
    "dimensions": [
        {"key": "exposure", "title": "Exposure", "group": "exposure"},
        {"key": "control", "title": "Controls", "group": "control"},
    ],
    "derived": [
        {
            "key": "residual",
            "title": "Remaining risk",
            "value": "max(0, 5 * points(exposure) - 4 * points(control))",
            "round": {"places": 0, "mode": "half_up"},
        }
    ],
    "levels": {
        "of": "residual",
        "bands": [
            {"key": "low", "title": "Low", "below": 25},
            {"key": "moderate", "title": "Moderate", "at_least": 25, "below": 50},
            {"key": "high", "title": "High", "at_least": 50, "at_most": 75},
            {"key": "critical", "title": "Critical", "above": 75},
        ],
    },
    "flags": [
        {
            "key": "health_for_everyone",
            "title": "Health data for everyone",
            "when": "reach == 'everyone' and 'health' in data",
            "effect": {"minimum_level": "high"},
            "because": "Too many people could be harmed.",
        }
    ],
}


def make_scored_definition(*controls: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Exposure by `reach` and `data`, controls that reduce it, four levels and a flag."""
    reach = make_question("reach", choices=make_choices(few=0, many=6, everyone=10), dont_know=True)
    data = make_question(
        "data",
        type="multi",
        choices=[*make_choices(public=0, personal=4, health=6), {"key": "none", "title": "None", "exclusive": True}],
    )
    if not controls:
        controls = (make_control("review"), make_control("logging", effort=1, there=2))
    return make_definition(reach, data, *controls, **{**deepcopy(SCORED), **changes})
