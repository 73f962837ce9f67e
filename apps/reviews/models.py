"""The officer's work on a frozen assessment, and its recorded end."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from apps.accounts.models import Team, User
from apps.assessments.models import Assessment, Snapshot


class Status(models.TextChoices):
    SUBMITTED = "submitted", "submitted"
    IN_REVIEW = "in_review", "in review"
    CHANGES_REQUESTED = "changes_requested", "changes requested"
    APPROVED = "approved", "approved"
    APPROVED_WITH_CONDITIONS = "approved_with_conditions", "approved with conditions"
    REJECTED = "rejected", "rejected"
    WITHDRAWN = "withdrawn", "withdrawn"
    LAPSED = "lapsed", "lapsed"


# What still waits for an officer.
OPEN = (Status.SUBMITTED, Status.IN_REVIEW)
# A use that a rule forbids comes before every level.
FORBIDDEN_RANK = 1000


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, user: User) -> Self:
        if user.is_risk_officer:
            return self.all()
        return self.filter(assessment__team__in=Team.objects.filter(members=user))

    def open(self) -> Self:
        return self.filter(status__in=OPEN)


class Review(models.Model):
    """One per assessment; a resubmission brings a new snapshot to the same review."""

    assessment = models.OneToOneField(Assessment, on_delete=models.PROTECT, related_name="review")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=30, choices=Status.choices, default=Status.SUBMITTED)
    # Both from the snapshot's outcome, kept here so that the queue sorts without reading documents.
    risk_rank = models.PositiveSmallIntegerField(default=0)
    uncertain = models.BooleanField(default=False)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField(null=True)

    objects: ClassVar = ReviewQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["status", "-risk_rank", "-uncertain", "submitted_at"], name="review_queue")]
        constraints = [
            models.CheckConstraint(
                condition=Q(claimed_by__isnull=True, claimed_at__isnull=True)
                | Q(claimed_by__isnull=False, claimed_at__isnull=False),
                name="review_claim_who_and_when",
            )
        ]

    def __str__(self) -> str:
        return f"Review of {self.assessment}"

    def get_absolute_url(self) -> str:
        return reverse("reviews:review", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_forbidden(self) -> bool:
        return self.risk_rank == FORBIDDEN_RANK


class SubmittedReport(models.Model):
    """The PDF of a snapshot as it was when submitted; stored once, so that its hash can be signed off."""

    snapshot = models.OneToOneField(Snapshot, on_delete=models.PROTECT, related_name="report")
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    renderer = models.CharField(max_length=60)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Report of {self.snapshot}"


class IssuedReport(models.Model):
    """The hash of a PDF with the decision that was handed out. It has its conditions as they stood, so there can be
    several; each can be verified for ever."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Report with the decision on {self.snapshot}"


class Decision(models.Model):
    """Who decided what, as what, when, why, on exactly which bytes. Never changed, only followed by another."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="decisions")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=30, choices=Status.choices)
    reason = models.TextField(max_length=4000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=150)
    by_role = models.CharField(max_length=30)
    at = models.DateTimeField()
    snapshot_sha256 = models.CharField(max_length=64)
    report_sha256 = models.CharField(max_length=64)
    valid_until = models.DateField(null=True)

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} by {self.by_name}"


class ConditionState(models.TextChoices):
    OPEN = "open", "open"
    REPORTED = "reported", "reported as met"
    MET = "met", "met"
    RETURNED = "returned", "returned"


# What the team still has to do something about.
UNMET = (ConditionState.OPEN, ConditionState.RETURNED)


class ApprovalCondition(models.Model):
    """What must be true by when for the approval to hold; overdue and unmet, the approval lapses."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="conditions")
    text = models.CharField(max_length=500)
    # Both are those of the newest step, kept here so that queues and lapsing need not read the steps.
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=ConditionState.choices, default=ConditionState.OPEN)

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["decision"], condition=Q(state="reported"), name="condition_reported")]

    def __str__(self) -> str:
        return self.text


class ConditionStep(models.Model):
    """A report of the team, or what an officer said to it. Never changed, only followed by another."""

    condition = models.ForeignKey(ApprovalCondition, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=ConditionState.choices)  # of the condition from here on
    text = models.CharField(max_length=1000, blank=True)  # the evidence, or the reason for returning it
    due_on = models.DateField()  # from here on
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["condition", "number"], name="condition_step_number")]

    def __str__(self) -> str:
        return f"{self.get_state_display()} by {self.by}"


class Comment(models.Model):
    """Hangs on one answer, or on the whole review when `question` is empty."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="comments")
    question = models.CharField(max_length=60, blank=True)
    text = models.TextField(max_length=4000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text[:60]
