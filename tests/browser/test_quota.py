"""The page near a quota and at it: it says so before, and what was typed for nothing stays."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import asyncpg
import pytest
from playwright.sync_api import expect

from tests.browser.window import WAIT_MS, Window
from tests.support.deadline import until
from tests.support.system import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]
MOST = 100_000  # tasks, by default


def store(system: System, email: str, tasks: int) -> None:
    """Makes the person's number of tasks that many, as if so many were there."""

    async def run() -> bool:
        connection = await asyncpg.connect(system.database_url)
        try:
            done = await connection.execute(
                """UPDATE usage SET tasks = $2, counted_at = clock_timestamp()
                   WHERE user_id = (SELECT user_id FROM accounts WHERE email = $1)""",
                email,
                tasks,
            )
            return str(done) == "UPDATE 1"
        finally:
            await connection.close()

    with ThreadPoolExecutor(1) as thread:  # in this one runs the browser's loop
        until(lambda: thread.submit(asyncio.run, run()).result(10), 5, "counted by the projector", 0.1)


def test_a_quota_is_told_before_it_is_reached_and_a_refused_line_stays(
    new_window: Callable[..., Window], system: System
) -> None:
    window = new_window()
    window.refusals_expected = True
    email = window.sign_up()
    window.add("There is room #home")
    expect(window.row("There is room")).to_be_visible()
    notice = window.page.get_by_test_id("quota")
    expect(notice).to_have_count(0)

    store(system, email, MOST * 95 // 100)
    window.page.reload()
    expect(notice).to_contain_text("95,000 of at most 100,000 tasks", timeout=WAIT_MS)

    store(system, email, MOST)
    window.page.reload()
    expect(notice).to_contain_text("no room for more", timeout=WAIT_MS)
    window.add("Too much tomorrow #home !high")
    line = window.page.get_by_label("New task")
    expect(line).to_have_value("Too much tomorrow #home !high", timeout=WAIT_MS)
    expect(window.page.get_by_test_id("no-room")).to_contain_text("may have 100,000")
    expect(window.row("Too much")).to_have_count(0)

    store(system, email, 10)
    line.press("Enter")
    expect(line).to_have_value("")
    window.go("All tasks")
    expect(window.row("Too much")).to_be_visible(timeout=WAIT_MS)
    expect(notice).to_have_count(0, timeout=3 * WAIT_MS)
