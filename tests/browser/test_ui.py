"""What the small script adds, and that every component passes the accessibility rules in both themes."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def styleguide(page: Page, live_server: LiveServer) -> Page:
    page.goto(live_server.url + reverse("ui:styleguide"))
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 768, 1280])
def test_every_component_is_accessible_and_fits(styleguide: Page, scheme: str, width: int) -> None:
    # Without motion: a colour halfway between two themes is nobody's choice.
    styleguide.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    styleguide.set_viewport_size({"width": width, "height": 900})

    found = Axe().run(styleguide)

    assert found.violations_count == 0, found.generate_report()
    assert styleguide.evaluate("document.documentElement.scrollWidth") <= width


def test_keys_move_through_the_queue(styleguide: Page) -> None:
    current = styleguide.locator("table[data-queue] tr.is-current th")

    styleguide.keyboard.press("k")
    expect(current).to_contain_text("Score job applications")
    styleguide.keyboard.press("j")
    styleguide.keyboard.press("j")

    expect(current).to_contain_text("Translate product texts")
    expect(styleguide.locator("tr.is-current a")).to_be_focused()


def test_keys_typed_into_a_field_stay_there(styleguide: Page) -> None:
    styleguide.get_by_label("Search").press("k")

    expect(styleguide.get_by_label("Search")).to_have_value("k")
    expect(styleguide.locator("tr.is-current th")).to_contain_text("Answer customers")


def test_save_that_does_not_get_through_is_said_and_can_be_tried_again(styleguide: Page) -> None:
    styleguide.context.set_offline(True)
    styleguide.evaluate(
        "htmx.ajax('POST', '/styleguide/', {target: '#tokens', swap: 'none', source: '#tokens'}).catch(() => null)"
    )

    banner = styleguide.get_by_role("alert").filter(has_text="Not saved. Check your connection and try again.").last
    expect(banner).to_be_visible()
    banner.get_by_role("button", name="Try again").click()

    expect(styleguide.locator(".sync-banner")).to_have_count(0)


def test_skip_link_is_the_first_stop_and_leads_to_the_content(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/nothing-here/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


def test_error_summary_takes_the_focus(styleguide: Page) -> None:
    expect(styleguide.locator("[data-focus-first]").first).to_be_focused()
