"""What happens to typed text when something gets in between, and what is left after signing out."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from apps.assessments.models import Answer
from tests.browser import steps
from tests.browser.test_pages import STICKING_OUT
from tests.factories.accounts import PASSWORD
from tests.factories.assessments import save
from tests.factories.portal import UNBROKEN

TYPED = "We paste a mail, get a draft, edit it and send it."


@pytest.fixture
def section(page: Page, live_server, portal, become) -> str:
    """The lead has the first section of a risk test open."""
    become(page.context, portal.people["lead"])
    url = f"{live_server.url}/assessments/{portal.begun.pk}/sections/context/"
    page.goto(url)
    return url


def description(page: Page):
    return page.locator("[name='q-use_description']")


def saved_description(portal) -> str | None:
    return (
        Answer.objects.filter(assessment=portal.begun, question="use_description")
        .values_list("value", flat=True)
        .first()
    )


@pytest.fixture
def overtaken(page: Page, browser: Browser, portal, become, section):
    """A colleague has answered the question that the lead has typed an answer to."""
    theirs = browser.new_context()
    become(theirs, portal.people["member"])
    other = theirs.new_page()
    other.goto(section)
    steps.give(other, "use_description", "Theirs came first.")
    expect(steps.status(other, "use_description")).to_contain_text("Saved")
    theirs.close()
    steps.give(page, "use_description", TYPED)
    expect(steps.status(page, "use_description")).to_contain_text(
        re.compile(r"Demo team member changed this at \d\d:\d\d to\s+“Theirs came first\.”")
    )
    expect(description(page)).to_have_value(TYPED)
    assert saved_description(portal) == "Theirs came first."


def test_of_two_people_on_one_answer_the_second_keeps_their_own(page: Page, portal, section, overtaken):
    page.get_by_role("button", name="Save mine instead").click()

    expect(steps.status(page, "use_description")).to_contain_text("Saved")
    expect(description(page)).to_have_value(TYPED)
    expect(description(page)).to_be_focused()
    assert page.url == section
    assert saved_description(portal) == TYPED


def test_of_two_people_on_one_answer_the_second_takes_the_others(page: Page, portal, section, overtaken):
    page.locator("[name='q-use_name']").evaluate("field => field.value = 'Half a na'")

    page.get_by_role("button", name="Take theirs").click()

    expect(description(page)).to_have_value("Theirs came first.")
    expect(description(page)).to_be_focused()
    expect(steps.status(page, "use_description")).to_contain_text("Saved")
    expect(page.locator("[name='q-use_name']")).to_have_value("Half a na")
    steps.give(page, "use_description", "Both of ours.")
    expect(page.locator("#status-use_description.save-state--saved")).to_be_visible()
    assert saved_description(portal) == "Both of ours."


def test_of_two_people_on_one_answer_nobody_is_overwritten_by_going_on(page: Page, portal, section, overtaken):
    page.get_by_role("button", name="Save and continue").click()

    expect(page.get_by_role("heading", name="needs your attention")).to_be_visible()
    expect(description(page)).to_have_value(TYPED)
    assert saved_description(portal) == "Theirs came first."
    page.get_by_role("button", name="Save mine instead").click()
    expect(steps.status(page, "use_description")).to_contain_text("Saved")
    expect(page.locator("#slot-use_description .field__error")).to_have_count(0)
    assert saved_description(portal) == TYPED


def test_a_long_answer_of_a_colleague_stays_within_a_phone(page: Page, portal, section):
    save(by=portal.people["member"], assessment=portal.begun, use_description=f"{UNBROKEN} " * 15)
    page.set_viewport_size({"width": 390, "height": 844})

    steps.give(page, "use_description", TYPED)

    expect(page.get_by_role("button", name="Take theirs")).to_be_visible()
    assert page.evaluate(STICKING_OUT) == []


def test_refused_answer_is_marked_and_not_left_without_a_warning(page: Page, live_server, portal, become):
    become(page.context, portal.people["lead"])
    page.goto(f"{live_server.url}/assessments/{portal.selector.pk}/sections/volume/")
    number = page.locator("[name='q-requests_a_month']")
    number.fill("many")
    number.dispatch_event("change")
    expect(page.get_by_role("alert")).to_contain_text("Enter a whole number")
    expect(number).to_have_attribute("aria-invalid", "true")
    steps.give(page, "budget_a_month", "77")
    expect(steps.status(page, "budget_a_month")).to_contain_text(steps.SAVED)

    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="Check your answers").click()

    assert asked == ["beforeunload"]
    expect(number).to_have_value("many")
    number.fill("12")
    number.dispatch_event("change")
    expect(number).not_to_have_attribute("aria-invalid", "true")
    page.get_by_role("link", name="Check your answers").click()
    page.wait_for_url("**/check/")


def test_none_of_these_takes_the_other_ticks_away_and_back(page: Page, live_server, portal, become):
    become(page.context, portal.people["lead"])
    page.goto(f"{live_server.url}/assessments/{portal.selector.pk}/sections/data/")
    alone = page.locator("[type=checkbox][data-alone]").first
    other = page.locator("[name='q-data_kinds']:not([data-alone])").first
    other.check()

    alone.check()

    expect(other).not_to_be_checked()
    expect(steps.status(page, "data_kinds")).to_have_class(re.compile("saved"))
    other.check()
    expect(alone).not_to_be_checked()


def test_text_stays_when_the_session_has_ended(page: Page, portal, section):
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)

    steps.give(page, "use_description", TYPED)

    expect(page.get_by_role("alert")).to_contain_text("You are signed out, so this was not saved")
    expect(description(page)).to_have_value(TYPED)
    assert saved_description(portal) is None
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in in a new tab").click()
    opened.value.get_by_label("Username").fill("lead")
    opened.value.get_by_label("Password").fill(PASSWORD)
    opened.value.get_by_role("button", name="Sign in").click()
    expect(opened.value.get_by_text("My next steps")).to_be_visible()
    opened.value.close()
    # What was typed before may be saved first, a second and a half after the typing: the last word is waited for.
    with page.expect_response(lambda reply: "Again." in (reply.request.post_data or "")):
        description(page).press_sequentially(" Again.")
    expect(steps.status(page, "use_description")).to_contain_text("Saved")
    expect(page.locator("#notices")).to_be_empty()
    assert saved_description(portal) == f"{TYPED} Again."


def test_text_stays_when_the_network_is_cut(page: Page, portal, section):
    page.context.set_offline(True)

    steps.give(page, "use_description", TYPED)

    banner = page.locator(".sync-banner")
    expect(banner).to_contain_text("Not saved")
    expect(description(page)).to_have_value(TYPED)
    page.context.set_offline(False)
    banner.get_by_role("button", name="Try again").click()
    expect(steps.status(page, "use_description")).to_contain_text("Saved")
    expect(banner).to_have_count(0)
    assert saved_description(portal) == TYPED


def test_nothing_private_comes_back_after_signing_out(page: Page, live_server, portal, sign_in, sign_out):
    sign_in(portal.people["lead"])
    page.goto(f"{live_server.url}/risk-test/{portal.risk_test.pk}/")
    page.goto(f"{live_server.url}/assessments/")
    sign_out()

    for _ in range(2):
        page.go_back()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        assert portal.risk_test.title not in page.content()


def test_reason_of_a_decision_comes_back_after_signing_in_again(
    page: Page, live_server, portal, become, assert_accessible
):
    become(page.context, portal.people["officer"])
    page.goto(f"{live_server.url}{portal.in_review.get_absolute_url()}")
    page.get_by_role("radio", name="Request changes").check()
    page.get_by_label("Reason").fill(TYPED)
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)

    page.get_by_role("button", name="Record decision").click()

    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    assert_accessible()
    sign_in_here(page, "officer")
    expect(page.get_by_text(TYPED)).to_be_visible()
    assert_accessible()
    page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_text("Recorded: changes requested")).to_be_visible()
    expect(page.get_by_text(TYPED)).to_be_visible()


def sign_in_here(page: Page, username: str) -> None:
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_text_of_one_person_is_not_saved_in_the_name_of_the_next(page: Page, portal, section, become):
    become(page.context, portal.people["member"])  # in another tab: this page still is the lead's

    with page.expect_response(lambda response: response.request.method == "GET"):  # looks for a new form token
        steps.give(page, "use_description", TYPED)
    page.wait_for_timeout(1000)

    expect(page.get_by_role("alert").first).to_contain_text("You may not do this")
    expect(description(page)).to_have_value(TYPED)
    assert saved_description(portal) is None
