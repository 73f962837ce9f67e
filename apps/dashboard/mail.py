"""Sends the notices that wait: at most one mail for each person and run, with everything that is new to them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F, Q
from django.template.loader import render_to_string

from apps.accounts.models import User
from apps.dashboard.models import Notice

# After a mail that failed: five minutes, then twice as long each time, up to a day.
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(days=1)
GIVEN_UP = timedelta(days=7)
AT_ONCE = 1_000


class Sent(NamedTuple):
    mails: int
    failed: int


def send_notices(*, now: datetime) -> Sent:
    """A mail is sent again when this is ended between sending it and noting that: twice rather than never."""
    waiting = Notice.objects.filter(sent_at=None, made_at__gt=now - GIVEN_UP, person__is_active=True)
    waiting = waiting.exclude(person__email="").select_related("person").order_by("person", "pk")
    results = []
    for person, notices in groupby(waiting[:AT_ONCE], key=attrgetter("person")):
        ready = [notice for notice in notices if may_be_tried(notice, now)]
        if ready and claim(ready, now):
            results.append(send(person, ready, now))
    return Sent(mails=sum(results), failed=len(results) - sum(results))


def may_be_tried(notice: Notice, now: datetime) -> bool:
    if notice.tried_at is None:
        return True
    wait = min(FIRST_WAIT * 2 ** min(notice.tries - 1, 10), LONGEST_WAIT)
    return bool(notice.tried_at + wait <= now)


def claim(notices: Sequence[Notice], now: datetime) -> bool:
    """Of two runs at once, one sends them."""
    rested = Q(tried_at=None) | Q(tried_at__lte=now - FIRST_WAIT)
    ours = Notice.objects.filter(rested, pk__in=[notice.pk for notice in notices], sent_at=None)
    taken: int = ours.update(tried_at=now, tries=F("tries") + 1)
    return taken == len(notices)


def send(person: User, notices: Sequence[Notice], now: datetime) -> bool:
    rows = Notice.objects.filter(pk__in=[notice.pk for notice in notices])
    try:
        message(person, notices).send()
    except OSError as error:  # as all errors of smtplib are
        rows.update(error=str(error)[:300])
        return False
    rows.update(sent_at=now, error="")
    return True


def message(person: User, notices: Sequence[Notice]) -> EmailMessage:
    subject = "govportal: " + ("something new" if len(notices) == 1 else f"{len(notices)} things are new")
    context = {"person": person, "notices": notices, "address": settings.PORTAL_URL}
    return EmailMessage(subject, render_to_string("emails/notices.txt", context), to=[person.email])
