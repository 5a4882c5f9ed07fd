"""Checks of what is on screen: accessibility by axe, and whether it fits a phone."""

from axe_playwright_python.sync_playwright import Axe

from tests.browser.window import Window

PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def violations(window: Window) -> list[str]:
    """Returns every violation of WCAG 2.2 AA that axe finds on the page, with its element and what would mend it."""
    report = Axe().run(window.page, options={"resultTypes": ["violations"], "runOnly": _RULES})
    return [
        f"{violation['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
        for violation in report.response["violations"]
        for node in violation["nodes"]
    ]


def assert_fits_a_phone(window: Window) -> None:
    """Raises AssertionError when the page would scroll sideways."""
    width = window.page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"], f"{width} wide"
