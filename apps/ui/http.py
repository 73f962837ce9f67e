"""Request types for views, so that `request.user` and `request.htmx` need no casts."""

from typing import TYPE_CHECKING

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

if TYPE_CHECKING:
    # An alias that exists only in the type stubs; their plugin reads it as AUTH_USER_MODEL.
    from django.contrib.auth.models import _User


class HtmxHttpRequest(HttpRequest):
    htmx: HtmxDetails


class AuthenticatedHttpRequest(HtmxHttpRequest):
    user: "_User"
