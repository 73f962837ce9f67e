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


def test_four_models_are_compared_on_a_phone_without_scrolling_sideways(page: Page, live_server, portal):
    page.set_viewport_size({"width": 390, "height": 844})
    chosen = "&".join(f"model={slug}" for slug in Model.objects.values_list("slug", flat=True)[:4])
    page.goto(f"{live_server.url}{reverse('catalog:compare')}?{chosen}")

    assert page.locator(".table-scroll").evaluate("box => box.scrollWidth - box.clientWidth") == 0
    cells = page.get_by_role("row").nth(1).get_by_role("cell")
    expect(cells).to_have_count(4)
    named = cells.evaluate_all("all => all.map((cell) => getComputedStyle(cell, '::before').content)")
    names = page.get_by_role("columnheader").all_inner_texts()
    assert all(name in content for name, content in zip(names, named, strict=True))
    for box in (cell.bounding_box() for cell in cells.all()):
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
