"""Two at the same moment: one wins, the other is told, and nothing is half done."""

import pytest

from apps.audit.actions import verify
from apps.reviews import actions
from apps.reviews.models import Decision, Status
from apps.reviews.transitions import ConditionVerb, Verb
from tests.factories.accounts import make_officer
from tests.factories.reviews import decide, fresh, make_claimed, make_decided, make_review, report, send_back, step
from tests.factories.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_decisions_at_once_leave_one():
    review = make_claimed()
    seen = [fresh(review), fresh(review)]

    raised = at_once(lambda: decide(seen[0], Verb.APPROVE), lambda: decide(seen[1], Verb.REJECT))

    assert sorted(raised, key=str) == [type(None), actions.Conflict]
    assert Decision.objects.count() == 1
    verify()


def test_two_claims_at_once_leave_one():
    review = make_review()
    officers, seen = [make_officer(), make_officer()], [fresh(review), fresh(review)]

    raised = at_once(
        lambda: actions.claim(by=officers[0], review=seen[0]), lambda: actions.claim(by=officers[1], review=seen[1])
    )

    assert sorted(raised, key=str) == [type(None), actions.Conflict]


def test_decision_and_withdrawal_at_once_leave_one():
    review = make_claimed()
    seen = [fresh(review), fresh(review)]

    raised = at_once(
        lambda: decide(seen[0], Verb.APPROVE), lambda: actions.withdraw(by=review.submitted_by, review=seen[1])
    )

    assert sorted(raised, key=str) == [type(None), actions.Conflict]
    assert Decision.objects.count() == (fresh(review).status == Status.APPROVED)


def test_an_acceptance_and_a_return_at_once_leave_one():
    make_decided(verb=Verb.APPROVE_WITH_CONDITIONS)
    condition, officers = report(), [make_officer(), make_officer()]

    raised = at_once(
        lambda: step(condition, ConditionVerb.ACCEPT, by=officers[0], seen=1),
        lambda: send_back(condition, by=officers[1], seen=1),
    )

    assert sorted(raised, key=str) == [type(None), actions.Conflict]
    assert condition.steps.count() == 2
    verify()
