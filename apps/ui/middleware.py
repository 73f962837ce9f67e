"""Refuses input that Django would quietly repair: other encodings, broken UTF-8, NUL bytes, TRACE; and gives a page to
the one refusal of Django's that has none."""

from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict

from apps.ui.errors import error_page

FORM = "application/x-www-form-urlencoded"
METHODS = ["GET", "HEAD", "POST", "OPTIONS"]


class StrictInputMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_args: object) -> None:
        """Here and not in __call__, so that a refusal becomes the portal's own 400 page."""
        require_utf8_text(request.META.get("QUERY_STRING", "").encode("latin-1", "replace"))
        if request.method == "POST":
            check_charset(request)
            if request.content_type == FORM:
                require_utf8_text(request.body)
            else:
                require_whole_text(request.POST)


class NotAllowedPageMiddleware:
    """A form's address opened by itself, as after reloading the page that refused what was sent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        page = error_page(request, 405)
        page["Allow"] = response["Allow"]
        return page


def require_whole_text(values: QueryDict) -> None:
    """In multipart forms Django has already put U+FFFD where bytes were no UTF-8."""
    for name, texts in values.lists():
        if any("\ufffd" in text or "\0" in text for text in [name, *texts]):
            raise BadRequest("The text sent is not valid UTF-8.")


def check_charset(request: HttpRequest) -> None:
    charset = (request.content_params or {}).get("charset", "utf-8")
    if charset.lower().replace("-", "") != "utf8":
        raise BadRequest("Send forms as UTF-8.")


def require_utf8_text(encoded: bytes) -> None:
    raw = unquote_to_bytes(encoded.replace(b"+", b" "))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest("The text sent is not valid UTF-8.") from error
    if "\0" in text:
        raise BadRequest("The text sent contains a NUL character.")
