"""The one way to an assessment: by its id, within what the person may see."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from apps.accounts import permissions
from apps.accounts.models import User
from apps.assessments.models import Assessment


def load_assessment(user: User, pk: UUID, permission: str) -> Assessment:
    """Raises Http404 for what the person cannot see, PermissionDenied for what they may not do."""
    visible = Assessment.objects.visible_to(user).select_related("team", "questionnaire", "model", "review")
    assessment: Assessment = get_object_or_404(visible.defer("questionnaire__source"), pk=pk)
    permissions.require(user, permission, assessment.team)
    return assessment
