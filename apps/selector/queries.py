"""The use case library of this installation, and what it recommends to a team."""

from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import timezone

from apps.assessments import queries as assessments
from apps.assessments.models import Assessment
from apps.catalog.models import Model
from apps.catalog.queries import Candidate, fallback, shortlist, usable_models
from apps.questionnaires.documents import read_file
from apps.questionnaires.references import all_references
from apps.scoring import Questionnaire, plain_decimal
from apps.selector.library import Library, UseCase, Verdict
from apps.selector.library_parse import parse_library
from apps.selector.recommend import Blocker, Recommendation, Safer, Volume, read_volume, recommend, recommend_one

VERDICTS = ("start_here", "next", "not_yet", "refused", "no_match")
ASSUMED_REQUESTS = 1000
PLAN = ("guardrails", "first_week", "stop_when", "controls")


@lru_cache(maxsize=8)
def library(questionnaire: Questionnaire) -> Library:
    """Read once per process and questionnaire version. Raises UnreadableDocument, InvalidLibrary."""
    files = sorted((settings.FIXTURES_DIR / "use_cases").glob("*.yaml"))
    documents = {path.name: read_file(path).data for path in files}
    return parse_library(documents, questionnaire, frozenset(all_references()))


def recommendations_json(assessment: Assessment) -> dict[str, Any]:
    """What the result page and the PDF show, as plain JSON data: one list of use cases per verdict."""
    questionnaire = assessments.definition(assessment)
    books = library(questionnaire)
    found = recommend(books, questionnaire, assessments.raw_answers(assessment))
    models = usable_models(assessment.team, timezone.localdate())
    return {
        **{verdict: [as_json(r, found.volume, models) for r in getattr(found, verdict)] for verdict in VERDICTS},
        "readiness": found.readiness,
        "missing": [str(questionnaire.question(key).title) for key in found.missing],
        "library_hash": books.hash,
    }


def own_idea_json(assessment: Assessment, idea: UseCase) -> dict[str, Any]:
    questionnaire = assessments.definition(assessment)
    answers = assessments.raw_answers(assessment)
    books = library(questionnaire)
    judged = recommend_one(books, questionnaire, answers, idea)
    volume = read_volume(books, questionnaire, answers)
    shown = as_json(judged, volume, usable_models(assessment.team, timezone.localdate()))
    if judged.verdict is Verdict.REFUSED:
        shown |= {key: [] for key in PLAN}  # the plan for any idea is one for doing it
    return shown | {"verdict": judged.verdict.value}


def as_json(found: Recommendation, volume: Volume, models: Sequence[Model]) -> dict[str, Any]:
    case = found.use_case
    return {
        "key": case.key,
        "title": case.title,
        "one_line": case.one_line,
        "description": case.description,
        "fit": found.fit,
        "fit_band": found.fit_band.title,
        "risk": found.risk,
        "risk_at_most": found.risk_at_most,
        "risk_band": found.risk_band.title,
        "risk_key": found.risk_band.key,
        "fit_reasons": [{"text": r.text, "points": r.points} for r in found.fit_reasons],
        "risk_reasons": [
            {"text": r.text, "points": r.points, "references": list(r.references)} for r in found.risk_reasons
        ],
        "blockers": [
            {"reason": b.reason, "change": b.change, "references": list(b.references)} for b in decisive(found)
        ],
        "safer": safer_json(found.safer_variant) if found.safer_variant else None,
        "models": None if found.verdict is Verdict.REFUSED else models_json(case, volume, models),
        "guardrails": list(case.guardrails),
        "first_week": [asdict(step) for step in case.first_week],
        "stop_when": list(case.stop_when),
        "controls": list(case.controls),
        "references": list(case.references),
    }


def decisive(found: Recommendation) -> list[Blocker]:
    """What is refused stays so whatever else is put right: the rest would read as a way around."""
    refused = found.verdict is Verdict.REFUSED
    return [blocker for blocker in found.blockers if not refused or blocker.verdict is Verdict.REFUSED]


def safer_json(safer: Safer) -> dict[str, Any]:
    return {
        "title": safer.title,
        "difference": safer.difference,
        "changes": [{"title": c.title, "before": c.before, "after": c.after} for c in safer.changes],
        "risk": safer.risk,
        "risk_band": safer.risk_band.title,
        "risk_key": safer.risk_band.key,
        "risk_delta": safer.risk_delta,
    }


def models_json(case: UseCase, volume: Volume, models: Sequence[Model]) -> dict[str, Any]:
    """The cheapest approved model that can do it, a fallback of another provider, and what a month costs."""
    requests = volume.requests if volume.requests is not None else ASSUMED_REQUESTS
    tokens_in, tokens_out = case.tokens.in_a_month(1, volume.pages)
    choices = first_and_fallback(case, volume.pages, requests, models)
    cheapest = choices[0].monthly_cost if choices else None
    return {
        "requests": requests,
        "assumed": volume.requests is None,
        "tokens_in": tokens_in,
        "tokens_out": tokens_out,
        "choices": [
            {
                "slug": choice.model.slug,
                "name": choice.model.name,
                "provider": choice.model.provider.name,
                "monthly_cost": money(choice.monthly_cost),
            }
            for choice in choices
        ],
        "over_budget": cheapest is not None and volume.budget is not None and cheapest > volume.budget,
    }


def first_and_fallback(case: UseCase, pages: Decimal, requests: int, models: Sequence[Model]) -> list[Candidate]:
    tokens_in, tokens_out = case.tokens.in_a_month(1, pages)
    needs = {
        "input_modalities": case.needs.input_modalities,
        "tools": case.needs.tools,
        "structured_outputs": case.needs.structured_outputs,
        "context_window": case.needs.min_context,
    }
    able = shortlist(models, needs, tokens_in, tokens_out, requests)
    second = fallback(able, able[0]) if able else None
    return [*able[:1], *([second] if second else [])]


def money(cost: Decimal | None) -> str | None:
    return None if cost is None else plain_decimal(cost)
