"""From a submission to its end, step by step as people take them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.assessments.models import Assessment
from apps.assessments.queries import raw_answers
from apps.audit.actions import verify
from apps.audit.models import AuditEvent
from apps.reviews.actions import lapse_overdue
from apps.reviews.models import ApprovalCondition, Review, Status
from apps.reviews.transitions import Verb
from tests.factories.accounts import make_lead, make_officer, make_team
from tests.factories.assessments import save
from tests.factories.reviews import fresh, make_claimed, make_complete, make_decided
from tests.reviews.steps import decision_post, in_days, signed_in, url

pytestmark = pytest.mark.django_db


def test_journey_from_submission_to_changes_and_back(client):
    team = make_team()
    lead, officer, draft = make_lead(team=team), make_officer(), make_complete(team=team)

    page = signed_in(client, lead).post(url("submit", draft.pk), follow=True)
    assert "Submitted for review" in page.content.decode()
    review = Review.objects.get()

    signed_in(client, officer).post(url("claim", review.pk))
    client.post(url("comment", review.pk), {"question": "owner", "text": "Who is it?"})
    client.post(url("decide", review.pk), decision_post(review, "request_changes", reason="Name an owner."))

    page = signed_in(client, lead).get(url("review", review.pk)).content.decode()
    assert "Name an owner." in page
    assert "Who is it?" in page
    save(by=lead, assessment=draft, seen=1, owner="named")
    client.post(url("submit", draft.pk))
    assert (fresh(review).status, fresh(review).snapshot.number) == (Status.SUBMITTED, 2)
    verify()


def test_journey_from_conditions_to_their_evidence(client):
    review = make_claimed()
    post = decision_post(review, "approve_with_conditions", conditions=[("Train everybody", in_days(30))])

    page = signed_in(client, review.claimed_by).post(url("decide", review.pk), post, follow=True)
    assert "Recorded: approved with conditions" in page.content.decode()

    condition = ApprovalCondition.objects.get()
    steps = [
        ("report", review.submitted_by, "Eleven of twelve"),
        ("return", review.claimed_by, "And the twelfth?"),
        ("report", review.submitted_by, "Twelve of twelve"),
        ("accept", review.claimed_by, ""),
    ]
    for seen, (verb, person, text) in enumerate(steps):
        address = url(f"condition_{verb}", review.pk, condition.pk)
        page = signed_in(client, person).post(address, {"text": text, "seen": seen}, follow=True).content.decode()
        assert text in page
    for said in ("Eleven of twelve", "And the twelfth?", "Twelve of twelve", "Accepted by"):
        assert said in page
    assert fresh(review).status == Status.APPROVED_WITH_CONDITIONS
    verify()


def test_journey_to_a_lapsed_approval_and_back(client):
    review = make_decided(verb=Verb.APPROVE_WITH_CONDITIONS, due_in=5)
    lapse_overdue(today=timezone.localdate() + timedelta(days=6))

    page = signed_in(client, review.submitted_by).get(url("review", review.pk)).content.decode()
    assert "The approval no longer holds" in page
    assert review.assessment.get_absolute_url() in page

    client.post(url("submit", review.assessment.pk))
    assert fresh(review).status == Status.SUBMITTED


def test_what_was_rejected_is_started_again_from_its_answers_once(client):
    rejected = make_decided(verb=Verb.REJECT)
    earlier = rejected.assessment
    signed_in(client, rejected.submitted_by)
    assert "Start again from these answers" in client.get(rejected.get_absolute_url()).content.decode()

    response = client.post(url("start_again", rejected.pk))

    draft = Assessment.objects.exclude(pk=earlier.pk).get()
    assert response.url == draft.get_absolute_url()
    assert (draft.title, draft.is_draft) == (earlier.title, True)
    assert raw_answers(draft) == raw_answers(earlier)
    event = AuditEvent.objects.order_by("pk").last()
    assert (event.verb, event.details) == ("assessment.started_again", {"from": str(earlier.pk)})
    assert client.post(url("start_again", rejected.pk)).url == draft.get_absolute_url()
    assert Assessment.objects.count() == 2


def test_what_is_not_rejected_is_not_started_again(client):
    approved = make_decided()

    assert signed_in(client, approved.submitted_by).post(url("start_again", approved.pk)).status_code == 409
    assert Assessment.objects.count() == 1
