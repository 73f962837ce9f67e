"""Error pages: what happened and what to do, as a whole page or as a fragment for htmx."""

import sys

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import DatabaseError, DataError, IntegrityError, InternalError, NotSupportedError, ProgrammingError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from apps.ui.htmx import notice, wants_fragment

# Database errors that say our own statement was wrong; trying again would not help.
OUR_FAULT = (DataError, IntegrityError, InternalError, NotSupportedError, ProgrammingError)


def error_page(request: HttpRequest, status: int, message: str = "") -> HttpResponse:
    context = {"status": status, "message": message}
    if wants_fragment(request):
        return notice(request, "errors/fragment.html", context, status=status)
    return render(request, f"{status}.html", context, status=status)


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return error_page(request, 413)
    return error_page(request, 400, public_text(exception))


@login_not_required
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 403, public_text(exception))


@login_not_required
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 404)


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the request: context processors may ask the database that has just failed.

    A database that is away, locked, full or read-only is 503: nothing was saved, and it is worth trying again.
    """
    error = sys.exc_info()[1]
    status = 503 if isinstance(error, DatabaseError) and not isinstance(error, OUR_FAULT) else 500
    template = "errors/fragment.html" if wants_fragment(request) else f"{status}.html"
    response = HttpResponse(render_to_string(template, {"status": status}), status=status)
    if status == 503:
        response["Retry-After"] = "60"
    return response


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(
        request, 403, "This page has been open too long, or you signed in again elsewhere. Reload it and retry."
    )


def public_text(exception: Exception) -> str:
    """Only sentences raised by our own code (str arguments) reach the page."""
    first = exception.args[0] if exception.args else ""
    return first if isinstance(first, str) else ""
