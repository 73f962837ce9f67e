"""Published questionnaires: immutable documents, found by key and version."""

from typing import ClassVar, Self

from django.db import models


class Status(models.TextChoices):
    PUBLISHED = "published", "published"
    RETIRED = "retired", "retired"


class QuestionnaireVersionQuerySet(models.QuerySet["QuestionnaireVersion"]):
    def offered(self) -> Self:
        """What a team can start: the newest published version of each questionnaire."""
        newest = self.filter(key=models.OuterRef("key"), status=Status.PUBLISHED).order_by("-version").values("pk")[:1]
        return self.filter(pk=models.Subquery(newest)).order_by("key")


class QuestionnaireVersion(models.Model):
    """One published version. Source and hash never change; only `status` may become retired."""

    key = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    result = models.CharField(max_length=20, help_text="What the answers lead to: use_cases or risk.")
    source = models.TextField(help_text="The YAML as published, comments included.")
    content_hash = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PUBLISHED)
    published_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = QuestionnaireVersionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "version"], name="one_document_per_key_and_version")]
        ordering = ["key", "-version"]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"


class GoldenCases(models.Model):
    """The golden cases a version was published with. They never change either."""

    version = models.OneToOneField(QuestionnaireVersion, on_delete=models.PROTECT, related_name="golden_cases")
    source = models.TextField(help_text="YAML as it was given, comments included.")

    class Meta:
        verbose_name_plural = "golden cases"

    def __str__(self) -> str:
        return f"Golden cases of {self.version}"
