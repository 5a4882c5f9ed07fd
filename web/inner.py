"""The inner listener: metrics, and readiness with its checks by name, for monitoring."""

from collections.abc import Awaitable, Callable, Mapping
from hmac import compare_digest

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from host.readiness import Check
from web.api.edge.answers import answer_problem
from web.api.edge.credentials import unauthenticated
from web.api.health import routes as health

Endpoint = Callable[[Request], Awaitable[Response]]


def create_inner_app(checks: Mapping[str, Check], token: str) -> Starlette:
    """Returns the app of the inner listener. `checks` are those of readiness; with an empty `token` anybody may ask."""

    async def live(_request: Request) -> Response:
        return await health.live()

    async def ready(_request: Request) -> Response:
        return health.readiness(await health.states(checks), named=True)

    async def metrics(_request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return Starlette(
        routes=[
            Route("/health/live", live),
            Route("/health/ready", _with_token(token, ready)),
            Route("/metrics", _with_token(token, metrics)),
        ]
    )


def _with_token(token: str, endpoint: Endpoint) -> Endpoint:
    """Requires the token: on loopback, too, there are others, each account of the machine and any page in a browser."""

    async def checked(request: Request) -> Response:
        authorization = request.headers.get("authorization", "").encode("latin-1")
        if token and not compare_digest(authorization, f"Bearer {token}".encode()):
            detail = "Send the token from the file that `duely doctor` names, as `Authorization: Bearer …`."
            return answer_problem(unauthenticated(detail))
        return await endpoint(request)

    return checked
