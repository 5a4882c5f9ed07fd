"""Is this process alive, and is it of use: asked by probes, so without a login or a limit, and told without details."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeAlias

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from host.readiness import WORKS
from web.api.edge.answers import answer
from web.api.edge.app_state import state_of
from web.api.health import models

router: Final = APIRouter(tags=["health"])

Check: TypeAlias = Callable[[], Awaitable[str]]

_LONGEST_CHECK_SECONDS: Final = 2.0


@router.get(
    "/health/live", operation_id="health_live", summary="Whether the process answers", response_model=models.Liveness
)
async def live() -> Response:
    return answer({"status": "ok"})


@router.get(
    "/health/ready",
    operation_id="health_ready",
    summary="Whether everything that this process needs works",
    response_model=models.Readiness,
    responses={503: {"model": models.Readiness, "description": "Something does not work; the inner port says what"}},
)
async def ready(request: Request) -> Response:
    return readiness(await states(state_of(request).services.checks))


async def states(checks: Mapping[str, Check]) -> Mapping[str, str]:
    """By part one of WORKS, or why it does not work."""
    words = await asyncio.gather(*(_checked(check) for check in checks.values()))
    return dict(zip(checks, words, strict=True))


def readiness(parts: Mapping[str, str], *, named: bool = False) -> Response:
    """200 when each part works, else 503; with each part by name where they may be `named`."""
    works = WORKS.issuperset(parts.values())
    details = {"parts": parts} if named else {}
    return answer({"status": "ready" if works else "not ready", **details}, status=200 if works else 503)


async def _checked(check: Check) -> str:
    try:
        async with asyncio.timeout(_LONGEST_CHECK_SECONDS):
            return await check()
    except TimeoutError:
        return "no answer"
    except Exception as error:  # noqa: BLE001  whatever a check runs into is its answer
        return f"failed: {type(error).__name__}"
