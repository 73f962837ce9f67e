"""What a hash stands for, told without telling what is in it."""

from dataclasses import dataclass
from datetime import datetime

from apps.assessments.models import Snapshot
from apps.reviews.models import Decision, IssuedReport, Review, SubmittedReport

SNAPSHOT, REPORT, RECORD = "snapshot", "report", "record"


@dataclass(frozen=True)
class Known:
    """Facts that give nothing away to somebody who already holds the document."""

    kind: str
    questionnaire: str
    made_at: datetime
    status: str
    status_text: str
    decided_at: datetime | None
    is_current: bool


def find_by_hash(sha256: str) -> Known | None:
    """Of a frozen submission, of its PDF as it was stored, or of a PDF with the decision as it was handed out."""
    snapshots = Snapshot.objects.select_related("assessment__questionnaire")
    if snapshot := snapshots.filter(sha256=sha256).first():
        return known(SNAPSHOT, snapshot, snapshot.taken_at)
    report = SubmittedReport.objects.select_related("snapshot__assessment__questionnaire").filter(sha256=sha256)
    if stored := report.only("made_at", "snapshot").first():
        return known(REPORT, stored.snapshot, stored.made_at)
    issued = IssuedReport.objects.select_related("snapshot__assessment__questionnaire").filter(sha256=sha256)
    if record := issued.first():
        return known(RECORD, record.snapshot, record.made_at)
    return None


def known(kind: str, snapshot: Snapshot, made_at: datetime) -> Known:
    review = Review.objects.filter(assessment=snapshot.assessment).first()
    decision = Decision.objects.filter(snapshot=snapshot).order_by("-at", "-pk").first()
    is_current = review is not None and review.snapshot_id == snapshot.pk
    status, text = ("", "replaced by a later submission")
    if review is not None and is_current:
        status, text = review.status, review.get_status_display()
    return Known(
        kind=kind,
        questionnaire=str(snapshot.assessment.questionnaire),
        made_at=made_at,
        status=status,
        status_text=text,
        decided_at=decision.at if decision else None,
        is_current=is_current,
    )
