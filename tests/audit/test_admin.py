"""The audit log in Django admin: to read, not to touch."""

import pytest
from django.urls import reverse

from apps.audit.actions import record
from apps.audit.models import AuditEvent
from tests.factories.accounts import make_admin, make_team

pytestmark = pytest.mark.django_db


def test_log_is_read_only_for_admins(client):
    event = record(by=None, verb="team.made", subject=make_team())
    client.force_login(make_admin())

    seen = client.get(reverse("admin:audit_auditevent_changelist"))
    statuses = [
        client.post(reverse("admin:audit_auditevent_add"), {"verb": "x"}).status_code,
        client.post(reverse("admin:audit_auditevent_change", args=[event.pk]), {"verb": "x"}).status_code,
        client.post(reverse("admin:audit_auditevent_delete", args=[event.pk]), {"post": "yes"}).status_code,
    ]

    assert "team.made" in seen.content.decode()
    assert statuses == [403, 403, 403]
    assert AuditEvent.objects.get().verb == "team.made"
