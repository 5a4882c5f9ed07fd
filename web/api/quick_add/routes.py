"""Quick add: reads a line, or makes a task or a series of it."""

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from web.api.edge.acting import act_of
from web.api.edge.answers import answer, answer_done
from web.api.edge.guard import GuardedRoute
from web.api.edge.operation import operation
from web.api.edge.reading import read_body
from web.api.quick_add import bodies, models
from web.api.quick_add.sending import quick_add, read_line
from web.api.series.models import Series
from web.api.tasks.models import Task

router: Final = APIRouter(prefix="/api/v1/quick-add", tags=["quick add"], route_class=GuardedRoute)


@router.post(
    "",
    **operation(
        "quick_add",
        "write",
        "Create a task, or a series, from a line of text",
        Task,
        status=201,
        body=bodies.QuickAdd,
        command=True,
        gone=True,
        pending=Series,
    ),
)
async def add(request: Request) -> Response:
    body = await read_body(request, bodies.QuickAdd)
    act = act_of(request)
    return answer_done(act, await quick_add(act, body))


@router.post(
    "/parse",
    **operation(
        "parse_quick_add",
        "read",
        "Read a line of text; nothing is saved",
        models.Reading,
        body=bodies.Line,
    ),
)
async def parse(request: Request) -> Response:
    body = await read_body(request, bodies.Line)
    return answer(await read_line(act_of(request), body))
