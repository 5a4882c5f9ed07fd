"""The page while the read model is behind: it shows what there is, and says so."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.window import WAIT_MS, Window
from tests.support.system import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
LOOK_AGAIN_MS = 5_000  # the page's interval while reads are behind


def test_a_paused_projector_is_shown_and_the_page_goes_on(new_window: Callable[..., Window], system: System) -> None:
    window = new_window()
    window.refusals_expected = True
    window.sign_up()
    window.add("Milk today")
    expect(window.row("Milk")).to_be_visible()
    notice = window.page.get_by_test_id("behind")
    expect(notice).to_have_count(0)
    assert system.cli("pause-consumer", "projector").returncode == 0
    try:
        window.add("Bread today")
        window.page.reload()
        expect(notice).to_contain_text("paused", timeout=3 * WAIT_MS)
        expect(window.row("Milk")).to_be_visible()
    finally:
        assert system.cli("pause-consumer", "projector", "--resume").returncode == 0
    expect(notice).to_have_count(0, timeout=LOOK_AGAIN_MS + 2 * WAIT_MS)
    expect(window.row("Bread")).to_be_visible()
