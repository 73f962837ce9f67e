import pytest
from django.core.management import CommandError, call_command

from apps.audit.actions import head, record
from apps.audit.models import AuditEvent
from tests.factories.accounts import make_team
from tests.plugins.append_only import triggers_off

pytestmark = pytest.mark.django_db


def test_verify_audit_prints_a_head_it_accepts_later(capsys):
    record(by=None, verb="team.made", subject=make_team())

    call_command("verify_audit")
    printed = capsys.readouterr().out.split()[-1]
    record(by=None, verb="team.made", subject=make_team())
    call_command("verify_audit", head=None)
    call_command("verify_audit", f"--head={printed}")

    assert printed.startswith("1:")
    assert "2:" + head().hash in capsys.readouterr().out


def test_verify_audit_fails_on_a_broken_chain():
    event = record(by=None, verb="team.made", subject=make_team())
    with triggers_off():
        AuditEvent.objects.filter(pk=event.pk).update(verb="team.other")

    with pytest.raises(CommandError, match="was altered"):
        call_command("verify_audit")


@pytest.mark.parametrize("noted", ["3", "x:" + "0" * 64, "1:zz", "-1:"])
def test_verify_audit_refuses_a_malformed_head(noted):
    with pytest.raises(CommandError, match="invalid head value"):
        call_command("verify_audit", f"--head={noted}")
