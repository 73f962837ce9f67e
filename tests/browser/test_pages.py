"""Every page: accessible in light and dark, as wide as the screen and no wider, and quiet on the console."""

import pytest
from playwright.sync_api import Page

from tests.factories.pages import NAMES, PAGES, page_named

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
