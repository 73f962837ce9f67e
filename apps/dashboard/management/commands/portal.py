import os
import socket
import sys
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.catalog.actions import load_demo_approvals
from apps.dashboard.demo_work import DemoNotMade, make_demo_work


class Command(BaseCommand):
    help = "Prepares everything, makes the demo and serves on 127.0.0.1. This is what `make run` starts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        if settings.MODE != "local":
            raise CommandError("This command is for one's own machine: set GOVPORTAL_ENV=local, or see docs/deploy.md.")
        require_free(port)
        self.stdout.write("Bringing database, static files, content and demo up to date")
        call_command("prepare", stdout=StringIO(), stderr=self.stderr)
        people = self.make_demo()
        self.stdout.write(f"\ngovportal: http://127.0.0.1:{port}/  (stop with Ctrl-C)\n\nSign in as\n{people}")
        self.stdout.flush()
        serve(port)

    def make_demo(self) -> str:
        """Returns how to sign in."""
        people = StringIO()
        call_command("demo_people", stdout=people)
        # Where nothing is approved, no recommendation could name a model. What somebody has decided stays.
        load_demo_approvals()
        try:
            make_demo_work()
        except DemoNotMade as problem:
            self.stderr.write(f"The portal starts without demo assessments. {problem}")
        return people.getvalue()


def require_free(port: int) -> None:
    """Before anything else, so that the reason is the only thing on the screen."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise CommandError(f"Port {port} cannot be used ({error}). Try another: make run PORT=8001") from error


def serve(port: int) -> None:
    """Become gunicorn: signals reach it directly, and nothing is left behind."""
    command = [sys.executable, "-m", "gunicorn", "-c", "python:govportal.server", "govportal.wsgi"]
    os.execve(command[0], command, os.environ | {"BIND": f"127.0.0.1:{port}"})  # noqa: S606
