"""Sign in and out, the own password, and the team page."""

from typing import Any

from axes.utils import reset
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import actions, permissions
from apps.accounts.backends import name_of_try
from apps.accounts.forms import AddMemberForm, ChangePasswordForm, SignInForm
from apps.accounts.models import Membership, Team
from apps.accounts.typed import Typed, kept_in, typed_in
from apps.ui import errors
from apps.ui.htmx import wants_fragment
from apps.ui.http import AuthenticatedHttpRequest


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(no_store=True)
def sign_in(request: HttpRequest) -> HttpResponse:
    target = request.POST.get("next", request.GET.get("next", ""))
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = resolve_url("dashboard:home")
    typed = kept_in(request)
    if request.user.is_authenticated:
        return give_back(request, typed) if typed else redirect(target)
    form = SignInForm(request, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        login(request, form.get_user())
        return give_back(request, typed) if typed else redirect(target)
    context = {"form": form, "next": target, "typed": typed}
    return render(request, "accounts/sign_in.html", context, status=422 if form.errors else 200)


@cache_control(no_store=True)
def sign_in_again(request: HttpRequest, typed: Typed) -> HttpResponse:
    """The answer to a post without a sign-in: what was typed waits in the page until its author is back."""
    context = {"form": SignInForm(request), "next": typed.page, "typed": typed}
    return render(request, "accounts/sign_in.html", context, status=401)


def give_back(request: HttpRequest, typed: Typed, status: int = 200) -> HttpResponse:
    if typed.author != request.user.pk:
        messages.warning(request, "What was typed here before belongs to another account. It was not saved.")
        return redirect("dashboard:home")
    return render(request, "accounts/typed.html", {"typed": typed}, status=status)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is an old one: its page was open for long, or its author has signed in again elsewhere."""
    typed = None if wants_fragment(request) else typed_in(request)
    if typed is None:
        return errors.csrf_failure(request, reason)
    return give_back(request, typed, 403) if request.user.is_authenticated else sign_in_again(request, typed)


@login_not_required
@require_safe
def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """Django admin sends here whoever may not enter; there is one sign-in page for everybody."""
    if request.user.is_authenticated:
        raise PermissionDenied("The administration pages are for admins.")
    return redirect_to_login(request.GET.get("next", ""), resolve_url("accounts:sign_in"))


@login_not_required
def locked_out(request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
    response = render(request, "429.html", status=429)
    response["Retry-After"] = "300"
    return response


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.info(request, "You have signed out.")
    response = redirect("dashboard:home")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = ChangePasswordForm(request, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.change_password(by=request.user, password=form.cleaned_data["new_password1"])
        update_session_auth_hash(request, request.user)
        reset(username=name_of_try(request, {"username": request.user.get_username()}))  # as a sign-in does
        messages.success(request, "Your password is changed. Wherever else you were signed in, you are signed out.")
        return redirect("dashboard:home")
    return render(request, "accounts/change_password.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def teams(request: AuthenticatedHttpRequest) -> HttpResponse:
    memberships = request.user.memberships.select_related("team").order_by("team__name")
    return render(request, "accounts/teams.html", {"memberships": memberships})


@require_http_methods(["GET", "HEAD", "POST"])
def team(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    shown = load_team(request, pk)
    form = AddMemberForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        permissions.require(request.user, "team.manage", shown)
        if form.is_valid():
            try:
                added = actions.add_member(
                    by=request.user, team=shown, user=form.cleaned_data["username"], role=form.cleaned_data["role"]
                )
            except actions.MembershipRefused as refusal:
                form.add_error("username", str(refusal))
            else:
                messages.success(request, f"{added.user} is now in {shown}.")
                return redirect("accounts:team", pk)
    context = {
        "team": shown,
        "memberships": shown.memberships.select_related("user").order_by("user__username"),
        "form": form,
        "can_manage": permissions.allowed(request.user, "team.manage", shown),
    }
    return render(request, "accounts/team.html", context, status=422 if form.errors else 200)


@require_POST
def remove_member(request: AuthenticatedHttpRequest, pk: int, membership_pk: int) -> HttpResponse:
    membership = get_object_or_404(load_team(request, pk).memberships.select_related("user", "team"), pk=membership_pk)
    try:
        actions.remove_member(by=request.user, membership=membership)
    except actions.MembershipRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{membership.user} is no longer in {membership.team}.")
    own_place_left = Membership.objects.filter(team_id=pk, user=request.user).exists()
    return redirect("accounts:team", pk) if own_place_left else redirect("accounts:teams")


def load_team(request: AuthenticatedHttpRequest, pk: int) -> Team:
    """A foreign team is 404: its existence is nobody's business."""
    return get_object_or_404(Team, pk=pk, members=request.user)
