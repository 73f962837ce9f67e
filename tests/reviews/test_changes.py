"""The officer sees what changed since the submission before."""

import pytest

from apps.reviews import actions
from apps.reviews.changes import changes
from apps.reviews.models import Review
from apps.reviews.transitions import Verb
from tests.factories.accounts import make_officer
from tests.factories.assessments import save
from tests.factories.reviews import fresh, make_decided
from tests.reviews.steps import signed_in, url

pytestmark = pytest.mark.django_db


def submit_again(**answers) -> Review:
    review = make_decided(verb=Verb.REQUEST_CHANGES)
    save(by=review.submitted_by, assessment=review.assessment, seen=1, **answers)
    actions.submit(by=review.submitted_by, assessment=review.assessment)
    return fresh(review)


def page(client, review: Review) -> str:
    return signed_in(client, make_officer()).get(url("review", review.pk)).content.decode()


def test_changed_answers_are_listed_and_stand_beside_what_was_said_before(client) -> None:
    html = page(client, submit_again(owner="named"))

    assert "Changed since the submission before" in html
    assert '<li><a href="#answer-owner">Who answers for it?</a></li>' in html
    assert "Submission 1 said: Nobody" in html
    assert html.count("Submission 1 said") == 1
    assert "1 changed" in html


def test_unchanged_answers_are_said_to_be_unchanged(client) -> None:
    html = page(client, submit_again())

    assert "No answer has changed since the submission before." in html


def test_first_submission_compares_with_nothing(client) -> None:
    html = page(client, make_decided())

    assert "since the submission before" not in html


def test_question_that_is_no_longer_asked_is_named() -> None:
    def content(number: int, *answers: dict) -> dict:
        return {"number": number, "answers": list(answers)}

    told = {"question": "told", "title": "Told?", "value": "yes", "answer": "Yes"}
    owner = {"question": "owner", "title": "Who?", "value": "me", "answer": "Me"}

    found = changes(content(1, told), content(2, owner))

    assert found.gone == [told]
    assert found.before == {"owner": "not asked"}
