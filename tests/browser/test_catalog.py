"""Looking for models and choosing some to compare, with and without JavaScript."""

import pytest
from playwright.sync_api import Browser, expect


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
