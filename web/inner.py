"""The inner listener: metrics, and what stands behind readiness, for whoever watches this process."""

from collections.abc import Awaitable, Callable, Mapping
from hmac import compare_digest

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.api.edge.answers import answer_problem
from web.api.edge.credentials import unauthenticated
from web.api.health import routes as health
from web.api.health.routes import Check

Endpoint = Callable[[Request], Awaitable[Response]]


def create_inner_app(checks: Mapping[str, Check], token: str) -> Starlette:
    """`checks` names what must work for this process to be of use. With no token everything is told to anyone."""

    async def live(_request: Request) -> Response:
        return await health.live()

    async def ready(_request: Request) -> Response:
        return health.readiness(await health.states(checks), named=True)

    async def metrics(_request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return Starlette(
        routes=[
            Route("/health/live", live),
            Route("/health/ready", _shown(token, ready)),
            Route("/metrics", _shown(token, metrics)),
        ]
    )


def _shown(token: str, endpoint: Endpoint) -> Endpoint:
    """On loopback, too, there are others: each account of the machine, and any page in a browser."""

    async def checked(request: Request) -> Response:
        given = request.headers.get("authorization", "").encode("latin-1")
        if token and not compare_digest(given, f"Bearer {token}".encode()):
            detail = "Show the token of the file that `duely doctor` names, as `Authorization: Bearer …`."
            return answer_problem(unauthenticated(detail))
        return await endpoint(request)

    return checked
