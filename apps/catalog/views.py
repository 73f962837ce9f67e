"""The list of models and a model's profile: public, read only."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.catalog.models import Model
from apps.catalog.profile import load_profile
from apps.ui.http import HtmxHttpRequest


@login_not_required
@require_safe
def model_list(request: HtmxHttpRequest) -> HttpResponse:
    return render(request, "catalog/list.html", {})


@login_not_required
@require_safe
def model_profile(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    models = Model.objects.visible_to(request.user).select_related("provider", "successor", "approval_by")
    model = get_object_or_404(models, slug=slug)
    profile = load_profile(model, timezone.localdate())
    return render(request, "catalog/model.html", {"model": model, "profile": profile})
