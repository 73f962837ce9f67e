"""Reporting that a condition of an approval is met, accepting and returning it, and what is refused."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.reviews import actions
from apps.reviews.models import ApprovalCondition
from apps.reviews.transitions import Verb
from tests.factories.accounts import make_officer
from tests.factories.reviews import make_decided, report, send_back
from tests.reviews.steps import in_days, signed_in, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def review():
    return make_decided(verb=Verb.APPROVE_WITH_CONDITIONS, valid_for=60)


@pytest.fixture
def officer():
    return make_officer(name="Officer Two")


def post(client, person, verb, condition, **fields):
    address = url(f"condition_{verb}", condition.decision.review_id, condition.pk)
    return signed_in(client, person).post(address, {"seen": condition.steps.count()} | fields)


def page_of(client, person, review):
    return signed_in(client, person).get(url("review", review.pk)).content.decode()


def test_a_report_without_evidence_is_refused(client, review):
    response = post(client, review.submitted_by, "report", ApprovalCondition.objects.get(), text="")

    assert response.status_code == 422
    assert "Say how it was met" in response.content.decode()


def test_a_second_report_is_told_and_its_text_kept(client, review):
    response = post(client, review.submitted_by, "report", report(), text="Typed at the same time", seen=0)

    assert response.status_code == 409
    assert "Typed at the same time" in response.content.decode()


def test_a_condition_of_another_review_is_not_found(client, review):
    foreign = ApprovalCondition.objects.get(decision__review=make_decided(verb=Verb.APPROVE_WITH_CONDITIONS))
    address = url("condition_report", review.pk, foreign.pk)

    assert signed_in(client, review.submitted_by).post(address, {"text": "x", "seen": "0"}).status_code == 404


def test_the_team_sees_that_its_report_waits_and_cannot_send_another(client, review):
    condition = report()

    page = page_of(client, review.submitted_by, review)

    assert "waits for a risk officer" in page
    assert "List in the wiki" in page
    assert url("condition_report", review.pk, condition.pk) not in page
    assert url("condition_accept", review.pk, condition.pk) not in page


def test_an_officer_accepts_and_everybody_sees_who_and_when(client, review, officer):
    condition = report()
    assert url("condition_accept", review.pk, condition.pk) in page_of(client, officer, review)

    response = post(client, officer, "accept", condition)

    assert response.url == f"{review.get_absolute_url()}#conditions"
    assert "Accepted by Officer Two" in page_of(client, review.submitted_by, review)


def test_a_returned_condition_shows_the_reason_and_what_was_written(client, review, officer):
    post(client, officer, "return", report(), text="Where is it?", due_on=in_days(40))

    page = page_of(client, review.submitted_by, review)

    assert "Where is it?" in page
    assert ">List in the wiki</textarea>" in page
    assert "Report again" in page
    assert ApprovalCondition.objects.get().due_on == timezone.localdate() + timedelta(days=40)


@pytest.mark.parametrize(("days", "says"), [(None, False), (40, True)])
def test_a_return_tells_the_day_only_where_it_is_a_new_one(client, review, days, says):
    send_back(report(), due_on=days and timezone.localdate() + timedelta(days=days))

    assert ("from then on" in page_of(client, review.submitted_by, review)) == says


def test_a_second_return_tells_the_day_only_where_it_is_newer_than_that_of_the_first(client, review):
    day = timezone.localdate() + timedelta(days=40)
    send_back(report(send_back(report(), due_on=day)), due_on=day)

    assert page_of(client, review.submitted_by, review).count("from then on") == 1


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"text": ""}, "Say what is missing"),
        ({"text": "No", "due_on": "never"}, "Enter a real date"),
        ({"text": "No", "due_on": in_days(-1)}, "in the past"),
        ({"text": "No", "due_on": in_days(61)}, "The approval ends on"),
        ({"text": "x" * 1001}, "at most 1000 characters"),
        ({"text": "No", "seen": "many"}, "whole number"),
    ],
)
def test_a_return_that_cannot_be_keeps_what_was_typed(client, review, officer, fields, says):
    response = post(client, officer, "return", report(), **fields)

    page = response.content.decode()
    assert response.status_code == 422
    assert says in page
    assert f">{fields['text']}</textarea>" in page
    assert f'value="{fields.get("due_on", "")}"' in page


def test_of_two_officers_the_second_is_told_and_keeps_the_reason(client, review, officer):
    condition = report()
    faster = make_officer()
    post(client, faster, "accept", condition, seen=1)

    response = post(client, officer, "return", condition, text="I cannot find it.", seen=1)

    page = response.content.decode()
    assert response.status_code == 409
    assert "I cannot find it." in page
    assert f", by {faster} on " in page
    assert f'href="{review.get_absolute_url()}#conditions"' in page


def test_a_double_click_is_no_conflict(client, review, officer):
    condition = report()

    answers = [post(client, officer, "accept", condition, seen=1).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert condition.steps.count() == 2


def test_an_officer_who_wrote_it_reads_why_somebody_else_has_to(client, review):
    condition, author = report(), review.submitted_by
    author.memberships.all().delete()
    author.office = "risk_officer"
    author.save()

    page = page_of(client, author, review)

    assert "You reported this condition as met" in page
    assert url("condition_accept", review.pk, condition.pk) not in page
    assert post(client, author, "accept", condition).status_code == 422


def test_late_returns_ask_for_a_day(client, review, officer, monkeypatch):
    report()
    late = timezone.localdate() + timedelta(days=31)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_args: late)

    assert "so it needs a new day" in page_of(client, officer, review)


def test_the_queue_has_what_was_reported_until_it_is_answered(client, review, officer):
    queue, filtered = url("queue"), f"{url('queue')}?status=condition_reported"
    address = f"{review.get_absolute_url()}#conditions"
    signed_in(client, officer)
    assert address not in client.get(queue).content.decode()

    condition = report()
    for page in (client.get(queue), client.get(filtered)):
        assert address in page.content.decode()
        assert "A condition is reported as met" in page.content.decode()

    send_back(condition)
    for page in (client.get(queue), client.get(filtered)):
        assert review.get_absolute_url() not in page.content.decode()


@pytest.mark.parametrize("of_team", [True, False], ids=["lead", "officer"])
def test_more_steps_ask_the_database_no_more(client, review, officer, of_team):
    condition = report()
    reader = review.submitted_by if of_team else officer
    page_of(client, reader, review)

    with CaptureQueriesContext(connection) as few:
        page_of(client, reader, review)
    for _ in range(3):
        report(send_back(condition))
    with CaptureQueriesContext(connection) as many:
        page_of(client, reader, review)

    assert len(many) == len(few)
    assert len(many) <= 30


def test_of_a_lapsed_approval_nothing_waits(client, review, officer):
    report()
    actions.lapse_overdue(today=timezone.localdate() + timedelta(days=61))

    page = page_of(client, officer, review)

    assert "Reported as met" in page
    assert "waits for a risk officer" not in page
    assert "there is no condition to meet" in page
