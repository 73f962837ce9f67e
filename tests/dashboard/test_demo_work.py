"""The assessments that `make run` begins with, and what each of the demo people then sees."""

import shutil

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.assessments import actions as assessments
from apps.assessments.models import Assessment, Snapshot
from apps.assessments.replay import replay_newest
from apps.assessments.sheets import sheet
from apps.audit.actions import head, verify
from apps.audit.models import AuditEvent
from apps.dashboard import demo_work
from apps.dashboard.demo import PEOPLE, make_demo_people
from apps.dashboard.demo_work import DemoNotMade, make_demo_work
from apps.dashboard.notices import make_notices
from apps.questionnaires.queries import definition, newest
from apps.reviews import renderers
from tests.factories.portal import load_content

pytestmark = pytest.mark.django_db

APPROVED, REJECTED = "Answers for agents from handbook and help pages", "Mood of agents during calls"
WAITING, IN_REVIEW, RETURNED = (
    "Payment reminders for overdue invoices",
    "First comments on budget deviations",
    "Data from supplier invoices",
)
SELECTOR, CHOSEN, OLDER = (
    "First uses of AI in customer support",
    "Drafts of replies to customers, sent by a person",
    "Sorting incoming requests by topic",
)
FAKE = ["tests.factories.reviews.FAKE_RENDERER"]


@pytest.fixture(autouse=True)
def _fake_renderer(monkeypatch):
    monkeypatch.setattr(renderers, "_registered", FAKE)


@pytest.fixture(scope="module")
def fresh_portal(django_db_setup, django_db_blocker):
    """As `make run` leaves it before the demo work; made once, rolled back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        make_demo_people("a demo password")
        load_content()
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def made_portal(fresh_portal, django_db_blocker):
    """Made once as well, so the tests that begin without it come first."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(renderers, "_registered", FAKE)
        make_demo_work()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def people(fresh_portal, db) -> dict[str, User]:
    return {person.username: User.objects.get(username=person.username) for person in PEOPLE}


@pytest.fixture
def made(made_portal, people) -> dict[str, User]:
    return people


def page(user: User, url: str) -> str:
    client = Client()
    client.force_login(user)
    return client.get(url).content.decode()


def steps(user: User) -> str:
    return page(user, "/").partition("My next steps")[2].partition("Where do we start?")[0]


def review_page(user: User, title: str) -> str:
    return page(user, Assessment.objects.get(title=title).review.get_absolute_url())


def test_portal_that_is_in_use_gets_none(people) -> None:
    assessments.start(
        by=people["lead"], team=people["lead"].teams.get(), questionnaire=newest("risktest"), title="Our own"
    )

    make_demo_work()

    assert Assessment.objects.get().title == "Our own"


def test_end_in_the_middle_leaves_nothing(people, monkeypatch) -> None:
    before = AuditEvent.objects.count()
    monkeypatch.setitem(demo_work.STEPS, "report", None)

    with pytest.raises(DemoNotMade, match=f"“{APPROVED}”, step 8 was refused"):
        make_demo_work()

    assert not Assessment.objects.exists()
    assert AuditEvent.objects.count() == before


def test_answer_that_the_questionnaire_does_not_take_is_told(people, settings, tmp_path) -> None:
    shutil.copytree(settings.FIXTURES_DIR, tmp_path / "fixtures")
    file = tmp_path / "fixtures" / "demo" / "finance.yaml"
    file.write_text(file.read_text().replace("stage: trial", "stage: trail", 1))
    settings.FIXTURES_DIR = tmp_path / "fixtures"

    with pytest.raises(DemoNotMade, match=f"“{WAITING}”, step 1 was refused: AnswersRefused"):
        make_demo_work()


def test_lead_has_something_to_meet_to_submit_and_to_continue(made) -> None:
    shown = steps(made["lead"])

    assert [title in shown for title in (APPROVED, OLDER, CHOSEN, WAITING)] == [True, True, True, False]
    assert [verb in shown for verb in ("Meet the condition", "Check and submit", "Continue")] == [True] * 3
    assert all(title in page(made["lead"], "/") for title in (SELECTOR, REJECTED))


def test_member_continues_but_does_not_submit(made) -> None:
    shown = steps(made["member"])

    assert "Check the answers" in shown
    assert "Check and submit" not in shown


def test_lead_of_finance_is_asked_for_changes(made) -> None:
    home = page(made["lead2"], "/")

    assert "Change the answers" in steps(made["lead2"])
    assert "Changes requested: AI Risk Test, Finance" in home
    assert [title in home for title in (WAITING, IN_REVIEW, RETURNED, APPROVED)] == [True, True, True, False]


def test_officer_has_a_queue_by_risk_and_a_condition_to_check(made) -> None:
    queue = page(made["officer"], "/reviews/")
    places = [queue.find(title) for title in (WAITING, APPROVED, IN_REVIEW, SELECTOR)]

    assert -1 not in places
    assert places == sorted(places)
    assert "A condition is reported as met" in queue
    assert "Check the condition" in steps(made["officer"])
    assert "salary can be read off" in review_page(made["officer"], IN_REVIEW)


def test_decisions_can_be_read_by_the_team(made) -> None:
    approved, rejected = review_page(made["lead"], APPROVED), review_page(made["lead"], REJECTED)

    assert "Approved with conditions" in approved
    assert "All 14 agents were there" in approved
    assert "<p>What you are after can be had without it" in rejected
    assert "Start again from these answers" in rejected


def test_selector_recommends_and_one_of_it_is_being_tested(made) -> None:
    selector, chosen = Assessment.objects.get(title=SELECTOR), Assessment.objects.get(title=CHOSEN)

    assert CHOSEN in page(made["lead"], f"/use-cases/{selector.pk}/")
    assert chosen.use_case == "reply_drafts"
    assert 10 < len(sheet(chosen).unanswered_required) < 30


def test_draft_on_the_older_version_can_be_moved(made) -> None:
    older = Assessment.objects.get(title=OLDER)

    assert "Move to version 2" in page(made["lead"], f"/assessments/{older.pk}/newer-version/")
    assert sheet(older).unanswered_required == []


def test_admin_can_replay_and_the_record_holds(made) -> None:
    """Of the six submissions all but the selector's are of the risk test."""
    seen = replay_newest(definition(newest("risktest")), 100, timezone.localdate())

    assert (seen.total, Snapshot.objects.count()) == (5, 6)
    assert verify() == head()


def test_every_answer_counts(made) -> None:
    """None is to a question that is not asked, as the others stand."""
    odd = {
        (assessment.title, key)
        for assessment in Assessment.objects.all()
        for key in sheet(assessment).stored.keys() - sheet(assessment).visibility.keys
    }

    assert odd == set()


def test_nobody_is_told_by_mail(made, mailoutbox) -> None:
    assert make_notices(now=timezone.now(), today=timezone.localdate()) == 0
    assert mailoutbox == []


def test_what_was_deleted_stays_deleted(made) -> None:
    assessments.delete_draft(by=made["lead"], assessment=Assessment.objects.get(title=OLDER))
    events = AuditEvent.objects.count()

    make_demo_work()

    assert not Assessment.objects.filter(title=OLDER).exists()
    assert AuditEvent.objects.count() == events


def test_later_starts_ask_two_queries(made, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(4):  # two, in a savepoint
        make_demo_work()
