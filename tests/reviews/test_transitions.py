import pytest

from apps.accounts.permissions import PERMISSIONS
from apps.reviews.models import ConditionState, Status
from apps.reviews.transitions import (
    CLOCK,
    CONDITION_TRANSITIONS,
    DECISIONS,
    TRANSITIONS,
    ConditionVerb,
    NotPossible,
    Verb,
    possible,
    transition,
)


def test_transition_known_step_is_found():
    assert transition(Status.SUBMITTED, Verb.CLAIM).to == Status.IN_REVIEW


def test_transition_accepts_the_stored_value():
    assert transition("in_review", Verb.REJECT).to == Status.REJECTED


def test_transition_of_a_closed_review_is_refused_in_words():
    with pytest.raises(NotPossible, match="This is approved, so it is no longer possible to reject it"):
        transition(Status.APPROVED, Verb.REJECT)


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        (Verb.APPROVE, "to approve it."),
        (Verb.APPROVE_WITH_CONDITIONS, "to approve it with conditions."),
        (Verb.REQUEST_CHANGES, "to request changes."),
    ],
)
def test_a_step_that_is_not_possible_is_named_in_a_sentence(verb, words):
    with pytest.raises(NotPossible, match=words):
        transition(Status.REJECTED, verb)


def test_transition_of_what_was_never_submitted_is_refused():
    with pytest.raises(NotPossible, match="not submitted yet"):
        transition(None, Verb.APPROVE)


@pytest.mark.parametrize(
    ("status", "verb", "expected"), [("submitted", Verb.CLAIM, True), ("lapsed", Verb.CLAIM, False)]
)
def test_possible_follows_the_table(status, verb, expected):
    assert possible(status, verb) is expected


@pytest.mark.parametrize("status", Status)
def test_every_status_can_be_reached(status):
    assert status in {step.to for step in TRANSITIONS.values()}


@pytest.mark.parametrize("verb", Verb)
def test_every_verb_is_used(verb):
    assert any(each is verb for _, each in TRANSITIONS)


@pytest.mark.parametrize("step", TRANSITIONS.values(), ids=lambda step: step.audit)
def test_every_step_has_an_owner_and_an_audit_verb(step):
    assert step.audit.startswith("review.")
    assert step.permission == CLOCK or PERMISSIONS[step.permission]


def test_decisions_are_taken_only_while_in_review():
    assert {start for start, verb in TRANSITIONS if verb in DECISIONS} == {Status.IN_REVIEW}


def test_every_state_of_a_condition_is_reached_by_a_step_that_has_an_owner():
    assert set(CONDITION_TRANSITIONS) == set(ConditionVerb)
    assert {step.to for step in CONDITION_TRANSITIONS.values()} | {ConditionState.OPEN} == set(ConditionState)
    assert all(step.audit.startswith("review.condition_") for step in CONDITION_TRANSITIONS.values())
    assert all(PERMISSIONS[step.permission] for step in CONDITION_TRANSITIONS.values())
