"""Who is told of what by mail.

What happened is read from the audit trail afterwards: nothing that somebody does waits for a mail server, and nothing
that happened is missed when one was down. A mail names the team and links to the page; what was answered, decided or
written is only ever read after signing in.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Q, QuerySet

from apps.accounts.models import Office, TeamRole, User
from apps.audit.models import AuditEvent
from apps.dashboard.models import Notice
from apps.reviews.models import UNMET, ApprovalCondition, Review
from apps.reviews.queries import standing_conditions
from apps.ui.formats import day

AT_ONCE = 500
FIRST_LOOK_BACK = timedelta(days=1)  # when nobody was ever told of anything: not of what is long past
REMIND = timedelta(days=7)  # before a condition is due
KEPT = timedelta(days=90)


def officers(_review: Review) -> QuerySet[User]:
    return User.objects.filter(office=Office.RISK_OFFICER)


def officer_in_charge(review: Review) -> QuerySet[User]:
    """Who has it in hand, or decided on it."""
    return User.objects.filter(pk__in=filter(None, [review.claimed_by_id]))


def team(review: Review) -> QuerySet[User]:
    """The leads, and whoever of the team started or submitted it."""
    assessment = review.assessment
    own = Q(memberships__role=TeamRole.LEAD) | Q(pk__in=[assessment.created_by_id, review.submitted_by_id])
    return User.objects.filter(own, memberships__team=assessment.team_id)


def team_and_officer(review: Review) -> QuerySet[User]:
    return team(review) | officer_in_charge(review)


class Telling(NamedTuple):
    sentence: str
    to: Callable[[Review], QuerySet[User]]


DECIDED = "There is a decision on an assessment of {team}."
TOLD = {
    "review.submitted": Telling("An assessment of {team} waits for a review.", officers),
    "review.changes_requested": Telling("Changes were requested to an assessment of {team}.", team),
    "review.approved": Telling(DECIDED, team),
    "review.approved_with_conditions": Telling(DECIDED, team),
    "review.rejected": Telling(DECIDED, team),
    "review.lapsed": Telling("An approval of {team} has lapsed.", team),
    "review.commented": Telling("There is a new comment on an assessment of {team}.", team_and_officer),
    "review.condition_reported": Telling("{team} reported a condition of an approval as met.", officers),
    "review.condition_accepted": Telling("A condition of an approval of {team} was accepted as met.", team),
    "review.condition_returned": Telling("A condition of an approval of {team} was returned.", team),
}
DUE = "A condition of an approval of {team} is due on {day}."


def make_notices(*, now: datetime, today: date) -> int:
    """Notices of what happened since the last time, and of what is due soon. Returns how many are new."""
    Notice.objects.filter(made_at__lt=now - KEPT).delete()
    before = Notice.objects.count()
    due = standing_conditions().filter(state__in=UNMET, due_on__range=(today, today + REMIND))
    found = [*of_conditions(due, now), *(notice for events in new_events(now) for notice in of_events(events, now))]
    Notice.objects.bulk_create(found, batch_size=AT_ONCE, ignore_conflicts=True)
    return Notice.objects.count() - before


def new_events(now: datetime) -> Iterator[list[AuditEvent]]:
    """In batches, to the last one: many in a row may have nobody to tell."""
    last = Notice.objects.order_by("-event").values_list("event", flat=True).first()
    unseen = AuditEvent.objects.filter(pk__gt=last) if last else AuditEvent.objects.filter(at__gt=now - FIRST_LOOK_BACK)
    unseen = unseen.filter(verb__in=TOLD).order_by("pk")
    batch = list(unseen[:AT_ONCE])
    while batch:
        yield batch
        batch = list(unseen.filter(pk__gt=batch[-1].pk)[:AT_ONCE])


def of_events(events: Sequence[AuditEvent], now: datetime) -> Iterator[Notice]:
    reviews = Review.objects.select_related("assessment__team").in_bulk([int(event.subject_id) for event in events])
    for event in events:
        review, telling = reviews[int(event.subject_id)], TOLD[event.verb]
        for person in reachable(telling.to(review)):
            if person.pk != event.by_id:
                yield notice(person, f"event {event.pk}", telling.sentence, review, now, event=event.pk)


def of_conditions(conditions: Iterable[ApprovalCondition], now: datetime) -> Iterator[Notice]:
    for condition in conditions:
        sentence = DUE.replace("{day}", day(condition.due_on))
        for person in reachable(team(condition.decision.review)):
            about = f"condition {condition.pk} due {condition.due_on}"
            yield notice(person, about, sentence, condition.decision.review, now)


def reachable(people: QuerySet[User]) -> QuerySet[User]:
    return people.filter(is_active=True).exclude(email="").distinct()


def notice(person: User, about: str, sentence: str, review: Review, now: datetime, event: int = 0) -> Notice:
    told = sentence.replace("{team}", review.assessment.team.name)
    path = review.get_absolute_url()
    return Notice(person=person, about=about, event=event, sentence=told, path=path, made_at=now)
