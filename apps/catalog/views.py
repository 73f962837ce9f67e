"""The list of models and a model's profile: public, read only."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Page, Paginator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.accounts.permissions import allowed
from apps.catalog.forms import Filters
from apps.catalog.index import FACETS, SORTS, current_index
from apps.catalog.models import Model, Offer
from apps.catalog.profile import load_profile
from apps.ui.htmx import page_or_fragment
from apps.ui.http import HtmxHttpRequest

PER_PAGE = 25


@login_not_required
@require_safe
def model_list(request: HtmxHttpRequest) -> HttpResponse:
    today = timezone.localdate()
    index = current_index(with_unlisted=allowed(request.user, "catalog.manage"), today=today)
    filters = Filters(request.GET, index)
    page = Paginator(index.search(filters.selection), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "facets": [(facet, index.options(facet, filters.selection)) for facet in FACETS],
        "sorts": SORTS,
        "page": page,
        "models": models_on(page),
        "today": today,
    }
    status = 400 if filters.errors else 200
    return page_or_fragment(request, "catalog/list.html", "results", context, status=status)


def models_on(page: Page[Any]) -> list[Model]:
    """Two queries, whatever the number of models."""
    leading = Prefetch("offers", Offer.objects.filter(leading=True), to_attr="leading_offers")
    found = Model.objects.select_related("provider").prefetch_related(leading).in_bulk(list(page.object_list))
    return [found[pk] for pk in page.object_list if pk in found]


@login_not_required
@require_safe
def model_profile(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    models = Model.objects.visible_to(request.user).select_related("provider", "successor", "approval_by")
    model = get_object_or_404(models, slug=slug)
    today = timezone.localdate()
    context = {
        "model": model,
        "profile": load_profile(model, today),
        "approval": model.approval_on(today),
        "teams": model.restricted_to.all(),
        "use_url": start_url("risktest", model),
        "selector_url": start_url("selector"),
        "risktest_url": start_url("risktest", model),
        "can_manage": allowed(request.user, "catalog.manage"),
    }
    return render(request, "catalog/model.html", context)


def start_url(questionnaire: str, model: Model | None = None) -> str:
    query = {"questionnaire": questionnaire} | ({"model": model.slug} if model else {})
    return f"{reverse('assessments:start')}?{urlencode(query)}"
