"""The page itself: keys, messages, a phone, the dark scheme, and accessibility."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.checks import PHONE, assert_fits_a_phone, violations
from tests.browser.window import Window, sees, sees_no_more

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

TASKS = (
    "Pay rent tomorrow 9am #home !urgent",
    "Call the bank today 18:00 #money !high",
    "Water the plants friday 6pm #home",
    "Plan the week next monday morning !low",
    "Read the long report about everything that ever happened in the house by the river and in the garden",
)


def _filled(window: Window) -> None:
    window.refusals_expected = True
    window.sign_up()
    for text in TASKS:
        window.add(text)
    window.go("All tasks")
    sees([window], lambda each: each.row("Plan the week"), 5_000)


def test_the_main_things_are_done_by_keys_alone(new_window: Callable[..., Window]) -> None:
    window = new_window()
    window.refusals_expected = True
    window.sign_up()
    window.press("n")
    window.page.keyboard.type("First today")
    window.press("Enter")
    window.page.keyboard.type("Second today")
    window.press("Enter")
    sees([window], lambda each: each.row("Second"))
    window.press("Escape")
    window.press("j")
    window.press("Enter")
    expect(window.drawer).to_be_visible()
    window.press("Escape")
    expect(window.drawer).to_be_hidden()
    window.press("j")
    window.press("x")
    expect(window.page.get_by_test_id("toast-done")).to_contain_text("Completed")
    window.press("u")
    expect(window.page.get_by_test_id("toast-done")).to_contain_text("Undone")
    sees([window], lambda each: each.row("First"))
    sees([window], lambda each: each.row("Second"))
    window.press("/")
    window.page.keyboard.type("seco")
    sees_no_more([window], lambda each: each.row("First"), 2_000)
    sees([window], lambda each: each.row("Second"))
    window.press("Escape")
    window.press("?")
    expect(window.page.get_by_role("dialog", name="Keyboard")).to_be_visible()


def test_a_wrong_password_and_a_short_one_are_explained(new_window: Callable[..., Window]) -> None:
    window = new_window()
    window.refusals_expected = True
    window.sign_in("nobody@example.org", "not the password")
    expect(window.page.get_by_role("alert")).to_have_text("Email or password is wrong.")
    window.page.get_by_role("button", name="Create an account").click()
    window.enter("somebody@example.org", "short", "Create account")
    expect(window.page.get_by_role("alert")).to_contain_text("8 characters")
    assert window.page.get_by_label("Email").input_value() == "somebody@example.org"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_view_is_clean_to_axe(new_window: Callable[..., Window], pictures: Path, scheme: str) -> None:
    window = new_window(color_scheme=scheme)
    by_view = {"sign-in": violations(window)}
    _filled(window)
    for view in ("All tasks", "Today", "Upcoming", "Activity", "Notifications", "Settings"):
        window.go(view)
        expect(window.page.get_by_role("heading", level=1)).to_be_visible()
        by_view[view] = violations(window)
        window.picture(pictures, f"{scheme}-{view.lower().replace(' ', '-')}")
    window.go("All tasks")
    window.open("Pay rent")
    by_view["open task"] = violations(window)
    window.picture(pictures, f"{scheme}-drawer")
    assert {view: words for view, words in by_view.items() if words} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_all_of_it_without_scrolling_sideways(
    new_window: Callable[..., Window], pictures: Path, scheme: str
) -> None:
    window = new_window(**PHONE, color_scheme=scheme)
    window.refusals_expected = True
    window.page.get_by_role("button", name="Create an account").click()
    window.picture(pictures, f"phone-{scheme}-sign-up")
    window.enter(f"phone-{scheme}@example.org", "a long enough passphrase", "Create account")
    expect(window.page.get_by_role("textbox", name="New task")).to_be_visible()
    for text in TASKS:
        window.add(text)
    bar = window.page.get_by_role("navigation", name="Main, short")
    for place in ("All", "Today", "Upcoming", "Alerts"):
        bar.get_by_role("link", name=place).click()
        assert_fits_a_phone(window)
        window.picture(pictures, f"phone-{scheme}-{place.lower()}")
    bar.get_by_role("link", name="All").click()
    window.row("Pay rent").get_by_role("button", name="Pay rent", exact=True).tap()
    expect(window.drawer).to_be_visible()
    assert_fits_a_phone(window)
    window.picture(pictures, f"phone-{scheme}-drawer")
    assert violations(window) == []
