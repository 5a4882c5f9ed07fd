"""Quick add in the page: what the server understands shows before Enter, can be taken back, and nothing typed is lost."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Route, expect

from tests.browser.checks import PHONE, assert_fits_a_phone, violations
from tests.browser.window import WAIT_MS, Window

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
PARSE = "**/api/v1/quick-add/parse"
LINE = "Pay rent tomorrow at 9am #home !high"


@pytest.fixture
def signed_up(new_window: Callable[..., Window]) -> Callable[..., Window]:
    """Opens a window of somebody new, on all tasks."""

    def make(context: BrowserContext | None = None, **more: object) -> Window:
        window = new_window(context, **more)
        window.refusals_expected = True  # before the sign-up
        window.sign_up()
        window.page.goto(f"{window.url}/#/all")
        return window

    return make


def field(window: Window) -> Locator:
    return window.page.get_by_role("textbox", name="New task")


def chip(window: Window, words: str) -> Locator:
    return window.page.get_by_role("button", name=words, exact=True)


def marks(window: Window) -> Locator:
    return window.page.locator(".quick-marks mark")


def test_what_is_understood_shows_before_enter_and_can_be_taken_back(signed_up: Callable[..., Window]) -> None:
    window = signed_up()
    field(window).press_sequentially(f"🎂 {LINE}", delay=10)
    expect(chip(window, "Priority: High")).to_be_visible()
    expect(chip(window, "Tags: #home")).to_be_visible()
    expect(marks(window)).to_have_text(["tomorrow", "at 9am", "#home", "!high"])
    window.page.get_by_role("button", name="Remove tags").click()
    window.page.get_by_role("button", name="Remove due date").click()
    expect(marks(window)).to_have_text(["!high"])
    field(window).press("End")
    field(window).press_sequentially(" friday", delay=10)
    expect(marks(window)).to_have_text(["!high", "friday"])
    field(window).press("Enter")
    row = window.row("🎂 Pay rent tomorrow at 9am #home")
    expect(row).to_be_visible(timeout=WAIT_MS)
    expect(field(window)).to_have_value("")


def test_enter_before_the_answer_adds_what_the_line_says(signed_up: Callable[..., Window]) -> None:
    window = signed_up()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    window.page.route(PARSE, hold)
    window.add(LINE)
    expect(window.row("Pay rent").get_by_text("home")).to_be_visible(timeout=WAIT_MS)
    window.add("Water plants every 2 days after completion")
    expect(window.row("Water plants").get_by_text("Repeats")).to_be_visible(timeout=WAIT_MS)
    for route in held:
        route.abort()


def test_a_line_is_read_in_the_language_of_the_settings(signed_up: Callable[..., Window]) -> None:
    window = signed_up(locale="de-AT")
    field(window).fill("Zahnarzt übermorgen um halb neun")
    expect(marks(window)).to_have_text(["übermorgen", "um halb neun"])
    window.page.goto(f"{window.url}/#/settings")
    language = window.page.get_by_label("Language of what you type")
    expect(language).to_have_value("de")
    language.select_option("fr")
    expect(window.page.get_by_text("Settings saved")).to_be_visible()
    window.go("All tasks")
    field(window).fill("Dentiste après-demain à 9h")
    expect(marks(window)).to_have_text(["après-demain", "à 9h"])


def test_a_line_that_cannot_be_sent_is_kept_and_added_once(
    new_context: Callable[..., BrowserContext], signed_up: Callable[..., Window]
) -> None:
    context = new_context()
    window = signed_up(context)
    context.set_offline(True)
    window.add(LINE)
    window.add("Call Ana")
    kept = window.page.get_by_test_id("kept-lines").get_by_role("listitem")
    expect(kept).to_have_count(2, timeout=3 * WAIT_MS)
    expect(kept.first).to_contain_text("is kept here")
    context.set_offline(False)
    window.page.reload()
    expect(window.row("Pay rent")).to_have_count(1, timeout=3 * WAIT_MS)
    expect(window.row("Call Ana")).to_have_count(1, timeout=WAIT_MS)
    expect(kept).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_clean_to_axe_and_fits_a_phone(signed_up: Callable[..., Window], pictures: Path, scheme: str) -> None:
    for name, size in (("wide", {}), ("phone", PHONE)):
        window = signed_up(**size, color_scheme=scheme)
        field(window).fill("Pay the rent of the flat every month on the 1st at 9am #home !high remind me 1 day before")
        expect(window.page.get_by_role("button", name=re.compile("^Repeat: Every month"))).to_be_visible()
        window.page.route("**/api/v1/quick-add", lambda route: route.abort())
        window.picture(pictures, f"quick-add-{name}-{scheme}")
        field(window).press("Enter")
        expect(window.page.get_by_test_id("kept-lines")).to_be_visible(timeout=WAIT_MS)
        field(window).fill("Zahnarzt tomorrow")
        expect(marks(window)).to_have_count(1)
        window.picture(pictures, f"quick-add-{name}-{scheme}-kept")
        assert violations(window) == []
        if name == "phone":
            assert_fits_a_phone(window)
