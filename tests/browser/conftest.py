"""Journeys in a real browser: Debian's Chromium, driven by Playwright, against a live server."""

import os
import shutil
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from apps.accounts.models import User
from tests.factories.accounts import PASSWORD

# Playwright runs an event loop in this thread, and Django would refuse the database in it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture(autouse=True)
def _chromium_is_here() -> None:
    if CHROMIUM is None:
        pytest.skip("There is no Chromium here.")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": arguments}


@pytest.fixture
def sign_in(page: Page, live_server: LiveServer) -> Callable[[User], None]:
    """Through the page, as people do it."""

    def through_the_page(user: User) -> None:
        page.goto(f"{live_server.url}/account/sign-in/")
        page.get_by_label("Username").fill(user.username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "sign-in" not in url)

    return through_the_page


@pytest.fixture
def assert_accessible(page: Page) -> Callable[[], None]:
    """axe finds nothing on the page as it is now."""

    def check() -> None:
        found = Axe().run(page, options=WCAG).response["violations"]
        assert not found, [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]

    return check
