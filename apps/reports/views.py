"""PDFs, and the public page that says whether a document is ours."""

from collections.abc import Callable
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from apps.assessments.permissions import load_assessment
from apps.catalog.models import Model
from apps.reports.documents import draft_pdf, record_pdf
from apps.reports.forms import SHA256, HashForm
from apps.reports.queries import find_by_hash
from apps.reports.sheets import model_sheet
from apps.reviews.actions import note_issued, report_of
from apps.reviews.models import Review
from apps.reviews.permissions import load_review
from apps.reviews.rendering import RenderingFailed, attempt
from apps.ui.http import AuthenticatedHttpRequest


@require_safe
def draft(request: AuthenticatedHttpRequest, assessment: UUID) -> HttpResponse:
    """What it would be if it were submitted now; once it is submitted, what was."""
    shown = load_assessment(request.user, assessment, "assessment.view")
    if not shown.is_draft:
        return redirect("reports:pdf", get_object_or_404(Review, assessment=shown).pk)
    return fresh_pdf(request, lambda: draft_pdf(shown), shown.title, "draft")


@require_safe
def pdf(request: AuthenticatedHttpRequest, review: int) -> HttpResponse:
    """The stored bytes, made now if they are missing: the same for everyone, for ever."""
    shown = load_review(request.user, review)
    try:
        stored = report_of(snapshot=shown.snapshot)
    except RenderingFailed:
        return not_ready(request)
    return pdf_response(bytes(stored.pdf), shown.assessment.title, f"{shown.snapshot.number}")


@require_safe
def record(request: AuthenticatedHttpRequest, review: int) -> HttpResponse:
    shown = load_review(request.user, review)
    if not shown.decisions.filter(snapshot=shown.snapshot).exists():
        raise Http404
    title, kind = shown.assessment.title, f"{shown.snapshot.number} decision"
    try:
        drawn = attempt(lambda: record_pdf(shown), about=f"{title} {kind}")
    except RenderingFailed:
        return not_ready(request)
    note_issued(snapshot=shown.snapshot, pdf=drawn)
    return pdf_response(drawn, title, kind)


@require_safe
def model_pdf(request: AuthenticatedHttpRequest, slug: str) -> HttpResponse:
    """The profile is public; drawing it on paper costs the server too much to offer it to everybody."""
    models = Model.objects.visible_to(request.user).select_related("provider")
    model = get_object_or_404(models, slug=slug)
    return fresh_pdf(request, lambda: model_sheet(model, timezone.localdate()), model.name, "profile")


@login_not_required
@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    form = HashForm(request.GET if "sha256" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect("reports:verify_hash", form.cleaned_data["sha256"])
    return render(request, "reports/verify.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
@require_safe
def verify_hash(request: HttpRequest, sha256: str) -> HttpResponse:
    if not SHA256.fullmatch(sha256):
        return verify_anew(request, HashForm({"sha256": sha256}))
    context = {"form": HashForm(initial={"sha256": sha256}), "sha256": sha256, "known": find_by_hash(sha256)}
    return render(request, "reports/verify.html", context)


def verify_anew(request: HttpRequest, form: HashForm) -> HttpResponse:
    """An address with less, more or something else than a hash in it."""
    if form.is_valid():
        return redirect("reports:verify_hash", form.cleaned_data["sha256"])
    return render(request, "reports/verify.html", {"form": form}, status=404)


def fresh_pdf(request: HttpRequest, draw: Callable[[], bytes], title: str, kind: str) -> HttpResponse:
    try:
        return pdf_response(attempt(draw, about=f"{title} {kind}"), title, kind)
    except RenderingFailed:
        return not_ready(request)


def pdf_response(content: bytes, title: str, kind: str) -> HttpResponse:
    """`kind` tells the PDFs of one title apart, however long that is."""
    name = slugify(f"{slugify(title)[:80]} {kind}")
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def not_ready(request: HttpRequest) -> HttpResponse:
    """What was submitted stands; only its picture is missing."""
    response = render(request, "reports/not_ready.html", status=503)
    response["Retry-After"] = "60"
    return response
