"""Is this process alive, is it of use, and its metrics. Asked by probes and scrapers, so without a login or a limit."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeAlias

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response

from host.readiness import WORKS
from web.api import models
from web.api.answers import answer
from web.api.parts import parts_of

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
    summary="Whether each part that this process needs works",
    response_model=models.Readiness,
    responses={503: {"model": models.Readiness, "description": "A part does not work; it says which"}},
)
async def ready(request: Request) -> Response:
    return await readiness(parts_of(request).services.parts)


async def readiness(checks: Mapping[str, Check]) -> Response:
    """200 when each part works, else 503; either way each part by name."""
    words = await asyncio.gather(*(_checked(check) for check in checks.values()))
    parts = dict(zip(checks, words, strict=True))
    works = WORKS.issuperset(words)
    status = "ready" if works else "not ready"
    return answer({"status": status, "parts": parts}, status=200 if works else 503)


@router.get("/metrics", operation_id="metrics", summary="Prometheus metrics", response_class=Response)
async def metrics() -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _checked(check: Check) -> str:
    try:
        async with asyncio.timeout(_LONGEST_CHECK_SECONDS):
            return await check()
    except TimeoutError:
        return "no answer"
    except Exception as error:  # noqa: BLE001  whatever a check runs into is its answer
        return f"failed: {type(error).__name__}"
