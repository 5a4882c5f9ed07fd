"""The public app, put together: every route, the edge around them, and the answers where no route matches."""

import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp
from typing_extensions import override
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from web.api.activity import routes as activity
from web.api.auth import routes as auth
from web.api.auth.demo import Demo
from web.api.auth.passwords import Passwords
from web.api.change_sets import routes as change_sets
from web.api.chat import routes as chat
from web.api.conversations import routes as conversations
from web.api.edge.answers import answer_problem
from web.api.edge.app_state import AppState
from web.api.edge.built_page import DIST, BuiltPage
from web.api.edge.credentials import Credentials
from web.api.edge.middleware import Edge
from web.api.edge.rate_limits import RateLimits
from web.api.edge.signed import Signer
from web.api.health import routes as health
from web.api.me import routes as me
from web.api.notifications import routes as notifications
from web.api.openapi import routes as openapi
from web.api.openapi.document import document
from web.api.quick_add import routes as quick_add
from web.api.reminders import routes as reminders
from web.api.series import routes as series
from web.api.sessions import routes as sessions
from web.api.stream import routes as stream
from web.api.stream.seats import StreamSeats
from web.api.tags import routes as tags
from web.api.tasks import routes as tasks
from web.api.tokens import routes as tokens
from web.problems import ProblemError, invalid_parameters
from web.quota import Quota
from web.services import Services
from web.tools.chat.asking import Office
from web.tools.chat.backends.provider import backend_of
from web.tools.chat.runs import Runs
from web.tools.mcp import routes as mcp

METHOD_NOT_ALLOWED: Final = 405
# A request tries the routes in this order, so those that are used most come first.
_ROUTERS: Final = (
    tasks,
    stream,
    activity,
    change_sets,
    tags,
    me,
    notifications,
    reminders,
    series,
    quick_add,
    chat,
    conversations,
    auth,
    sessions,
    tokens,
    mcp,
    health,
    openapi,
)


def create_app(services: Services, page: Path = DIST) -> FastAPI:
    """Returns the public app; serve it with `proxy_headers=False`, because it reads those headers itself."""
    app = _routed()
    state = _state(services, BuiltPage(page))
    app.state.duely = state
    app.state.runs = Runs(Office(services, state.signer, state.quota), backend_of(services))
    app.router.default = state.page
    app.add_exception_handler(ProblemError, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_middleware(Edge)
    if services.settings.trusted_proxies:
        trusted = [str(network) for network in services.settings.trusted_proxies]
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=trusted)
    return app


def describe() -> dict[str, Any]:
    """Returns the OpenAPI document."""
    return document(_routed())


class _Lean(FastAPI):
    """FastAPI with only that layer of its own that its routes need, the exit stack.

    Edge and read_body do the work of the others (a 500 page, telemetry, a limit of bodies), which would cost a sixth of
    a request's way to its handler.
    """

    @override
    def build_middleware_stack(self) -> ASGIApp:
        app: ASGIApp = ExceptionMiddleware(AsyncExitStackMiddleware(self.router), handlers=self.exception_handlers)
        for layer in reversed(self.user_middleware):
            app = layer.cls(app, *layer.args, **layer.kwargs)
        return app


def _routed() -> FastAPI:
    """Returns the app with its routes in one flat table: `include_router` would match each request twice."""
    app = _Lean(
        title="Duely",
        version="1",
        openapi_url=None,
        redirect_slashes=False,
    )
    for module in _ROUTERS:
        app.router.routes.extend(module.router.routes)
    _keep_names_apart_from_ids([route for route in app.router.routes if isinstance(route, Route)])
    return app


def _keep_names_apart_from_ids(routes: Sequence[Route]) -> None:
    """Takes from each route with a parameter those paths that have a route of their own: `/tasks/bulk` is no task."""
    named = [route.path for route in routes if not route.param_convertors]
    for route in routes:
        taken = [re.escape(path) for path in named if route.param_convertors and route.path_regex.match(path)]
        if taken:
            route.path_regex = re.compile(f"(?!(?:{'|'.join(taken)})$){route.path_regex.pattern}")


def _state(services: Services, page: BuiltPage) -> AppState:
    credentials = Credentials(services.db, services.clock, time.monotonic)
    seats = StreamSeats()
    credentials.on_drop.append(seats.sign_out)
    return AppState(
        services=services,
        signer=Signer(services.signing_key),
        credentials=credentials,
        limits=RateLimits(services.db, time.monotonic, on=services.settings.rate_limits),
        quota=Quota(services, time.monotonic),
        passwords=Passwords(),
        seats=seats,
        demo=Demo(services) if services.settings.demo else None,
        page=page,
    )


async def _problem(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)  # noqa: S101  registered for it
    return answer_problem(error)


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  registered for it
    return answer_problem(invalid_parameters(error.errors()))


async def _http(request: Request, error: Exception) -> Response:
    """Answers what the router itself refuses."""
    assert isinstance(error, HTTPException)  # noqa: S101  registered for it
    code, detail = _ROUTER_PROBLEMS.get(error.status_code, ("bad_request", "Duely cannot read this request."))
    headers = {"Allow": _methods(request)} if error.status_code == METHOD_NOT_ALLOWED else error.headers
    return answer_problem(ProblemError(error.status_code, code, detail, headers=headers))


def _methods(request: Request) -> str:
    """Returns the methods of all routes of this path; the router itself names only those of the first."""
    routes = [route for route in request.app.router.routes if isinstance(route, Route)]
    matching = [route for route in routes if route.matches(request.scope)[0] is not Match.NONE]
    methods = {method for route in matching for method in route.methods or ()}
    return ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods))


_ROUTER_PROBLEMS: Final = {
    404: ("not_found", "There is nothing at this address."),
    METHOD_NOT_ALLOWED: ("method_not_allowed", "This address does not support that method; see the Allow header."),
}
