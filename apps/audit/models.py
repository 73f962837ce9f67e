"""Who did what, when: an append-only chain in which every entry carries the hash of the one before."""

from django.conf import settings
from django.db import models


class AuditEvent(models.Model):
    """Written only by `apps.audit.actions.record`; database triggers refuse UPDATE and DELETE."""

    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=150, blank=True)
    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    details = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name, verbose_name_plural = "entry", "entries"
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="audit_subject")]

    def __str__(self) -> str:
        return f"{self.pk} {self.verb} {self.subject_type} {self.subject_id}"
