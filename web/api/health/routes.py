"""Liveness and readiness for probes: without a login, a rate limit or details."""

import asyncio
from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from host.readiness import WORKS, Check
from web.api.edge.answers import answer
from web.api.edge.app_state import state_of
from web.api.health import models

router: Final = APIRouter(tags=["health"])

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
    responses={
        503: {"model": models.Readiness, "description": "Something does not work; the inner listener says what"}
    },
)
async def ready(request: Request) -> Response:
    return readiness(await states(state_of(request).services.checks))


async def states(checks: Mapping[str, Check]) -> Mapping[str, str]:
    """Returns for each check one of WORKS, or why it fails."""
    results = await asyncio.gather(*(_checked(check) for check in checks.values()))
    return dict(zip(checks, results, strict=True))


def readiness(results: Mapping[str, str], *, named: bool = False) -> Response:
    """Returns a 200 if all checks pass, else a 503; with `named` it has the result of each."""
    works = WORKS.issuperset(results.values())
    details = {"parts": results} if named else {}
    return answer({"status": "ready" if works else "not ready", **details}, status=200 if works else 503)


async def _checked(check: Check) -> str:
    try:
        async with asyncio.timeout(_LONGEST_CHECK_SECONDS):
            return await check()
    except TimeoutError:
        return "no answer"
    except Exception as error:  # noqa: BLE001  whatever a check raises is its result
        return f"failed: {type(error).__name__}"
