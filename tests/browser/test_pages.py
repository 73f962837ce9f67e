"""Every page: accessible in light and dark, as wide as the screen and no wider, and quiet on the console."""

import pytest
from playwright.sync_api import Page

from tests.factories.pages import NAMES, PAGES, page_named

OWN_IDEA = {
    "functions": "customer_support",
    "goals": "answer_customers",
    "data_kinds": "customer_messages",
    "audience": "own_team",
    "autonomy": "suggests",
    "decision_impact": "minor",
    "reversibility": "easily",
}
WIDTHS = [320, 390, 768, 1280, 1600]
# What sticks out, innermost first: the message then says where to look.
STICKING_OUT = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll("main *, header *, footer *")]
    .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
    .map((e) => `${e.tagName} ${e.className} ${e.textContent.trim().slice(0, 40)}`).slice(-3)
    .concat([`${document.documentElement.scrollWidth} px`])"""


@pytest.mark.parametrize("name", NAMES)
def test_page_is_accessible_and_fits(page: Page, live_server, portal, become, complaints, assert_accessible, name):
    shown = page_named(name)
    become(page.context, portal.people.get(shown.who))

    response = page.goto(live_server.url + shown.url(portal))

    assert response.status == shown.status
    assert_accessible()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(STICKING_OUT) == [], f"at {width} px"


@pytest.mark.parametrize(
    ("name", "there", "not_there"),
    [
        ("review, to decide", "#answers-heading ~ .fold dd", ".decide"),
        ("use cases", "#group-next ~ .fold", "main button"),
        ("check", ".answers dd", "aside .fold"),
    ],
)
def test_on_paper_there_is_what_was_answered_and_no_form(
    page: Page, live_server, portal, become, name, there, not_there
):
    shown = page_named(name)
    become(page.context, portal.people.get(shown.who))
    page.goto(live_server.url + shown.url(portal))
    assert page.locator(not_there).first.is_visible()

    page.emulate_media(media="print")

    assert page.locator(there).first.is_visible()
    assert not page.locator(f"{not_there} >> visible=true").count()


OPEN_EVERYTHING = "document.querySelectorAll('main details').forEach((fold) => { fold.open = true })"


@pytest.mark.parametrize("name", ["profile", "use cases", "risk summary"])
def test_page_is_accessible_with_everything_unfolded(page: Page, live_server, portal, become, assert_accessible, name):
    shown = page_named(name)
    become(page.context, portal.people.get(shown.who))

    page.goto(live_server.url + shown.url(portal))
    page.evaluate(OPEN_EVERYTHING)

    assert_accessible()


def test_own_idea_is_judged_and_its_risk_test_started(page: Page, live_server, portal, become, assert_accessible):
    become(page.context, portal.people["lead"])
    page.goto(live_server.url + page_named("own idea").url(portal))
    page.get_by_label("What do you call it?").fill("Returns helper")
    page.get_by_label("What goes in, what comes out?").fill("It reads a request and drafts a reply.")
    for name, value in OWN_IDEA.items():
        page.locator(f"[name={name}][value={value}]").check()
    page.get_by_role("button", name="Judge this idea").click()
    page.get_by_role("heading", name="Change it and judge it again").wait_for()
    page.evaluate(OPEN_EVERYTHING)

    assert_accessible()
    page.get_by_role("button", name="Test what can go wrong").click()
    page.wait_for_url("**/sections/**")
    assert page.get_by_label("What do you call this use?").input_value() == "Returns helper"


@pytest.mark.parametrize("who", ["", "newcomer", "member", "lead", "officer", "admin"])
def test_no_page_complains_or_reaches_out_for_other_roles(page: Page, live_server, portal, become, complaints, who):
    """For its own role each page was looked at above."""
    become(page.context, portal.people.get(who))

    for shown in PAGES:
        if shown.who != who:
            page.goto(live_server.url + shown.url(portal))

    assert complaints == []


def test_queue_on_a_phone_does_not_scroll_sideways(page: Page, live_server, portal, become):
    become(page.context, portal.people["officer"])
    page.set_viewport_size({"width": 390, "height": 900})

    page.goto(f"{live_server.url}/reviews/?status=all")

    overhang = page.locator(".table-scroll").evaluate("box => box.scrollWidth - box.clientWidth")
    assert overhang == 0
    assert page.get_by_role("rowheader").count() == 4  # still a table to those who hear it


@pytest.mark.parametrize("name", ["risk summary", "use cases"])
def test_table_beside_a_picture_shows_its_numbers_on_a_phone(page: Page, live_server, portal, become, name):
    shown = page_named(name)
    become(page.context, portal.people[shown.who])
    page.set_viewport_size({"width": 390, "height": 900})

    page.goto(live_server.url + shown.url(portal))
    page.get_by_text("The same as a table").click()

    tables = page.locator(".fold", has_text="The same as a table").locator(".table-scroll")
    assert tables.evaluate("box => box.scrollWidth - box.clientWidth") == 0
