from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from apps.reviews.actions import lapse_overdue


class Command(BaseCommand):
    help = "End approvals whose conditions are overdue or whose time is up. Run it daily; running it twice is harmless."

    def handle(self, *args: Any, **options: Any) -> None:
        for review in lapse_overdue(today=timezone.localdate()):
            self.stdout.write(f"{review}: lapsed")
