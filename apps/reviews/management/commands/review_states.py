from typing import Any

from django.core.management.base import BaseCommand

from apps.reviews.diagram import mermaid


class Command(BaseCommand):
    help = "Print the review workflow as a Mermaid state diagram (the one in docs/reviews.md)."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(mermaid())
