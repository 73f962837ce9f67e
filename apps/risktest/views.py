"""The risk summary: level, domains, gaps in order, what-if."""

from functools import partial
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from apps.assessments.permissions import load_assessment
from apps.risktest import queries
from apps.risktest.trend import trend_of
from apps.ui.htmx import page_or_fragment
from apps.ui.http import AuthenticatedHttpRequest


@require_safe
def result(request: AuthenticatedHttpRequest, pk: UUID) -> HttpResponse:
    assessment = load_assessment(request.user, pk, "assessment.view")
    if assessment.questionnaire.result != "risk":
        return redirect("selector:result", pk)
    close = request.GET.getlist("close")
    if set(close) - queries.gap_keys(assessment):
        raise BadRequest("One of these gaps does not exist. Open the risk summary again and choose from the list.")
    summary = queries.summary(assessment, close)
    context = {
        "assessment": assessment,
        "summary": summary,
        # Called by the template, so that a what-if does not pay for it.
        "trend": partial(trend_of, request.user, assessment, summary.content, summary.questionnaire),
        "what_if": queries.what_if_closed(assessment, close),
    }
    return page_or_fragment(request, "risktest/result.html", "whatif", context)
