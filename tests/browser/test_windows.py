"""Many windows, a server that stops and starts, and reminders answered in any window."""

import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.window import HEARD_MS, PASSWORD, WAIT_MS, Window, sees, sees_no_more
from tests.support.client import instant
from tests.support.system import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.fixture
def signed_up(new_window: Callable[..., Window]) -> tuple[Window, str]:
    window = new_window()
    window.refusals_expected = True
    return window, window.sign_up()


@pytest.fixture
def script(system: System, signed_up: tuple[Window, str]) -> Iterator[httpx.Client]:
    """An HTTP client of the same person."""
    with httpx.Client(base_url=f"{system.url}/api/v1", timeout=10) as client:
        client.post("/auth/login", json={"email": signed_up[1], "password": PASSWORD}).raise_for_status()
        yield client


def _remind(script: httpx.Client, title: str, seconds: float) -> str:
    made = script.post("/tasks", json={"title": title, "reminders": [{"at": instant(seconds)}]})
    made.raise_for_status()
    task_id: str = made.json()["id"]
    return task_id


def test_a_fifth_tab_is_as_live_as_the_first(
    signed_up: tuple[Window, str], new_window: Callable[..., Window], script: httpx.Client
) -> None:
    first, _ = signed_up
    tabs = [first, *(new_window(first.page.context) for _ in range(4))]
    for tab in tabs:
        tab.until_live()
    for number in range(3):
        tabs[4].add(f"Number {number} from the fifth tab today")
        sees(tabs, lambda tab: tab.row(f"Number {number} from the fifth tab"))  # noqa: B023  called at once
    first.page.close()
    survivors = tabs[1:]
    survivors[0].add("After the first tab was closed today")
    sees(survivors, lambda tab: tab.row("After the first tab was closed"), 5_000)
    _remind(script, "For all tabs", 1.5)
    sees(survivors, lambda tab: tab.reminder("For all tabs"), 1_500 + WAIT_MS)


def test_five_browsers_of_one_person_each_show_their_connection(
    signed_up: tuple[Window, str], new_window: Callable[..., Window]
) -> None:
    first, email = signed_up
    others = [new_window() for _ in range(4)]
    for window in others:
        window.refusals_expected = True
        window.sign_in(email)
        expect(window.connection).to_have_text("Live")
    words = {window.connection.inner_text() for window in (first, *others)}
    assert words <= {"Live", "Paused", "Connecting…", "Reconnecting…"}
    for number in range(3):
        others[-1].add(f"Number {number} from the newest browser today")
        sees(others[-3:], lambda each: each.row(f"Number {number} from the newest browser"))  # noqa: B023  called at once


def test_a_reminder_is_on_screen_within_a_second_of_its_time(
    signed_up: tuple[Window, str], script: httpx.Client
) -> None:
    window, _ = signed_up
    late_ms = [_late_ms(window, script, title) for title in ("Turn off the oven", "Take it out", "Eat it")]
    assert statistics.median(late_ms) <= HEARD_MS, late_ms
    assert min(late_ms) >= 0, "not before its time"


def _late_ms(window: Window, script: httpx.Client, title: str) -> float:
    due = time.time() + 1.5
    _remind(script, title, 1.5)
    sees([window], lambda each: each.reminder(title), 1_500 + WAIT_MS)
    return (time.time() - due) * 1000


def test_a_reminder_acknowledged_in_one_window_leaves_the_other(
    signed_up: tuple[Window, str], new_window: Callable[..., Window], script: httpx.Client
) -> None:
    one, email = signed_up
    two = new_window()
    two.refusals_expected = True
    two.sign_in(email)
    two.until_live()
    _remind(script, "Take the cake out", 1.5)
    sees([one, two], lambda window: window.reminder("Take the cake out"), 1_500 + WAIT_MS)
    sees([one, two], lambda window: window.badge.get_by_text("1"))
    two.reminder("Take the cake out").get_by_role("button", name="Acknowledge").click()
    sees_no_more([one, two], lambda window: window.reminder("Take the cake out"))
    sees_no_more([one, two], lambda window: window.badge)


def test_a_server_that_stops_is_shown_and_one_that_starts_is_found(
    system: System, signed_up: tuple[Window, str], script: httpx.Client, pictures: Path
) -> None:
    window, _ = signed_up
    window.add("Before the stop today")
    sees([window], lambda each: each.row("Before the stop"))
    _remind(script, "Due while it was down", 6)
    system.stop()
    expect(window.connection).to_have_text("Reconnecting…", timeout=3_000)
    expect(window.connection).to_have_text("Offline", timeout=20_000)
    window.add("Written without a server today")
    expect(window.page.get_by_test_id("kept-lines")).to_contain_text("is kept here", timeout=15_000)
    window.picture(pictures, "offline")

    system.start()
    window.until_live(20_000)
    sees([window], lambda each: each.reminder("Due while it was down"), 15_000)
    expect(window.reminder("Due while it was down")).to_contain_text("late")
    window.picture(pictures, "late-reminder")
    sees([window], lambda each: each.row("Before the stop"))
    expect(window.row("Written without a server")).to_have_count(1, timeout=15_000)
    expect(window.page.get_by_test_id("kept-lines")).to_have_count(0)
    window.add("After the start today")
    sees([window], lambda each: each.row("After the start"))
    window.page.reload()
    sees([window], lambda each: each.row("After the start"), 5_000)


def test_signing_out_ends_every_tab_of_the_browser(
    signed_up: tuple[Window, str], new_window: Callable[..., Window]
) -> None:
    one, _ = signed_up
    context: BrowserContext = one.page.context
    two = new_window(context)
    two.refusals_expected = True
    two.until_live()
    one.go("Settings")
    one.page.get_by_role("button", name="Sign out").click()
    for window in (one, two):
        expect(window.page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=5_000)
