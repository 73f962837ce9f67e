"""What people do on the pages of the wizard, for several journeys."""

import re
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Locator, Page, expect

SAVED = re.compile("Saved")


def start(page: Page, url: str, title: str) -> None:
    page.goto(url)
    page.get_by_label("What is it about?").fill(title)
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url("**/sections/**")


def answer_all_sections(page: Page, sheet: Mapping[str, Any], *, saves_at_once: bool) -> int:
    """From the open section to the check page; returns how many pages were sent."""
    sent = 0
    while "/check/" not in page.url:
        answer_section(page, sheet, saves_at_once=saves_at_once)
        page.locator(".wizard__foot button").click()
        page.wait_for_load_state()
        sent += 1
        assert sent < 60, f"stuck at {page.url}"
    return sent


def answer_section(page: Page, sheet: Mapping[str, Any], *, saves_at_once: bool) -> None:
    """Every question that is shown and open, then those that appeared through it."""
    while open_questions := [key for key in shown_questions(page) if not is_answered(page, key)]:
        for key in open_questions:
            give(page, key, sheet.get(key))
            if saves_at_once:
                expect(status(page, key)).to_contain_text(SAVED)


def shown_questions(page: Page) -> list[str]:
    cards = page.locator(".question:visible:not(.question--locked)")
    return [name.removeprefix("slot-") for name in cards.evaluate_all("cards => cards.map((card) => card.id)")]


def is_answered(page: Page, key: str) -> bool:
    return page.locator(f"#slot-{key}").evaluate(
        """slot => [...slot.querySelectorAll("[name^='q-']")]
          .some((e) => ["radio", "checkbox"].includes(e.type) ? e.checked : e.value !== "")"""
    )


def give(page: Page, key: str, answer: Any) -> None:
    """Fills in the answer of a sheet; the last choice where the sheet has none."""
    slot = page.locator(f"#slot-{key}")
    boxes = slot.locator("input[type=radio], input[type=checkbox][name^='q-']")
    if boxes.count() == 0:
        text = slot.locator("[name^='q-']")
        text.fill("12" if answer is None else str(answer))
        text.dispatch_event("change")
        return
    if answer is None:
        boxes.last.check()
        return
    for value in answer if isinstance(answer, list) else [answer]:
        slot.locator(f"[name='q-{key}'][value='{value}']").check()


def status(page: Page, key: str) -> Locator:
    return page.locator(f"#status-{key}")
