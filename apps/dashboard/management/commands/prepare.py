import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from apps.questionnaires.documents import UnreadableDocument
from apps.questionnaires.models import QuestionnaireVersion
from apps.questionnaires.queries import definition
from apps.selector.library_parse import InvalidLibrary
from apps.selector.queries import library

CONTENT = ["load_questionnaires", "load_catalog"]


class Command(BaseCommand):
    help = "Brings database, static files and content up to date with this code. Run it at every deploy."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        collect_static_files()
        for name in CONTENT:
            call_command(name, stdout=self.stdout, stderr=self.stderr)
        check_use_cases()
        self.stdout.write("Database, static files and content are up to date.")


def check_use_cases() -> None:
    """They are read when somebody opens a result: what is wrong with them has to show before that."""
    try:
        for version in QuestionnaireVersion.objects.offered().filter(result="use_cases"):
            library(definition(version))
    except (UnreadableDocument, InvalidLibrary) as error:
        raise CommandError(f"The files in fixtures/use_cases cannot be used.\n{error}") from error


def collect_static_files() -> None:
    """Hashing and compressing takes seconds, so only when a file changed."""
    stamp, now = Path(settings.STATIC_ROOT) / ".collected", fingerprint()
    if stamp.exists() and stamp.read_text() == now:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(now)


def fingerprint() -> str:
    """Changes with any name, size or time of a source file."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = Path(storage.path(path)).stat()
            digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
