"""Signing in and out, and the team page."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.factories.accounts import make_lead, make_team, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def test_sign_in_page_is_accessible(page: Page, live_server: LiveServer, assert_accessible):
    page.goto(f"{live_server.url}/account/sign-in/")

    assert_accessible()


def test_sign_in_and_out(page: Page, sign_in, sign_out):
    sign_in(make_user(name="Robin"))
    expect(page.get_by_text("Robin")).to_be_visible()

    sign_out()

    expect(page.get_by_text("Robin")).to_have_count(0)


def test_lead_adds_a_person_to_the_team(page: Page, live_server: LiveServer, sign_in, assert_accessible):
    team = make_team(name="Finance")
    make_user(username="newcomer")
    sign_in(make_lead(team=team))

    page.goto(f"{live_server.url}/account/teams/{team.pk}/")
    page.get_by_label("Username").fill("newcomer")
    page.get_by_role("button", name="Add to Finance").click()

    expect(page.get_by_role("rowheader", name="newcomer")).to_be_visible()
    assert_accessible()
