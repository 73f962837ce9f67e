"""Sending what people are told, and what happens when the mail server does not take it."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from apps.dashboard import mail as sending
from apps.dashboard.mail import Sent, claim, send_notices
from apps.dashboard.models import Notice
from tests.factories.accounts import make_user
from tests.factories.notices import make_notice

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=6)


class BrokenFor(EmailBackend):
    """A server that refuses some recipients."""

    refused: tuple[str, ...] = ()

    def send_messages(self, messages):
        for message in messages:
            if message.to[0] in self.refused:
                raise smtplib.SMTPRecipientsRefused({message.to[0]: (550, b"No such person")})
        return super().send_messages(messages)


@pytest.fixture
def broken_for(monkeypatch: pytest.MonkeyPatch, settings):
    settings.EMAIL_BACKEND = "tests.dashboard.test_mail.BrokenFor"
    return lambda *people: monkeypatch.setattr(BrokenFor, "refused", people)


def test_all_that_is_new_to_somebody_comes_in_one_mail(settings) -> None:
    settings.PORTAL_URL = "https://portal.example.org"
    person = make_user(name="A lead", email="lead@example.org")
    make_notice(person=person, sentence="R&D has a <decision>.", path="/reviews/7/")
    make_notice(person=person, sentence="Another thing.", path="/reviews/8/")
    make_notice()

    assert send_notices(now=timezone.now()) == Sent(mails=2, failed=0)

    message = next(message for message in mail.outbox if message.to == ["lead@example.org"])
    assert message.subject == "govportal: 2 things are new"
    assert "Hello A lead," in message.body
    assert "R&D has a <decision>.\nhttps://portal.example.org/reviews/7/\n" in message.body
    assert "Another thing.\nhttps://portal.example.org/reviews/8/\n" in message.body
    assert not Notice.objects.filter(sent_at=None).exists()


def test_nothing_is_sent_twice() -> None:
    make_notice()
    send_notices(now=timezone.now())

    assert send_notices(now=timezone.now() + LATER) == Sent(mails=0, failed=0)
    assert len(mail.outbox) == 1


def test_refused_mail_waits_and_the_others_go_out(broken_for) -> None:
    broken_for("nobody@example.org")
    stuck = make_notice(person=make_user(email="nobody@example.org"))
    make_notice()

    assert send_notices(now=timezone.now()) == Sent(mails=1, failed=1)

    stuck.refresh_from_db()
    assert stuck.sent_at is None
    assert "No such person" in stuck.error


def test_refused_mail_is_tried_again_after_a_growing_while(broken_for) -> None:
    broken_for("somebody@example.org")
    notice, now = make_notice(), timezone.now()
    send_notices(now=now)

    assert send_notices(now=now + timedelta(minutes=4)) == Sent(0, 0)
    assert send_notices(now=now + timedelta(minutes=5)) == Sent(0, 1)
    assert send_notices(now=now + timedelta(minutes=14)) == Sent(0, 0)
    broken_for()
    assert send_notices(now=now + timedelta(minutes=15)) == Sent(1, 0)
    notice.refresh_from_db()
    assert (notice.tries, notice.error) == (3, "")


@pytest.mark.parametrize(("tries", "minutes", "tried"), [(10, 1439, False), (10, 1440, True), (200, 1440, True)])
def test_longest_wait_is_a_day(tries: int, minutes: int, tried: bool) -> None:
    now = timezone.now()
    make_notice(tries=tries, tried_at=now - timedelta(minutes=minutes))

    assert send_notices(now=now) == Sent(int(tried), 0)


def test_mail_that_never_gets_through_is_given_up_after_a_week() -> None:
    make_notice(made_at=timezone.now() - sending.GIVEN_UP)

    assert send_notices(now=timezone.now()) == Sent(0, 0)


@pytest.mark.parametrize("fields", [{"email": ""}, {"is_active": False}])
def test_who_has_no_address_or_left_gets_none(fields: dict) -> None:
    make_notice(person=make_user(**{"email": "somebody@example.org"} | fields))

    assert send_notices(now=timezone.now()) == Sent(0, 0)


def test_of_two_runs_at_once_one_sends() -> None:
    notice, now = make_notice(), timezone.now()

    assert claim([notice], now)
    assert not claim([notice], now)


def test_sending_goes_on_where_an_earlier_run_was_ended() -> None:
    notice, now = make_notice(), timezone.now()
    claim([notice], now)

    assert send_notices(now=now + LATER) == Sent(1, 0)
