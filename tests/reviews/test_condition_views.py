"""Reporting that a condition of an approval is met, and what is refused."""

import pytest

from apps.reviews.models import ApprovalCondition
from apps.reviews.transitions import Verb
from tests.factories.reviews import make_decided
from tests.reviews.steps import signed_in, url

pytestmark = pytest.mark.django_db


def test_condition_met_without_evidence_is_refused(client):
    review = make_decided(verb=Verb.APPROVE_WITH_CONDITIONS)
    condition = ApprovalCondition.objects.get()

    response = signed_in(client, review.submitted_by).post(
        url("condition_met", review.pk, condition.pk), {"evidence": ""}
    )

    assert response.status_code == 422


def test_condition_met_twice_is_refused(client):
    review = make_decided(verb=Verb.APPROVE_WITH_CONDITIONS)
    condition = ApprovalCondition.objects.get()
    address = url("condition_met", review.pk, condition.pk)
    signed_in(client, review.submitted_by).post(address, {"evidence": "Done"})

    response = client.post(address, {"evidence": "Done again"})

    assert response.status_code == 422
    assert "already reported" in response.content.decode()


def test_condition_of_another_review_is_not_found(client):
    review = make_decided(verb=Verb.APPROVE_WITH_CONDITIONS)
    other = make_decided(verb=Verb.APPROVE_WITH_CONDITIONS)
    foreign = ApprovalCondition.objects.get(decision__review=other)

    response = signed_in(client, review.submitted_by).post(
        url("condition_met", review.pk, foreign.pk), {"evidence": "x"}
    )

    assert response.status_code == 404


def test_condition_met_by_a_colleague_a_moment_ago_keeps_the_text(client, monkeypatch):
    review = make_decided(verb=Verb.APPROVE_WITH_CONDITIONS)
    condition = ApprovalCondition.objects.get()
    monkeypatch.setattr("apps.reviews.policies.condition_barred", lambda *_args: None)
    address = url("condition_met", review.pk, condition.pk)
    signed_in(client, review.submitted_by).post(address, {"evidence": "First"})

    response = client.post(address, {"evidence": "Second, typed at the same time"})

    assert response.status_code == 409
    assert "Second, typed at the same time" in response.content.decode()
