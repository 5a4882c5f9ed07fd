"""What an agent did in one go: the activity names it, shows it as one set, and takes all of it back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.checks import PHONE, assert_fits_a_phone, violations
from tests.browser.window import Window, sees, sees_no_more

pytestmark = [pytest.mark.browser, pytest.mark.timeout(150)]
SLOW_MS = 20_000


def _as_agent(page: Page, url: str) -> list[str]:
    """Completes three tasks and moves one in a request of an agent's token; returns their titles."""
    api = page.context.request
    token = api.post(f"{url}/api/v1/tokens", data={"name": "Claude", "scopes": ["agent"]}).json()["token"]
    titles = ["Buy oats", "Call Ana", "Book the hall"]
    ids = [api.post(f"{url}/api/v1/tasks", data={"title": title}).json()["id"] for title in titles]
    body = {"action": "complete", "ids": ids}
    done = api.post(f"{url}/api/v1/tasks/bulk", data=body, headers={"authorization": f"Bearer {token}"})
    assert done.ok, done.text()
    return titles


def test_a_set_of_an_agent_is_seen_and_taken_back(
    new_window: Callable[..., Window], new_context: Callable[..., BrowserContext], pictures: Path
) -> None:
    window = new_window(new_context(**PHONE, color_scheme="dark"))
    window.refusals_expected = True
    window.sign_up()
    titles = _as_agent(window.page, window.url)
    page = window.page
    page.goto(f"{window.url}/#/activity")
    page.reload()
    named = page.get_by_text("Claude completed").first
    expect(named).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("Part of 3 changes together")).to_have_count(1)
    window.picture(pictures, "change-set-line-phone-dark")
    page.get_by_role("button", name="Take it all back").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Completed 3 tasks", timeout=SLOW_MS)
    assert violations(window) == []
    assert_fits_a_phone(window)
    window.picture(pictures, "change-set-phone-dark")
    # Somebody changes one of them meanwhile: that stays.
    first = page.context.request.get(f"{window.url}/api/v1/tasks?status=completed").json()["items"][0]
    page.context.request.delete(f"{window.url}/api/v1/tasks/{first['id']}")
    dialog.get_by_role("button", name="Take it all back").click()
    expect(dialog).to_contain_text("2 of 3 changes taken back", timeout=SLOW_MS)
    expect(dialog).to_contain_text(f"“{first['title']}”")
    window.picture(pictures, "change-set-result-phone-dark")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(color_scheme="light")
    window.picture(pictures, "change-set-result")
    assert violations(window) == []
    dialog.get_by_role("button", name="Done").click()
    page.goto(f"{window.url}/#/all")
    for title in titles:
        (sees_no_more if title == first["title"] else sees)(
            [window], lambda each, title=title: each.row(title), SLOW_MS
        )
