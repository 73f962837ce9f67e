"""One URL, one view, one template: the server picks the fragment."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.http import reswap, retarget


def wants_fragment(request: HttpRequest) -> bool:
    """Boosted links and restored history need the whole page."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def page_or_fragment(
    request: HttpRequest, template: str, fragment: str, context: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Renders `template`, or for htmx only its `{% partialdef fragment %}`."""
    name = f"{template}#{fragment}" if wants_fragment(request) else template
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def notice(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int
) -> HttpResponse:
    """A refusal shown beside the page (base.html has the place): what was typed stays as it is."""
    response = render(request, template, context, status=status)
    return reswap(retarget(response, "#notices"), "innerHTML")
