"""What people are told by mail."""

from django.conf import settings
from django.db import models


class Notice(models.Model):
    """One thing that one person is told, kept until it is sent, so that a mail server that is down loses nothing."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    about = models.CharField(max_length=80, help_text="What it tells of; nobody is told of the same thing twice.")
    event = models.PositiveBigIntegerField(default=0, help_text="Number of the audit entry; 0 for a reminder.")
    sentence = models.CharField(max_length=300)
    path = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField("last error", max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["person", "about"], name="one_notice_per_person_and_thing")]
        indexes = [models.Index(fields=["event"], name="notice_event")]

    def __str__(self) -> str:
        return f"{self.person}: {self.sentence}"
