"""The conditions of an approval: reported by the team, accepted or returned by an officer, and when they lapse."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from apps.accounts.models import Office
from apps.assessments.models import Assessment
from apps.audit.models import AuditEvent
from apps.reviews import actions, queries
from apps.reviews.models import ApprovalCondition, ConditionState, ConditionStep, Status
from apps.reviews.transitions import ConditionVerb, Verb
from tests.factories.accounts import make_admin, make_lead, make_member, make_officer, make_team
from tests.factories.reviews import fresh, make_decided, report, send_back, step

pytestmark = pytest.mark.django_db


really_today = timezone.localdate


def in_days(days):
    return really_today() + timedelta(days=days)


@pytest.fixture
def review():
    return make_decided(verb=Verb.APPROVE_WITH_CONDITIONS, due_in=5, valid_for=60)


@pytest.fixture
def at(monkeypatch):
    """Makes it another day."""

    def travel(days):
        day = in_days(days)
        monkeypatch.setattr("apps.reviews.actions.timezone.localdate", lambda: day)
        return day

    return travel


def steps(condition):
    return [(each.number, each.state, each.text, each.due_on) for each in condition.steps.all()]


def test_every_step_is_kept_and_audited(review):
    condition = report()
    first_day, second_day = condition.due_on, in_days(20)
    send_back(condition, due_on=second_day)
    report(condition, text="In the wiki, page 3")
    condition = step(condition, ConditionVerb.ACCEPT)

    assert (condition.state, condition.due_on) == (ConditionState.MET, second_day)
    assert steps(condition) == [
        (1, "reported", "List in the wiki", first_day),
        (2, "returned", "Where is the list?", second_day),
        (3, "reported", "In the wiki, page 3", second_day),
        (4, "met", "", second_day),
    ]
    events = AuditEvent.objects.filter(verb__startswith="review.condition_").order_by("pk")
    assert [(event.verb, event.details["step"], event.details["said"]) for event in events] == [
        ("review.condition_reported", 1, "List in the wiki"),
        ("review.condition_returned", 2, "Where is the list?"),
        ("review.condition_reported", 3, "In the wiki, page 3"),
        ("review.condition_accepted", 4, ""),
    ]


@pytest.mark.parametrize("verb", ConditionVerb)
def test_the_same_post_again_does_nothing(review, verb):
    condition, officer = ApprovalCondition.objects.get(), make_officer()
    by, seen, text = officer, 1, "" if verb is ConditionVerb.ACCEPT else "Said"
    if verb is ConditionVerb.REPORT:
        by, seen = review.submitted_by, 0
    else:
        report(condition)
    due_on = in_days(30) if verb is ConditionVerb.RETURN else None

    for _ in range(2):
        step(condition, verb, by=by, seen=seen, text=text, due_on=due_on)

    assert condition.steps.count() == seen + 1
    assert AuditEvent.objects.filter(verb__startswith="review.condition_").count() == seen + 1


def test_of_two_reports_at_once_the_second_is_told(review):
    condition = report(text="One", seen=0)

    with pytest.raises(actions.Conflict, match="since you opened the page"):
        report(condition, text="Two", seen=0)

    assert [each.text for each in ConditionStep.objects.all()] == ["One"]


def test_an_acceptance_of_what_was_replaced_meanwhile_is_told(review):
    condition = report()
    report(send_back(condition), text="Something else")

    with pytest.raises(actions.Conflict):
        step(condition, ConditionVerb.ACCEPT, seen=1)


def test_what_is_out_of_turn_is_a_conflict(review):
    for verb in (ConditionVerb.ACCEPT, ConditionVerb.RETURN):
        with pytest.raises(actions.Conflict, match="not reported"):
            step(ApprovalCondition.objects.get(), verb, text="No")


@pytest.mark.parametrize("verb", [ConditionVerb.ACCEPT, ConditionVerb.RETURN])
def test_only_officers_judge(review, verb):
    condition, team = report(), review.assessment.team

    for person in (review.submitted_by, make_lead(team=team), make_member(team=team), make_admin()):
        with pytest.raises(PermissionDenied):
            step(condition, verb, by=person, text="No")


@pytest.mark.parametrize("person", [make_officer, make_admin, lambda: make_member(team=make_team())])
def test_only_leads_of_the_team_report(review, person):
    with pytest.raises(PermissionDenied):
        report(by=person())


@pytest.mark.parametrize("verb", [ConditionVerb.ACCEPT, ConditionVerb.RETURN])
def test_nobody_judges_what_they_wrote_whatever_office_they_have(review, verb):
    author, reporter = review.submitted_by, make_lead(team=review.assessment.team)
    condition = report(by=reporter)
    for person in (author, reporter):
        person.office = Office.RISK_OFFICER
        person.save()

        with pytest.raises(actions.Refused, match="somebody else has to"):
            step(condition, verb, by=person, text="No")


def test_a_return_needs_a_reason_and_a_day_that_can_be(review):
    condition = report()

    for wrong in ({"text": " "}, {"due_on": in_days(-1)}, {"due_on": in_days(61)}):
        with pytest.raises(actions.Refused):
            send_back(condition, **wrong)
    send_back(condition, due_on=in_days(60))


# --- lapsing


def test_what_was_reported_on_its_day_holds_however_long_the_officer_takes(review, at):
    at(5)
    report()

    assert actions.lapse_overdue(today=in_days(50)) == []
    assert queries.lapse_reason(queries.latest_decision(review), in_days(50)) is None


def test_it_can_be_accepted_after_its_day(review, at):
    condition = report()
    at(6)

    assert step(condition, ConditionVerb.ACCEPT).state == ConditionState.MET
    assert actions.lapse_overdue(today=in_days(60)) == []


def test_what_was_not_reported_on_its_day_can_not_be_reported_any_more(review, at):
    at(6)

    with pytest.raises(actions.Conflict, match="no longer holds"):
        report()


def test_what_is_returned_lapses_after_its_day(review):
    send_back(report())

    assert actions.lapse_overdue(today=in_days(5)) == []
    assert actions.lapse_overdue(today=in_days(6)) == [review]


def test_what_is_returned_late_needs_a_day_and_lapses_after_that_one(review, at):
    condition = report()
    today = at(10)
    with pytest.raises(actions.Refused, match="Name a new day"):
        send_back(condition)

    send_back(condition, due_on=today)

    assert actions.lapse_overdue(today=today) == []
    assert actions.lapse_overdue(today=in_days(11)) == [review]


def test_an_approval_ends_on_its_last_day_whatever_was_reported(review, at):
    condition = report()
    at(61)

    with pytest.raises(actions.Conflict, match="valid until"):
        step(condition, ConditionVerb.ACCEPT)
    assert actions.lapse_overdue(today=in_days(61)) == [review]


def test_a_report_a_moment_before_the_lapse_is_in_time(review, monkeypatch):
    report()
    monkeypatch.setattr(queries, "overdue_approvals", lambda _today: [review])

    assert actions.lapse_overdue(today=in_days(6)) == []
    assert fresh(review).status == Status.APPROVED_WITH_CONDITIONS


def test_a_condition_of_an_earlier_round_cannot_be_judged(review):
    condition = report()
    actions.lapse_overdue(today=in_days(61))
    with pytest.raises(actions.Conflict, match="lapsed"):
        step(condition, ConditionVerb.ACCEPT)
    actions.submit(by=review.submitted_by, assessment=Assessment.objects.get(pk=review.assessment_id))

    assert not queries.reported_conditions().exists()


# --- what the database refuses


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE reviews_conditionstep SET text = 'other'",
        "DELETE FROM reviews_conditionstep",
        "UPDATE reviews_approvalcondition SET text = 'other'",
        "DELETE FROM reviews_approvalcondition",
    ],
)
def test_steps_and_what_was_decided_cannot_be_changed(review, sql):
    report()

    with pytest.raises(DatabaseError, match="cannot be changed or removed"), transaction.atomic():
        connection.cursor().execute(sql)
