"""The use case library of this installation, and what it recommends to a team."""

from dataclasses import asdict
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.conf import settings

from apps.assessments import queries as assessments
from apps.assessments.models import Assessment
from apps.catalog.queries import Shortlist, shortlist
from apps.questionnaires.documents import read_file
from apps.questionnaires.references import all_references
from apps.scoring import Questionnaire
from apps.selector.library import Library, UseCase
from apps.selector.library_parse import parse_library
from apps.selector.recommend import Recommendation, Recommendations, Safer, Volume, recommend, recommend_one

VERDICTS = ("start_here", "next", "not_yet", "refused", "no_match")
ASSUMED_REQUESTS = 1000


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
    return {
        **{verdict: [as_json(r, found.volume, assessment) for r in getattr(found, verdict)] for verdict in VERDICTS},
        "readiness": found.readiness,
        "missing": [str(questionnaire.question(key).title) for key in found.missing],
        "library_hash": books.hash,
    }


def own_idea_json(assessment: Assessment, idea: UseCase) -> dict[str, Any]:
    questionnaire = assessments.definition(assessment)
    answers = assessments.raw_answers(assessment)
    books = library(questionnaire)
    found: Recommendations = recommend(books, questionnaire, answers)
    judged = recommend_one(books, questionnaire, answers, idea)
    return as_json(judged, found.volume, assessment) | {"verdict": judged.verdict.value}


def as_json(found: Recommendation, volume: Volume, assessment: Assessment) -> dict[str, Any]:
    case = found.use_case
    return {
        "key": case.key,
        "title": case.title,
        "one_line": case.one_line,
        "description": case.description,
        "fit": found.fit,
        "fit_band": found.fit_band.title,
        "risk": found.risk,
        "risk_band": found.risk_band.title,
        "risk_key": found.risk_band.key,
        "fit_reasons": [{"text": r.text, "points": r.points} for r in found.fit_reasons],
        "risk_reasons": [
            {"text": r.text, "points": r.points, "references": list(r.references)} for r in found.risk_reasons
        ],
        "blockers": [
            {"reason": b.reason, "change": b.change, "references": list(b.references)} for b in found.blockers
        ],
        "safer": safer_json(found.safer_variant) if found.safer_variant else None,
        "models": models_json(case, volume, assessment),
        "guardrails": list(case.guardrails),
        "first_week": [asdict(step) for step in case.first_week],
        "stop_when": list(case.stop_when),
        "controls": list(case.controls),
        "references": list(case.references),
    }


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


def models_json(case: UseCase, volume: Volume, assessment: Assessment) -> dict[str, Any]:
    """The cheapest approved model that can do it, a fallback of another provider, and what a month costs."""
    requests = volume.requests if volume.requests is not None else ASSUMED_REQUESTS
    tokens_in, tokens_out = case.tokens.in_a_month(1, volume.pages)
    found: Shortlist = shortlist(
        input_modalities=case.needs.input_modalities,
        tools=case.needs.tools,
        structured_outputs=case.needs.structured_outputs,
        min_context=case.needs.min_context,
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        requests_per_month=requests,
        team=assessment.team,
    )
    return {
        "requests": requests,
        "assumed": volume.requests is None,
        "choices": [
            {
                "slug": c.model.slug,
                "name": c.model.name,
                "provider": c.model.provider.name,
                "monthly_cost": money(c.monthly_cost),
            }
            for c in found.first_and_fallback
        ],
        "over_budget": bool(
            volume.budget is not None
            and found.first_and_fallback
            and (found.first_and_fallback[0].monthly_cost or Decimal(0)) > volume.budget
        ),
    }


def money(cost: Decimal | None) -> str | None:
    return None if cost is None else str(cost.quantize(Decimal("0.01")))
