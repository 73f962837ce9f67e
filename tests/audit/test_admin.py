"""The audit log in Django admin: to read, not to touch."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.audit.actions import record
from apps.audit.models import AuditEvent
from tests.factories.accounts import make_admin, make_team, make_user
from tests.factories.assessments import make_assessment
from tests.factories.catalog import make_model
from tests.factories.reviews import make_review

pytestmark = pytest.mark.django_db


def test_log_is_read_only_for_admins(client):
    event = record(by=None, verb="team.made", subject=make_team())
    client.force_login(make_admin())

    seen = client.get(reverse("admin:audit_auditevent_changelist"))
    statuses = [
        client.post(reverse("admin:audit_auditevent_add"), {"verb": "x"}).status_code,
        client.post(reverse("admin:audit_auditevent_change", args=[event.pk]), {"verb": "x"}).status_code,
        client.post(reverse("admin:audit_auditevent_delete", args=[event.pk]), {"post": "yes"}).status_code,
    ]

    assert "team.made" in seen.content.decode()
    assert statuses == [403, 403, 403]
    assert AuditEvent.objects.get().verb == "team.made"


LOG = "/admin/audit/auditevent/"


def test_log_names_and_links_what_an_entry_is_about(client: Client) -> None:
    model, review = make_model(name="Mini"), make_review(title="Reply drafts")
    events = [record(by=None, verb="seen", subject=subject) for subject in (model, review)]
    client.force_login(make_admin())

    log, *own = [client.get(LOG).text, *(client.get(f"{LOG}{event.pk}/change/").text for event in events)]

    links = [
        f'<a href="/admin/catalog/model/{model.pk}/change/">Mini</a> (model)',
        f'<a href="/admin/reviews/review/{review.pk}/change/">Review of Reply drafts</a> (review)',
    ]
    for page, link in zip(own, links, strict=True):
        assert link in log
        assert link in page


def test_log_does_not_tell_what_a_draft_is_about_and_survives_what_is_gone(client: Client) -> None:
    draft, gone = make_assessment(title="Our secret plan"), make_team()
    for subject in (draft, gone):
        record(by=None, verb="seen", subject=subject)
    key = gone.pk
    gone.delete()
    client.force_login(make_admin())

    page = client.get(LOG).text

    assert "Our secret plan" not in page
    assert f"assessment {str(draft.pk)[:8]}" in page
    assert f"team {key}" in page


def test_log_asks_no_more_for_more_entries(client: Client) -> None:
    client.force_login(make_admin())

    def queries(count: int) -> int:
        for _ in range(count):
            for subject in (make_model(), make_review(), make_team(), make_user(), make_assessment()):
                record(by=None, verb="seen", subject=subject)
        with CaptureQueriesContext(connection) as captured:
            client.get(LOG)
        return len(captured)

    few = queries(1)
    assert queries(3) <= few


def test_start_page_lists_what_the_admin_did_newest_first(client: Client) -> None:
    admin, team = make_admin(), make_team(name="Billing")
    client.force_login(admin)
    assert "Nothing yet." in client.get("/admin/").content.decode()
    for verb, by in [("team.made", admin), ("questionnaire.published", admin), ("team.hidden", make_user())]:
        record(by=by, verb=verb, subject=team)

    page = client.get("/admin/").content.decode()

    assert page.index("questionnaire.published") < page.index("team.made")
    assert "Billing" in page
    assert "team.hidden" not in page
