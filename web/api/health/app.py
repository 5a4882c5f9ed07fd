"""What a process without the public app answers on its public port: whether it lives, and whether it is of use."""

from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.api.health import routes as health
from web.api.health.routes import Check


def create_health_app(checks: Mapping[str, Check]) -> Starlette:
    """`checks` names what must work for this process to be of use."""

    async def live(_request: Request) -> Response:
        return await health.live()

    async def ready(_request: Request) -> Response:
        return health.readiness(await health.states(checks))

    return Starlette(routes=[Route("/health/live", live), Route("/health/ready", ready)])
