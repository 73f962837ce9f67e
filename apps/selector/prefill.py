"""What is already known of a use case when its AI Risk Test starts: data, in prefill.yaml beside that questionnaire."""

from collections.abc import Mapping
from typing import Any

from apps.assessments.prefill import rules as prefill_rules
from apps.selector.library import UseCase

RISK_TEST = "risktest"


def rules() -> Mapping[str, Any]:
    return prefill_rules(RISK_TEST)


def prefill(use_case: UseCase, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Raw answers for the risk test. What it does not take is left out when the assessment starts."""
    translated = {rule["to"]: translate(rule, needed(use_case, rule["from"])) for rule in rules()["choices"]}
    for rule in rules()["adds"]:
        translated[rule["to"]] = added(rule, translated[rule["to"]], answers.get(rule["from"]))
    alike = {key: value for key, value in answers.items() if key not in rules()["asked_anew"]}
    return {**alike, **from_use_case(use_case), **{key: value for key, value in translated.items() if value}}


def needed(use_case: UseCase, question: str) -> set[str]:
    """What this use case reads counts, not all that the team has."""
    return set(getattr(use_case.attributes, question))


def translate(rule: Mapping[str, Any], ticked: set[str]) -> list[str]:
    chosen = {rule["map"][key] for key in ticked if key in rule["map"]}
    alone = set(rules()["exclusive"].get(rule["to"], ()))
    return sorted(chosen - alone or chosen)


def added(rule: Mapping[str, Any], ticked: list[str], answer: Any) -> list[str]:
    """Nothing at all where the team does not know whether the choice holds: half an answer would deny it."""
    if rule["beside"] not in ticked:
        return ticked
    if answer == {"dont_know": True}:
        return []
    return sorted({*ticked, rule["choice"]}) if answer in rule["where"] else ticked


def from_use_case(use_case: UseCase) -> dict[str, Any]:
    places = {"title": use_case.title, "description": use_case.description}
    return {
        question: places.get(part) or getattr(use_case.attributes, part)
        for question, part in rules()["use_case"].items()
    }
