"""What the header offers each person: composed here because this room sees all others."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.permissions import PERMISSIONS, roles_of


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    current: bool = False


# label, URL name, the permission that makes it useful ("" = everybody, signed in or not)
PLACES = [
    ("Catalog", "catalog:list", ""),
    ("Assessments", "assessments:list", "assessment.view"),
    ("Review queue", "reviews:queue", "review.queue"),
    ("Teams", "accounts:teams", "team.view"),
    ("Admin", "admin:index", "catalog.manage"),
]


def navigation(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    roles = roles_of(user) if isinstance(user, User) else frozenset()
    shown = [(label, reverse(name)) for label, name, needs in PLACES if not needs or PERMISSIONS[needs] & roles]
    return {"nav": [Link(label, url, request.path.startswith(url)) for label, url in shown]}
