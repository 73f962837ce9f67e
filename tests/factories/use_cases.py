"""The real selector with its library and answer sheets, and a small library for tests not about its content."""

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from apps.questionnaires.documents import read_file
from apps.questionnaires.golden import cases_beside
from apps.questionnaires.references import read_references
from apps.scoring import Questionnaire, parse_questionnaire
from apps.selector.library import Library
from apps.selector.library_parse import LIMITS, parse_library
from tests.factories.published import current_file

FIXTURES = Path(__file__).parents[2] / "fixtures"
SELECTOR = current_file("selector")

# Answers of a team that nothing speaks against; everything else in a test is a difference from it.
READY_TEAM: dict[str, Any] = {
    "team_function": "finance",
    "team_size": "up_to_5",
    "working_languages": ["english"],
    "goal_first": "write_faster",
    "goal_second": "no_further_goal",
    "data_kinds": ["internal_documents"],
    "data_location": "one_system",
    "confidentiality": "internal",
    "audience": "own_team",
    "autonomy": "suggests",
    "decision_impact": "minor",
    "reversibility": "easily",
    "requests_a_month": 100,
    "document_pages": "2.5",
    "budget_a_month": "50",
    "owner": "named",
    "policy": "in_force",
    "approved_tools": "approved",
    "training": "most",
    "review_capacity": "everything",
    "logging": "reviewed",
}

OWN_IDEA: dict[str, Any] = {
    "base_risk": {"points": 10, "reason": "Nobody knows it yet."},
    "needs": {"input_modalities": ["text"], "min_context": 8000},
    "tokens": {"input": 1000, "output": 200},
    "guardrails": ["A person reads it."],
    "first_week": ["Try it.", "Measure it.", "Change it.", "Decide."],
    "stop_when": ["It hurts somebody."],
    "controls": ["Owner"],
}
USE_CASE: dict[str, Any] = {
    **OWN_IDEA,
    "key": "drafts",
    "title": "Drafts",
    "one_line": "Drafts of texts.",
    "description": "It drafts texts.",
    "attributes": {
        "functions": ["finance"],
        "goals": ["write_faster"],
        "data_kinds": ["internal_documents"],
        "audience": "own_team",
        "autonomy": "suggests",
        "decision_impact": "minor",
        "reversibility": "easily",
    },
}
RULES: dict[str, Any] = {
    "schema": 1,
    "special_uses_title": "Special uses",
    "special_uses": [{"key": "judges", "title": "It judges people"}, {"key": "steers", "title": "It steers people"}],
    "private_data": ["internal_documents", "customer_records"],
    "personal_data": ["customer_records"],
    "fit_bands": [
        {"key": "weak", "title": "Weak", "below": 40},
        {"key": "fair", "title": "Fair", "at_least": 40, "below": 60},
        {"key": "good", "title": "Good", "at_least": 60},
    ],
    "risk_bands": [
        {"key": "low", "title": "Low", "below": 25},
        {"key": "moderate", "title": "Moderate", "at_least": 25, "below": 50},
        {"key": "high", "title": "High", "at_least": 50, "below": 75},
        {"key": "critical", "title": "Critical", "at_least": 75},
    ],
    "verdicts": {
        "start_here_at_most": 3,
        "start_here_fit": "good",
        "next_fit": "fair",
        "start_here_risk": "moderate",
        "next_risk": "high",
        "readiness": "readiness",
        "start_here_readiness": 40,
        "next_readiness": 15,
        "start_here_needs": ["confidentiality"],
        "next_needs": ["team_function", "goal_first"],
    },
    "limits": {
        name: {"reason": f"{name}: " + " ".join(f"{{{word}}}" for word in words), "change": "Change it."}
        for name, words in LIMITS.items()
    },
    "fit": [
        {"when": "case_function_match == 'own'", "points": 30, "reason": "For {answer:team_function}."},
        {"when": "case_goal_match == 'first'", "points": 40, "reason": "For {answer:goal_first}."},
    ],
    "risk": [{"when": "case_autonomy == 'acts_alone'", "points": 30, "reason": "It acts alone."}],
    "gates": [
        {
            "when": "'judges' in case_special_uses",
            "verdict": "refused",
            "reason": "It does: {case:special_uses}.",
            "change": "Do not judge.",
        }
    ],
    "own_idea": OWN_IDEA,
}


@cache
def selector_questionnaire() -> Questionnaire:
    return parse_questionnaire(read_file(SELECTOR).data)


@cache
def known_references() -> frozenset[str]:
    return frozenset(read_references(FIXTURES / "references"))


def use_case_documents() -> dict[str, Any]:
    return {path.name: read_file(path).data for path in sorted((FIXTURES / "use_cases").glob("*.yaml"))}


@cache
def selector_library() -> Library:
    return parse_library(use_case_documents(), selector_questionnaire(), known_references())


def team_answers(words: str) -> dict[str, Any]:
    """The answers of the one golden case whose name holds these words."""
    (found,) = [case for case in cases_beside(SELECTOR) if words in case.name]
    return found.answers


def make_use_case_data(*, attributes: dict[str, Any] | None = None, **parts: Any) -> dict[str, Any]:
    data = {**deepcopy(USE_CASE), **parts}
    data["attributes"] = {**data["attributes"], **(attributes or {})}
    return data


def make_documents(*use_cases: dict[str, Any], **rules: Any) -> dict[str, Any]:
    """File name -> data of a small library that is in order; `rules` replaces parts of the rules file."""
    family = {"schema": 1, "family": "small", "title": "Small", "use_cases": list(use_cases) or [make_use_case_data()]}
    return {"_rules.yaml": {**deepcopy(RULES), **rules}, "small.yaml": family}


def make_library(*use_cases: dict[str, Any], **rules: Any) -> Library:
    return parse_library(make_documents(*use_cases, **rules), selector_questionnaire(), {"law_1"})
