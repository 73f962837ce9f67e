from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.questionnaires.actions import PublishingRefused, publish_folder
from apps.questionnaires.references import InvalidReferences


class Command(BaseCommand):
    help = "Publish the questionnaires in fixtures/questionnaires; refuses all of them if one is not valid."

    def handle(self, **_options: Any) -> None:
        try:
            published = publish_folder(settings.FIXTURES_DIR / "questionnaires")
        except (PublishingRefused, InvalidReferences) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{len(published)} questionnaires published: {', '.join(map(str, published))}.")
