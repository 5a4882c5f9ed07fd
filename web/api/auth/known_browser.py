"""Browsers that were signed in to an account before: whoever guesses at that account elsewhere does not keep them out.

A cookie keeps one sealed text for each of the last accounts. It opens no session, and only the server can read which
account a text is for: by trying it.
"""

from typing import Final
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from web.api.edge.app_state import AppState, state_of
from web.api.edge.credentials import SECURE_COOKIE, cookie_name

LIFE_SECONDS: Final = 180 * 86_400
_MOST_ACCOUNTS: Final = 5
_LONGEST_TEXT: Final = 200


def browser_of(request: Request, email: str) -> str | None:
    """Returns the id of the browser that sends the request, or None if it was not signed in to that account before."""
    return known_browser(state_of(request), email, request.cookies.get(_name(request), ""))


def known_browser(state: AppState, email: str, kept: str) -> str | None:
    """Returns the browser's id from what its cookie keeps, if one of the texts is for that account and not too old."""
    for text in _texts(kept):
        opened = state.signer.open("browser", email, text)
        if opened is not None and opened[1] + LIFE_SECONDS > state.services.clock.now().timestamp():
            return str(opened[0])
    return None


def make_known(request: Request, response: Response, email: str) -> None:
    """Sets the cookie by which the browser is known to this account from now on."""
    state, name = state_of(request), _name(request)
    text = state.signer.seal("browser", email, [uuid4().hex, int(state.services.clock.now().timestamp())])
    others = [old for old in _texts(request.cookies.get(name, "")) if state.signer.open("browser", email, old) is None]
    response.set_cookie(
        name,
        ".".join([text, *others][:_MOST_ACCOUNTS]),
        max_age=LIFE_SECONDS,
        path="/",
        secure=name.startswith(SECURE_COOKIE),
        httponly=True,
        samesite="lax",
    )


def _name(request: Request) -> str:
    return f"{cookie_name(request)}-known"


def _texts(kept: str) -> list[str]:
    return [text for text in kept.split(".", _MOST_ACCOUNTS)[:_MOST_ACCOUNTS] if 0 < len(text) < _LONGEST_TEXT]
