"""Journeys in a real browser: Debian's Chromium, driven by Playwright, against a live server."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer

from apps.accounts.models import User
from tests.factories.accounts import PASSWORD
from tests.factories.portal import Portal, make_portal

# Playwright runs an event loop in this thread, and Django would refuse the database in it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}


@pytest.fixture(autouse=True)
def _chromium_is_here() -> None:
    if CHROMIUM is None:
        pytest.skip("There is no Chromium here.")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": arguments}


class Keeper:
    """Tests that commit end with an empty database; what takes seconds to make is made once and put back."""

    def __init__(self) -> None:
        self.portal: Portal | None = None
        self.copy = sqlite3.connect(":memory:", check_same_thread=False)

    def put_back(self) -> Portal:
        if self.portal and connection.vendor == "sqlite":
            self.copy.backup(connection.connection)
            return self.portal
        self.portal = make_portal()
        if connection.vendor == "sqlite":
            connection.connection.backup(self.copy)
        return self.portal


@pytest.fixture(scope="session")
def keeper() -> Keeper:
    return Keeper()


@pytest.fixture
def portal(transactional_db: None, keeper: Keeper) -> Portal:
    """The same portal for every test: nothing a test did before is in it."""
    connection.ensure_connection()
    return keeper.put_back()


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
def sign_out(page: Page) -> Callable[[], None]:
    def through_the_menu() -> None:
        page.locator(".user-menu summary").click()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_text("You have signed out.")).to_be_visible()

    return through_the_menu


@pytest.fixture
def become(live_server: LiveServer) -> Callable[[BrowserContext, User | None], None]:
    """The short way, for tests that are not about signing in: a session from the server, None for nobody."""

    def with_a_cookie(context: BrowserContext, user: User | None) -> None:
        context.clear_cookies()
        if user:
            client = Client()
            client.force_login(user)
            (cookie,) = client.cookies.values()
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return with_a_cookie


@pytest.fixture
def complaints(page: Page, live_server: LiveServer) -> Iterator[list[str]]:
    """What the browser complained about, refused to load or fetched from elsewhere. A test clears what it expects."""
    heard: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        # The page itself may well be a 404 or 403.
        refusal = message.text.startswith("Failed to load resource") and message.location["url"] == page.url
        if message.type in ("error", "warning") and not refusal:
            heard.append(f"{page.url}: {message.text}")

    page.on("console", hear)
    page.on("pageerror", lambda error: heard.append(f"{page.url}: {error}"))
    page.on("request", lambda request: outside(request.url, live_server.url) and heard.append(f"fetched {request.url}"))
    yield heard
    assert heard == []


def outside(url: str, origin: str) -> bool:
    return not url.startswith((f"{origin}/", "data:", "blob:"))


@pytest.fixture
def assert_accessible(page: Page) -> Callable[[], None]:
    """axe finds nothing on the page as it is now, in light; and nothing about its colours in dark."""

    def check() -> None:
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        found = violations(page, WCAG)
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        assert found + violations(page, COLOURS) == []

    return check


def violations(page: Page, rules: dict[str, Any]) -> list[tuple[str, list[str]]]:
    found = Axe().run(page, options=rules).response["violations"]
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]
