"""The outermost layer: correlation id, access log, metrics, the headers of every response, and unexpected errors."""

import asyncio
import logging
import re
import time
from collections.abc import Callable
from secrets import token_hex
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from actors.context import correlation_id, user_id
from host.dapr.gateway import ActorBug, Unavailable
from host.metrics import http_request_duration, http_requests
from host.store.engine import is_outage
from web.api.edge.answers import answer_problem
from web.problems import ProblemError, broken, unavailable

access_log = logging.getLogger("duely.access")
log = logging.getLogger(__name__)

IS_HEAD: Final = "duely.is_head"  # of a scope: it is asked as GET, and answered without the body
_SANE_ID: Final = re.compile(rb"[A-Za-z0-9._:-]{8,128}")
_QUIET: Final = "/health/"
# The metrics count what went well; a line for each would cost a twentieth of a create and hide the other lines.
_NOTABLE_STATUS: Final = 400
_LEFT: Final = 499  # as proxies log a client that left before it had sent its request or had its answer
_NOTABLE_SECONDS: Final = 1.0
_HEADERS: Final = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"content-security-policy",
        b"default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
]
_NOT_KEPT: Final = (b"cache-control", b"no-store")
_HSTS: Final = (b"strict-transport-security", b"max-age=31536000")


class Edge:
    """Wraps every request once and answers with a problem what nothing else has answered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._requests: dict[tuple[str, str, int], Callable[[], None]] = {}
        self._durations: dict[tuple[str, str], Callable[[float], None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["method"] == "HEAD":
            await self._answer({**scope, "method": "GET", IS_HEAD: True}, receive, _headers_alone(send))
        else:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        request_id = _correlation_id(scope)
        scope["duely.correlation_id"] = request_id
        correlation_id.set(request_id)
        user_id.set("")
        extra = [*_HEADERS, (b"x-request-id", request_id.encode())]
        if scope["scheme"] == "https":
            extra.append(_HSTS)
        status, answered = 0, started

        async def send_with_headers(message: Message) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                status, answered = message["status"], time.perf_counter()
                headers = message["headers"]
                no_store = () if any(name == b"cache-control" for name, _ in headers) else (_NOT_KEPT,)
                message["headers"] = [*headers, *no_store, *extra]
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except ClientDisconnect:
            status = status or _LEFT
        except asyncio.CancelledError:
            # The server is stopping and waits no longer; by itself it would answer 500, without a time to try again.
            if not status:
                stopping = unavailable("Duely is stopping; try again in a moment.", code="stopping")
                await answer_problem(stopping)(scope, receive, send_with_headers)
            raise
        except Exception as error:
            if status:
                raise
            await answer_problem(last_resort(error))(scope, receive, send_with_headers)
        finally:
            # The time until the response begins: a stream goes on for hours.
            self._note(scope, status, answered - started)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        method, route = _method(scope), _route(scope)
        self._count(method, route, status)
        self._observe(method, route, seconds)
        path: str = scope["path"]
        level = logging.INFO if status >= _NOTABLE_STATUS or seconds >= _NOTABLE_SECONDS else logging.DEBUG
        if access_log.isEnabledFor(level) and not path.startswith(_QUIET):
            fields = {
                "method": method,
                "path": path[:200],
                "status": status,
                "duration_ms": round(seconds * 1000, 2),
                "address": (scope.get("client") or ("",))[0],
            }
            access_log.log(level, "request", extra=fields)

    def _count(self, method: str, route: str, status: int) -> None:
        key = (method, route, status)
        if key not in self._requests:
            self._requests[key] = http_requests.labels(method, route, str(status)).inc
        self._requests[key]()

    def _observe(self, method: str, route: str, seconds: float) -> None:
        key = (method, route)
        if key not in self._durations:
            self._durations[key] = http_request_duration.labels(method, route).observe
        self._durations[key](seconds)


def _correlation_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            return str(value, "ascii") if _SANE_ID.fullmatch(value) else token_hex(16)
    return token_hex(16)


def _route(scope: Scope) -> str:
    """Returns the route's pattern, never the path: a label for each made-up path would fill the memory."""
    return getattr(scope.get("route"), "path", "none")


def _headers_alone(send: Send) -> Send:
    """Ends the answer after its headers, also one that would go on for ever; the app is told that nobody listens."""

    async def send_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            await send(message)
            await send({"type": "http.response.body", "body": b""})

    return send_headers


def _method(scope: Scope) -> str:
    method: str = "HEAD" if IS_HEAD in scope else scope["method"]
    return method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "other"


def last_resort(error: Exception) -> ProblemError:
    """Returns the problem for an error that nothing else has handled, and logs what the operator must know."""
    if isinstance(error, Unavailable):
        return unavailable("A part of Duely does not respond; try again in a moment.", code="actors_unavailable")
    if is_outage(error):
        log.warning("database unavailable", extra={"cause": repr(error)[:300]})
        return unavailable("The database does not respond; try again in a moment.", code="database_unavailable")
    if isinstance(error, ActorBug):  # the host of the actor has logged the rest
        log.error("an actor has a bug", extra={"actor_type": error.actor_type, "fingerprint": error.fingerprint})
    else:
        log.error("unhandled", exc_info=error)
    return broken()
