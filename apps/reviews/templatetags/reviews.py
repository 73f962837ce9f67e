"""What a review says, for pages of rooms below."""

from django import template

from apps.assessments.models import Assessment
from apps.reviews.notes import Notes, notes_on

register = template.Library()


@register.simple_tag
def review_notes(assessment: Assessment) -> Notes | None:
    """`{% review_notes assessment as notes %}`; whoever may see the assessment may see its review."""
    return notes_on(assessment)
