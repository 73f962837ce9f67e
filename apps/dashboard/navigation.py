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

# Rooms without a place of their own in the header: what they show is an assessment's.
OF_ASSESSMENTS = frozenset({"risktest", "selector", "reviews"})


def navigation(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    roles = roles_of(user) if isinstance(user, User) else frozenset()
    shown = [(label, reverse(name)) for label, name, needs in PLACES if not needs or PERMISSIONS[needs] & roles]
    here = next((url for _label, url in shown if request.path.startswith(url)), "") or assessments_of(request)
    return {"nav": [Link(label, url, url == here) for label, url in shown]}


def assessments_of(request: HttpRequest) -> str:
    match = request.resolver_match
    return reverse("assessments:list") if match and match.app_name in OF_ASSESSMENTS else ""
