"""The main job without JavaScript, and with the keyboard only."""

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import steps
from tests.factories.accounts import PASSWORD
from tests.factories.portal import HALF_WAY, answer_sheet


def test_risk_test_works_without_javascript(browser: Browser, live_server, portal, become):
    context = browser.new_context(java_script_enabled=False)
    become(context, portal.people["lead"])
    page = context.new_page()
    steps.start(page, f"{live_server.url}/assessments/new/?questionnaire=risktest", "Help chat")

    steps.answer_all_sections(page, answer_sheet("risktest", HALF_WAY), saves_at_once=False)

    page.get_by_role("link", name="See the risk summary").click()
    expect(page.locator(".verdict .level")).to_have_text("Moderate")
    page.locator("aside [name=close]").first.check()
    page.get_by_role("button", name="Show the level").click()
    expect(page.locator("#whatif")).to_contain_text("With 1 gap closed")
    page.get_by_role("link", name="Check the answers and submit").click()
    page.get_by_role("button", name="Submit for review").click()
    expect(page.get_by_text("Submitted for review.")).to_be_visible()
    context.close()


def test_sign_in_and_a_section_by_keyboard(page: Page, live_server, portal, complaints):
    page.goto(f"{live_server.url}/account/sign-in/?next=/assessments/new/%3Fquestionnaire%3Dselector")
    tab_to(page, page.get_by_label("Username"))
    page.keyboard.type("lead")
    tab_to(page, page.get_by_label("Password"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("What is it about?"))
    page.keyboard.type("By keyboard")
    tab_to(page, page.get_by_role("button", name="Start", exact=True))
    page.keyboard.press("Enter")
    page.wait_for_url("**/sections/team/")
    for key, value in [
        ("team_function", "customer_support"),
        ("team_size", "up_to_5"),
        ("working_languages", "english"),
    ]:
        tab_to(page, page.locator(f"[name='q-{key}'][value='{value}']"))
        page.keyboard.press("Space")
        expect(steps.status(page, key)).to_contain_text("Saved")

    tab_to(page, page.get_by_role("button", name="Save and continue"))
    page.keyboard.press("Enter")

    page.wait_for_url("**/sections/goals/")
    expect(page.locator("#tasklist .task", has_text="Your team")).to_contain_text("Done")


def tab_to(page: Page, wanted: Locator) -> None:
    for _ in range(60):
        if wanted.evaluate("(element) => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {wanted}")
