"""Members answer, leads submit, officers decide: on the published questionnaires, with htmx and without."""

import re

import pytest
from django.urls import reverse

from apps.assessments.models import Assessment
from apps.audit.models import AuditEvent
from apps.reviews.models import Review
from tests.factories.portal import CAREFUL, HALF_WAY, WELL_PREPARED, answer_sheet, make_filled
from tests.journeys import steps

FILL = [pytest.param(steps.fill_page_by_page, id="pages"), pytest.param(steps.fill_one_by_one, id="htmx")]


@pytest.mark.parametrize("fill", FILL)
def test_member_answers_and_leaves_submitting_to_the_lead(signed_in, fill):
    client = signed_in("member")
    first = steps.start(client, "risktest", "Help chat")

    end = fill(client, first, answer_sheet("risktest", HALF_WAY))

    assert end.endswith("/check/")
    page = client.get(end).content.decode()
    assert "A team lead submits it" in page
    assert "Submit for review" not in page
    made = Assessment.objects.get(title="Help chat")
    assert client.post(reverse("reviews:submit", args=[made.pk])).status_code == 403
    assert made.is_draft


@pytest.mark.parametrize("fill", FILL)
def test_lead_finds_a_use_case_tests_and_submits_it(signed_in, fill):
    client = signed_in("lead")
    fill(client, steps.start(client, "selector", "First steps"), answer_sheet("selector", WELL_PREPARED))
    selector = Assessment.objects.get(title="First steps")
    recommended = client.get(reverse("selector:result", args=[selector.pk])).context["found"]["start_here"]
    assert 1 <= len(recommended) <= 3

    started = client.post(reverse("selector:test_risk", args=[selector.pk, recommended[0]["key"]]))
    first = client.get(started.url).url
    fill(client, first, answer_sheet("risktest", CAREFUL))
    test = Assessment.objects.get(use_case=recommended[0]["key"])
    client.post(reverse("reviews:submit", args=[test.pk]))

    assert Review.objects.get(assessment=test).status == "submitted"
    assert client.post(first, {}).status_code == 409
    assert client.post(first, {}, headers=steps.HTMX)["HX-Retarget"] == "#notices"


def test_what_was_typed_is_the_same_with_htmx_and_without(signed_in):
    client, sheet = signed_in("lead"), dict(answer_sheet("risktest", HALF_WAY))
    del sheet["use_name"]  # filled in from the title

    for title, fill in [("Pages", steps.fill_page_by_page), ("One by one", steps.fill_one_by_one)]:
        fill(client, steps.start(client, "risktest", title), sheet)

    stored = [
        dict(Assessment.objects.get(title=title).answers.exclude(question="use_name").values_list("question", "value"))
        for title in ("Pages", "One by one")
    ]
    assert stored[0] == stored[1]
    assert stored[0].items() >= sheet.items()


def test_officer_reads_asks_and_decides_and_the_team_answers(portal, signed_in):
    lead, officer = signed_in("lead"), signed_in("officer")
    filled = make_filled(
        by=portal.people["lead"], team=portal.team, key="risktest", sheet=CAREFUL, title="Minutes of meetings"
    )
    lead.post(reverse("reviews:submit", args=[filled.pk]))
    review = Review.objects.get(assessment=filled)
    url = review.get_absolute_url()
    assert "Minutes of meetings" in officer.get(reverse("reviews:queue")).content.decode()

    officer.post(f"{url}claim/")
    officer.post(f"{url}comment/", {"question": "fallback", "text": "When will you try it?"})
    lead.post(f"{url}comment/", {"question": "fallback", "text": "In March."})
    officer.post(f"{url}decide/", decision(review, "approve_with_conditions", condition="It has been tried."))

    page = lead.get(url).content.decode()
    for said in ["When will you try it?", "In March.", "It has been tried.", "Well argued."]:
        assert said in page
    condition = re.search(rf"{url}conditions/\d+/report/", page)
    assert condition
    lead.post(condition.group(), {"text": "Tried on 3 March, see the log.", "seen": "0"})
    assert "Tried on 3 March" in officer.get(url).content.decode()
    assert officer.get(reverse("reports:record", args=[review.pk])).content.startswith(b"%PDF-")
    verbs = AuditEvent.objects.filter(subject_id=str(review.pk), subject_type="reviews.review")
    assert verbs.count() >= 4


def test_changes_are_asked_for_made_and_submitted_again(portal, signed_in):
    lead, officer, review = signed_in("lead"), signed_in("officer"), portal.returned
    section = reverse("assessments:section", args=[review.assessment_id, "accountability"])
    card = lead.get(section).context["page"].card("owner")
    before = review.snapshot.sha256

    lead.post(section, {"q-owner": "named", "v-owner": card.version.value()}, headers=steps.HTMX)
    lead.post(reverse("reviews:submit", args=[review.assessment_id]))

    review.refresh_from_db()
    assert (review.status, review.snapshot.number) == ("submitted", 2)
    assert review.snapshot.sha256 != before
    assert review.assessment.title in officer.get(reverse("reviews:queue")).content.decode()


def test_forged_values_store_nothing(portal, signed_in):
    client = signed_in("member")
    url = reverse("assessments:section", args=[portal.begun.pk, "context"])

    for sent in [{"q-stage": "nonsense", "v-stage": "0"}, {"q-nonsense": "x"}, {"q-stage": "live", "v-stage": "99"}]:
        for headers in ({}, steps.HTMX):
            assert client.post(url, sent, headers=headers).status_code in (409, 422)

    assert not portal.begun.answers.exists()


def decision(review: Review, verb: str, condition: str = "") -> dict[str, str]:
    return {
        "verb": verb,
        "reason": "Well argued.",
        "snapshot": review.snapshot.sha256,
        "conditions-TOTAL_FORMS": "1",
        "conditions-INITIAL_FORMS": "0",
        "conditions-0-text": condition,
        "conditions-0-due_on": "2099-03-19" if condition else "",
    }
