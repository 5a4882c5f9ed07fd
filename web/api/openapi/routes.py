"""`GET /api/v1/openapi.json`: the committed document."""

from functools import cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

SNAPSHOT: Final = Path(__file__).parents[1] / "openapi.json"

router: Final = APIRouter()


@cache
def committed() -> bytes:
    """Returns the committed document, read once."""
    return SNAPSHOT.read_bytes()


@router.get("/api/v1/openapi.json", include_in_schema=False)
async def openapi() -> Response:
    """Answers the committed document; a test compares it with the code, so no request waits while it is made."""
    return Response(committed(), media_type="application/json")
