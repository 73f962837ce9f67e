"""The officer's queue, the review page, and one POST address per step."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.forms import BaseFormSet, Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.permissions import require
from apps.assessments.actions import AlreadyStarted, Incomplete, NotADraft
from apps.assessments.permissions import load_assessment
from apps.reviews import actions, policies, queries
from apps.reviews.forms import (
    CONDITION_FORMS,
    VERB_LABELS,
    CommentForm,
    ConditionForm,
    ConditionFormSet,
    DecisionForm,
    QueueFilterForm,
    filled_in,
)
from apps.reviews.models import ApprovalCondition, Review
from apps.reviews.permissions import load_review
from apps.reviews.rendering import RenderingFailed
from apps.reviews.sheet import Sheet, build_sheet
from apps.reviews.transitions import CONDITION_TRANSITIONS, ConditionVerb, NotPossible
from apps.ui.formats import moment
from apps.ui.htmx import page_or_fragment
from apps.ui.http import AuthenticatedHttpRequest
from apps.ui.pagination import keyset_page

PER_PAGE = 50


@require_safe
def queue(request: AuthenticatedHttpRequest) -> HttpResponse:
    require(request.user, "review.queue")
    form = QueueFilterForm(request.GET)
    if not form.is_valid():
        raise BadRequest("This filter does not exist. Open the queue again and choose from the lists.")
    asked = queries.with_reported_conditions(queries.queue(form.cleaned_data, request.user))
    rows = queries.with_own_work(asked, request.user)
    page = keyset_page(rows, queries.QUEUE_ORDER, request.GET.get("after"), PER_PAGE)
    filtered = any(form.cleaned_data.values())
    return page_or_fragment(request, "reviews/queue.html", "rows", {"form": form, "page": page, "filtered": filtered})


@require_POST
def submit(request: AuthenticatedHttpRequest, assessment: UUID) -> HttpResponse:
    draft = load_assessment(request.user, assessment, "assessment.submit")
    try:
        made = actions.submit(by=request.user, assessment=draft)
    except Incomplete as missing:
        context = {"assessment": draft, "titles": missing.titles}
        return render(request, "reviews/incomplete.html", context, status=422)
    except (NotADraft, NotPossible):
        earlier = get_object_or_404(Review, assessment=draft)
        messages.info(request, f"This was already submitted on {moment(earlier.submitted_at)}. Nothing was sent again.")
        return redirect(earlier)
    messages.success(request, "Submitted for review. You will find the decision on this page.")
    return redirect(made)


@require_safe
def review(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    return show(request, load_review(request.user, pk))


def show(request: AuthenticatedHttpRequest, shown: Review, status: int = 200, **forms: Any) -> HttpResponse:
    """The review page; `forms` are those that came back with errors, with what was typed."""
    sheet = build_sheet(shown, request.user)
    form = forms.pop("form", None) or DecisionForm(initial={"snapshot": shown.snapshot.sha256}, auto_id="decision_%s")
    context = {
        "sheet": sheet,
        "review": shown,
        "form": form,
        "choices": decision_choices(sheet, form),
        "conditions": ConditionFormSet(prefix="conditions"),
    } | forms
    return render(request, "reviews/review.html", context, status=status)


def all_errors(form: Form) -> str:
    return " ".join(str(message) for messages_of in form.errors.values() for message in messages_of)


def decision_choices(sheet: Sheet, form: DecisionForm) -> list[dict[str, Any]]:
    """The radio buttons, each disabled one with its reason."""
    chosen = form["verb"].value()
    return [
        {"verb": verb.value, "label": VERB_LABELS[verb], "barred": barred, "checked": chosen == verb.value}
        for verb, barred in sheet.decision_barred.items()
    ]


@require_POST
def claim(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    shown = load_review(request.user, pk, "review.decide")
    try:
        actions.claim(by=request.user, review=shown)
    except actions.Refused as refusal:
        return show(request, shown, status=403, refusal=str(refusal))
    except actions.Conflict as conflict:
        return conflict_page(request, pk, conflict)
    return redirect(shown)


@require_POST
def release(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    shown = load_review(request.user, pk, "review.decide")
    try:
        actions.release(by=request.user, review=shown)
    except actions.Conflict as conflict:
        return conflict_page(request, pk, conflict)
    messages.success(request, f"“{shown.assessment}” is back in the queue.")
    return redirect("reviews:queue")


@require_POST
def withdraw(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    shown = load_review(request.user, pk, "review.withdraw")
    try:
        actions.withdraw(by=request.user, review=shown)
    except actions.Conflict as conflict:
        return conflict_page(request, pk, conflict)
    messages.success(request, "Withdrawn. You can change the answers and submit them again.")
    return redirect(shown)


@require_POST
def start_again(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    shown = load_review(request.user, pk, "assessment.start")
    try:
        draft = actions.start_again(by=request.user, review=shown)
    except actions.Conflict as conflict:
        return conflict_page(request, pk, conflict)
    except AlreadyStarted as found:
        messages.info(request, "Your team has an open draft of this name already. This is it.")
        return redirect(found.draft)
    messages.success(request, "A new draft with the answers of the rejected one. Change what stood against it.")
    return redirect(draft)


def decision_refused(
    request: AuthenticatedHttpRequest, shown: Review, form: DecisionForm, status: int = 422, **forms: Any
) -> HttpResponse:
    """Also said at the top: on a phone the form is far below."""
    return show(request, shown, status=status, form=form, refusal=all_errors(form), **forms)


def decision_is_valid(form: DecisionForm, conditions: "BaseFormSet[ConditionForm]") -> bool:
    """Whatever is wrong is said at once: with the conditions too when something else is missing."""
    wrong = None
    if not conditions.is_valid():
        wrong = "Check the conditions: each needs a text and a day."
    elif not form.is_valid() and "verb" in form.cleaned_data:
        wrong = policies.conditions_wrong(form.chosen(), filled_in(conditions), timezone.localdate())
    if wrong:
        form.add_error(None, wrong)
    return form.is_valid()


@require_POST
def decide(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    shown = load_review(request.user, pk, "review.decide")
    form = DecisionForm(request.POST, auto_id="decision_%s")
    conditions = ConditionFormSet(request.POST, prefix="conditions")
    if not decision_is_valid(form, conditions):
        return decision_refused(request, shown, form, conditions=conditions)
    try:
        decision = actions.decide(
            by=request.user,
            review=shown,
            verb=form.chosen(),
            reason=form.cleaned_data["reason"],
            seen_sha256=form.cleaned_data["snapshot"],
            conditions=filled_in(conditions),
            valid_until=form.cleaned_data["valid_until"],
        )
    except actions.Refused as refusal:
        form.add_error(None, str(refusal))
        return decision_refused(request, shown, form, conditions=conditions)
    except RenderingFailed as failure:
        form.add_error(None, f"{failure} Nothing was recorded; try again in a minute.")
        return decision_refused(request, shown, form, status=503, conditions=conditions)
    except actions.Conflict as conflict:
        return conflict_page(request, pk, conflict, typed=form.cleaned_data["reason"])
    messages.success(request, f"Recorded: {decision.get_outcome_display()}. The team sees it now.")
    return redirect(shown)


@require_POST
def comment(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    shown = load_review(request.user, pk, "review.comment")
    form = CommentForm(request.POST)
    if not form.is_valid():
        return show(request, shown, status=422, comment_form=form, refusal=all_errors(form))
    question = form.cleaned_data["question"]
    try:
        actions.comment(by=request.user, review=shown, text=form.cleaned_data["text"], question=question)
    except actions.Refused as refusal:
        return show(request, shown, status=422, comment_form=form, refusal=str(refusal))
    return redirect(f"{reverse('reviews:review', args=[pk])}#{f'answer-{question}' if question else 'discussion'}")


STEP_TAKEN = {
    ConditionVerb.REPORT: "Reported as met. It now waits for a risk officer to accept it.",
    ConditionVerb.ACCEPT: "Accepted: the condition is met.",
    ConditionVerb.RETURN: "Returned. The team sees your reason and can report it again.",
}


@require_POST
def step_condition(request: AuthenticatedHttpRequest, pk: int, condition: int, verb: ConditionVerb) -> HttpResponse:
    shown = load_review(request.user, pk, CONDITION_TRANSITIONS[verb].permission)
    asked = get_object_or_404(
        ApprovalCondition.objects.select_related("decision"), pk=condition, decision__review=shown
    )
    form = CONDITION_FORMS[verb](request.POST, auto_id=f"{verb}_{asked.pk}_%s")
    if form.is_valid():
        try:
            actions.step_condition(by=request.user, condition=asked, verb=verb, **form.cleaned_data)
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        except actions.Conflict as conflict:
            return conflict_page(request, pk, conflict, typed=form.cleaned_data.get("text", ""), condition=asked)
    if form.errors:
        came_back = {"condition_form": form, "condition_asked": asked.pk, "condition_verb": verb}
        return show(request, shown, status=422, refusal=all_errors(form), **came_back)
    messages.success(request, STEP_TAKEN[verb])
    return redirect(f"{reverse('reviews:review', args=[pk])}#conditions")


def conflict_page(
    request: AuthenticatedHttpRequest,
    pk: int,
    conflict: actions.Conflict,
    typed: str = "",
    condition: ApprovalCondition | None = None,
) -> HttpResponse:
    """Nothing was stored: says what happened, keeps what was typed, and leads to how things are now."""
    if condition:
        condition.refresh_from_db(fields=["state"])
    context = {
        "review": load_review(request.user, pk),
        "message": str(conflict),
        "typed": typed,
        "condition": condition,
        "newest_step": condition.steps.select_related("by").last() if condition else None,
    }
    return render(request, "reviews/conflict.html", context, status=409)
