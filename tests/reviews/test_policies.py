from datetime import date, timedelta

import pytest
from django.utils import timezone

from apps.reviews import actions, policies
from apps.reviews.models import ApprovalCondition, Decision, Status
from apps.reviews.policies import ConditionText
from apps.reviews.queries import content_of, latest_decision
from apps.reviews.transitions import DECISIONS, ConditionVerb, Verb
from tests.factories.accounts import make_lead, make_officer, make_team
from tests.factories.reviews import FORBIDDEN, SAFE, make_claimed, make_decided, make_review, report, send_back

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)
TOMORROW = TODAY + timedelta(days=1)
MET = ConditionText("Train everybody", TOMORROW)


def test_wrong_status_names_the_status():
    assert policies.wrong_status(make_decided(verb=Verb.REJECT), Verb.APPROVE) == (
        "This is rejected, so it is no longer possible to approve it."
    )


@pytest.mark.parametrize("verb", DECISIONS)
def test_a_decision_on_what_nobody_reviews_says_what_to_do_first(verb: Verb):
    assert policies.wrong_status(make_review(), verb) == policies.START_FIRST


def test_wrong_status_says_nothing_where_the_step_exists():
    assert policies.wrong_status(make_review(), Verb.CLAIM) is None


def test_own_work_bars_an_officer_who_wrote_it():
    team = make_team()
    author = make_lead(team=team)
    review = make_review(by=author, team=team)

    assert "somebody else" in policies.own_work(review, author)


def test_own_work_bars_whoever_submitted_an_earlier_version():
    review = make_decided(verb=Verb.REQUEST_CHANGES)
    first, second = review.submitted_by, make_lead(team=review.assessment.team)
    again = actions.submit(by=second, assessment=review.assessment)

    assert policies.own_work(again, first)
    assert policies.own_work(again, second)


def test_own_work_lets_others_decide():
    assert policies.own_work(make_review(), make_officer()) is None


def test_not_in_hand_of_an_unclaimed_review():
    assert policies.not_in_hand(make_review(), make_officer()).startswith("Start the review first")


def test_not_in_hand_names_who_has_it():
    review = make_claimed(officer=make_officer(name="Officer One"))

    assert policies.not_in_hand(review, make_officer()).startswith("Officer One is reviewing this")


def test_not_in_hand_is_fine_for_the_one_who_claimed_it():
    officer = make_officer()

    assert policies.not_in_hand(make_claimed(officer=officer), officer) is None


@pytest.mark.parametrize("verb", [Verb.APPROVE, Verb.APPROVE_WITH_CONDITIONS])
def test_forbidden_outcome_cannot_be_approved(verb):
    content = content_of(make_review(answers=FORBIDDEN).snapshot)

    assert policies.forbidden(content, verb).startswith("A rule forbids this use")


def test_forbidden_outcome_can_be_rejected():
    content = content_of(make_review(answers=FORBIDDEN).snapshot)

    assert policies.forbidden(content, Verb.REJECT) is None


def test_permitted_outcome_can_be_approved():
    content = content_of(make_review(answers=SAFE).snapshot)

    assert policies.forbidden(content, Verb.APPROVE) is None


def test_stale_when_another_hash_was_seen():
    review = make_review()

    assert policies.stale(review, "0" * 64)
    assert policies.stale(review, review.snapshot.sha256) is None


@pytest.mark.parametrize(("reason", "barred"), [("", True), (" \n ", True), ("Fine.", False)])
def test_reason_missing(reason, barred):
    assert bool(policies.reason_missing(reason)) is barred


@pytest.mark.parametrize(
    ("verb", "conditions", "says"),
    [
        (Verb.APPROVE, [], None),
        (Verb.REJECT, [MET], "belong to"),
        (Verb.APPROVE_WITH_CONDITIONS, [], "at least one condition"),
        (Verb.APPROVE_WITH_CONDITIONS, [MET] * 11, "at most 10"),
        (Verb.APPROVE_WITH_CONDITIONS, [MET, ConditionText("Today is too soon", TODAY)], "in the future"),
        (Verb.APPROVE_WITH_CONDITIONS, [MET], None),
    ],
)
def test_conditions_wrong(verb, conditions, says):
    sentence = policies.conditions_wrong(verb, conditions, TODAY)

    assert sentence is None if says is None else says in sentence


@pytest.mark.parametrize(
    ("verb", "valid_until", "says"),
    [
        (Verb.REJECT, None, None),
        (Verb.REJECT, TOMORROW, "Only an approval"),
        (Verb.APPROVE, TODAY, "in the future"),
        (Verb.APPROVE, TOMORROW, None),
    ],
)
def test_validity_wrong(verb, valid_until, says):
    sentence = policies.validity_wrong(verb, valid_until, [], TODAY)

    assert sentence is None if says is None else says in sentence


