from datetime import date, timedelta

import pytest
from django.utils import timezone

from apps.reviews import actions, queries
from apps.reviews.models import Review
from apps.reviews.transitions import Verb
from tests.factories.accounts import make_lead
from tests.factories.reviews import SAFE, fresh, make_decided, make_review, make_selector_questionnaire

pytestmark = pytest.mark.django_db


def test_risk_rank_is_zero_where_there_are_no_levels():
    content = {"outcome": {"forbidden": False, "level": None}}

    assert queries.risk_rank(content, queries.definition(make_selector_questionnaire())) == 0


def test_is_uncertain_without_levels_when_anything_is_missing():
    outcome = {"level": None, "missing": [{"question": "owner"}]}

    assert queries.is_uncertain({"outcome": outcome})
    assert not queries.is_uncertain({"outcome": outcome | {"missing": []}})


def test_people_involved_are_all_who_wrote_or_submitted():
    review = make_review(answers=SAFE)

    assert queries.people_involved(review) == {review.submitted_by_id}


def test_people_involved_are_also_those_of_what_it_was_started_again_from():
    rejected = make_decided(verb=Verb.REJECT)
    team = rejected.assessment.team
    colleague = make_lead(team=team)
    draft = actions.start_again(by=colleague, review=rejected)
    submitted = actions.submit(by=colleague, assessment=draft)

    review = fresh(submitted)

    assert queries.people_involved(review) == {rejected.submitted_by_id, colleague.pk}
    assert queries.with_own_work(Review.objects.filter(pk=review.pk), rejected.submitted_by).get().is_own
    assert not queries.with_own_work(Review.objects.filter(pk=review.pk), make_lead(team=team)).get().is_own


def test_lapse_reason_names_what_is_overdue():
    decision = make_decided(verb=Verb.APPROVE_WITH_CONDITIONS, due_in=3).decisions.get()
    today = timezone.localdate()

    assert queries.lapse_reason(decision, today) is None
    assert "Train everybody" in queries.lapse_reason(decision, today + timedelta(days=4))


def test_lapse_reason_names_the_end_date():
    decision = make_decided(valid_for=3).decisions.get()
    decision.valid_until = date(2026, 11, 22)

    assert queries.lapse_reason(decision, date(2026, 11, 23)) == "The approval was valid until 22 November 2026."
    assert queries.lapse_reason(decision, date(2026, 11, 22)) is None
