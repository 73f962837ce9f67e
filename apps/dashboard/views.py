"""Home, what a model touches, and the two addresses a load balancer asks."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.accounts.models import User
from apps.accounts.permissions import allowed, require, roles_of
from apps.catalog.history import newest_changes
from apps.catalog.models import Model
from apps.dashboard import queries
from apps.dashboard.impact import impact_of
from apps.ui.http import AuthenticatedHttpRequest


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    context: dict[str, Any] = {
        "changes": newest_changes(limit=5),
        "start_selector": queries.start_url("selector"),
        "start_risk_test": queries.start_url("risktest"),
        # Whoever is not signed in is asked to, on the way.
        "may_start": not request.user.is_authenticated or allowed(request.user, "assessment.start"),
    }
    if isinstance(request.user, User):
        context |= {
            "steps": queries.next_steps(request.user),
            "most_steps": queries.SHOWN,
            "followed": queries.submitted_by_teams_of(request.user),
            "roles": sorted(roles_of(request.user)),
        }
    return render(request, "dashboard/home.html", context)


@require_safe
def impact(request: AuthenticatedHttpRequest, slug: str) -> HttpResponse:
    require(request.user, "catalog.manage")
    model = get_object_or_404(Model.objects.select_related("approval_by"), slug=slug)
    context = {"model": model, "impact": impact_of(model), "today": timezone.localdate()}
    return render(request, "dashboard/impact.html", context)


@login_not_required
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """The database answers and its schema is the one this code expects."""
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return HttpResponse("database unavailable\n", status=503, content_type="text/plain; charset=utf-8")
    if pending:
        return HttpResponse("migrations pending\n", status=503, content_type="text/plain; charset=utf-8")
    return HttpResponse("ready\n", content_type="text/plain; charset=utf-8")
