"""Fixtures of the level: one real system and one real browser; each test has windows of its own."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser.window import Window, assert_prompt
from tests.support.summary import SUMMARY
from tests.support.system import System, running_system

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--no-first-run",
)
ZONE = "Europe/Berlin"


@pytest.fixture(scope="package")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(tmp_path_factory.mktemp("browser")) as running:
        yield running


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    chromium_path = next((path for name in NAMES if (path := shutil.which(name))), None)
    if chromium_path is None:
        pytest.skip("no Chromium: install the package `chromium`")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=list(ARGUMENTS))
        yield chromium
        chromium.close()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser contexts that share nothing, not even the sign-in."""
    opened: list[BrowserContext] = []

    def make(width: int = 1280, height: int = 800, **more: object) -> BrowserContext:
        options = {"locale": "en-GB", "timezone_id": ZONE, "reduced_motion": "reduce", **more}
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(10_000)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()


@pytest.fixture
def new_window(new_context: Callable[..., BrowserContext], system: System) -> Iterator[Callable[..., Window]]:
    """Opens the page in a context of its own, or as a further tab of `context`.

    At the end no window may have errors, and the windows must not have been slow.
    """
    windows: list[Window] = []

    def make(context: BrowserContext | None = None, **more: object) -> Window:
        window = Window((context or new_context(**more)).new_page(), system.url)
        windows.append(window)
        return window

    yield make
    for window in windows:
        window.assert_no_errors()
    assert_prompt(windows)


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the pictures; the summary at the end of the run names it."""
    folder: Path = tmp_path_factory.mktemp("pictures")
    SUMMARY.append(f"pictures of the page: {folder}")
    return folder
