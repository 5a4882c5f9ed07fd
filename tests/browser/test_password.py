"""Changing the password on the page: what ends with it, and what stays."""

from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Locator, expect

from tests.browser.window import PASSWORD, Window
from tests.support.system import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
NEW_PASSWORD = "another long passphrase"


def test_a_change_of_password_ends_sessions_and_the_tokens_if_that_is_wanted(
    new_window: Callable[..., Window], system: System
) -> None:
    window = new_window()
    window.refusals_expected = True
    email = window.sign_up()
    api = f"{system.url}/api/v1"
    with httpx.Client(base_url=api, timeout=10) as script:
        script.post("/auth/login", json={"email": email, "password": PASSWORD}).raise_for_status()
        tokens = [_token(script, name) for name in ("One", "Two")]
        form = _fill(window, "not my password", NEW_PASSWORD)
        form.get_by_role("button", name="Change it").click()
        expect(form.get_by_role("alert")).to_have_text("The current password is wrong.")
        form.get_by_label("Current password", exact=True).fill(PASSWORD)
        expect(form.get_by_label("Revoke my 2 access tokens, too")).not_to_be_checked()
        _send(window, form, "Password changed")
        assert script.get("/me").status_code == httpx.codes.UNAUTHORIZED
    assert [_status(api, token) for token in tokens] == [httpx.codes.OK] * 2

    form = _fill(window, NEW_PASSWORD, PASSWORD)
    form.get_by_label("Revoke my 2 access tokens, too").check()
    _send(window, form, "Password changed and 2 access tokens revoked")
    assert [_status(api, token) for token in tokens] == [httpx.codes.UNAUTHORIZED] * 2
    window.until_live()
    other = new_window()
    other.refusals_expected = True
    other.sign_in(email)
    other.until_live()


def _fill(window: Window, current: str, fresh: str) -> Locator:
    """Opens the form and fills it in."""
    window.go("Settings")
    window.page.get_by_role("button", name="Change password").click()
    form = window.page.get_by_role("form", name="Change password")
    form.get_by_label("Current password", exact=True).fill(current)
    form.get_by_label("New password", exact=True).fill(fresh)
    return form


def _send(window: Window, form: Locator, told: str) -> None:
    form.get_by_role("button", name="Change it").click()
    expect(window.page.get_by_text(told, exact=True)).to_be_visible()
    expect(form).to_be_hidden()


def _token(script: httpx.Client, name: str) -> str:
    made = script.post("/tokens", json={"name": name, "scopes": ["read"]})
    made.raise_for_status()
    token: str = made.json()["token"]
    return token


def _status(api: str, token: str) -> int:
    return httpx.get(f"{api}/me", headers={"Authorization": f"Bearer {token}"}, timeout=10).status_code
