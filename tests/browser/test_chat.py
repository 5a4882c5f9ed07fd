"""The chat in the page: what is said shows in every window, cards are live, and an answer is taken back as one."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.checks import PHONE, assert_fits_a_phone, violations
from tests.browser.window import WAIT_MS, Window, sees, sees_no_more

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
CHAT = "**/api/v1/chat"
CALL_ANA = "remind me to call Ana next friday at 15:30 #work !high"


@pytest.fixture
def signed_up(new_window: Callable[..., Window]) -> Callable[..., Window]:
    """Opens a window of somebody new, on all tasks."""

    def make(**more: object) -> Window:
        window = new_window(**more)
        window.refusals_expected = True  # before the sign-up
        window.sign_up()
        window.page.goto(f"{window.url}/#/all")
        return window

    return make


def field(window: Window) -> Locator:
    return window.page.get_by_role("textbox", name="Message")


def say(window: Window, text: str) -> None:
    field(window).fill(text)
    field(window).press("Enter")


def answers(window: Window) -> Locator:
    """Returns the answers that are whole."""
    return window.page.locator(".answer:not([aria-busy])")


def test_a_task_is_added_seen_elsewhere_checked_off_and_taken_back(signed_up: Callable[..., Window]) -> None:
    window = signed_up(width=1440)
    other = Window(window.page.context.new_page(), f"{window.url}/#/all")
    other.until_live()
    window.press("c")
    expect(field(window)).to_be_focused()
    say(window, CALL_ANA)
    sees([window, other], lambda each: each.page.locator("[data-task]", has_text="call Ana").first, WAIT_MS)
    answer = answers(window).last
    expect(answer).to_contain_text("Ana")
    expect(window.page.get_by_role("status").filter(has_text="Ana")).to_have_count(1)
    card = answer.locator(".card", has_text="call Ana")
    card.get_by_role("checkbox").click()
    expect(card.get_by_role("checkbox")).to_be_checked()
    sees_no_more([other], lambda each: each.page.locator("[data-task]", has_text="call Ana").first, WAIT_MS)
    card.get_by_role("checkbox").click()
    expect(card.get_by_role("checkbox")).not_to_be_checked()
    answer.get_by_role("button", name="Take back").click()
    expect(answer.get_by_role("button", name="taken back")).to_be_visible(timeout=WAIT_MS)
    expect(card).to_contain_text("In the trash")
    other.assert_no_errors()


def test_a_number_is_clicked_and_a_question_answered(signed_up: Callable[..., Window], pictures: Path) -> None:
    window = signed_up(width=1440)
    for text in ("Call the dentist", "Call the bank"):
        window.add(text)
        expect(window.row(text)).to_be_visible(timeout=WAIT_MS)
    window.page.get_by_role("button", name="Chat", exact=True).click()
    say(window, "done with call")
    window.page.get_by_role("button", name="Answer 2").click(timeout=WAIT_MS)
    expect(window.page.locator(".mine").last).to_have_text(re.compile("2$"))
    expect(answers(window)).to_have_count(2)
    expect(answers(window).last.locator("summary")).to_have_text("Complete tasks")
    say(window, "delete all my tasks")
    window.page.get_by_role("button", name="Yes", exact=True).click(timeout=WAIT_MS)
    expect(answers(window)).to_have_count(4)
    window.picture(pictures, "chat-questions")


def test_what_could_not_be_sent_stays_in_the_field_and_is_said_once(signed_up: Callable[..., Window]) -> None:
    window = signed_up()
    window.page.goto(f"{window.url}/#/chat")

    def cut(route: Route) -> None:
        route.fetch()  # the server takes it; its answer is lost
        route.abort()

    window.page.route(CHAT, cut)
    say(window, "add buy milk")
    expect(window.page.get_by_role("alert")).to_have_text("The server cannot be reached.", timeout=WAIT_MS)
    expect(field(window)).to_have_value("add buy milk")
    window.page.reload()
    expect(field(window)).to_have_value("add buy milk")
    window.page.unroute(CHAT)
    field(window).press("Enter")
    expect(answers(window)).to_have_count(1)
    expect(field(window)).to_have_value("")
    window.page.goto(f"{window.url}/#/all")
    expect(window.page.locator("[data-task]", has_text="buy milk")).to_have_count(1, timeout=WAIT_MS)


def test_conversations_are_opened_renamed_and_deleted(signed_up: Callable[..., Window]) -> None:
    window = signed_up()
    window.page.goto(f"{window.url}/#/chat")
    say(window, "what is due this week?")
    expect(answers(window)).to_have_count(1)
    expect(window.page).to_have_url(re.compile(r"#/chat/[0-9a-f-]{36}$"))
    field(window).press("ArrowUp")
    expect(field(window)).to_have_value("what is due this week?")
    window.page.reload()
    expect(answers(window)).to_have_count(1)
    window.page.get_by_role("button", name="New", exact=True).click()
    expect(answers(window)).to_have_count(0)
    window.page.get_by_role("button", name="Earlier").click()
    window.page.get_by_role("button", name="Rename what is due this week?").click()
    window.page.get_by_role("textbox", name="Title").fill("My week")
    window.page.get_by_role("button", name="Save").click()
    window.page.get_by_role("button", name=re.compile("^My week")).click()
    expect(answers(window)).to_have_count(1)
    window.page.get_by_role("button", name="Earlier").click()
    window.page.get_by_role("button", name="Delete My week").click()
    window.page.get_by_role("button", name="Delete it").click()
    expect(window.page.get_by_text("No conversations yet.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["wide", "phone"])
def test_it_is_clean_to_axe_and_fits(signed_up: Callable[..., Window], pictures: Path, scheme: str, size: str) -> None:
    shape = PHONE if size == "phone" else {"width": 1440, "height": 900}
    window = signed_up(**shape, color_scheme=scheme)
    window.page.goto(f"{window.url}/#/chat")
    expect(field(window)).to_be_visible()
    found = {"empty": violations(window)}
    window.picture(pictures, f"chat-{size}-{scheme}-empty")
    for text in (CALL_ANA, "add pay rent tomorrow 9am #home !urgent", "what is due this month?", "plan my day"):
        done = answers(window).count()
        say(window, text)
        expect(answers(window)).to_have_count(done + 1)
    window.page.locator("summary").last.click()
    found["said"] = violations(window)
    window.picture(pictures, f"chat-{size}-{scheme}")
    window.page.get_by_role("button", name="Earlier").click()
    expect(window.page.locator(".history li")).to_have_count(1)
    found["earlier"] = violations(window)
    window.picture(pictures, f"chat-{size}-{scheme}-earlier")
    if size == "phone":
        assert_fits_a_phone(window)
    else:
        window.page.goto(f"{window.url}/#/all")
        window.press("c")
        expect(answers(window).last).to_be_visible()
        found["beside"] = violations(window)
        window.picture(pictures, f"chat-{size}-{scheme}-beside")
    assert {where: words for where, words in found.items() if words} == {}
