from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from apps.dashboard.mail import send_notices
from apps.dashboard.notices import make_notices
from apps.reviews.actions import lapse_overdue

TRIES_KEPT = 30  # days that failed sign-ins stay on record


class Command(BaseCommand):
    help = (
        "What time asks for: approvals that are over lapse, people get their mail, old sessions go. "
        "Run it every few minutes; running it twice, or two at once, is harmless."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        now, today = timezone.now(), timezone.localdate()
        for review in lapse_overdue(today=today):
            self.stdout.write(f"{review}: lapsed")
        if settings.MAIL:
            made, sent = make_notices(now=now, today=today), send_notices(now=now)
            self.stdout.write(f"{made} new notices, {sent.mails} mails sent, {sent.failed} failed")
        else:
            self.stdout.write("No mail: EMAIL_HOST is not set.")
        call_command("clearsessions")
        AxesProxyHandler.reset_logs(age_days=TRIES_KEPT)
