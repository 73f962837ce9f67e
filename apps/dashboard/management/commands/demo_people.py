import os
import secrets
from typing import Any

from axes.utils import reset
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.dashboard.demo import PEOPLE, make_demo_people


class Command(BaseCommand):
    help = "Makes the demo people and prints how to sign in. Password: DEMO_PASSWORD, or a random one each time."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.MODE != "local":
            raise CommandError("Demo people are for trying the portal on one's own machine (GOVPORTAL_ENV=local).")
        password = os.environ.get("DEMO_PASSWORD") or secrets.token_urlsafe(9)
        make_demo_people(password)
        for person in PEOPLE:
            reset(username=person.username)
            self.stdout.write(f"  {person.username:<9}{person.can}")
        self.stdout.write(f"\n  Password of all of them: {password}")
