import pytest
from django.urls import reverse

from apps.reviews.models import Decision, Review, SubmittedReport
from apps.reviews.transitions import Verb
from tests.factories.accounts import make_admin
from tests.factories.reviews import FORBIDDEN, UNCERTAIN, make_decided

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin_client(client):
    client.force_login(make_admin())
    return client


def address(model, page, *args):
    return reverse(f"admin:reviews_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", [Review, Decision, SubmittedReport])
def test_admin_lists_and_shows_but_changes_nothing(admin_client, model):
    make_decided(verb=Verb.APPROVE_WITH_CONDITIONS)
    pk = model.objects.get().pk

    assert admin_client.get(address(model, "changelist")).status_code == 200
    assert admin_client.get(address(model, "change", pk)).status_code == 200
    assert admin_client.post(address(model, "change", pk), {"status": "approved"}).status_code == 403
    assert admin_client.get(address(model, "add")).status_code == 403
    assert admin_client.post(address(model, "delete", pk), {"post": "yes"}).status_code == 403


def test_admin_tells_the_level_in_words(admin_client):
    make_decided(verb=Verb.REJECT, answers=FORBIDDEN)
    make_decided(answers=UNCERTAIN)

    page = admin_client.get(address(Review, "changelist")).content.decode()

    assert "high, forbidden by a rule" in page
    assert "high, uncertain" in page


def test_admin_does_not_show_the_bytes_of_a_report(admin_client):
    make_decided()

    page = admin_client.get(address(SubmittedReport, "change", SubmittedReport.objects.get().pk)).content

    assert b"%PDF" not in page
