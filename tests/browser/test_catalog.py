"""Looking for models and choosing some to compare, with and without JavaScript."""

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from apps.catalog.models import Model


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_models_ticked_on_two_pages_are_compared(browser: Browser, live_server, portal, script: bool):
    context = browser.new_context(java_script_enabled=script)
    page = context.new_page()
    page.goto(f"{live_server.url}/catalog/")
    names = []
    for _ in range(2):
        row = page.locator(".item--model").first
        names.append(row.get_by_role("heading").inner_text())
        row.get_by_role("checkbox").check()
        page.get_by_role("button", name="Next").click()
        page.wait_for_url("**page=*")

    page.get_by_label("Search by name, id or provider").fill("gpt4o")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("model")
    page.wait_for_url("**q=gpt4o**")
    page.get_by_role("button", name="Compare").click()

    page.wait_for_url("**/catalog/compare/**")
    expect(page.get_by_role("columnheader")).to_have_text(sorted(names))
    page.get_by_role("link", name="Choose others").click()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(2)
    context.close()


def test_what_a_row_is_about_stays_in_sight_on_a_phone(page: Page, live_server, portal):
    page.set_viewport_size({"width": 390, "height": 844})
    chosen = "&".join(f"model={slug}" for slug in Model.objects.values_list("slug", flat=True)[:4])
    page.goto(f"{live_server.url}{reverse('catalog:compare')}?{chosen}")

    page.get_by_role("columnheader").last.scroll_into_view_if_needed()

    assert page.locator(".table-scroll").evaluate("box => box.scrollLeft") > 0
    row = page.get_by_role("rowheader").first.bounding_box()
    assert row is not None
    assert row["x"] >= 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
