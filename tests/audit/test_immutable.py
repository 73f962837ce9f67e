"""The database itself refuses to change or remove an audit entry."""

import pytest
from django.db import DatabaseError, connection, transaction

from apps.audit.actions import record
from apps.audit.models import AuditEvent
from tests.factories.accounts import make_team

pytestmark = pytest.mark.django_db


def refused(change) -> str:
    with pytest.raises(DatabaseError) as refusal, transaction.atomic():
        change()
    return str(refusal.value)


def test_audit_entry_cannot_be_updated():
    event = record(by=None, verb="team.made", subject=make_team())

    said = refused(lambda: AuditEvent.objects.filter(pk=event.pk).update(verb="team.unmade"))

    assert "cannot be changed or removed" in said
    assert AuditEvent.objects.get().verb == "team.made"


def test_audit_entry_cannot_be_deleted():
    event = record(by=None, verb="team.made", subject=make_team())

    said = refused(event.delete)

    assert "cannot be changed or removed" in said
    assert AuditEvent.objects.count() == 1


def test_audit_entry_cannot_be_replaced():
    record(by=None, verb="team.made", subject=make_team())
    replace = {
        "sqlite": "REPLACE INTO audit_auditevent SELECT * FROM audit_auditevent",
        "postgresql": "INSERT INTO audit_auditevent SELECT * FROM audit_auditevent"
        " ON CONFLICT (id) DO UPDATE SET verb = 'team.unmade'",
    }

    said = refused(lambda: connection.cursor().execute(replace[connection.vendor]))

    assert "cannot be changed or removed" in said


@pytest.mark.django_db(transaction=True)
def test_flush_between_committing_tests_leaves_the_triggers_on():
    test_audit_entry_cannot_be_deleted()
