"""A first evening with Duely, in two windows that share nothing but the account."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ZONE
from tests.browser.window import WAIT_MS, Window, sees, sees_no_more

pytestmark = [pytest.mark.browser, pytest.mark.timeout(200)]


def test_a_first_evening_with_duely_in_two_windows(new_window: Callable[..., Window], pictures: Path) -> None:
    zone = _zone_of_one_day()
    one = new_window(timezone_id=zone)
    one.refusals_expected = True  # the page's first request, for the user, gets a 401
    one.picture(pictures, "sign-in")
    email = one.sign_up()
    expect(one.page.get_by_test_id("first-run")).to_be_visible()
    one.picture(pictures, "first-run")
    two = new_window(timezone_id=zone)
    two.refusals_expected = True
    two.sign_in(email)
    two.until_live()
    both = [one, two]

    later = datetime.now(ZoneInfo(zone)) + timedelta(hours=1)
    one.add(f"Pay rent today {later:%H:%M} remind 1 minute before")
    sees([two], lambda window: window.row("Pay rent"))
    sees(both, lambda window: window.row("Pay rent").get_by_text("1 reminder ahead"))
    title = _change_everything(one, two)
    one.picture(pictures, "list")
    _there_and_back(one, two, title)
    # The reminder is set only now, so that it comes after all steps before, however long they took.
    fires_at = _remind_soon(one, two, title, zone)
    _be_reminded(one, two, title, fires_at, pictures)
    _read_what_happened(one, two, title, pictures)


def _change_everything(one: Window, two: Window) -> str:
    drawer = one.open("Pay rent")
    drawer.get_by_label("Title").fill("Pay the rent")
    drawer.get_by_label("Title").press("Enter")
    sees([one, two], lambda window: window.row("Pay the rent"))
    drawer.get_by_label("Description").fill("By transfer")
    drawer.get_by_label("Add tag").fill("home")
    drawer.get_by_label("Add tag").press("Enter")
    sees([two], lambda window: window.row("Pay the rent").get_by_role("link", name="#home"))
    sees([two], lambda window: window.row("Pay the rent").get_by_text("Has a description"))
    drawer.get_by_text("Urgent", exact=True).click()
    sees([two], lambda window: window.row("Pay the rent").get_by_text("Urgent"))
    drawer.get_by_role("button", name="Close").click()
    expect(one.drawer).to_be_hidden()
    return "Pay the rent"


def _there_and_back(one: Window, two: Window, title: str) -> None:
    one.complete(title)
    sees_no_more([two], lambda window: window.row(title))
    two.go("Completed")
    sees([two], lambda window: window.row(title))
    two.row(title).get_by_role("checkbox", name=f"Reopen {title}").click()
    two.go("Today")
    sees([one, two], lambda window: window.row(title))

    two.row(title).hover()
    two.row(title).get_by_role("button", name=f"Delete {title}", exact=True).click()
    sees_no_more([one], lambda window: window.row(title))
    one.go("Trash")
    one.row(title).get_by_role("button", name=f"Restore {title}").click()
    one.go("Today")
    sees([one, two], lambda window: window.row(title))

    two.row(title).hover()
    two.row(title).get_by_role("button", name=f"Delete {title}", exact=True).click()
    two.page.get_by_role("region", name="Messages").get_by_role("button", name="Undo").click()
    sees([one, two], lambda window: window.row(title))


def _zone_of_one_day() -> str:
    """Returns a zone in which midnight is hours away, so that "today" is one day throughout."""
    return ZONE if 4 <= datetime.now(ZoneInfo(ZONE)).hour < 20 else "America/New_York"


def _remind_soon(one: Window, two: Window, title: str, zone: str) -> datetime:
    """Moves the due time, and with it the reminder, to a full minute soon; returns the instant of the reminder."""
    drawer = one.open(title)
    drawer.get_by_role("button", name=re.compile("^Due date: ")).click()
    fires_at = (datetime.now(ZoneInfo(zone)) + timedelta(seconds=85)).replace(second=0, microsecond=0)
    due = f"{fires_at + timedelta(minutes=1):%H:%M}"
    drawer.get_by_label("Time", exact=True).fill(due)
    drawer.get_by_role("button", name="Set due date").click()
    sees([one, two], lambda window: window.row(title).get_by_text(due))
    drawer.get_by_role("button", name="Close").click()
    expect(one.drawer).to_be_hidden()
    return fires_at


def _be_reminded(one: Window, two: Window, title: str, fires_at: datetime, pictures: Path) -> None:
    """Waits until both windows show the reminder; snoozes it in one, which removes it from both."""
    for window in (one, two):
        expect(window.reminder(title)).to_have_count(0)
    wait_ms = (fires_at - datetime.now(UTC)).total_seconds() * 1000 + WAIT_MS
    sees([one], lambda window: window.reminder(title), int(wait_ms))
    assert datetime.now(UTC) >= fires_at, "not before its time"
    sees([two], lambda window: window.reminder(title))
    sees([one, two], lambda window: window.badge.get_by_text("1"))
    one.picture(pictures, "reminder")
    one.reminder(title).get_by_role("button", name="Snooze").click()
    one.picture(pictures, "snooze")
    one.page.get_by_role("button", name="10 minutes").click()
    sees_no_more([one, two], lambda window: window.reminder(title))
    sees_no_more([one, two], lambda window: window.badge)
    sees([one, two], lambda window: window.row(title).get_by_text("1 reminder ahead"))


def _read_what_happened(one: Window, two: Window, title: str, pictures: Path) -> None:
    one.go("Activity")
    log = one.page.locator(".log-line")
    for words in (
        "added",
        "changed",
        "completed",
        "reopened",
        "deleted",
        "restored",
        "reminder fired",
        "snoozed",
    ):
        expect(log.filter(has_text=words).first).to_be_visible()
    one.picture(pictures, "activity")
    changed = log.filter(has_text="changed").filter(has_text="priority").first
    changed.get_by_role("button", name="Undo").click()
    sees_no_more([two], lambda window: window.row(title).get_by_text("Urgent"))
    one.go("Notifications")
    expect(one.page.get_by_role("list", name="Notifications").get_by_text(title)).to_be_visible()
    one.picture(pictures, "notifications")
