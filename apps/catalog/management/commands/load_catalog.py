from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.catalog import actions
from apps.catalog.observations import Refused


class Command(BaseCommand):
    help = "Load the catalog's own files (fixtures/catalog). All or nothing; loading again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, help="another folder with the same files")
        parser.add_argument("--demo", action="store_true", help="also record approvals, for demonstration only")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            stored = actions.load_catalog(by=None, folder=options["folder"])
            decided = actions.load_demo_approvals(folder=options["folder"]) if options["demo"] else 0
        except Refused as refused:
            reasons = "\n".join(f"  {problem}" for problem in refused.problems)
            raise CommandError(f"Nothing was loaded; the catalog is as it was.\n{reasons}") from None
        for what, number in stored.summary().items():
            self.stdout.write(f"{what}: {number}")
        if options["demo"]:
            self.stdout.write(f"demo approvals: {decided}")
