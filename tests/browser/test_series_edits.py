"""What a person changes in a series, and takes back: from the message at once, or from the activity later."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.test_recurrence import MADE_MS, occurrences, open_series
from tests.browser.window import Window, sees

pytestmark = [pytest.mark.browser, pytest.mark.timeout(150)]


@pytest.fixture
def window(new_window: Callable[..., Window]) -> Window:
    made = new_window()
    made.refusals_expected = True
    made.sign_up()
    made.go("All tasks")
    return made


def _undo(window: Window, done: str) -> None:
    """Presses Undo in the message that says what was done, and waits for the answer."""
    messages = window.page.get_by_role("region", name="Messages")
    expect(messages).to_contain_text(done, timeout=MADE_MS)
    messages.get_by_role("button", name="Undo").click()
    expect(messages).to_contain_text(f"Undone: {done}", timeout=MADE_MS)


def _sentence(window: Window) -> Locator:
    return window.page.locator(".series-sentence")


def _edit_all(window: Window, change: Callable[[Locator], None]) -> None:
    window.page.get_by_role("button", name="Edit all…").click()
    dialog = window.page.get_by_test_id("repeat-dialog")
    change(dialog)
    dialog.get_by_role("button", name="Save for all").click()
    expect(dialog).to_be_hidden(timeout=MADE_MS)


def test_each_change_of_a_series_is_taken_back_from_its_message(window: Window) -> None:
    page = window.page
    window.add("Stand-up every day 23:15")
    sees([window], lambda each: each.row("Stand-up"), MADE_MS)
    open_series(window, "Stand-up")
    row = occurrences(window, "computed").nth(1)
    slot = page.locator(f"[data-slot='{row.get_attribute('data-slot')}']")

    slot.hover()
    slot.get_by_role("button", name=re.compile("^Skip")).click()
    page.get_by_role("button", name="Skip it").click()
    expect(slot).to_have_attribute("data-state", "skipped", timeout=MADE_MS)
    _undo(window, "Skipped one of “Stand-up”")
    expect(slot).to_have_attribute("data-state", "computed", timeout=MADE_MS)

    slot.hover()
    slot.get_by_role("button", name=re.compile("^Move")).click()
    page.locator(".due-picker").get_by_label("Time", exact=True).fill("14:45")
    page.get_by_role("button", name="Set due date").click()
    expect(slot).to_contain_text("moved", timeout=MADE_MS)
    _undo(window, "Moved one of “Stand-up”")
    expect(slot).not_to_contain_text("moved", timeout=MADE_MS)

    _edit_all(window, lambda dialog: dialog.get_by_label("Time", exact=True).fill("23:45"))
    expect(_sentence(window)).to_have_text("Every day at 23:45", timeout=MADE_MS)
    _undo(window, "Changed “Stand-up”")
    expect(_sentence(window)).to_have_text("Every day at 23:15", timeout=MADE_MS)

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused", exact=True)).to_be_visible()
    _undo(window, "Paused “Stand-up”")
    expect(page.get_by_text("Active", exact=True)).to_be_visible(timeout=MADE_MS)
    expect(occurrences(window, "open")).to_have_count(1, timeout=MADE_MS)


def test_an_edit_says_which_tasks_stay_and_is_taken_back_from_the_activity(window: Window, pictures: Path) -> None:
    page = window.page
    window.add("Gym every day 23:00")
    sees([window], lambda each: each.row("Gym"), MADE_MS)
    drawer = window.open("Gym")
    drawer.get_by_label("Description").fill("Bring the towel")
    drawer.get_by_label("Title").click()
    page.get_by_role("dialog", name="which ones").get_by_role("button", name="Only this one").click()
    sees([window], lambda each: each.row("Gym").get_by_text("Has a description"), MADE_MS)
    drawer.get_by_role("button", name="Close").click()
    open_series(window, "Gym")

    _edit_all(window, _half_a_year_from_now)
    expect(page.get_by_role("region", name="Messages")).to_contain_text(
        re.compile("“Gym” .+ was written into and stays"), timeout=MADE_MS
    )
    kept = page.get_by_role("region", name="Single tasks")
    expect(kept.get_by_role("button", name="“Gym”")).to_be_visible(timeout=MADE_MS)
    expect(occurrences(window, "open").first).to_contain_text("a single task")
    window.picture(pictures, "series-kept")

    window.go("Activity")
    line = page.locator(".log-line").filter(has_text="changed the series")
    line.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("region", name="Messages")).to_contain_text("Undone", timeout=MADE_MS)
    line.get_by_role("link", name="Gym").first.click()
    expect(_sentence(window)).to_have_text("Every day at 23:00", timeout=MADE_MS)
    expect(kept).to_be_hidden(timeout=MADE_MS)


def _half_a_year_from_now(dialog: Locator) -> None:
    """Writes a rule that does not have today."""
    dialog.get_by_text("Advanced").click()
    month = (datetime.now(UTC).month + 5) % 12 + 1
    dialog.get_by_label("Rule (RRULE)").fill(f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY=13")


def test_hours_by_hand_and_a_time_wherever_one_is(window: Window, pictures: Path) -> None:
    page = window.page
    window.add("Drink water every day 9:00")
    sees([window], lambda each: each.row("Drink water"), MADE_MS)
    open_series(window, "Drink water")
    page.get_by_role("button", name="Edit all…").click()
    dialog = page.get_by_test_id("repeat-dialog")
    dialog.get_by_label("Time zone").select_option("Wherever I am")
    dialog.get_by_text("Advanced").click()
    rule = "FREQ=DAILY;BYHOUR=9,13,18"
    dialog.get_by_label("Rule (RRULE)").fill(rule)
    expect(page.get_by_test_id("preview")).to_contain_text("13:00")
    expect(dialog.get_by_text("says more than these choices can")).to_be_visible()
    window.picture(pictures, "series-by-hand")
    dialog.get_by_role("button", name="Save for all").click()
    expect(dialog).to_be_hidden(timeout=MADE_MS)
    expect(_sentence(window)).to_contain_text("13:00", timeout=MADE_MS)
    _edit_all(window, lambda dialog: dialog.get_by_label("Title").fill("Drink a glass"))
    series = page.request.get(f"{window.url}/api/v1/series").json()["items"][0]
    assert (series["title"], series["rule"], series["start"]["zone"]) == ("Drink a glass", rule, None)
