"""A team's filled questionnaire: the draft with its answers and their history, and the frozen snapshots."""

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from apps.accounts.models import Team, User
from apps.catalog.models import Model
from apps.questionnaires.models import QuestionnaireVersion


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def of_teams_of(self, user: User) -> Self:
        return self.filter(team__members=user)

    def visible_to(self, user: User) -> Self:
        """Own teams' assessments; risk officers also see what was submitted."""
        own = Q(team__in=[membership.team_id for membership in user.memberships.all()])
        if not user.is_risk_officer:
            return self.filter(own)
        return self.filter(own | Q(Exists(Snapshot.objects.filter(assessment=OuterRef("pk")))))


class State(models.TextChoices):
    DRAFT = "draft", "draft"
    FROZEN = "frozen", "frozen"


class Assessment(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="assessments")
    questionnaire = models.ForeignKey(QuestionnaireVersion, on_delete=models.PROTECT, related_name="assessments")
    title = models.CharField(max_length=200)
    model = models.ForeignKey(Model, null=True, blank=True, on_delete=models.PROTECT, related_name="assessments")
    use_case = models.CharField(max_length=60, blank=True, help_text="Key in the use case library it started from.")
    started_from = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Whose answers it began with.",
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects: ClassVar = AssessmentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["team", "-changed_at"], name="assessment_team_changed")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("assessments:overview", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.state == State.DRAFT


class Answer(models.Model):
    """The current value of one answer. `version` counts its changes, so that a stale write is seen."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="answers")
    question = models.CharField(max_length=60)
    value = models.JSONField(null=True)
    version = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assessment", "question"], name="one_answer_per_question")]

    def __str__(self) -> str:
        return f"{self.question} v{self.version}"


class AnswerChange(models.Model):
    """One accepted answer: append-only history, and the memory that makes a repeated post harmless:
    a post is its question, the version its author saw, and its value."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="changes")
    question = models.CharField(max_length=60)
    value = models.JSONField(null=True)
    version = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "question", "version"], name="one_change_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.question} v{self.version}"


class Snapshot(models.Model):
    """A frozen assessment: canonical JSON of answers, questionnaire and outcome, with its hash. Never changes."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="snapshots")
    number = models.PositiveIntegerField()
    content = models.TextField(help_text="Canonical JSON, exactly the bytes that were hashed.")
    sha256 = models.CharField(max_length=64, unique=True)
    answers = models.JSONField(help_text="The raw answers in `content`, small enough to score many at once.")
    level = models.CharField(max_length=60, blank=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assessment", "number"], name="one_snapshot_per_number")]
        verbose_name = "submission"

    def __str__(self) -> str:
        return f"{self.assessment} #{self.number}"


class PackedAnswers(models.Model):
    """The answers of a snapshot once more, in few bytes and a narrow table, so that a million are read in seconds.

    The snapshot stays the record. Those taken before there was this table have none.
    """

    snapshot = models.OneToOneField(Snapshot, primary_key=True, on_delete=models.PROTECT, related_name="packed")
    questionnaire = models.ForeignKey(QuestionnaireVersion, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=60, blank=True)
    data = models.BinaryField()

    class Meta:
        verbose_name_plural = "packed answers"

    def __str__(self) -> str:
        return f"{self.snapshot_id}, {len(self.data)} bytes"
