"""The list of models, a model's profile and history, comparison and cost: public, read only."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from apps.accounts.permissions import allowed
from apps.catalog import history
from apps.catalog.aliases import aliases_found, aliases_of
from apps.catalog.costs import Costed, costed, crossings
from apps.catalog.exports import OF_MODEL, OF_OFFER, csv_lines, row_of
from apps.catalog.forms import LARGEST_TOKENS, CostForm, Filters, chosen_slugs
from apps.catalog.index import FACETS, MODEL_COLUMNS, OFFER_COLUMNS, SORTS, Index, current_index
from apps.catalog.knowledge import Knowledge
from apps.catalog.models import Change, Fact, Lifecycle, Model, Offer
from apps.catalog.profile import key_specs, load_profile
from apps.catalog.queries import assessments_about, suggested_successor
from apps.catalog.rules import profile_rules
from apps.ui import charts, formats
from apps.ui.htmx import page_or_fragment
from apps.ui.http import HtmxHttpRequest
from apps.ui.pagination import keyset_page

PER_PAGE = 25
MOST_COMPARED = 4
MOST_COSTED = 15
MOST_LISTED = 200


@login_not_required
@require_safe
def model_list(request: HtmxHttpRequest) -> HttpResponse:
    today = timezone.localdate()
    index = index_for(request)
    filters = Filters(request.GET, index)
    found = index.find(filters.selection)
    page = Paginator(found.keys(), PER_PAGE).get_page(request.GET.get("page"))
    chosen, _ = chosen_slugs(request.GET, MOST_COSTED)
    context = {
        "filters": filters,
        "facets": [(facet, found.options(facet)) for facet in FACETS],
        "sorts": SORTS,
        "page": page,
        "rows": ticked(rows_on(page, index, today), chosen),
        "elsewhere": chosen_elsewhere(request, chosen, page),
        "clear_url": f"{request.path}?{urlencode([('model', slug) for slug in chosen])}" if chosen else request.path,
        "query": filters.as_query(),
        "aliases": aliases_found(filters.selection.words, with_unlisted=allowed(request.user, "catalog.manage")),
    }
    status = 400 if filters.errors else 200
    return page_or_fragment(request, "catalog/list.html", "results", context, status=status)


def index_for(request: HttpRequest) -> Index:
    return current_index(with_unlisted=allowed(request.user, "catalog.manage"), today=timezone.localdate())


def rows_on(page: Page[Any], index: Index, today: date) -> list[SafeString]:
    """Rows look the same for everybody: each is drawn once for a state of the catalog, and kept with the index."""
    missing = [pk for pk in page.object_list if pk not in index.drawn]
    for model in models_in_list(missing) if missing else ():
        offer = next(iter(model.offers.all()), None)
        index.drawn[model.pk] = render_to_string("catalog/_row.html", {"model": model, "offer": offer, "today": today})
    return [index.drawn[pk] for pk in page.object_list if pk in index.drawn]


def ticked(rows: Iterable[SafeString], chosen: Sequence[str]) -> list[SafeString]:
    """With the boxes of the chosen models ticked."""
    drawn = list(rows)
    for box in (f'name="model" value="{slug}"' for slug in chosen):
        drawn = [mark_safe(row.replace(box, f"{box} checked")) for row in drawn]  # noqa: S308 (a known part of it)
    return drawn


def chosen_elsewhere(request: HttpRequest, chosen: Sequence[str], page: Page[Any]) -> list[Model]:
    """Models to compare that are not on this page: they stay chosen while somebody looks for others."""
    if not chosen:
        return []
    models = Model.objects.visible_to(request.user).filter(slug__in=chosen)
    return list(models.exclude(pk__in=list(page.object_list)).only("slug", "name"))


def models_in_list(keys: Sequence[int]) -> QuerySet[Model]:
    """What a row shows, with the leading offer only. Two queries."""
    leading = Prefetch("offers", Offer.objects.filter(leading=True).only(*OFFER_COLUMNS).order_by())
    models = Model.objects.select_related("provider").only(*MODEL_COLUMNS).order_by()
    return models.prefetch_related(leading).filter(pk__in=keys)


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
        "suggested": None if model.lifecycle == Lifecycle.ACTIVE else model.successor or suggested_successor(model),
        "teams": model.restricted_to.all(),
        "aliases": aliases_of(model),
        "use_url": start_url("risktest", model),
        "selector_url": start_url("selector"),
        "risktest_url": start_url("risktest", None if model.is_barred else model),
        "can_manage": allowed(request.user, "catalog.manage"),
    }
    return render(request, "catalog/model.html", context)


def start_url(questionnaire: str, model: Model | None = None) -> str:
    query = {"questionnaire": questionnaire} | ({"model": model.slug} if model else {})
    return f"{reverse('assessments:start')}?{urlencode(query)}"


@login_not_required
@require_safe
def model_history(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    models = Model.objects.visible_to(request.user).select_related("provider")
    model = get_object_or_404(models, slug=slug)
    context = {
        "model": model,
        "prices": history.price_lines(model.offers.filter(leading=True).select_related("provider").first()),
        "changes": [(change, history.words_of(change)) for change in history.changes_of(model)],
        "decisions": history.decisions(model),
    }
    return render(request, "catalog/history.html", context)


@login_not_required
@require_safe
def changes(request: HtmxHttpRequest) -> HttpResponse:
    """Noise is left out: what was taken back within days alerts nobody twice."""
    kind = request.GET.get("kind", "")
    rows = Change.objects.filter(is_noise=False, model__listed=True)
    if kind in Change.Kind.values:
        rows = rows.filter(kind=kind)
    rows = rows.select_related("model__provider", "offer__provider", "snapshot__source").only(*history.SHOWN_OF_CHANGES)
    page = keyset_page(rows, ["-on", "-pk"], request.GET.get("after"))
    can_manage = allowed(request.user, "catalog.manage")
    touched = assessments_about(change.model for change in page.rows) if can_manage else {}
    context = {
        "page": page,
        "changes": [(change, history.words_of(change), touched.get(change.model_id)) for change in page.rows],
        "can_manage": can_manage,
        "kinds": Change.Kind.choices,
        "kind": kind,
    }
    return render(request, "catalog/changes.html", context)


@login_not_required
@require_safe
def compare(request: HtmxHttpRequest) -> HttpResponse:
    slugs, problem = chosen_slugs(request.GET, MOST_COMPARED)
    found = {model.slug: model for model in visible_models(request).filter(slug__in=slugs)}
    models = [found[slug] for slug in slugs if slug in found]
    if len(models) < len(slugs):
        problem = "One of these models is not in the catalog."
    today = timezone.localdate()
    facts = list(Fact.objects.current().filter(model__in=models).select_related("source"))
    known = [
        Knowledge(model, model.offers.all(), (f for f in facts if f.model_id == model.pk), profile_rules(), today)
        for model in models
    ]
    context = {
        "back": f"{reverse('catalog:list')}?{request.GET.urlencode()}",
        "models": models,
        "approvals_differ": len({model.approval_on(today) for model in models}) > 1,
        "rows": comparison(known),
        "problem": problem or ("" if len(models) > 1 else "Choose two to four models in the list."),
        "today": today,
    }
    return render(request, "catalog/compare.html", context, status=400 if problem else 200)


def comparison(known: list[Knowledge]) -> list[tuple[str, list[tuple[Model, str]], bool]]:
    """Label, each model with its value, and whether they differ."""
    models = [item.model for item in known]
    specs = [{spec.label: spec.shown for spec in key_specs(item)} for item in known]
    labels = list(dict.fromkeys(label for rows in specs for label in rows if label != "Model ID"))
    table = [(label, [rows.get(label, formats.NOT_KNOWN) for rows in specs]) for label in labels]
    table += [
        ("Context band", [item.words.get("context_band", formats.NOT_KNOWN) for item in known]),
        ("Price band", [item.words.get("price_band", formats.NOT_KNOWN) for item in known]),
        ("Blended price, 3:1", [item.words.get("blended_price", formats.NOT_KNOWN) for item in known]),
        ("Best-fit workloads", [item.words.get("workload_titles", formats.NOT_KNOWN) for item in known]),
    ]
    return [(label, list(zip(models, values, strict=True)), len(set(values)) > 1) for label, values in table]


@login_not_required
@require_safe
def cost(request: HtmxHttpRequest) -> HttpResponse:
    """For the models asked for; without any, for those this company has approved."""
    form = CostForm(request.GET if "requests" in request.GET else CostForm.example())
    slugs, problem = chosen_slugs(request.GET, MOST_COSTED)
    models = visible_models(request)
    if slugs:
        models = models.filter(slug__in=slugs)
    else:
        models = models.filter(pk__in=Model.objects.usable_by(None, timezone.localdate()))
    work = form.work() if form.is_valid() else None
    rows = costed(list(models), work) if work else []
    drawn = rows[:MOST_COSTED]
    context = {
        "form": form,
        "work": work,
        "slugs": slugs,
        "rows": rows[:MOST_LISTED],
        "drawn": drawn,
        "left_out": len(rows[MOST_LISTED:]),
        "crossings": crossings(drawn, work, LARGEST_TOKENS) if work else [],
        "picture": cost_picture(drawn),
        "problem": problem,
    }
    status = 422 if form.errors else 400 if problem else 200
    return page_or_fragment(request, "catalog/cost.html", "results", context, status=status)


def cost_picture(rows: Sequence[Costed]) -> str:
    bars = [charts.Bar(row.model.name, row.cost, formats.cost(row.cost)) for row in rows if row.cost is not None]
    if not bars:
        return ""
    return charts.bars(bars, maximum=max(bar.value for bar in bars), title="Monthly cost by model, cheapest first")


def visible_models(request: HttpRequest) -> Any:
    return Model.objects.visible_to(request.user).select_related("provider").prefetch_related("offers__provider")


@login_not_required
@require_safe
def export_csv(request: HtmxHttpRequest) -> StreamingHttpResponse:
    response = StreamingHttpResponse(csv_lines(exported(request)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="models.csv"'
    return response


@login_not_required
@require_safe
def export_json(request: HtmxHttpRequest) -> JsonResponse:
    return JsonResponse({"models": [row_of(model) for model in exported(request)]})


def exported(request: HttpRequest) -> list[Model]:
    """The models the list's filters leave, in its order."""
    index = index_for(request)
    keys = index.find(Filters(request.GET, index).selection).keys()
    leading = Prefetch("offers", Offer.objects.filter(leading=True).only("model", "leading", *OF_OFFER).order_by())
    models = Model.objects.select_related("provider").only(*OF_MODEL).order_by()
    found = {model.pk: model for model in models.prefetch_related(leading)}
    return [found[key] for key in keys if key in found]
