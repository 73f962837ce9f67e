"""Text typed into a form that was refused because the sign-in or the form's token had ended.

It travels inside the page, signed: nothing is stored, nothing is sent again without a click, and only its author,
signed in again, gets it back. A form takes part by {% typed_by %}.
"""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from django.core import signing
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from apps.accounts.models import User

AUTHOR, KEPT = "typed_by", "kept"
MOST_CHARACTERS = 200_000
MOST_SECONDS = 12 * 3600
FINGERPRINT = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Typed:
    author: int
    action: str  # where the form was sent
    page: str  # where the form is
    fields: list[tuple[str, list[str]]]

    @property
    def sealed(self) -> str:
        return signing.dumps(asdict(self), salt=KEPT, compress=True)

    @property
    def pairs(self) -> Iterator[tuple[str, str]]:
        """Everything, as it was sent."""
        return ((name, value) for name, values in self.fields for value in values)

    @property
    def texts(self) -> list[tuple[str, str]]:
        """What a person recognises: no counters and fingerprints."""
        return [(label(name), value) for name, value in self.pairs if name != AUTHOR and is_text(value)]


def label(name: str) -> str:
    """Of the field `q-use_description`: "Use description"."""
    return " ".join(re.findall("[A-Za-z]{2,}", name)).capitalize()


def is_text(value: str) -> bool:
    return bool(value.strip()) and not value.isdigit() and not FINGERPRINT.fullmatch(value)


def seal_of(user: User) -> str:
    return signing.Signer(salt=AUTHOR).sign(str(user.pk))


def typed_in(request: HttpRequest) -> Typed | None:
    """What a refused post holds, unless it is too much, or no form of ours sent it."""
    if not is_from_own_page(request):
        return None
    if KEPT in request.POST:
        return kept_in(request)
    author = author_of(request)
    fields = [
        (name, [str(v) for v in values]) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"
    ]
    too_much = sum(len(name) + sum(map(len, values)) for name, values in fields) > MOST_CHARACTERS
    if author is None or too_much:
        return None
    return Typed(author, request.get_full_path(), came_from(request), fields)


def kept_in(request: HttpRequest) -> Typed | None:
    """What an earlier page has kept already."""
    try:
        return Typed(**signing.loads(request.POST.get(KEPT, ""), salt=KEPT, max_age=MOST_SECONDS))
    except signing.BadSignature:
        return None


def author_of(request: HttpRequest) -> int | None:
    try:
        return int(signing.Signer(salt=AUTHOR).unsign(request.POST.get(AUTHOR, "")))
    except signing.BadSignature:
        return None


def is_from_own_page(request: HttpRequest) -> bool:
    """Another site may not put its text before our users as if they had typed it."""
    sender = request.headers.get("Origin") or request.headers.get("Referer", "")
    return sender.startswith("http") and is_own(request, sender)


def came_from(request: HttpRequest) -> str:
    """Path of the page with the form, if it is one of ours."""
    referrer = request.headers.get("Referer", "")
    return urlsplit(referrer).path if is_own(request, referrer) else resolve_url("dashboard:home")


def is_own(request: HttpRequest, url: str) -> bool:
    return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
