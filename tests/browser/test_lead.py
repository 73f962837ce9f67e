"""A lead finds a use case, tests what can go wrong with it and submits it; an officer decides."""

import re

import pytest
from playwright.sync_api import Page, expect

from apps.reviews import actions
from tests.browser import steps
from tests.factories.portal import CAREFUL, HALF_WAY, WELL_PREPARED, answer_sheet, make_filled


@pytest.fixture
def lead(page: Page, portal, become):
    become(page.context, portal.people["lead"])
    return portal.people["lead"]


def test_answers_are_saved_one_by_one_and_bring_up_further_questions(page: Page, live_server, lead, complaints):
    steps.start(page, f"{live_server.url}/assessments/new/?questionnaire=selector", "First steps")
    steps.answer_section(page, answer_sheet("selector", WELL_PREPARED), saves_at_once=True)
    expect(page.locator("#tasklist .task", has_text="Your team")).to_contain_text("Done")
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url("**/sections/goals/")
    page.evaluate("window.sameDocument = true")
    expect(page.locator("#slot-goal_second")).to_be_hidden()

    steps.give(page, "goal_first", "answer_customers")

    expect(steps.status(page, "goal_first")).to_contain_text("Saved")
    expect(page.locator("#slot-goal_second")).to_be_visible()
    expect(page.locator("#tasklist .task", has_text="Your goals")).to_contain_text("1 of 2")
    assert page.evaluate("window.sameDocument")
    page.reload()
    expect(page.locator("[name='q-goal_first'][value='answer_customers']")).to_be_checked()


def test_lead_goes_from_first_question_to_submission(page: Page, live_server, portal, sign_in, complaints):
    sign_in(portal.people["lead"])
    page.get_by_role("link", name="Find a first use case").click()
    steps.start(page, page.url, "Customer support")
    steps.answer_all_sections(page, answer_sheet("selector", WELL_PREPARED), saves_at_once=True)
    page.get_by_role("link", name="See your use cases").click()
    first = page.locator("article.card").first
    title = first.locator(".card__title").inner_text()

    first.get_by_role("button", name="Test what can go wrong").click()

    page.wait_for_url("**/sections/**")
    expect(page.locator(".page__head")).to_contain_text(title)
    page.goto(re.sub("sections/.*", "sections/context/", page.url))
    assert steps.is_answered(page, "autonomy"), "carried over from the selector"
    steps.answer_all_sections(page, answer_sheet("risktest", HALF_WAY), saves_at_once=True)
    page.get_by_role("link", name="See the risk summary").click()
    expect(page.locator(".verdict .level")).to_be_visible()
    page.get_by_role("link", name="Check the answers and submit").click()
    page.get_by_role("button", name="Submit for review").click()
    expect(page.get_by_text("Submitted for review.")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_what_if_changes_the_level_in_view_and_without_reload(
    page: Page, live_server, portal, lead, complaints, width: int
):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{live_server.url}/risk-test/{portal.risk_test.pk}/")
    now = page.locator(".verdict .level").inner_text()
    page.evaluate("window.sameDocument = true")

    for box in page.locator("aside [name=close]").all():
        box.check()

    expect(page.locator("#whatif .level")).to_have_text("Low")
    expect(page.locator("#whatif .level")).to_be_in_viewport(ratio=1)
    assert now != "Low"
    assert page.evaluate("window.sameDocument")


def test_summary_comes_as_a_pdf(page: Page, live_server, portal, lead):
    page.goto(f"{live_server.url}/risk-test/{portal.risk_test.pk}/")

    address = page.get_by_role("link", name="Download the PDF").get_attribute("href")
    response = page.request.get(live_server.url + address)

    assert response.headers["content-type"] == "application/pdf"
    assert response.body().startswith(b"%PDF-")


def test_officer_decides_and_the_team_sees_it(page: Page, live_server, portal, become, complaints):
    filled = make_filled(
        by=portal.people["lead"], team=portal.team, key="risktest", sheet=CAREFUL, title="Minutes of meetings"
    )
    actions.submit(by=portal.people["lead"], assessment=filled)
    become(page.context, portal.people["officer"])
    page.goto(live_server.url)
    page.get_by_role("link", name="Review queue", exact=True).click()
    page.get_by_role("link", name="Minutes of meetings").click()
    page.get_by_role("button", name="Start the review").click()
    answer = page.locator("#answer-fallback")
    answer.locator("summary").click()
    answer.get_by_label("Your comment").fill("When will you try the second way?")
    answer.get_by_role("button", name="Add comment").click()
    expect(page.locator("#answer-fallback")).to_contain_text("When will you try the second way?")

    page.get_by_label("Approve with conditions").check()
    page.get_by_label("What must be true").first.fill("The second way has been tried.")
    page.get_by_label("Due on").first.fill("2099-03-19")
    page.get_by_label("Reason").fill("Sound, once the fallback is tried.")
    page.get_by_role("button", name="Record decision").click()

    expect(page.get_by_text("Recorded:")).to_be_visible()
    become(page.context, portal.people["lead"])
    page.goto(live_server.url)
    page.get_by_role("link", name="Minutes of meetings").first.click()
    for said in ["The second way has been tried.", "Sound, once the fallback", "When will you try the second way?"]:
        expect(page.get_by_text(said).first).to_be_visible()
    expect(page.locator("#conditions")).to_contain_text("19 March 2099")


def test_a_condition_is_reported_returned_reported_again_and_accepted(page: Page, live_server, portal, become):
    conditions = page.locator("#conditions")

    def as_(who: str, button: str) -> None:
        become(page.context, portal.people[who])
        page.goto(live_server.url)
        page.locator(".step", has_text="Help chat for partners").get_by_role("link", name=button).click()

    as_("lead", "Meet the condition")
    conditions.locator("summary").click()
    conditions.get_by_label("How it was met").fill("All were there.")
    conditions.get_by_role("button", name="Report as met").click()
    expect(conditions).to_contain_text("waits for a risk officer")

    as_("officer", "Check the condition")
    conditions.locator("summary").click()
    conditions.get_by_label("What is missing").fill("Where is the list?")
    conditions.get_by_label("New due day").fill("2099-03-19")
    conditions.get_by_role("button", name="Return to the team").click()
    expect(conditions).to_contain_text("due 19 March 2099")

    as_("lead", "Report it again")
    conditions.locator("summary").click()
    expect(conditions.get_by_label("How it was met")).to_have_value("All were there.")
    conditions.get_by_role("button", name="Report as met").click()

    as_("officer", "Check the condition")
    conditions.get_by_role("button", name="Accept as met").click()
    expect(conditions).to_contain_text("Accepted by Demo risk officer")
    expect(conditions.get_by_role("button")).to_have_count(0)
