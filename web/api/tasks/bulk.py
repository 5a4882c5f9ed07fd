"""One change to many tasks in one request."""

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from web.api import bodies, models
from web.api.edge.acting import act_of
from web.api.edge.answers import answer_done
from web.api.edge.guard import GuardedRoute
from web.api.edge.operation import operation
from web.api.edge.reading import read_body
from web.api.tasks.bulk_sending import change_tasks

router: Final = APIRouter(prefix="/api/v1/tasks", tags=["tasks"], route_class=GuardedRoute)


@router.post(
    "/bulk",
    **operation("bulk_tasks", "write", "Change up to 200 tasks", models.BulkResults, body=bodies.Bulk, command=True),
)
async def bulk(request: Request) -> Response:
    body = await read_body(request, bodies.Bulk)
    act = act_of(request)
    return answer_done(act, await change_tasks(act, body.action, body.ids, body.args))
