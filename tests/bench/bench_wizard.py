"""A step of a 300-question questionnaire beside a plain Django step, and the same save among 10,000 other drafts."""

import itertools
import os
from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govportal.settings")
os.environ["DATABASE_URL"] = os.environ.get("BENCH_DATABASE_URL", "sqlite://:memory:")
django.setup()

from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from apps.accounts.models import User  # noqa: E402
from apps.assessments.models import Answer, AnswerChange, Assessment  # noqa: E402
from apps.questionnaires.actions import publish  # noqa: E402
from apps.questionnaires.queries import definition  # noqa: E402
from tests.bench.bench_scoring import source  # noqa: E402
from tests.bench.floor import QUESTIONS as FLOOR_QUESTIONS  # noqa: E402
from tests.bench.floor import plain_django  # noqa: E402
from tests.bench.timing import medians, show  # noqa: E402
from tests.factories.accounts import make_lead, make_team  # noqa: E402
from tests.factories.assessments import make_assessment, save  # noqa: E402

QUESTIONS = 300
OTHERS = int(os.environ.get("BENCH_ASSESSMENTS", "10000"))
SECTION = "s3"
FIELDS = [f"q{number}" for number in range(30, 36)]
ANSWER = ("question", "value", "version")
TOKEN = "a" * 32


class Site:
    """One WSGI application and a signed-in browser: no test client in between, which would cost as much as a step."""

    def __init__(self, person: User) -> None:
        client = Client()
        client.force_login(person)
        self.cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
        self.cookies += f"; csrftoken={TOKEN}"
        self.application = WSGIHandler()

    def request(self, path: str, post: dict[str, Any] | None = None, **headers: str) -> tuple[int, str, bytes]:
        """Status, the address it leads on to, body."""
        body = urlencode(post | {"csrfmiddlewaretoken": TOKEN}).encode() if post else b""
        environ = {
            "REQUEST_METHOD": "POST" if post else "GET",
            "PATH_INFO": path,
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "HTTP_COOKIE": self.cookies,
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
            **headers,
        }
        seen: dict[str, Any] = {}
        response = self.application(environ, lambda status, headers: seen.update(status=status, headers=dict(headers)))
        page = b"".join(response)
        response.close()
        return int(seen["status"][:3]), seen["headers"].get("Location", ""), page


class Step:
    """The ways to ask for and save a section of one draft. Every save changes its answers, so every save writes."""

    def __init__(self, site: Site, draft: Assessment) -> None:
        self.site, self.draft = site, draft
        self.url = f"/assessments/{draft.pk}/sections/{SECTION}/"
        self.stored = {key: (value, version) for key, value, version in draft.answers.values_list(*ANSWER)}

    def get(self) -> bytes:
        return self.expect(200, *self.site.request(self.url))

    def save_one(self) -> bytes:
        """As htmx does when a choice changes."""
        return self.expect(200, *self.site.request(self.url, self.changed(FIELDS[:1]), HTTP_HX_REQUEST="true"))

    def save_section(self) -> str:
        """As a browser without JavaScript does, up to where it is sent."""
        status, address, _ = self.site.request(self.url, self.changed(FIELDS))
        self.expect(302, status, address, b"")
        return address

    def save_section_and_go_on(self) -> bytes:
        return self.expect(200, *self.site.request(self.save_section()))

    def changed(self, keys: list[str]) -> dict[str, Any]:
        post: dict[str, Any] = {}
        for key in keys:
            value, version = self.stored[key]
            other = "b" if value == "a" else "a"
            post |= {f"q-{key}": other, f"v-{key}": version}
            self.stored[key] = other, version + 1
        return post

    def expect(self, wanted: int, status: int, address: str, page: bytes) -> bytes:
        if status != wanted:
            raise SystemExit(f"{self.url} answered {status} {address}: {page[-400:]!r}")
        return page


class PlainStep:
    def __init__(self, site: Site, draft: Assessment) -> None:
        self.site, self.url = site, f"/step/{draft.pk}/"
        self.values = itertools.cycle("ab")

    def get(self) -> bytes:
        return self.site.request(self.url)[2]

    def save(self) -> bytes:
        return self.site.request(self.url, dict.fromkeys(FLOOR_QUESTIONS, next(self.values)))[2]


def half_answered() -> Assessment:
    """A draft of 300 questions whose first half is answered."""
    version = publish(by=None, source=source(QUESTIONS, 120).encode())
    lead = make_lead(team=make_team())
    draft = make_assessment(by=lead, questionnaire=version)
    keys = [question.key for question in definition(version).questions][: QUESTIONS // 2]
    save(by=lead, assessment=draft, **dict.fromkeys(keys, "a"))
    return draft


def statements(task: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        task()
    return len(captured)


def against_plain_django(step: Step, plain: PlainStep) -> None:
    tasks: dict[str, Callable[[], object]] = {
        "plain Django: show": plain.get,
        "plain Django: save 6": plain.save,
        "show": step.get,
        "save 1, htmx": step.save_one,
        "save 6, no JavaScript": step.save_section,
        "save 6, no JavaScript, and the next page": step.save_section_and_go_on,
    }
    found = medians(tasks)
    show("A step of 300 questions", found, "plain Django: save 6", "at most 1.00 x for a save")
    print("  SQL statements: " + "; ".join(f"{name} {statements(task)}" for name, task in tasks.items()))
    print(f"  bytes: page {len(step.get()):,}; reply to an htmx save {len(step.save_one()):,}")


def among_others(step: Step) -> None:
    """Taken in turns with a page that does not touch these tables, before and after they grow."""

    def sign_in() -> object:
        return step.site.request("/account/sign-in/")

    def relative() -> float:
        found = medians({"save": step.save_one, "sign-in": sign_in})
        return found["save"] / found["sign-in"]

    alone = relative()
    add_drafts(step.draft, OTHERS)
    ratio = relative() / alone
    rows = Answer.objects.count() + AnswerChange.objects.count()
    print(f"\nThe same save among {OTHERS:,} more drafts and {rows:,} rows: {ratio:.2f} x (target: at most 1.15)")


def add_drafts(like: Assessment, count: int) -> None:
    person, now = like.created_by, timezone.now()
    mine: dict[str, Any] = {"team": like.team, "questionnaire": like.questionnaire, "created_by": person}
    drafts = [Assessment(pk=uuid4(), title="Another", **mine) for _ in range(count)]
    Assessment.objects.bulk_create(drafts, batch_size=1000)
    by_question = [(draft, key) for draft in drafts for key in FIELDS]
    Answer.objects.bulk_create(
        (Answer(assessment=d, question=key, value="a", changed_by=person, changed_at=now) for d, key in by_question),
        batch_size=1000,
    )
    AnswerChange.objects.bulk_create(
        (AnswerChange(assessment=d, question=key, value="a", version=1, by=person, at=now) for d, key in by_question),
        batch_size=1000,
    )


def main() -> None:
    call_command("migrate", verbosity=0)
    draft = half_answered()
    step = Step(Site(draft.created_by), draft)
    with plain_django:
        plain = PlainStep(Site(draft.created_by), draft)
    against_plain_django(step, plain)
    among_others(step)


if __name__ == "__main__":
    main()