def test_decision_barred_gives_the_first_reason_that_holds():
    officer = make_officer()
    unclaimed, claimed = make_review(), make_claimed(officer=officer)
    forbidden = make_claimed(officer=officer, answers=FORBIDDEN)

    assert (
        policies.decision_barred(unclaimed, officer, content_of(unclaimed.snapshot), Verb.REJECT)
        == policies.START_FIRST
    )
    assert "somebody else" in policies.decision_barred(
        claimed, claimed.submitted_by, content_of(claimed.snapshot), Verb.REJECT
    )
    assert "is reviewing this" in policies.decision_barred(
        claimed, make_officer(), content_of(claimed.snapshot), Verb.REJECT
    )
    assert "forbids" in policies.decision_barred(forbidden, officer, content_of(forbidden.snapshot), Verb.APPROVE)
    assert policies.decision_barred(claimed, officer, content_of(claimed.snapshot), Verb.APPROVE) is None


def test_claim_barred_for_own_work_and_for_what_is_claimed():
    review, claimed = make_review(), make_claimed()

    assert "somebody else" in policies.claim_barred(review, review.submitted_by)
    assert "no longer possible" in policies.claim_barred(claimed, make_officer())
    assert policies.claim_barred(review, make_officer()) is None


def test_comment_barred_once_the_review_has_ended():
    assert "closed" in policies.comment_barred(make_decided(verb=Verb.REJECT))
    assert policies.comment_barred(make_decided(verb=Verb.APPROVE_WITH_CONDITIONS)) is None


def test_question_unknown_only_for_questions_that_were_not_submitted():
    content = content_of(make_review().snapshot)

    assert policies.question_unknown(content, "nonsense")
    assert policies.question_unknown(content, "owner") is None
    assert policies.question_unknown(content, "") is None


@pytest.mark.parametrize(("due_in", "wrong"), [(1, False), (2, False), (3, True)])
def test_condition_is_due_before_the_approval_ends(due_in, wrong):
    conditions = [ConditionText("Train everybody", TODAY + timedelta(days=due_in))]

    sentence = policies.validity_wrong(Verb.APPROVE_WITH_CONDITIONS, TODAY + timedelta(days=2), conditions, TODAY)

    assert bool(sentence and "after the approval ends" in sentence) is wrong


def test_condition_barred_follows_its_state():
    review, today = make_decided(verb=Verb.APPROVE_WITH_CONDITIONS), timezone.localdate()
    condition = latest_decision(review).conditions.get()

    for state, verb, says in [
        ("open", ConditionVerb.REPORT, None),
        ("open", ConditionVerb.ACCEPT, "not reported this condition as met yet"),
        ("reported", ConditionVerb.REPORT, "already reported"),
        ("reported", ConditionVerb.RETURN, None),
        ("met", ConditionVerb.RETURN, "already accepted"),
        ("returned", ConditionVerb.ACCEPT, "not reported it again"),
        ("returned", ConditionVerb.REPORT, None),
    ]:
        condition.state = state
        sentence = policies.condition_barred(review, condition, verb, today)
        assert sentence is None if says is None else says in sentence


def test_condition_barred_when_the_approval_does_not_hold():
    review, today = make_decided(verb=Verb.APPROVE_WITH_CONDITIONS), timezone.localdate()
    condition = latest_decision(review).conditions.get()
    late, verb = condition.due_on + timedelta(days=1), ConditionVerb.REPORT
    another = make_decided()

    assert policies.condition_barred(review, condition, verb, condition.due_on) is None
    assert "no longer holds" in policies.condition_barred(review, condition, verb, late)
    assert "no condition" in policies.condition_barred(another, condition, verb, today)
    another.status = Status.APPROVED_WITH_CONDITIONS
    assert "earlier decision" in policies.condition_barred(another, condition, verb, today)


def test_condition_stale_unless_every_step_was_seen():
    make_decided(verb=Verb.APPROVE_WITH_CONDITIONS)
    condition = report()

    assert policies.condition_stale(condition, 1) is None
    assert policies.condition_stale(condition, 0)
    assert policies.condition_stale(condition, None)


def test_own_report_bars_whoever_gave_the_evidence():
    review = make_decided(verb=Verb.APPROVE_WITH_CONDITIONS)
    officer = make_officer()
    condition = report(send_back(report(), by=officer))

    assert "You reported" in policies.own_report(condition, review.submitted_by)
    assert policies.own_report(condition, officer) is None


@pytest.mark.parametrize(
    ("reason", "due_in", "new_in", "says"),
    [
        (" ", 1, None, "reason"),
        ("No", 1, None, None),
        ("No", 0, None, None),
        ("No", -1, None, "Name a new day"),
        ("No", -1, 0, None),
        ("No", 1, -1, "in the past"),
        ("No", 1, 2, None),
        ("No", 1, 3, "approval ends"),
    ],
)
def test_return_wrong(reason, due_in, new_in, says):
    condition = ApprovalCondition(
        decision=Decision(valid_until=TODAY + timedelta(days=2)), due_on=TODAY + timedelta(days=due_in)
    )
    new = None if new_in is None else TODAY + timedelta(days=new_in)

    sentence = policies.return_wrong(condition, reason, new, TODAY)

    assert sentence is None if says is None else says in sentence


def test_return_wrong_lets_any_later_day_where_the_approval_has_no_end():
    condition = ApprovalCondition(decision=Decision(), due_on=TODAY)

    assert policies.return_wrong(condition, "No", TODAY + timedelta(days=900), TODAY) is None
