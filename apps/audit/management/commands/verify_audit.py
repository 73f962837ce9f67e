import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.audit.actions import ChainBroken, Head, verify


class Command(BaseCommand):
    help = "Checks the audit chain and prints its head. Exits with 1 if an entry was changed, removed or swapped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head",
            type=head,
            help="a head noted earlier, COUNT:HASH as printed here: it must still be in the chain",
        )

    def handle(self, *args: Any, head: Head | None = None, **options: Any) -> None:
        try:
            found = verify(head)
        except ChainBroken as broken:
            raise CommandError(str(broken)) from broken
        self.stdout.write(f"The audit chain is whole. Head: {found.entries}:{found.hash}")


def head(text: str) -> Head:
    """Raises ValueError, which argparse turns into a usage message."""
    match = re.fullmatch(r"(\d+):([0-9a-f]{64}|)", text)
    if match is None:
        raise ValueError(text)
    return Head(int(match[1]), match[2])
