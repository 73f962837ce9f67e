"""The recommended use cases, and somebody's own idea with the same treatment."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.assessments import queries as assessments
from apps.assessments.actions import AlreadyStarted, start_first
from apps.assessments.models import Assessment
from apps.assessments.permissions import load_assessment
from apps.questionnaires.queries import newest
from apps.selector import queries
from apps.selector.forms import OwnIdeaForm
from apps.selector.library import UseCase
from apps.selector.pictures import fit_and_risk
from apps.selector.prefill import RISK_TEST, prefill
from apps.ui.http import AuthenticatedHttpRequest


@require_safe
def result(request: AuthenticatedHttpRequest, pk: UUID) -> HttpResponse:
    assessment = load_assessment(request.user, pk, "assessment.view")
    if assessment.questionnaire.result != "use_cases":
        return redirect("risktest:result", pk)
    content = assessments.shown_content(assessment)
    found = content.get("recommendations") or queries.recommendations_json(assessment)
    numbered = [*found["start_here"], *found["next"], *found["not_yet"]]
    context = {
        "assessment": assessment,
        "content": content,
        "found": found,
        "numbered": numbered,
        "numbers": {case["key"]: number for number, case in enumerate(numbered, start=1)},
        "picture": fit_and_risk(numbered),
        "questionnaire": assessments.definition(assessment),
    }
    return render(request, "selector/result.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def own_idea(request: AuthenticatedHttpRequest, pk: UUID) -> HttpResponse:
    """Nothing is stored: the idea is judged and shown."""
    assessment = load_assessment(request.user, pk, "assessment.view")
    if assessment.questionnaire.result != "use_cases":
        return redirect("risktest:result", pk)
    form = idea_form(request, assessment)
    judged = queries.own_idea_json(assessment, described(form, assessment)) if form.is_valid() else None
    return idea_page(request, assessment, form, judged)


def idea_form(request: AuthenticatedHttpRequest, assessment: Assessment) -> OwnIdeaForm:
    questionnaire = assessments.definition(assessment)
    data = request.POST if request.method == "POST" else None
    return OwnIdeaForm(questionnaire, queries.library(questionnaire).rules, data)


def described(form: OwnIdeaForm, assessment: Assessment) -> UseCase:
    library, data = queries.library(assessments.definition(assessment)), form.cleaned_data
    return library.own_idea(data["title"], data["description"], form.attributes())


def idea_page(
    request: AuthenticatedHttpRequest, assessment: Assessment, form: OwnIdeaForm, judged: dict[str, Any] | None = None
) -> HttpResponse:
    context = {"assessment": assessment, "form": form, "judged": judged}
    return render(request, "selector/own_idea.html", context, status=422 if form.errors else 200)


@require_POST
def test_own_idea(request: AuthenticatedHttpRequest, pk: UUID) -> HttpResponse:
    """Start the AI Risk Test of an idea, with what was said of it filled in."""
    assessment = load_assessment(request.user, pk, "assessment.start")
    if assessment.questionnaire.result != "use_cases":
        raise Http404
    form = idea_form(request, assessment)
    if not form.is_valid():
        return idea_page(request, assessment, form)
    return start_test(request, assessment, described(form, assessment))


@require_POST
def test_risk(request: AuthenticatedHttpRequest, pk: UUID, key: str) -> HttpResponse:
    """Start the AI Risk Test of a use case, with what is already known filled in."""
    assessment = load_assessment(request.user, pk, "assessment.start")
    use_case = queries.library(assessments.definition(assessment)).by_key.get(key)
    if use_case is None or assessment.questionnaire.result != "use_cases":
        raise Http404
    return start_test(request, assessment, use_case, key)


def start_test(
    request: AuthenticatedHttpRequest, assessment: Assessment, use_case: UseCase, key: str = ""
) -> HttpResponse:
    """`key` is that of the library: ideas have none, for two of them are not the same use case."""
    questionnaire = newest(RISK_TEST)
    if questionnaire is None:
        return redirect(f"{reverse('assessments:start')}?questionnaire={RISK_TEST}")  # where it says why not
    try:
        started = start_first(
            by=request.user,
            team=assessment.team,
            questionnaire=questionnaire,
            title=use_case.title,
            use_case=key,
            prefill=prefill(use_case, assessments.raw_answers(assessment)),
        )
    except AlreadyStarted as found:
        messages.info(request, "Your team has begun this risk test already. This is it.")
        return redirect(found.draft)
    messages.info(request, "What the selector already knows is filled in. Check it as you go.")
    return redirect(started)
