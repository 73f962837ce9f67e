"""The queue and the review page, as their readers use them."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Office
from apps.catalog.models import Model
from apps.reviews import actions
from apps.reviews.models import Comment, Decision, Review, Status
from apps.reviews.transitions import Verb
from tests.factories.accounts import make_lead, make_member, make_officer, make_team
from tests.factories.assessments import make_assessment, save
from tests.factories.catalog import make_approved_model
from tests.factories.reviews import (
    FORBIDDEN,
    SAFE,
    UNCERTAIN,
    fresh,
    make_claimed,
    make_complete,
    make_decided,
    make_review,
)
from tests.reviews.steps import decision_post, in_days, signed_in, url

pytestmark = pytest.mark.django_db

QUEUE = "/reviews/"


# --- submit


def test_submit_of_a_foreign_draft_is_not_found(client):
    draft = make_complete()

    response = signed_in(client, make_lead(team=make_team())).post(url("submit", draft.pk))

    assert response.status_code == 404


def test_submit_of_an_unknown_draft_is_not_found(client):
    assert signed_in(client, make_lead(team=make_team())).post(url("submit", uuid4())).status_code == 404


def test_submit_by_a_member_is_forbidden(client):
    draft = make_complete()

    response = signed_in(client, make_member(team=draft.team)).post(url("submit", draft.pk))

    assert response.status_code == 403
    assert not Review.objects.exists()


def test_submit_with_missing_answers_names_them(client):
    draft = make_assessment()

    response = signed_in(client, draft.created_by).post(url("submit", draft.pk))

    assert response.status_code == 422
    assert "What do you call it?" in response.content.decode()


def test_submit_again_leads_to_the_review_and_changes_nothing(client):
    review = make_review()

    response = signed_in(client, review.submitted_by).post(url("submit", review.assessment.pk), follow=True)

    assert "already submitted on" in response.content.decode()
    assert review.assessment.snapshots.count() == 1


def test_submit_by_get_is_not_offered(client):
    assert signed_in(client, make_officer()).get(url("submit", uuid4())).status_code == 405


# --- the queue


def test_queue_is_for_officers(client):
    assert signed_in(client, make_lead(team=make_team())).get(QUEUE).status_code == 403


def test_queue_without_submissions_says_so(client):
    assert "Nothing is waiting" in signed_in(client, make_officer()).get(QUEUE).content.decode()


def test_queue_shows_no_drafts(client):
    make_complete(title="Secret plan")

    assert "Secret plan" not in signed_in(client, make_officer()).get(QUEUE).content.decode()


def test_queue_is_ordered_by_risk_then_doubt_then_waiting(client):
    officer = make_officer()
    reviews = {
        "safe": make_review(answers=SAFE, title="safe"),
        "certain": make_review(title="certain"),
        "later": make_review(title="later"),
        "uncertain": make_review(answers=UNCERTAIN, title="uncertain"),
        "forbidden": make_review(answers=FORBIDDEN, title="forbidden"),
    }

    rows = signed_in(client, officer).get(QUEUE).context["page"].rows

    assert [row.assessment.title for row in rows] == ["forbidden", "uncertain", "certain", "later", "safe"]
    assert len(rows) == len(reviews)


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", {"open", "doubtful", "in hand"}),
        ("status=all", {"open", "doubtful", "in hand", "done"}),
        ("status=rejected", {"done"}),
        ("uncertain=on", {"doubtful"}),
        ("mine=on", {"in hand"}),
        ("level=low", {"open"}),
    ],
)
def test_queue_filters_by_the_address(client, query, titles):
    officer = make_officer()
    make_review(title="open", answers=SAFE)
    make_review(title="doubtful", answers=UNCERTAIN)
    make_claimed(title="in hand", officer=officer)
    make_decided(title="done", verb=Verb.REJECT)

    rows = signed_in(client, officer).get(f"{QUEUE}?{query}").context["page"].rows

    assert {row.assessment.title for row in rows} == titles


def test_queue_filters_by_team(client):
    wanted = make_review(title="wanted")
    make_review(title="other")

    rows = signed_in(client, make_officer()).get(f"{QUEUE}?team={wanted.assessment.team_id}").context["page"].rows

    assert [row.assessment.title for row in rows] == ["wanted"]


@pytest.mark.parametrize("query", ["status=nonsense", "level=x", "team=0", "team=abc", "mine=on&mine=off"])
def test_queue_with_a_forged_filter_is_refused(client, query):
    assert signed_in(client, make_officer()).get(f"{QUEUE}?{query}").status_code == 400


def test_queue_says_of_what_is_decided_that_it_no_longer_waits(client):
    make_decided(verb=Verb.REJECT)
    officer = make_officer()

    decided = signed_in(client, officer).get(QUEUE, {"status": "all"}).content.decode()
    make_review()
    waiting = client.get(QUEUE).content.decode()

    assert ("No longer waiting" in decided, "since" in decided) == (True, False)
    assert ("No longer" in waiting, "since" in waiting) == (False, True)


def test_queue_names_work_that_needs_another_reviewer(client):
    team = make_team()
    officer = make_lead(team=team, office=Office.RISK_OFFICER)
    make_review(by=officer, team=team)

    assert "Needs another reviewer" in signed_in(client, officer).get(QUEUE).content.decode()


def test_queue_pages_without_repeating_or_losing(client, monkeypatch):
    monkeypatch.setattr("apps.reviews.views.PER_PAGE", 2)
    for number in range(5):
        make_review(title=f"number {number}", answers=SAFE if number % 2 else UNCERTAIN)
    seen, after = [], ""

    while after is not None:
        page = signed_in(client, make_officer()).get(QUEUE, {"after": after}).context["page"]
        seen += [row.assessment.title for row in page]
        after = page.older

    assert sorted(seen) == [f"number {number}" for number in range(5)]


def test_queue_needs_as_many_queries_for_many_rows_as_for_one(client):
    officer = make_officer()
    make_review()
    signed_in(client, officer).get(QUEUE)
    with CaptureQueriesContext(connection) as one:
        client.get(QUEUE)
    for _ in range(4):
        make_claimed()

    with CaptureQueriesContext(connection) as many:
        client.get(QUEUE)

    assert len(many) == len(one)


def test_queue_sends_only_the_rows_to_htmx(client):
    response = signed_in(client, make_officer()).get(QUEUE, headers={"HX-Request": "true"})

    assert "<html" not in response.content.decode()


# --- the review page


def test_review_of_a_foreign_team_is_not_found(client):
    review = make_review()

    assert signed_in(client, make_lead(team=make_team())).get(url("review", review.pk)).status_code == 404


@pytest.mark.parametrize("pk", ["0", "9223372036854775808", "99999999999999999999999"])
def test_review_with_an_impossible_number_is_not_found(client, pk):
    assert signed_in(client, make_officer()).get(f"/reviews/{pk}/").status_code == 404


def test_review_shows_the_team_everything_but_the_decision_form(client):
    review = make_claimed()

    page = signed_in(client, review.submitted_by).get(url("review", review.pk)).content.decode()

    assert "Who answers for it?" in page
    assert "Nobody" in page
    assert url("decide", review.pk) not in page


def test_review_says_that_its_model_was_blocked(client):
    model = make_approved_model()
    review = make_claimed(model=model)
    assert "not for new work" not in signed_in(client, review.claimed_by).get(url("review", review.pk)).text

    Model.objects.update(approval="blocked", approval_reason="It leaks.")

    assert "It leaks." in signed_in(client, review.claimed_by).get(url("review", review.pk)).text


def test_review_shows_contradictions_before_the_answers(client):
    review = make_claimed(answers=SAFE | {"owner": "missing"})

    page = signed_in(client, review.claimed_by).get(url("review", review.pk)).content.decode()

    assert page.index("Told, but by whom?") < page.index('id="answers-heading"')


def test_review_shows_notices_apart_from_rules(client):
    review = make_claimed(answers=FORBIDDEN | {"told": "told"})

    page = signed_in(client, review.claimed_by).get(url("review", review.pk)).content.decode()
    rules, notices = page.split("Also applies, without changing the level")

    assert "Social scoring" in rules
    assert "Entry in the register" not in rules
    assert "Entry in the register" in notices
    assert "What to do:</strong> Write the entry." in notices


def test_review_disables_what_policies_forbid_and_says_why(client):
    review = make_claimed(answers=FORBIDDEN)

    page = signed_in(client, review.claimed_by).get(url("review", review.pk)).content.decode()

    assert page.count("A rule forbids this use, so it cannot be approved") == 2
    assert page.count('type="radio" name="verb"') == 4


def test_review_shows_the_snapshot_and_not_the_draft(client):
    review = make_decided(verb=Verb.REQUEST_CHANGES)
    save(by=review.submitted_by, assessment=review.assessment, seen=1, purpose="CHANGED SINCE")

    page = signed_in(client, make_officer()).get(url("review", review.pk)).content.decode()

    assert "CHANGED SINCE" not in page


def test_review_offers_the_record_only_of_a_decision_on_what_is_submitted_now(client):
    officer = make_officer()
    review = make_decided(verb=Verb.REQUEST_CHANGES, officer=officer)
    record = reverse("reports:record", args=[review.pk])
    before = signed_in(client, officer).get(url("review", review.pk)).content.decode()
    save(by=review.submitted_by, assessment=review.assessment, seen=1, purpose="Answered again")
    actions.submit(by=review.submitted_by, assessment=fresh(review).assessment)

    after = client.get(url("review", review.pk)).content.decode()

    assert record in before
    assert record not in after


def test_review_that_is_decided_shows_officers_no_form(client):
    review = make_decided(verb=Verb.APPROVE)

    page = signed_in(client, make_officer()).get(url("review", review.pk)).content.decode()

    assert "Nothing is left to decide. Status: approved." in page
    assert 'name="verb"' not in page


def test_review_shows_hostile_text_as_text(client):
    review = make_review(title="<b>bold</b>")
    Comment.objects.create(review=review, text="<script>alert(1)</script>", by=review.submitted_by, at=timezone.now())

    page = signed_in(client, make_officer()).get(url("review", review.pk)).content.decode()

    assert "<b>bold</b>" not in page
    assert "<script>alert" not in page


# --- the steps


@pytest.mark.parametrize("step", ["claim", "release", "decide"])
def test_steps_of_officers_are_forbidden_to_the_team(client, step):
    review = make_claimed()

    assert signed_in(client, review.submitted_by).post(url(step, review.pk)).status_code == 403


@pytest.mark.parametrize("step", ["claim", "release", "decide", "withdraw", "comment"])
def test_steps_on_foreign_reviews_are_not_found(client, step):
    review = make_claimed()

    assert signed_in(client, make_lead(team=make_team())).post(url(step, review.pk)).status_code == 404


def test_claim_of_own_work_is_refused_with_its_reason(client):
    team = make_team()
    officer = make_lead(team=team, office=Office.RISK_OFFICER)
    review = make_review(by=officer, team=team)

    response = signed_in(client, officer).post(url("claim", review.pk))

    assert response.status_code == 403
    assert "somebody else has to decide it" in response.content.decode()


def test_claim_of_what_is_claimed_conflicts(client):
    review = make_claimed()

    response = signed_in(client, make_officer()).post(url("claim", review.pk))

    assert response.status_code == 409


def test_release_puts_it_back(client):
    review = make_claimed()

    signed_in(client, make_officer()).post(url("release", review.pk))

    assert fresh(review).status == Status.SUBMITTED


def test_release_of_what_is_not_claimed_conflicts(client):
    assert signed_in(client, make_officer()).post(url("release", make_review().pk)).status_code == 409


def test_withdraw_by_the_lead(client):
    review = make_review()

    signed_in(client, review.submitted_by).post(url("withdraw", review.pk))

    assert fresh(review).status == Status.WITHDRAWN


def test_withdraw_of_what_is_decided_conflicts(client):
    review = make_decided()

    assert signed_in(client, review.submitted_by).post(url("withdraw", review.pk)).status_code == 409


def test_decide_without_a_reason_keeps_what_was_typed(client):
    review = make_claimed()
    post = decision_post(review, "approve_with_conditions", reason="", conditions=[("Train all", in_days(9))])

    response = signed_in(client, review.claimed_by).post(url("decide", review.pk), post)

    page = response.content.decode()
    assert response.status_code == 422
    assert "This was not done" in page, "at the top, as the form is far down on a phone"
    assert "Give the reason" in page
    assert "Train all" in page
    assert not Decision.objects.exists()


def test_decide_with_a_condition_without_a_day_is_refused(client):
    review = make_claimed()
    post = decision_post(review, "approve_with_conditions", conditions=[("Train all", "")])

    response = signed_in(client, review.claimed_by).post(url("decide", review.pk), post)

    assert response.status_code == 422
    assert "Give the day it is due" in response.content.decode()


def test_decide_without_reason_and_condition_says_both_at_once(client):
    review = make_claimed()
    post = decision_post(review, "approve_with_conditions", reason="")

    html = signed_in(client, review.claimed_by).post(url("decide", review.pk), post).content.decode()

    assert "Give the reason: it is what the team reads first. Name at least one condition" in html
    assert '<a href="#panel">Go to the decision</a>' in html


@pytest.mark.parametrize(
    "forged",
    [
        {"verb": "lapse"},
        {"verb": ""},
        {"valid_until": "2026-02-30"},
        {"reason": "x" * 4001},
        {"reason": ["one", "two"]},
        {"conditions-TOTAL_FORMS": "1000000000"},
        {"conditions-TOTAL_FORMS": "nonsense"},
        {"conditions-0-due_on": "0000-00-00"},
        {"conditions-0-text": "Only for conditional approvals", "conditions-0-due_on": "2099-01-01"},
    ],
)
def test_decide_with_forged_fields_is_refused(client, forged):
    review = make_claimed()

    response = signed_in(client, review.claimed_by).post(
        url("decide", review.pk), decision_post(review, "reject") | forged
    )

    assert response.status_code == 422
    assert not Decision.objects.exists()


@pytest.mark.parametrize("seen", ["", "0" * 64])
def test_decide_on_other_answers_than_seen_conflicts_and_keeps_the_text(client, seen):
    review = make_claimed()
    post = decision_post(review, "approve", snapshot=seen, reason="Thought about long.")

    response = signed_in(client, review.claimed_by).post(url("decide", review.pk), post)

    assert response.status_code == 409
    assert "Thought about long." in response.content.decode()
    assert not Decision.objects.exists()


def test_decide_without_a_pdf_says_that_nothing_was_recorded(client, monkeypatch):
    review = make_claimed()
    monkeypatch.setattr("apps.reviews.rendering.import_string", lambda _path: None)

    response = signed_in(client, review.claimed_by).post(url("decide", review.pk), decision_post(review, "approve"))

    assert response.status_code == 503
    assert "Nothing was recorded" in response.content.decode()
    assert "Well argued." in response.content.decode()


@pytest.mark.parametrize("posted", [{"text": ""}, {"text": "x" * 4001}, {"text": "Where?", "question": "nowhere"}])
def test_comment_that_cannot_be_stored_is_refused(client, posted):
    review = make_review()

    response = signed_in(client, make_officer()).post(url("comment", review.pk), {"question": "owner"} | posted)

    assert response.status_code == 422
    assert not Comment.objects.exists()


def test_comment_on_the_whole_leads_back_to_the_discussion(client):
    review = make_review()

    response = signed_in(client, make_officer()).post(url("comment", review.pk), {"text": "Good work."})

    assert response["Location"] == url("review", review.pk) + "#discussion"


def test_decision_on_an_earlier_submission_is_history_once_there_is_a_new_one(client):
    review = make_decided(verb=Verb.REQUEST_CHANGES)
    save(by=review.submitted_by, assessment=review.assessment, seen=1, owner="named")
    page = signed_in(client, review.submitted_by).get(url("review", review.pk)).content.decode()
    assert "Earlier decisions" not in page

    actions.submit(by=review.submitted_by, assessment=review.assessment)

    page = signed_in(client, review.submitted_by).get(url("review", review.pk)).content.decode()
    assert page.index(">Answers<") < page.index("Earlier decisions") < page.rindex("Well argued.")
    assert "Well argued." not in page[: page.index(">Answers<")]
