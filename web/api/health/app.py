"""The app on the public port of a process without the public app: liveness and readiness alone."""

from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from host.readiness import Check
from web.api.health import routes as health


def create_health_app(checks: Mapping[str, Check]) -> Starlette:
    """Returns the app; `checks` are those of readiness."""

    async def live(_request: Request) -> Response:
        return await health.live()

    async def ready(_request: Request) -> Response:
        return health.readiness(await health.states(checks))

    return Starlette(routes=[Route("/health/live", live), Route("/health/ready", ready)])
