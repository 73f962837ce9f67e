"""Who is told of what: read from the audit trail of the real steps."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from apps.dashboard import notices
from apps.dashboard.models import Notice
from apps.dashboard.notices import make_notices
from apps.reviews import actions
from apps.reviews.transitions import ConditionVerb, Verb
from tests.factories.accounts import make_lead, make_member, make_officer, make_team, make_user
from tests.factories.reviews import decide, fresh, make_claimed, make_decided, make_review, report, send_back, step

pytestmark = pytest.mark.django_db


def told(now: datetime | None = None) -> set[tuple[str, str]]:
    """New notices: who, and what."""
    before = set(Notice.objects.values_list("pk", flat=True))
    now = now or timezone.now()
    made = make_notices(now=now, today=timezone.localdate(now))
    new = Notice.objects.exclude(pk__in=before).select_related("person")
    assert made == len(new)
    return {(notice.person.username, notice.sentence) for notice in new}


def test_every_risk_officer_is_told_of_a_submission_and_nobody_else() -> None:
    make_officer(username="one", email="one@example.org")
    make_officer(username="two", email="two@example.org")
    make_officer(username="without")
    make_officer(username="gone", email="gone@example.org", is_active=False)
    make_user(username="other", email="other@example.org")
    team = make_team(name="Sales")

    make_review(by=make_lead(team=team, email="lead@example.org"))

    sentence = "An assessment of Sales waits for a review."
    assert told() == {("one", sentence), ("two", sentence)}


def test_nobody_is_told_of_the_same_thing_twice() -> None:
    make_officer(email="one@example.org")
    make_review()

    assert len(told()) == 1
    assert not told()


@pytest.mark.parametrize("verb", [Verb.APPROVE, Verb.REJECT, Verb.REQUEST_CHANGES])
def test_leads_and_the_author_are_told_of_what_an_officer_decided(verb: Verb) -> None:
    team = make_team(name="Sales")
    make_lead(team=team, username="lead", email="lead@example.org")
    make_member(team=team, username="bystander", email="bystander@example.org")
    make_lead(team=make_team(), username="stranger", email="stranger@example.org")
    author = make_lead(team=team, username="author", email="author@example.org")
    officer = make_officer(email="officer@example.org")
    review = make_claimed(by=author, officer=officer)
    told()

    decide(review, verb)

    found = told()
    assert {person for person, _ in found} == {"lead", "author"}
    sentence = "Changes were requested to" if verb == Verb.REQUEST_CHANGES else "There is a decision on"
    assert {what for _, what in found} == {f"{sentence} an assessment of Sales."}


def test_author_who_left_the_team_is_not_told() -> None:
    team = make_team()
    author = make_lead(team=team, email="author@example.org")
    review = make_claimed(by=author)
    told()
    author.memberships.all().delete()

    decide(review, Verb.APPROVE)

    assert not told()


def test_comment_reaches_the_other_side() -> None:
    author = make_lead(team=make_team(name="Sales"), username="author", email="author@example.org")
    officer = make_officer(username="officer", email="officer@example.org")
    review = make_claimed(by=author, officer=officer)
    told()
    sentence = "There is a new comment on an assessment of Sales."

    actions.comment(by=officer, review=review, text="Which data?")
    assert told() == {("author", sentence)}
    actions.comment(by=author, review=review, text="Names and addresses.")
    assert told() == {("officer", sentence)}


def test_lapse_is_told_although_nobody_did_it() -> None:
    author = make_lead(team=make_team(name="Sales"), username="author", email="author@example.org")
    make_decided(by=author, valid_for=1)
    told()

    actions.lapse_overdue(today=timezone.localdate() + timedelta(days=2))

    assert told() == {("author", "An approval of Sales has lapsed.")}


def make_conditional(*, due_in: int) -> None:
    author = make_lead(team=make_team(name="Sales"), username="author", email="author@example.org")
    make_decided(by=author, verb=Verb.APPROVE_WITH_CONDITIONS, due_in=due_in)


def test_condition_is_reminded_of_once_a_week_before_it_is_due() -> None:
    make_conditional(due_in=30)
    told()

    assert not told(timezone.now() + timedelta(days=22))
    found = told(timezone.now() + timedelta(days=23))
    assert not told(timezone.now() + timedelta(days=24))

    [(person, sentence)] = found
    assert person == "author"
    assert sentence.startswith("A condition of an approval of Sales is due on")


def test_condition_that_is_overdue_is_not_reminded_of() -> None:
    make_conditional(due_in=3)

    assert not told(timezone.now() + timedelta(days=4))


def test_condition_that_is_reported_is_not_reminded_of_until_it_is_returned() -> None:
    make_conditional(due_in=3)
    make_officer(username="officer", email="officer@example.org")

    condition = report()
    told_of_report = told()
    no_reminder = Notice.objects.filter(event=0).exists()
    send_back(condition)
    told_of_return = told()

    assert ("officer", "Sales reported a condition of an approval as met.") in told_of_report
    assert not no_reminder
    assert ("author", "A condition of an approval of Sales was returned.") in told_of_return
    assert Notice.objects.filter(event=0).count() == 1


def test_team_is_told_that_its_report_was_accepted() -> None:
    make_conditional(due_in=3)
    condition = report()
    told()

    step(condition, ConditionVerb.ACCEPT)

    assert told() == {("author", "A condition of an approval of Sales was accepted as met.")}


def test_first_run_does_not_tell_of_what_is_long_past() -> None:
    make_officer(email="one@example.org")
    make_review()

    assert not told(timezone.now() + notices.FIRST_LOOK_BACK + timedelta(hours=1))


def test_old_notices_go() -> None:
    make_officer(email="one@example.org")
    make_review()
    told()

    told(timezone.now() + notices.KEPT + timedelta(days=1))

    assert not Notice.objects.exists()


def test_many_things_that_nobody_can_be_told_of_hide_none_that_somebody_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "AT_ONCE", 2)
    officer = make_officer(username="one", email="one@example.org")
    make_review()
    told()
    review = make_claimed(officer=officer)
    for text in ("One", "Two", "Three"):
        actions.comment(by=officer, review=review, text=text)  # to a lead without an address
    actions.comment(by=review.assessment.created_by, review=review, text="Four")

    assert len(told()) == 2  # the submission and the last comment


def test_number_of_statements_does_not_grow_with_what_was_told_before(django_assert_max_num_queries) -> None:
    make_officer(email="one@example.org")
    for _ in range(3):
        make_review()
    told()

    with django_assert_max_num_queries(9):
        make_notices(now=timezone.now(), today=timezone.localdate())


def test_link_leads_to_the_review() -> None:
    make_officer(email="one@example.org")
    review = make_review()
    told()

    assert Notice.objects.get().path == fresh(review).get_absolute_url()
