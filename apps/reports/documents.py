"""From what is stored to a PDF: the draft, the submission, and the record with its decision."""

import hashlib

from apps.assessments.models import Assessment, Snapshot
from apps.assessments.queries import content, definition
from apps.questionnaires.references import references_of
from apps.reports.build import ReportData, build_report
from apps.reports.render import renderer_name, report_pdf
from apps.reviews.models import Decision, Review
from apps.reviews.queries import content_of, definition_of
from apps.reviews.rendering import Renderer
from apps.scoring import canonical_bytes
from apps.selector.queries import recommendations_json


def submitted_pdf(snapshot: Snapshot) -> bytes:
    """The document whose hash is signed: what was submitted, without a decision."""
    return report_pdf(frozen_report(snapshot, []))


def record_pdf(review: Review) -> bytes:
    """The submission with what was decided about it."""
    decisions = review.decisions.filter(snapshot=review.snapshot).prefetch_related("conditions__steps__by")
    return report_pdf(frozen_report(review.snapshot, list(decisions.order_by("at", "pk"))))


def frozen_report(snapshot: Snapshot, decisions: list[Decision]) -> ReportData:
    frozen = content_of(snapshot)
    return build_report(
        frozen,
        definition_of(frozen),
        references_of(frozen),
        source=snapshot.content,
        identifier=identifier(snapshot.sha256, *(str(decision.pk) for decision in decisions)),
        sha256=snapshot.sha256,
        decisions=decisions,
    )


def draft_pdf(assessment: Assessment) -> bytes:
    """How it would look if it were submitted now. Nothing is stored, and every page says so."""
    shown = content(assessment)
    if shown["questionnaire"]["result"] == "use_cases":
        shown["recommendations"] = recommendations_json(assessment)
    source = canonical_bytes(shown).decode()
    data = build_report(
        shown, definition(assessment), references_of(shown), source=source, identifier=identifier(source), sha256=None
    )
    return report_pdf(data)


def identifier(*parts: str) -> str:
    """The PDF's own id, which would otherwise be random."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


SUBMITTED = Renderer(name=renderer_name(), draw=submitted_pdf)
