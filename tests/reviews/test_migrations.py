"""Reports from before there were steps become the first step of their condition, and the other way round."""

import pytest
from django.core.management import call_command
from django.db import connection

from apps.reviews.models import ApprovalCondition, ConditionState
from apps.reviews.transitions import ConditionVerb, Verb
from tests.factories.reviews import make_decided, report, send_back, step

pytestmark = pytest.mark.django_db(transaction=True)


def test_reports_so_far_wait_for_an_officer():
    states = {"open": lambda _: None, "report": report, "return": lambda c: send_back(report(c))}
    states["accept"] = lambda condition: step(report(condition), ConditionVerb.ACCEPT)
    reviews = {name: make_decided(verb=Verb.APPROVE_WITH_CONDITIONS) for name in states}
    for name, review in reviews.items():
        states[name](review.decisions.get().conditions.get())

    call_command("migrate", "reviews", "0003", verbosity=0)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM reviews_approvalcondition WHERE met_at IS NOT NULL AND evidence != ''")
            assert cursor.fetchone() == (2,)
    finally:
        call_command("migrate", "reviews", verbosity=0)

    now = {name: ApprovalCondition.objects.get(decision__review=review) for name, review in reviews.items()}
    waiting = [name for name, condition in now.items() if condition.state == ConditionState.REPORTED]
    assert sorted(waiting) == ["accept", "report"]
    for name in waiting:
        (only,) = now[name].steps.all()
        assert (only.number, only.state, only.text) == (1, "reported", "List in the wiki")
        assert (only.by, only.due_on) == (reviews[name].submitted_by, now[name].due_on)
    assert not now["open"].steps.exists()
