import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.assessments.models import Assessment
from apps.catalog.actions import decide as decide_on_model
from apps.catalog.models import Change, Snapshot
from apps.reviews import actions
from apps.reviews.policies import ConditionText
from apps.reviews.transitions import ConditionVerb, Verb
from apps.ui import formats
from tests.factories.accounts import make_admin, make_lead, make_member, make_officer, make_team, make_user
from tests.factories.assessments import COMPLETE, make_assessment
from tests.factories.catalog import AS_OF, make_approved_model, make_model, make_source
from tests.factories.reviews import decide, fresh, make_decided, make_review, report, send_back, step

pytestmark = pytest.mark.django_db


def home(user=None) -> str:
    client = Client()
    if user:
        client.force_login(user)
    return client.get(reverse("dashboard:home")).content.decode()


def test_home_explains_itself_to_a_stranger() -> None:
    page = home()

    assert "Where do we start?" in page
    assert "What can go wrong?" in page
    assert "My next steps" not in page


def test_home_shows_what_imports_changed_last(django_assert_max_num_queries: Any) -> None:
    source = make_source(key="list")
    snapshot = Snapshot.objects.create(source=source, as_of=AS_OF, sha256="0" * 64, records=1)
    for number in range(4):
        own = {"snapshot": snapshot, "model": make_model(name=f"Model {number}"), "on": AS_OF, "kind": "changed"}
        Change.objects.create(**own, field="max_output", before=1000, after=2000, is_noise=number == 3)

    with django_assert_max_num_queries(3):
        shown = Client().get("/").content.decode()

    assert shown.count("Maximum output: 2,000 tokens, before 1,000 tokens") == 3
    assert "1 May 2026" in shown
    assert "Model 3" not in shown


@pytest.mark.parametrize(("drafts", "more"), [(2, False), (7, True)])
def test_home_says_where_the_next_steps_are_that_it_does_not_show(drafts: int, more: bool) -> None:
    lead = make_assessment().created_by
    for number in range(1, drafts):
        make_assessment(by=lead, title=f"Draft {number}")

    assert ("all are under" in home(lead)) == more


def test_home_of_a_lead_offers_to_continue_the_own_draft_only() -> None:
    own = make_assessment(title="Our own draft")
    make_assessment(title="A foreign draft")

    page = home(own.created_by)

    assert own.get_absolute_url() in page
    assert "A foreign draft" not in page


def test_home_leads_from_a_complete_draft_to_its_check_page() -> None:
    team = make_team()
    complete = make_assessment(by=make_lead(team=team), answers=COMPLETE)
    check = reverse("assessments:check", args=[complete.pk])

    assert step_to(check, home(complete.created_by)) == "Check and submit"
    assert step_to(check, home(make_member(team=team))) == "Check the answers"


def test_home_offers_to_continue_what_is_not_complete() -> None:
    begun = make_assessment(answers={"name": "Reply drafts"})

    assert step_to(begun.get_absolute_url(), home(begun.created_by)) == "Continue"


def test_home_tells_a_team_that_the_model_it_uses_was_blocked() -> None:
    model = make_approved_model(name="Mini")
    approved = make_decided(model=model)
    lead = approved.submitted_by
    draft = make_assessment(by=lead, model=model, title="Our draft")
    rejected = make_decided(verb=Verb.REJECT, by=lead, model=model, title="Given up")
    assert "See why" not in home(lead)

    decide_on_model(by=make_admin(), model=model, status="blocked", reason="It leaks.", expires=None, teams=[])

    page = home(lead)
    assert step_to(approved.get_absolute_url(), page) == "See why"
    assert step_to(model.get_absolute_url(), page) == "See why"
    assert page.count("Mini is now blocked, ") == 2
    assert step_to(draft.get_absolute_url(), page) == "Continue"
    assert page.count(rejected.get_absolute_url()) == 1  # among what was submitted, to follow it


def test_home_of_a_lead_has_the_conditions_of_an_approval_until_they_are_accepted() -> None:
    review = make_decided(verb=Verb.APPROVE_WITH_CONDITIONS, title="Reply drafts", due_in=30)
    (condition,) = review.decisions.get().conditions.all()
    lead, address = review.submitted_by, f"{review.get_absolute_url()}#conditions"
    due = f"due on {formats.day(condition.due_on)}: Train everybody"

    page = home(lead)
    assert (step_to(address, page), f"D{due[1:]}" in page) == ("Meet the condition", True)
    assert address not in home(make_member(team=review.assessment.team))  # only a lead can report it
    report(condition)
    page = home(lead)
    assert (step_to(address, page), "waits for a risk officer: Train" in page) == ("See the report", True)
    send_back(condition)
    page = home(lead)
    assert (step_to(address, page), f"Returned by the risk officer, {due}" in page) == ("Report it again", True)
    step(report(condition), ConditionVerb.ACCEPT)
    assert address not in home(lead)


