from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from apps.accounts import views
from apps.accounts.typed import came_from, typed_in
from apps.ui.htmx import notice


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        refusal = super().process_view(request, view_func, view_args, view_kwargs)
        if refusal is None:
            return None
        if request.headers.get("HX-Request") == "true":
            # Never the sign-in page swapped into a form: the typed text stays where it is.
            return notice(request, "accounts/signed_out_notice.html", status=401)
        if request.method not in ("GET", "HEAD"):
            # After signing in there is no going back to a post, only to its text or the page it came from.
            typed = typed_in(request)
            return views.sign_in_again(request, typed) if typed else redirect_to_login(came_from(request))
        return refusal


class PrivatePagesMiddleware:
    """What a signed-in person saw must not come back from a cache after signing out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            response["Cache-Control"] = "no-store"
            patch_vary_headers(response, ["Cookie", "HX-Request"])
        return response
