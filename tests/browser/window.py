"""A window of the page as a person uses it: controls by their names, and what must be visible."""

import re
import statistics
import time
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Locator, Page, expect

PASSWORD = "a long enough passphrase"
HEARD_MS = 1_000  # the median of the waits of a test
WAIT_MS = 5_000
# Errors that the browser logs for answers that a test provokes.
_EXPECTED = re.compile(
    r"status of 401|status of 403|status of 409|status of 422|status of 503|ERR_CONNECTION_REFUSED|ERR_EMPTY|ERR_INCOMPLETE|ERR_CONNECTION_RESET|ERR_NETWORK|ERR_INTERNET_DISCONNECTED|ERR_FAILED"
)


class Window:
    """One page, open at the URL; it collects the errors of its console."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.errors: list[str] = []
        self.waited_ms: list[float] = []  # for changes that it had to show by itself
        self.refusals_expected = False
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.errors.append(f"thrown: {error}"))
        page.goto(url)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def assert_no_errors(self) -> None:
        kept = [text for text in self.errors if not (self.refusals_expected and _EXPECTED.search(text))]
        assert kept == [], kept

    # --- accounts

    def sign_up(self) -> str:
        """Creates an account; returns its email."""
        email = f"{uuid.uuid4().hex[:12]}@example.org"
        self.page.get_by_role("button", name="Create an account").click()
        self.enter(email, PASSWORD, "Create account")
        self.until_live()
        return email

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        self.enter(email, password, "Sign in")

    def enter(self, email: str, password: str, button: str) -> None:
        self.page.get_by_label("Email").fill(email)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.locator("form").get_by_role("button", name=button).click()

    # --- what is shown

    def until_live(self, within_ms: int = 10_000) -> None:
        expect(self.connection).to_have_text("Live", timeout=within_ms)

    @property
    def connection(self) -> Locator:
        return self.page.get_by_test_id("connection")

    def row(self, title: str) -> Locator:
        return self.page.locator("[data-task]").filter(has=self.page.get_by_role("button", name=title, exact=True))

    @property
    def badge(self) -> Locator:
        """Returns the number of unread notifications, in the sidebar, or on a phone in the bar below."""
        return self.page.get_by_test_id("badge-notifications").locator("visible=true")

    def reminder(self, title: str) -> Locator:
        return self.page.get_by_role("region", name="Reminders").get_by_label(f"Reminder: {title}")

    @property
    def drawer(self) -> Locator:
        return self.page.get_by_test_id("drawer")

    # --- what can be done

    def go(self, view: str) -> None:
        self.page.get_by_role("navigation", name="Main", exact=True).get_by_role(
            "link", name=re.compile(f"^{view}")
        ).click()

    def add(self, text: str) -> None:
        field = self.page.get_by_role("textbox", name="New task")
        field.fill(text)
        field.press("Enter")

    def open(self, title: str) -> Locator:
        self.row(title).get_by_role("button", name=title, exact=True).click()
        expect(self.drawer).to_be_visible()
        return self.drawer

    def complete(self, title: str) -> None:
        self.row(title).get_by_role("checkbox", name=f"Complete {title}").click()

    def press(self, keys: str) -> None:
        self.page.keyboard.press(keys)

    def picture(self, folder: Path, name: str) -> None:
        self.page.screenshot(path=folder / f"{name}.png")


def sees(windows: list[Window], what: Callable[[Window], Locator], within_ms: int | None = None) -> None:
    """Asserts that each window shows it in time; without `within_ms` the wait counts for `assert_prompt`."""
    with _waiting(windows, counts=within_ms is None):
        for window in windows:
            expect(what(window)).to_be_visible(timeout=within_ms or WAIT_MS)


def sees_no_more(windows: list[Window], what: Callable[[Window], Locator], within_ms: int | None = None) -> None:
    """Asserts that each window ceases to show it in time; the wait counts as for `sees`."""
    with _waiting(windows, counts=within_ms is None):
        for window in windows:
            expect(what(window)).to_be_hidden(timeout=within_ms or WAIT_MS)


@contextmanager
def _waiting(windows: list[Window], *, counts: bool) -> Generator[None]:
    began = time.monotonic()
    yield
    if counts:
        windows[-1].waited_ms.append((time.monotonic() - began) * 1000)


def assert_prompt(windows: list[Window]) -> None:
    """Asserts that the median wait is short: a busy machine is slow at times, a slow system always."""
    waited_ms = [each for window in windows for each in window.waited_ms]
    assert not waited_ms or statistics.median(waited_ms) <= HEARD_MS, waited_ms
