"""Who may see and do what with a review. The table of roles is in accounts."""

from django.http import Http404

from apps.accounts.models import User
from apps.accounts.permissions import allowed, require
from apps.reviews.models import Review
from apps.reviews.transitions import TRANSITIONS, Verb


def load_review(user: User, pk: int, permission: str = "review.view") -> Review:
    """404 for what this person may not see; PermissionDenied for what they see but may not do."""
    shown = Review.objects.visible_to(user).select_related(
        "assessment__team", "assessment__questionnaire", "assessment__model", "snapshot", "submitted_by", "claimed_by"
    )
    review: Review | None = shown.filter(pk=pk).first()
    if review is None:
        raise Http404
    require(user, permission, review.assessment.team)
    return review


def may(user: User, review: Review, permission: str) -> bool:
    return allowed(user, permission, review.assessment.team)


def require_step(user: User, review: Review, verb: Verb) -> None:
    """Raises PermissionDenied unless one of this person's roles may ever take the step."""
    permissions = {step.permission for (_, each), step in TRANSITIONS.items() if each is verb}
    for permission in permissions:
        require(user, permission, review.assessment.team)
