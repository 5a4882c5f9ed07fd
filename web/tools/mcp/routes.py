"""/mcp, and the metadata of RFC 9728 that say how to come in: with a token, never with the cookie of a browser."""

import asyncio
import re
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from typing_extensions import override

from web.api.edge.acting import caller_of
from web.api.edge.answers import answer
from web.api.edge.app_state import AppState, state_of
from web.api.edge.credentials import unauthenticated
from web.api.edge.guard import GuardedRoute, admit_caller, found_caller
from web.api.edge.json_limits import parsed
from web.api.edge.reading import read_raw
from web.api.edge.turns import Turns
from web.problems import ProblemError

router: Final = APIRouter(route_class=GuardedRoute)

PATH: Final = "/mcp"
METADATA: Final = "/.well-known/oauth-protected-resource"
# The guard refuses other sites and counts by address; who may come in is decided here. MCP describes itself.
_DECLARED: Final[dict[str, Any]] = {"include_in_schema": False, "openapi_extra": {"x-duely-access": "public"}}
_PLAIN_HOST: Final = re.compile(r"[A-Za-z0-9.:\[\]-]{1,253}")


@router.post(PATH, **_DECLARED)
async def serve(request: Request) -> Response:
    state = state_of(request)
    await _admit(request, state)
    raw = await read_raw(request)
    parsed(raw)  # within the limits of every body; the server reads it by itself
    return _Exchange(await asyncio.to_thread(_server), raw, state.turns, caller_of(request).user_id)


@router.get(METADATA, **_DECLARED)
@router.get(METADATA + PATH, **_DECLARED)
async def metadata(request: Request) -> Response:
    resource = {
        "resource": f"{_origin(request)}{PATH}",
        "resource_name": "Duely",
        "bearer_methods_supported": ["header"],
        "scopes_supported": ["read", "write", "agent"],
    }
    return answer(resource)


async def _admit(request: Request, state: AppState) -> None:
    """Lets in whoever has a token, and in the demo everybody on this machine; raises the 401 that says what is missing."""
    try:
        if "authorization" not in request.headers and state.demo is None:
            raise unauthenticated("Send a token of this Duely as `Authorization: Bearer`; make one in the settings.")
        caller = await found_caller(request, state)
    except ProblemError as problem:
        if problem.status == 401:  # noqa: PLR2004
            problem.headers["WWW-Authenticate"] = _challenge(request)
        raise
    await admit_caller(request, state, caller, "read")


def _challenge(request: Request) -> str:
    error = 'error="invalid_token", ' if "authorization" in request.headers else ""
    return f'Bearer {error}resource_metadata="{_origin(request)}{METADATA}{PATH}"'


def _origin(request: Request) -> str:
    """Returns the scheme and host that were asked; raises the 400 for a host that could not stand in a header."""
    host = request.headers.get("host", "")
    if not _PLAIN_HOST.fullmatch(host):
        raise ProblemError(400, "bad_host", "Send the name or address of this Duely as Host.")
    return f"{request.scope['scheme']}://{host}"


def _server() -> ASGIApp:
    """Returns the server. The SDK takes a second and 30 MB to load, so it is loaded when somebody first asks."""
    from web.tools.mcp.server import exchange  # noqa: PLC0415

    return exchange


class _Exchange(Response):
    """The answer that the server writes by itself."""

    def __init__(self, server: ASGIApp, raw: bytes, turns: Turns, user_id: str) -> None:
        super().__init__()
        self._server = server
        self._raw = raw
        self._turns = turns
        self._user_id = user_id

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = iter([{"type": "http.request", "body": self._raw, "more_body": False}])

        async def again() -> Message:
            return next(body, None) or await receive()

        with self._turns.taken(self._user_id):
            await self._server(scope, again, send)