def test_home_of_an_officer_has_the_conditions_that_were_reported_until_they_are_answered() -> None:
    review = make_decided(verb=Verb.APPROVE_WITH_CONDITIONS)
    (condition,) = review.decisions.get().conditions.all()
    officer, address = make_officer(), f"{review.get_absolute_url()}#conditions"

    assert address not in home(officer)
    report(condition)
    page = home(officer)
    assert step_to(address, page) == "Check the condition"
    assert f"{review.assessment.team} reported it as met: Train everybody" in page
    send_back(condition)
    assert address not in home(officer)


def test_home_of_an_officer_leaves_room_for_conditions_beside_a_long_queue() -> None:
    for _ in range(6):
        make_review()
    review = make_decided(verb=Verb.APPROVE_WITH_CONDITIONS)
    report(review.decisions.get().conditions.get())

    page = home(make_officer())

    assert page.count("Check the condition") == 1
    assert page.count(">Review<") == 5


def test_only_the_conditions_of_the_standing_decision_are_a_next_step() -> None:
    officer = make_officer()
    review = make_decided(verb=Verb.APPROVE_WITH_CONDITIONS, officer=officer)
    actions.lapse_overdue(today=timezone.localdate() + timedelta(days=40))
    actions.submit(by=review.submitted_by, assessment=Assessment.objects.get(pk=review.assessment_id))
    actions.claim(by=officer, review=fresh(review))
    later = ConditionText("Name a deputy", timezone.localdate() + timedelta(days=60))
    decide(fresh(review), Verb.APPROVE_WITH_CONDITIONS, conditions=[later])

    page = home(review.submitted_by)

    assert "Name a deputy" in page
    assert "Train everybody" not in page


def step_to(url: str, page: str) -> str:
    """What the button to this address says."""
    (found,) = re.findall(rf'<a class="button[^>]*href="{url}">([^<]*)<', page)
    return found


@pytest.mark.parametrize(
    ("person", "link", "hidden"),
    [
        (lambda: make_lead(team=make_team()), "assessments:list", "reviews:queue"),
        (make_officer, "reviews:queue", "admin:index"),
        (make_admin, "admin:index", "reviews:queue"),
    ],
)
def test_navigation_shows_each_role_its_places(person, link: str, hidden: str) -> None:
    page = home(person())

    assert f'href="{reverse(link)}"' in page
    assert f'href="{reverse(hidden)}"' not in page


@pytest.mark.parametrize(
    ("who", "place"), [(lambda review: review.submitted_by, "Assessments"), (lambda _: make_officer(), "Review queue")]
)
def test_navigation_tells_where_a_review_belongs(client: Client, who, place: str) -> None:
    review = make_review()
    client.force_login(who(review))

    page = client.get(review.get_absolute_url()).content.decode()

    assert re.findall(r'aria-current="page">([^<]+)<', page) == [place]


@pytest.mark.parametrize(
    ("person", "instead"),
    [
        (make_officer, 'comes to your <a href="/reviews/">review queue</a>'),
        (make_admin, 'You keep their questions in <a href="/admin/">Admin</a>'),
        (lambda: make_user(username="newcomer"), "your sign-in name is <strong>newcomer</strong>"),
    ],
)
def test_home_offers_nobody_what_they_may_not_start_but_says_what_instead(person, instead: str) -> None:
    page = home(person())

    assert instead in page
    assert reverse("assessments:start") not in page


@pytest.mark.parametrize("person", [lambda: None, lambda: make_member(team=make_team())])
def test_home_offers_both_starts_to_members_and_to_strangers(person) -> None:
    assert home(person()).count(f'<a class="button" href="{reverse("assessments:start")}?questionnaire=') == 2


def test_healthz_and_readyz_answer_without_signing_in() -> None:
    client = Client()

    assert client.get("/healthz").content == b"ok\n"
    assert client.get("/readyz").content == b"ready\n"


def test_readyz_is_red_while_migrations_are_pending() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'reviews'")

    assert Client().get("/readyz").status_code == 503
