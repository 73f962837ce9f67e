"""What a model touches: the assessments about it, the results that recommend it, its approval."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.catalog.models import Change, Model, Snapshot
from apps.dashboard import impact
from apps.dashboard.impact import impact_of
from apps.questionnaires.actions import publish_folder
from apps.reviews import actions, renderers
from apps.reviews.models import Review
from tests.factories.accounts import make_admin, make_lead, make_team
from tests.factories.assessments import make_assessment
from tests.factories.catalog import make_approved_model, make_model, make_offer, make_source
from tests.factories.portal import QUESTIONNAIRES, WELL_PREPARED, make_filled
from tests.factories.reviews import make_decided, make_review

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fake_renderer(monkeypatch: Any) -> None:
    monkeypatch.setattr(renderers, "_registered", ["tests.factories.reviews.FAKE_RENDERER"])


def make_recommending() -> Review:
    """A submitted result of the selector."""
    publish_folder(QUESTIONNAIRES)
    lead = make_lead(team=make_team())
    assessment = make_filled(by=lead, team=lead.teams.get(), key="selector", sheet=WELL_PREPARED)
    return actions.submit(by=lead, assessment=assessment)


def make_capable(slug: str) -> Model:
    """A model that meets every need a use case may have."""
    model = make_approved_model(
        slug=slug,
        context_window=1_000_000,
        input_modalities=["text", "image", "file", "audio"],
        tools=True,
        structured_outputs=True,
        reasoning=True,
    )
    make_offer(model=model)
    return model


def page(model: Model) -> str:
    client = Client()
    client.force_login(make_admin())
    response = client.get(reverse("dashboard:impact", args=[model.slug]))
    assert response.status_code == 200
    return response.content.decode()


def test_assessments_about_the_model_are_counted_and_linked() -> None:
    model = make_model()
    review = make_decided(model=model, title="Reply drafts", valid_for=90)
    make_review(model=make_model(), title="About another")

    found = impact_of(model)

    assert found.assessments == 1
    assert [row.title for row in found.newest] == ["Reply drafts"]
    assert found.newest[0].valid_until == timezone.localdate() + timedelta(days=90)
    assert reverse("admin:reviews_review_change", args=[review.pk]) in page(model)


def test_a_draft_is_counted_and_its_team_named_but_not_its_title() -> None:
    model = make_model()
    draft = make_assessment(model=model, title="Not yet for others")

    text = page(model)

    assert draft.team.name in text
    assert "Not yet for others" not in text
    assert impact_of(model).assessments == 1


def test_results_that_recommend_the_model_name_their_use_cases() -> None:
    first = make_capable("acme/first")
    unused = make_model(slug="acme/first-draft")

    review = make_recommending()

    (found,) = impact_of(first).recommended
    assert found.title == review.assessment.title
    assert found.use_cases
    assert found.use_cases[0] in page(first)
    assert impact_of(unused).recommended == ()


def test_an_assessment_about_the_model_is_no_recommendation() -> None:
    model = make_model()
    make_review(model=model)

    assert impact_of(model).recommended == ()


def test_the_search_for_recommendations_is_bounded_and_says_so(monkeypatch: Any) -> None:
    monkeypatch.setattr(impact, "SEARCHED", 0)
    model = make_capable("acme/first")
    make_recommending()

    assert not impact_of(model).searched_all
    assert "Only the newest submissions were searched" in page(model)


def test_a_use_case_that_does_not_choose_the_model_is_not_named() -> None:
    chosen = {"title": "Chosen", "models": {"choices": [{"slug": "acme/one"}]}}
    other = {"title": "Other", "models": {"choices": [{"slug": "acme/two"}]}}
    content = {"recommendations": {"start_here": [chosen], "next": [other], "refused": [chosen]}}

    assert list(impact.use_cases_naming("acme/one", content)) == ["Chosen"]
    assert list(impact.use_cases_naming("acme/one", {})) == []


def test_approval_shows_who_until_when_and_for_whom() -> None:
    day = timezone.localdate() + timedelta(days=30)
    model = make_approved_model(teams=[make_team(name="Claims")], approval_expires=day, approval_by=make_admin())

    text = page(model)

    assert "Restricted" in text
    assert "Claims" in text
    assert str(model.approval_by) in text


def test_as_many_questions_for_many_assessments_as_for_few() -> None:
    model = make_model()
    make_decided(model=model)
    few = queries(model)
    for _ in range(3):
        make_decided(model=model)

    assert queries(model) == few


def queries(model: Model) -> int:
    with CaptureQueriesContext(connection) as captured:
        impact_of(model)
    return len(captured)


def test_admin_and_feed_of_changes_lead_to_it_for_admins_only() -> None:
    model = make_model()
    make_assessment(model=model)
    today = timezone.localdate()
    snapshot = Snapshot.objects.create(source=make_source(), as_of=today, sha256="0" * 64, records=1)
    Change.objects.create(snapshot=snapshot, model=model, kind=Change.Kind.ADDED, on=today)
    address = reverse("dashboard:impact", args=[model.slug])
    client = Client()

    assert address not in client.get(reverse("catalog:changes")).content.decode()
    client.force_login(make_admin())
    feed = client.get(reverse("catalog:changes")).content.decode()
    assert address in feed
    assert "1 assessment<" in feed
    assert address in client.get(reverse("admin:catalog_model_change", args=[model.pk])).content.decode()
