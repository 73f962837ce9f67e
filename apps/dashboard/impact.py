"""What a change of a model touches: composed here, because the catalog knows nothing of what is built on it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse

from apps.accounts.models import Team
from apps.assessments.models import Assessment
from apps.catalog.models import Model
from apps.reviews.models import Decision, Review

SHOWN = 50
# How many submissions are opened to look for the model: the text of each is read, and pages stay quick.
SEARCHED = 200
RECOMMENDED = ("start_here", "next", "not_yet")


@dataclass(frozen=True)
class Touched:
    """An assessment about the model. A draft is its team's own: an admin learns whom to tell, not what it says."""

    title: str
    team: str
    questionnaire: str
    status: str
    changed_at: datetime
    valid_until: date | None
    url: str


@dataclass(frozen=True)
class Recommended:
    """A submission whose frozen result recommends the model, for these use cases."""

    title: str
    team: str
    status: str
    use_cases: tuple[str, ...]
    url: str


@dataclass(frozen=True)
class Impact:
    assessments: int
    newest: tuple[Touched, ...]
    recommended: tuple[Recommended, ...]
    searched_all: bool
    teams: tuple[Team, ...]


def impact_of(model: Model) -> Impact:
    about = Assessment.objects.filter(model=model)
    naming = list(reviews_naming(model)[: SEARCHED + 1])
    return Impact(
        assessments=about.count(),
        newest=tuple(touched(assessment) for assessment in newest(about)),
        recommended=tuple(recommendations(model, naming[:SEARCHED])),
        searched_all=len(naming) <= SEARCHED,
        teams=tuple(model.restricted_to.all()),
    )


def newest(about: Any) -> Any:
    last = Decision.objects.filter(review__assessment=OuterRef("pk")).order_by("-at", "-pk")
    rows = about.select_related("team", "questionnaire", "review").annotate(
        valid_until=Subquery(last.values("valid_until")[:1])
    )
    return rows.order_by("-changed_at", "pk")[:SHOWN]


def touched(assessment: Any) -> Touched:
    review = getattr(assessment, "review", None)
    return Touched(
        title=assessment.title if review else "A draft",
        team=assessment.team.name,
        questionnaire=assessment.questionnaire.title,
        status=review.status if review else assessment.state,
        changed_at=assessment.changed_at,
        valid_until=assessment.valid_until,
        url=admin_url(review) if review else "",
    )


def reviews_naming(model: Model) -> Any:
    """By the canonical text, which has no spaces; `recommendations` then says whether it is named as a choice."""
    named = Review.objects.filter(snapshot__content__contains=f'"slug":{json.dumps(model.slug)}')
    recommending = named.filter(snapshot__content__contains='"recommendations":{')
    return recommending.select_related("assessment__team", "snapshot").order_by("-submitted_at", "-pk")


def recommendations(model: Model, reviews: list[Review]) -> Iterator[Recommended]:
    for review in reviews:
        cases = tuple(use_cases_naming(model.slug, json.loads(review.snapshot.content)))
        if cases:
            assessment = review.assessment
            yield Recommended(assessment.title, assessment.team.name, review.status, cases, admin_url(review))


def use_cases_naming(slug: str, content: dict[str, Any]) -> Iterator[str]:
    found = content.get("recommendations") or {}
    for part in RECOMMENDED:
        for case in found.get(part, []):
            if any(choice["slug"] == slug for choice in case["models"]["choices"]):
                yield case["title"]


def admin_url(review: Review) -> str:
    return reverse("admin:reviews_review_change", args=[review.pk])
