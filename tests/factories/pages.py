"""Every kind of page of the portal, in one list: what is well-formed, accessible and fits is checked on all of them."""

from collections.abc import Callable
from typing import NamedTuple

from django.urls import reverse

from apps.assessments.models import Assessment
from tests.factories.portal import Portal

ANYONE = ""
COMPARED = "?model=openai/gpt-4o-mini&model=anthropic/claude-haiku-4.5&model=google/gemini-2.5-flash&model=openai/gpt-5"

LONG_INPUTS = "?model=google/gemini-2.5-pro&requests=100&tokens_in=300000&tokens_out=500&cached=0"


class Page(NamedTuple):
    """`who` may open it (ANYONE: without signing in), `url` finds it, `status` is what it answers."""

    name: str
    who: str
    url: Callable[[Portal], str]
    status: int = 200


def section(assessment: Assessment, key: str) -> str:
    return reverse("assessments:section", args=[assessment.pk, key])


def plain(name: str, query: str = "") -> Callable[[Portal], str]:
    return lambda _portal: reverse(name) + query


PAGES = [
    Page("home, not signed in", ANYONE, plain("dashboard:home")),
    Page("sign in", ANYONE, plain("accounts:sign_in")),
    Page("catalog", ANYONE, plain("catalog:list")),
    Page("catalog, nothing found", ANYONE, plain("catalog:list", "?q=nosuchmodel")),
    Page("catalog, unknown filter", ANYONE, plain("catalog:list", "?sort=nosuch"), 400),
    Page("profile", ANYONE, lambda portal: portal.model.get_absolute_url()),
    Page("history of a model", ANYONE, lambda portal: reverse("catalog:history", args=[portal.model.slug])),
    Page("changes of the catalog", ANYONE, plain("catalog:changes")),
    Page("compare", ANYONE, plain("catalog:compare", COMPARED)),
    Page("compare, nothing chosen", ANYONE, plain("catalog:compare")),
    Page("cost", ANYONE, plain("catalog:cost")),
    Page("cost, impossible", ANYONE, plain("catalog:cost", "?requests=-1"), 422),
    Page("verify", ANYONE, plain("reports:verify")),
    Page("verified", ANYONE, lambda p: reverse("reports:verify_hash", args=[p.approved.snapshot.sha256])),
    Page("verify, unknown hash", ANYONE, lambda _: reverse("reports:verify_hash", args=["0" * 64])),
    Page("no such page", ANYONE, lambda _: "/nothing/here/", 404),
    Page("verify, beginning of a hash", ANYONE, lambda _: reverse("reports:verify_hash", args=["0a1b2c3d4e5f"]), 404),
    Page("home of a newcomer", "newcomer", plain("dashboard:home")),
    Page("assessments of a newcomer", "newcomer", plain("assessments:list")),
    Page("home of a lead", "lead", plain("dashboard:home")),
    Page("change the password", "lead", plain("accounts:change_password")),
    Page("teams", "lead", plain("accounts:teams")),
    Page("team", "lead", lambda portal: reverse("accounts:team", args=[portal.team.pk])),
    Page("team of a member", "member", lambda portal: reverse("accounts:team", args=[portal.team.pk])),
    Page("assessments", "lead", plain("assessments:list")),
    Page("start a risk test", "lead", plain("assessments:start", "?questionnaire=risktest&model=openai/gpt-4o-mini")),
    Page("start a selector", "lead", plain("assessments:start", "?questionnaire=selector")),
    Page("section, empty", "lead", lambda portal: section(portal.begun, "context")),
    Page("section, filled", "lead", lambda portal: section(portal.worst, "context")),
    Page("section, from the catalog", "lead", lambda portal: section(portal.risk_test, "models")),
    Page("section of the selector", "lead", lambda portal: section(portal.selector, "data")),
    Page("check, incomplete", "lead", lambda portal: reverse("assessments:check", args=[portal.begun.pk])),
    Page("check", "lead", lambda portal: reverse("assessments:check", args=[portal.worst.pk])),
    Page("check of a member", "member", lambda portal: reverse("assessments:check", args=[portal.risk_test.pk])),
    Page("risk summary", "lead", lambda portal: reverse("risktest:result", args=[portal.risk_test.pk])),
    Page("risk summary, nothing known", "lead", lambda portal: reverse("risktest:result", args=[portal.begun.pk])),
    Page("risk summary with a trend", "lead", lambda p: reverse("risktest:result", args=[p.returned.assessment_id])),
    Page("risk summary at its worst", "lead", lambda portal: reverse("risktest:result", args=[portal.worst.pk])),
    Page("use cases", "lead", lambda portal: reverse("selector:result", args=[portal.selector.pk])),
    Page("own idea", "lead", lambda portal: reverse("selector:own_idea", args=[portal.selector.pk])),
    Page("review, submitted", "lead", lambda portal: portal.waiting.get_absolute_url()),
    Page("review, changes requested", "lead", lambda portal: portal.returned.get_absolute_url()),
    Page("review, approved", "lead", lambda portal: portal.approved.get_absolute_url()),
    Page("not allowed", "lead", plain("reviews:queue"), 403),
    Page("address of a form", "lead", plain("accounts:sign_out"), 405),
    Page("home of an officer", "officer", plain("dashboard:home")),
    Page("queue", "officer", plain("reviews:queue")),
    Page("queue, everything", "officer", plain("reviews:queue", "?status=all")),
    Page("queue, unknown filter", "officer", plain("reviews:queue", "?status=nosuch"), 400),
    Page("review, to claim", "officer", lambda portal: portal.waiting.get_absolute_url()),
    Page("review, to decide", "officer", lambda portal: portal.in_review.get_absolute_url()),
    Page("review, decided", "officer", lambda portal: portal.approved.get_absolute_url()),
    Page("home of an admin", "admin", plain("dashboard:home")),
    Page("what a model touches", "admin", lambda portal: reverse("dashboard:impact", args=[portal.model.slug])),
    Page("changes, for an admin", "admin", plain("catalog:changes")),
    Page("cost of long inputs", ANYONE, plain("catalog:cost", LONG_INPUTS)),
]
NAMES = [page.name for page in PAGES]


def page_named(name: str) -> Page:
    return next(page for page in PAGES if page.name == name)
