"""List pages ask the database as often for eight rows as for two."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import User
from apps.reviews.transitions import Verb
from tests.factories.accounts import make_lead, make_member, make_membership, make_officer, make_team
from tests.factories.assessments import make_assessment
from tests.factories.catalog import make_approved_model, make_model, make_offer
from tests.factories.reviews import make_decided, make_review, report, send_back

pytestmark = pytest.mark.django_db
MOST = 25


def one_more_model(_person: User) -> None:
    make_offer(model=make_model())


def one_more_team(person: User) -> None:
    make_membership(team=make_team(), user=person)


def one_more_member(person: User) -> None:
    make_member(team=person.teams.get())


def one_more_draft(person: User) -> None:
    make_assessment(by=person)


def one_more_submission(_person: User) -> None:
    make_review()


def one_more_decision(person: User) -> None:
    make_decided(by=person)


def one_more_report(_person: User) -> None:
    report(make_decided(verb=Verb.APPROVE_WITH_CONDITIONS).decisions.get().conditions.get())


def one_more_return(person: User) -> None:
    condition = make_decided(verb=Verb.APPROVE_WITH_CONDITIONS, by=person).decisions.get().conditions.get()
    send_back(report(condition))


def one_more_on_a_blocked_model(person: User) -> None:
    make_review(by=person, model=make_approved_model(approval="blocked"))


LISTS: list[tuple[str, Callable[[User], None], bool]] = [
    # page, what makes its list longer, for the officer (else for a team lead)
    ("catalog:list", one_more_model, False),
    ("assessments:list", one_more_draft, False),
    ("assessments:list", one_more_decision, False),
    ("reviews:queue", one_more_submission, True),
    ("reviews:queue", one_more_report, True),
    ("dashboard:home", one_more_report, True),
    ("dashboard:home", one_more_return, False),
    ("dashboard:home", one_more_draft, False),
    ("dashboard:home", one_more_submission, True),
    ("dashboard:home", one_more_on_a_blocked_model, False),
    ("accounts:teams", one_more_team, False),
    ("accounts:team", one_more_member, False),
]


@pytest.mark.parametrize(
    ("route", "one_more", "officer"), LISTS, ids=[f"{route}-{f.__name__}" for route, f, _ in LISTS]
)
def test_list_page_asks_no_more_for_more_rows(client: Client, route: str, one_more: Callable, officer: bool):
    team = make_team()
    person = make_officer() if officer else make_lead(team=team)
    client.force_login(person)
    url = reverse(route, args=[team.pk] if route == "accounts:team" else [])

    for _ in range(2):
        one_more(person)
    few = queries(client, url)
    for _ in range(6):
        one_more(person)
    many = queries(client, url)

    assert len(many) <= len(few), "\n".join(many)
    assert len(many) <= MOST


def queries(client: Client, url: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return [query["sql"] for query in captured]
