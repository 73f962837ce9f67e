"""What was said of a draft in its review, for the pages on which its answers are changed."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.assessments.models import Assessment
from apps.reviews import queries
from apps.reviews.models import Comment, Decision, Review, Status


@dataclass(frozen=True)
class Notes:
    review: Review
    asked: Decision | None  # for changes, and why
    remarks: list[Comment]
    by_question: Mapping[str, list[Comment]]


def notes_on(assessment: Assessment) -> Notes | None:
    """None where nothing was submitted yet, or nothing can be changed now."""
    review: Review | None = getattr(assessment, "review", None)
    if review is None or not assessment.is_draft:
        return None
    by_question: dict[str, list[Comment]] = {}
    for comment in review.comments.select_related("by"):
        by_question.setdefault(comment.question, []).append(comment)
    asked = queries.latest_decision(review) if review.status == Status.CHANGES_REQUESTED else None
    return Notes(review, asked, remarks=by_question.pop("", []), by_question=by_question)
