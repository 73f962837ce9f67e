from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from apps.reviews.models import Review, Status
from tests.factories.accounts import make_admin, make_lead, make_officer, make_team
from tests.factories.notices import make_notice
from tests.factories.reviews import make_decided, make_review

pytestmark = pytest.mark.django_db


def housekeeping(capsys: pytest.CaptureFixture[str]) -> str:
    call_command("housekeeping")
    return capsys.readouterr().out


def test_submission_reaches_the_officers_mailbox(capsys: pytest.CaptureFixture[str]) -> None:
    make_officer(email="officer@example.org")
    make_review()

    assert "1 new notices, 1 mails sent, 0 failed" in housekeeping(capsys)
    assert "0 new notices, 0 mails sent" in housekeeping(capsys)
    assert [message.to for message in mail.outbox] == [["officer@example.org"]]


def test_what_lapses_is_told_in_the_same_run(capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    lead = make_lead(team=make_team(), email="lead@example.org")
    make_decided(by=lead, valid_for=1)
    later = timezone.localdate() + timedelta(days=2)
    monkeypatch.setattr(timezone, "localdate", lambda *_: later)

    assert "lapsed" in housekeeping(capsys)
    assert Review.objects.get().status == Status.LAPSED
    assert "An approval of" in mail.outbox[-1].body


def test_without_a_mail_server_the_rest_is_done(capsys: pytest.CaptureFixture[str], settings) -> None:
    settings.MAIL = False
    make_officer(email="officer@example.org")
    make_review()

    assert "EMAIL_HOST is not set" in housekeeping(capsys)
    assert not mail.outbox


@pytest.mark.parametrize(("state", "shown"), [("waits", 2), ("failed", 1), ("sent", 1), ("", 3)])
def test_admin_sees_what_waits_and_why(state: str, shown: int) -> None:
    make_notice(sentence="Told already.", sent_at=timezone.now(), tries=1)
    make_notice(sentence="Told soon.")
    make_notice(sentence="Told never.", tries=3, error="No such person")
    admin = Client()
    admin.force_login(make_admin())

    page = admin.get("/admin/dashboard/notice/", {"state": state} if state else {}).content.decode()

    assert page.count("Told ") == shown
    assert ("No such person" in page) == (state != "sent")
