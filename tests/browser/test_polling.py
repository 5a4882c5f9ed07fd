"""The page behind a proxy that holds every answer back until it has ended."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.window import PASSWORD, Window
from tests.support.links import Links, proxied
from tests.support.system import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
SILENCE_MS = 10_000  # after which the page polls
POLL_MS = 20_000  # the longest that a poll is held
PROMPT_MS = 2_000


@pytest.fixture
def links(system: System) -> Iterator[Links]:
    with proxied({"page": system.url.removeprefix("http://")}) as made:
        yield made


def test_a_page_behind_a_proxy_that_holds_the_stream_back_polls_and_says_so(
    new_context: Callable[..., BrowserContext], links: Links, system: System
) -> None:
    context = new_context()
    window = Window(context.new_page(), f"http://127.0.0.1:{links.ports['page']}")
    window.refusals_expected = True
    email = window.sign_up()
    window.go("All")
    with httpx.Client(base_url=f"{system.url}/api/v1", timeout=10) as script:
        script.post("/auth/login", json={"email": email, "password": PASSWORD}).raise_for_status()
        links.set("page", "buffer")
        expect(window.connection).to_have_text("Live through polling", timeout=2 * SILENCE_MS)
        _shows_what_a_script_adds(window, script, "while it polls")

        window.page.reload()
        expect(window.connection).to_have_text("Live through polling", timeout=2 * SILENCE_MS)
        _shows_what_a_script_adds(window, script, "after a reload")
        with context.expect_page() as opened:
            window.page.get_by_role("link", name="What to do").click()
        expect(opened.value.get_by_text("# Behind a reverse proxy")).to_be_visible()
        opened.value.close()

        links.set("page", "open")
        window.until_live(2 * POLL_MS + 5_000)
        _shows_what_a_script_adds(window, script, "through the stream again")
    window.assert_no_errors()


def _shows_what_a_script_adds(window: Window, script: httpx.Client, when: str) -> None:
    for number in range(5):
        title = f"Number {number} {when}"
        script.post("/tasks", json={"title": title}).raise_for_status()
        expect(window.row(title)).to_be_visible(timeout=PROMPT_MS)
