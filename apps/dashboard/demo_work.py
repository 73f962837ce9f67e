"""Assessments to try the portal with. They are data, in fixtures/demo/: who does what, one step after the other.

Each step is the same action that a page would take, by one of the demo people, so that history, snapshots, decisions
and the audit record are what they would be.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.assessments import actions as assessments
from apps.assessments import queries, sheets
from apps.assessments.actions import Posted
from apps.assessments.models import Assessment
from apps.assessments.prefill import from_title
from apps.audit.models import AuditEvent
from apps.catalog.models import Model
from apps.dashboard.demo import PEOPLE
from apps.questionnaires.documents import read_file
from apps.questionnaires.models import QuestionnaireVersion
from apps.reviews import actions as reviews
from apps.reviews.models import ApprovalCondition, Review
from apps.reviews.policies import ConditionText
from apps.reviews.transitions import ConditionVerb, Verb
from apps.selector.prefill import prefill
from apps.selector.queries import library

People = Mapping[str, User]


class DemoNotMade(Exception):
    """A step of a file was refused, so there is no demo work at all; the argument says which and why."""


@transaction.atomic
def make_demo_work() -> None:
    """All of it or nothing, and only where nobody has ever started an assessment: what is deleted stays deleted."""
    # Of two starts at once, the second waits here and then sees what the first made.
    people = {p.username: p for p in User.objects.select_for_update().filter(username__in=[p.username for p in PEOPLE])}
    if AuditEvent.objects.filter(verb="assessment.started").exists():
        return
    for entry in entries():
        play(entry, people)


def entries() -> Iterator[dict[str, Any]]:
    for path in sorted((settings.FIXTURES_DIR / "demo").glob("*.yaml")):
        with told(f"fixtures/demo/{path.name}"):
            found = read_file(path).data
        yield from found


def play(entry: Mapping[str, Any], people: People) -> None:
    title = entry.get("title") or entry["chosen"]["use_case"]
    with told(f"“{title}”"):
        assessment = begin(entry, people)
    for number, step in enumerate(entry["steps"], start=1):
        said = {name: value for name, value in step.items() if name not in ("do", "by")}
        with told(f"“{title}”, step {number}"):
            STEPS[step["do"]](assessment, people[step["by"]], **said)


@contextmanager
def told(what: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise DemoNotMade(f"{what} was refused: {error!r}") from error


def begin(entry: Mapping[str, Any], people: People) -> Assessment:
    by = people[entry["by"]]
    questionnaire = QuestionnaireVersion.objects.get(**entry["questionnaire"])
    fields: dict[str, Any]
    if chosen := entry.get("chosen"):
        fields = from_selector(**chosen)
    else:
        fields = {"title": entry["title"], "prefill": from_title(questionnaire.key, entry["title"])}
    model = Model.objects.get(slug=entry["model"]) if "model" in entry else None
    return assessments.start(by=by, team=by.teams.get(), questionnaire=questionnaire, model=model, **fields)


def from_selector(of: str, use_case: str) -> dict[str, Any]:
    """What the result page of a selector passes on when a risk test is started there."""
    selector = Assessment.objects.get(title=of)
    found = library(queries.definition(selector)).by_key[use_case]
    return {"title": found.title, "use_case": use_case, "prefill": prefill(found, queries.raw_answers(selector))}


def answer(assessment: Assessment, by: User, answers: Mapping[str, Any]) -> None:
    sheet = sheets.sheet(assessment)
    posted = {question: Posted(raw, sheet.version(question)) for question, raw in answers.items()}
    assessments.save_answers(by=by, sheet=sheet, posted=posted)


def submit(assessment: Assessment, by: User) -> None:
    reviews.submit(by=by, assessment=assessment)


def claim(assessment: Assessment, by: User) -> None:
    reviews.claim(by=by, review=review_of(assessment))


def comment(assessment: Assessment, by: User, text: str, question: str = "") -> None:
    reviews.comment(by=by, review=review_of(assessment), text=text, question=question)


def decide(
    assessment: Assessment,
    by: User,
    verb: str,
    reason: str,
    conditions: Sequence[Mapping[str, Any]] = (),
    valid_days: int | None = None,
) -> None:
    review, today = review_of(assessment), timezone.localdate()
    reviews.decide(
        by=by,
        review=review,
        verb=Verb(verb),
        reason=reason,
        seen_sha256=review.snapshot.sha256,
        conditions=[ConditionText(each["text"], today + timedelta(each["due_in_days"])) for each in conditions],
        valid_until=today + timedelta(valid_days) if valid_days else None,
    )


def report(assessment: Assessment, by: User, condition: int, text: str) -> None:
    """The condition by its place in the decision, from 1."""
    asked = ApprovalCondition.objects.filter(decision__review__assessment=assessment).order_by("pk")[condition - 1]
    reviews.step_condition(by=by, condition=asked, verb=ConditionVerb.REPORT, seen=0, text=text)


STEPS: Mapping[str, Callable[..., None]] = {
    step.__name__: step for step in (answer, submit, claim, comment, decide, report)
}


def review_of(assessment: Assessment) -> Review:
    return Review.objects.select_related("assessment__team", "snapshot", "claimed_by").get(assessment=assessment)
