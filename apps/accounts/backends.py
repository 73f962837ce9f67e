from collections.abc import Mapping
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from apps.accounts.models import Membership, User


def name_of_try(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """Under which name wrong tries are counted: however it is written, it is one account."""
    return str((credentials or request.POST).get("username") or "").lower()


class PersonBackend(ModelBackend):
    """Who is signed in comes with their memberships, which every permission check needs, in one query."""

    def get_user(self, user_id: Any) -> User | None:
        memberships = Membership.objects.filter(user=user_id).select_related("user")
        user = next((membership.user for membership in memberships), None) or super().get_user(user_id)
        if not isinstance(user, User) or not self.user_can_authenticate(user):
            return None
        user._prefetched_objects_cache = {"memberships": memberships}  # type: ignore[attr-defined]  # noqa: SLF001 (as a prefetch leaves it)
        return user
