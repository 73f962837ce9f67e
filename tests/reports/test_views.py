import hashlib
from uuid import uuid4

import pytest
from django.urls import reverse

from apps.reviews import actions, renderers
from apps.reviews.models import IssuedReport, SubmittedReport
from apps.reviews.transitions import Verb
from tests.factories.accounts import make_lead, make_member, make_officer, make_team
from tests.factories.reviews import fresh, make_complete, make_decided, make_review, report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_renderer")]


def url(name, *args):
    return reverse(f"reports:{name}", args=args)


def signed_in(client, user):
    client.force_login(user)
    return client


# --- PDFs


def test_draft_pdf_for_the_team(client):
    draft = make_complete(title="Reply drafts & more")

    response = signed_in(client, make_member(team=draft.team)).get(url("draft_pdf", draft.pk))

    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'inline; filename="reply-drafts-more-draft.pdf"'
    assert response.content.startswith(b"%PDF")


def test_pdfs_of_one_long_title_have_different_names(client):
    review = make_decided(verb=Verb.REJECT, title="Reply drafts " * 15)
    signed_in(client, review.submitted_by)

    submitted, decided = (client.get(url(name, review.pk))["Content-Disposition"] for name in ("pdf", "record"))

    assert submitted.endswith('-1.pdf"')
    assert decided.endswith('-1-decision.pdf"')


def test_draft_pdf_of_a_foreign_team_is_not_found(client):
    draft = make_complete()

    for stranger in (make_lead(team=make_team()), make_officer()):
        assert signed_in(client, stranger).get(url("draft_pdf", draft.pk)).status_code == 404


def test_draft_pdf_of_nothing_is_not_found(client):
    assert signed_in(client, make_officer()).get(url("draft_pdf", uuid4())).status_code == 404


def test_draft_pdf_once_submitted_leads_to_what_was_submitted(client):
    review = make_review()

    response = signed_in(client, review.submitted_by).get(url("draft_pdf", review.assessment.pk))

    assert response["Location"] == url("pdf", review.pk)


def test_pdf_serves_the_stored_bytes(client):
    review = make_review()
    address = url("pdf", review.pk)

    first, second = signed_in(client, review.submitted_by).get(address), signed_in(client, make_officer()).get(address)

    assert first.content == second.content == bytes(SubmittedReport.objects.get().pdf)


def test_pdf_of_a_foreign_team_is_not_found(client):
    review = make_decided()

    for name in ("pdf", "record"):
        assert signed_in(client, make_lead(team=make_team())).get(url(name, review.pk)).status_code == 404


def test_pdf_that_cannot_be_made_says_try_again(client, monkeypatch):
    review = make_review()
    monkeypatch.setattr(renderers, "_registered", ["tests.factories.reviews.no_such_renderer"])

    response = signed_in(client, make_officer()).get(url("pdf", review.pk))

    assert response.status_code == 503
    assert response["Retry-After"] == "60"


def test_draft_pdf_without_its_system_libraries_says_try_again(client, monkeypatch):
    draft = make_complete()
    monkeypatch.setattr("apps.reports.documents.report_pdf", lambda _data: missing_library())

    response = signed_in(client, draft.created_by).get(url("draft_pdf", draft.pk))

    assert response.status_code == 503
    assert "could not be made just now" in response.content.decode()


def missing_library():
    raise OSError("cannot load library 'libpango-1.0-0'")


def test_record_shows_the_decision(client):
    review = make_decided(verb=Verb.REJECT)

    response = signed_in(client, review.submitted_by).get(url("record", review.pk))

    assert response.content.startswith(b"%PDF")
    assert "decision.pdf" in response["Content-Disposition"]


def test_record_before_a_decision_is_not_found(client):
    assert signed_in(client, make_officer()).get(url("record", make_review().pk)).status_code == 404


def test_pdf_needs_a_sign_in(client):
    assert client.get(url("pdf", make_review().pk)).status_code == 302


# --- verify


def test_verify_is_public(client):
    assert client.get(url("verify")).status_code == 200


@pytest.mark.parametrize("typed", ["", "abc", "g" * 64, "x" * 500, "   "])
def test_verify_refuses_what_is_no_hash(client, typed):
    assert client.get(url("verify"), {"sha256": typed}).status_code == 422


def test_verify_takes_a_hash_as_people_paste_it(client):
    digest = "ab" * 32

    for typed in (digest, digest.upper(), f"  {digest}  report.pdf", " ".join([digest[:32], digest[32:]])):
        assert client.get(url("verify"), {"sha256": typed})["Location"] == url("verify_hash", digest)


def test_verify_knows_a_snapshot_and_how_its_review_stands(client):
    review = make_decided(verb=Verb.REJECT)

    page = client.get(url("verify_hash", review.snapshot.sha256)).content.decode()

    assert "This is known" in page
    assert "Rejected" in page


def test_verify_knows_a_stored_pdf_by_its_bytes(client):
    review = make_decided()
    pdf = signed_in(client, review.submitted_by).get(url("pdf", review.pk)).content
    client.logout()

    page = client.get(url("verify_hash", hashlib.sha256(pdf).hexdigest())).content.decode()

    assert "It is the PDF of a submission" in page


def test_verify_knows_each_pdf_with_the_decision_by_its_bytes(client):
    review = make_decided(verb=Verb.APPROVE_WITH_CONDITIONS)
    lead, address = review.submitted_by, url("record", review.pk)
    before, again = (signed_in(client, lead).get(address).content for _ in range(2))
    (condition,) = review.decisions.get().conditions.all()
    report(condition)
    after = client.get(address).content
    client.logout()

    for pdf in (before, after):
        page = client.get(url("verify_hash", hashlib.sha256(pdf).hexdigest())).content.decode()
        assert "It is a PDF with the decision" in page
        assert "Approved with conditions" in page
    assert before == again != after
    assert IssuedReport.objects.count() == 2


def test_verify_says_when_a_later_submission_replaced_it(client):
    review = make_decided(verb=Verb.REQUEST_CHANGES)
    old = review.snapshot.sha256
    actions.submit(by=review.submitted_by, assessment=fresh(review).assessment)

    assert "replaced by a later submission" in client.get(url("verify_hash", old)).content.decode().lower()


def test_verify_of_an_unknown_hash_says_so(client):
    assert "This is not known" in client.get(url("verify_hash", "0" * 64)).content.decode()


@pytest.mark.parametrize(
    ("sha256", "says"),
    [
        ("0" * 63, "63 of 64 characters"),
        ("0a1b2c3d4e5f", "the whole is on the last page"),
        ("report.pdf", "A SHA-256 has 64 characters"),
    ],
)
def test_verify_of_a_broken_address_is_not_found_and_says_why(client, sha256, says):
    response = client.get(f"/reports/verify/{sha256}/")

    assert response.status_code == 404
    assert says in response.content.decode()


def test_verify_of_an_address_in_capitals_leads_to_the_one_in_small_letters(client):
    assert client.get(url("verify_hash", "A" * 64))["Location"] == url("verify_hash", "a" * 64)


def test_verify_gives_nothing_of_the_content_away(client):
    review = make_decided(title="SECRET TITLE", officer=make_officer(name="SECRET OFFICER"))

    page = client.get(url("verify_hash", review.snapshot.sha256)).content.decode()

    for secret in ("SECRET TITLE", "SECRET OFFICER", review.assessment.team.name, "Drafting replies", "Well argued"):
        assert secret not in page
