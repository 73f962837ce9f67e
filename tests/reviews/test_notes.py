"""Whoever changes the answers sees what the officer asked for, on the pages where they do it."""

import pytest
from django.urls import reverse

from apps.reviews import actions
from apps.reviews.models import Review
from apps.reviews.transitions import Verb
from tests.factories.accounts import make_lead, make_team
from tests.factories.reviews import decide, fresh, make_claimed, make_complete, make_review
from tests.reviews.steps import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def returned() -> Review:
    review = make_claimed()
    officer = review.claimed_by
    actions.comment(by=officer, review=review, question="owner", text="Who stands in?")
    actions.comment(by=officer, review=review, question="", text="Well begun.")
    decide(review, Verb.REQUEST_CHANGES, reason="Name somebody.")
    return fresh(review)


def page(client, review: Review, name: str, *args: str) -> str:
    url = reverse(f"assessments:{name}", args=[review.assessment.pk, *args])
    return signed_in(client, review.submitted_by).get(url).content.decode()


def test_check_page_shows_reason_remarks_and_the_comment_beside_its_answer(client, returned) -> None:
    html = page(client, returned, "check")

    assert "The risk officer asked for changes" in html
    assert "Name somebody." in html
    assert "Well begun." in html
    assert html.index("Who answers for it?") < html.index("Who stands in?") < html.index("Are people told?")


def test_section_shows_the_reason_and_the_comment_on_its_question(client, returned) -> None:
    care, about = page(client, returned, "section", "care"), page(client, returned, "section", "about")

    assert "Name somebody." in care
    assert "Name somebody." in about
    assert "Who stands in?" in care
    assert "Who stands in?" not in about


def test_what_was_withdrawn_shows_comments_and_asks_for_nothing(client) -> None:
    review = make_claimed()
    actions.comment(by=review.claimed_by, review=review, question="owner", text="Who stands in?")
    actions.withdraw(by=review.submitted_by, review=fresh(review))

    html = page(client, review, "check")

    assert "Who stands in?" in html
    assert "asked for changes" not in html


def test_what_is_in_review_shows_no_notes_beside_its_answers(client) -> None:
    review = make_claimed()
    actions.comment(by=review.claimed_by, review=review, question="owner", text="Who stands in?")

    assert "Who stands in?" not in page(client, review, "check")


@pytest.mark.parametrize(("make", "most"), [(make_complete, 5), (make_review, 7)])
def test_section_asks_twice_more_where_there_is_a_review(client, django_assert_max_num_queries, make, most) -> None:
    made = make(by=make_lead(team=make_team()))
    assessment = getattr(made, "assessment", made)
    if made != assessment:
        actions.withdraw(by=made.submitted_by, review=fresh(made))
    signed_in(client, assessment.created_by)

    with django_assert_max_num_queries(most):
        client.get(reverse("assessments:section", args=[assessment.pk, "care"]))
