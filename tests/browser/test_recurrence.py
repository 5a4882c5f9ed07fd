"""Repeating tasks, from their creation to their last occurrence, edited by one person in one window."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.checks import PHONE, assert_fits_a_phone, violations
from tests.browser.window import Window, sees, sees_no_more

pytestmark = [pytest.mark.browser, pytest.mark.timeout(150)]

MADE_MS = 5_000  # until an occurrence is on screen


@pytest.fixture
def window(new_window: Callable[..., Window]) -> Window:
    made = new_window()
    made.refusals_expected = True
    made.sign_up()
    return made


def occurrences(window: Window, state: str) -> Locator:
    return window.page.locator(f"[data-slot][data-state={state}]")


def _preview(window: Window) -> Locator:
    return window.page.get_by_test_id("preview")


def open_series(window: Window, title: str) -> None:
    window.go("Repeating")
    window.page.get_by_test_id("series-list").get_by_role("link", name=title, exact=True).click()
    expect(window.page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    expect(window.page.locator("[data-slot]").first).to_be_visible(timeout=MADE_MS)


def test_a_series_is_made_previewed_completed_skipped_edited_and_deleted(window: Window, pictures: Path) -> None:
    page = window.page
    window.go("All tasks")
    _make_with_preview(window, pictures)
    _complete_and_see_the_next(window)

    open_series(window, "Water plants")
    window.picture(pictures, "series-page")
    _skip_the_next(window)
    _edit_this_and_following(window, pictures)

    window.go("All tasks")
    sees([window], lambda each: each.row("Water all plants"), MADE_MS)
    open_series(window, "Water all plants")
    page.get_by_role("button", name="Delete…").click()
    page.get_by_role("button", name="Delete with open tasks").click()
    window.go("All tasks")
    sees_no_more([window], lambda each: each.row("Water all plants"), MADE_MS)


def _make_with_preview(window: Window, pictures: Path) -> None:
    page = window.page
    page.get_by_role("textbox", name="New task").fill("Water plants every 2 days after completion")
    page.get_by_role("button", name=re.compile("^Repeat: Every 2 days after completion")).click()
    expect(_preview(window)).to_contain_text("2 days after completion")
    page.get_by_role("spinbutton", name="Every").fill("0")
    expect(page.get_by_role("alert").filter(has_text="From 1 to 1,000")).to_be_visible()
    page.get_by_role("spinbutton", name="Every").fill("3")
    expect(_preview(window)).to_contain_text("3 days after completion")
    expect(_preview(window).get_by_role("listitem")).to_have_count(5)
    window.picture(pictures, "repeat-dialog")
    page.get_by_role("button", name="Set", exact=True).click()
    page.get_by_role("textbox", name="New task").press("Enter")
    sees([window], lambda each: each.row("Water plants").get_by_text("Repeats"), MADE_MS)


def _complete_and_see_the_next(window: Window) -> None:
    today = window.page.get_by_role("region", name="Today").locator("[data-task]")
    expect(today).to_have_count(1)
    window.complete("Water plants")
    expect(today).to_have_count(0, timeout=MADE_MS)
    later = window.page.get_by_role("region", name="Next 7 days")
    expect(later.get_by_role("button", name="Water plants", exact=True)).to_be_visible(timeout=MADE_MS)


def _skip_the_next(window: Window) -> None:
    expect(occurrences(window, "completed")).to_have_count(1, timeout=MADE_MS)
    row = occurrences(window, "open")
    expect(row).to_have_count(1, timeout=MADE_MS)
    skipped = row.get_attribute("data-slot")
    row.hover()
    row.get_by_role("button", name=re.compile("^Skip")).click()
    window.page.get_by_role("button", name="Skip it").click()
    expect(window.page.locator(f"[data-slot='{skipped}'][data-state=skipped]")).to_be_visible(timeout=MADE_MS)
    expect(occurrences(window, "open")).to_have_count(1, timeout=MADE_MS)


def _edit_this_and_following(window: Window, pictures: Path) -> None:
    page = window.page
    row = occurrences(window, "open")
    row.hover()
    row.get_by_role("button", name=re.compile("^Edit from here")).click()
    dialog = page.get_by_test_id("repeat-dialog")
    dialog.get_by_label("Title").fill("Water all plants")
    dialog.get_by_text("By the calendar").click()
    dialog.get_by_label("Repeats").select_option("daily")
    expect(_preview(window)).to_contain_text("Every day")
    window.picture(pictures, "series-edit")
    dialog.get_by_role("button", name="Save for this and following").click()
    expect(page.get_by_role("heading", name="Water all plants")).to_be_visible(timeout=MADE_MS)
    expect(occurrences(window, "computed").first).to_be_visible(timeout=MADE_MS)


def test_occurrences_are_moved_before_and_after_they_are_made(window: Window) -> None:
    window.add("Stand-up every day 9:15")
    open_series(window, "Stand-up")
    for state, time in (("computed", "14:45"), ("open", "23:50")):
        row = occurrences(window, state).first
        slot = row.get_attribute("data-slot")
        row.hover()
        row.get_by_role("button", name=re.compile("^Move")).click()
        picker = window.page.locator(".due-picker")
        expect(picker.get_by_role("button", name="No due date")).to_have_count(0)
        picker.get_by_label("Time", exact=True).fill(time)
        picker.get_by_role("button", name="Set due date").click()
        moved = window.page.locator(f"[data-slot='{slot}'][data-state={state}]")
        expect(moved).to_contain_text("moved", timeout=MADE_MS)
        expect(moved).to_contain_text(time)
        expect(occurrences(window, state).filter(has_text="moved")).to_have_count(1)
    window.go("All tasks")
    sees([window], lambda each: each.row("Stand-up").get_by_text("23:50"), MADE_MS)


def test_an_edit_of_one_asks_which_ones_are_meant(window: Window) -> None:
    page = window.page
    window.add("Stand-up every weekday 9:15")
    window.go("All tasks")
    sees([window], lambda each: each.row("Stand-up"), MADE_MS)
    drawer = window.open("Stand-up")
    expect(drawer.get_by_text("Every week from Monday to Friday at 09:15")).to_be_visible()
    for answer, title, of_series in (("Only this one", "Today's stand-up", "Stand-up"), ("All", "Daily", "Daily")):
        drawer.get_by_label("Title").fill(title)
        drawer.get_by_label("Title").press("Enter")
        page.get_by_role("dialog", name="which ones").get_by_role("button", name=answer, exact=True).click()
        expect(window.row(title)).to_be_visible(timeout=MADE_MS)
        drawer.get_by_role("button", name=re.compile("^Series: ")).click()
        expect(page.get_by_role("heading", name=of_series, exact=True)).to_be_visible(timeout=MADE_MS)
        window.go("All tasks")
        drawer = window.open(title)
    drawer.get_by_label("Title").fill("Not this")
    drawer.get_by_label("Title").press("Enter")
    page.get_by_role("dialog", name="which ones").get_by_role("button", name="Cancel").click()
    expect(drawer.get_by_label("Title")).to_have_value("Daily")


def test_who_edits_a_series_that_was_changed_meanwhile_sees_both_values(window: Window) -> None:
    page = window.page
    window.add("Stand-up every weekday 9:15")
    open_series(window, "Stand-up")
    page.get_by_role("button", name="Edit all…").click()
    dialog = page.get_by_test_id("repeat-dialog")
    dialog.get_by_label("Title").fill("Mine")
    series = page.request.get(f"{window.url}/api/v1/series").json()["items"][0]
    page.request.patch(f"{window.url}/api/v1/series/{series['id']}", data={"title": "Theirs"})
    save = dialog.get_by_role("button", name="Save for all")
    save.click()
    clash = dialog.get_by_role("alert", name="Edit conflict")
    expect(clash.get_by_role("definition")).to_have_text(["Mine", "Theirs"])
    save.click()
    expect(page.get_by_role("heading", name="Mine", exact=True)).to_be_visible(timeout=MADE_MS)
    expect(dialog).to_be_hidden()


def test_a_plain_task_begins_to_repeat_is_paused_and_stops(window: Window) -> None:
    page = window.page
    window.add("Pay rent tomorrow")
    window.go("All tasks")
    drawer = window.open("Pay rent")
    drawer.get_by_role("button", name="Does not repeat").click()
    page.get_by_label("Repeats").select_option("monthly")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(drawer.get_by_role("button", name="Series: Every month")).to_be_visible(timeout=MADE_MS)
    expect(window.row("Pay rent")).to_have_count(1)
    drawer.get_by_role("button", name="Series: Every month").click()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused", exact=True)).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("Active", exact=True)).to_be_visible()
    page.get_by_role("button", name="Stop…").click()
    page.get_by_role("button", name="Stop, keep the next one").click()
    expect(page.get_by_text("Stopped", exact=True)).to_be_visible()
    window.go("All tasks")
    expect(window.row("Pay rent")).to_have_count(1, timeout=MADE_MS)


def test_a_journey_is_noticed_and_a_no_is_kept(new_window: Callable[..., Window]) -> None:
    home = new_window()
    home.refusals_expected = True
    email = home.sign_up()
    home.add("Pack the bag today")
    away = new_window(timezone_id="America/New_York")
    away.refusals_expected = True
    away.sign_in(email)
    notice = away.page.get_by_test_id("travel")
    expect(notice).to_contain_text("1 task without a time zone of its own would move")
    notice.get_by_role("button", name="Keep Berlin").click()
    expect(notice).to_be_hidden()
    away.page.reload()
    away.until_live()
    expect(notice).to_be_hidden()
    farther = new_window(timezone_id="Asia/Tokyo")
    farther.refusals_expected = True
    farther.sign_in(email)
    farther.page.get_by_role("button", name="Change to Tokyo").click()
    expect(farther.page.get_by_test_id("travel")).to_be_hidden()
    farther.go("Settings")
    expect(farther.page.get_by_label("Time zone")).to_have_value("Asia/Tokyo")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_repeats_is_clean_to_axe_and_fits_a_phone(
    new_window: Callable[..., Window], pictures: Path, scheme: str
) -> None:
    window = new_window(**PHONE, color_scheme=scheme)
    window.refusals_expected = True
    window.page.get_by_role("button", name="Create an account").click()
    window.enter(f"repeat-{scheme}@example.org", "a long enough passphrase", "Create account")
    page = window.page
    window.add("Pay rent every month on the 31st !high #home")
    page.get_by_role("textbox", name="New task").fill("Call every other friday 18:00")
    page.get_by_role("button", name=re.compile("^Repeat: ")).click()
    expect(_preview(window)).to_contain_text("Every 2 weeks on Friday")
    page.get_by_text("Advanced").click()
    by_view = {"dialog": _violations(window, pictures, f"phone-{scheme}-repeat")}
    page.get_by_role("button", name="Cancel").click()
    page.goto(f"{window.url}/#/series")
    expect(page.get_by_role("link", name="Pay rent")).to_be_visible(timeout=MADE_MS)
    by_view["list"] = _violations(window, pictures, f"phone-{scheme}-series")
    page.get_by_role("link", name="Pay rent").click()
    expect(page.locator("[data-slot]").first).to_be_visible(timeout=MADE_MS)
    by_view["series"] = _violations(window, pictures, f"phone-{scheme}-series-page")
    page.get_by_role("button", name="Edit all…").click()
    expect(_preview(window)).to_contain_text("31st")
    by_view["edit"] = _violations(window, pictures, f"phone-{scheme}-series-edit")
    assert {place: words for place, words in by_view.items() if words} == {}


def _violations(window: Window, pictures: Path, name: str) -> list[str]:
    """Takes a picture and returns what axe finds; what does not fit the phone fails at once."""
    window.picture(pictures, name)
    assert_fits_a_phone(window)
    return violations(window)
