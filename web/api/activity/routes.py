"""The activity log of a user and of a task, and undoing an entry."""

from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from actors.clock import instant_text
from host.store.access import tokens
from host.store.read_model import activity_queries, change_set_queries, task_queries
from host.store.read_model.activity_queries import ActivityFilter
from host.store.upkeep import archives
from web.act import Act
from web.api.activity import models
from web.api.activity.queries import ActivityQuery, AllActivityQuery, Position
from web.api.activity.sending import undo
from web.api.activity.shown import activity_json, actors_of, change_sets_of
from web.api.edge.acting import act_of
from web.api.edge.answers import answer, answer_done
from web.api.edge.guard import GuardedRoute
from web.api.edge.ids import TaskId
from web.api.edge.operation import operation
from web.problems import not_found

router: Final = APIRouter(prefix="/api/v1", tags=["activity"], route_class=GuardedRoute)


@router.get("/activity", **operation("list_activity", "read", "List activity", models.ActivityPage, consistent=True))
async def list_(request: Request, query: Annotated[AllActivityQuery, Query()]) -> Response:
    act = act_of(request)
    return await _page(act, query, query.task_id)


@router.get(
    "/tasks/{task_id}/activity",
    **operation("list_task_activity", "read", "List a task's activity", models.ActivityPage, consistent=True),
)
async def list_of_task(request: Request, task_id: TaskId, query: Annotated[ActivityQuery, Query()]) -> Response:
    act = act_of(request)
    async with act.db.connect() as connection:
        if not await task_queries.existed(connection, act.user_id, task_id):
            raise not_found()
    return await _page(act, query, task_id)


@router.post(
    "/activity/{position}/undo",
    **operation("undo_activity", "write", "Undo an entry of a task or a series", models.Undone, command=True),
)
async def undo_entry(request: Request, position: Position) -> Response:
    act = act_of(request)
    return answer_done(act, await undo(act, position))


async def _page(act: Act, query: ActivityQuery, task_id: str | None) -> Response:
    wanted = ActivityFilter(
        types=query.type,
        actor=query.actor,
        task_id=task_id,
        since=query.since,
        until=query.until,
        before=query.before,
    )
    async with act.db.connect() as connection:
        rows = await activity_queries.listed(connection, act.user_id, wanted, query.limit + 1)
        archived_before = await archives.activity_archived_before(connection)
        page = rows[: query.limit]
        names = await tokens.names(connection, act.user_id, actors_of(page))
        sets = await change_set_queries.find(connection, act.user_id, change_sets_of(page))
    now = act.now()
    older = str(page[-1].position) if len(rows) > query.limit else None
    return answer(
        {
            "items": [activity_json(row, now, names) for row in page],
            "next_cursor": older,
            "change_sets": {one.id: {"changes": one.changes, "reverted_by": one.reverted_by} for one in sets.values()},
            "archived_before": archived_before and instant_text(archived_before),
        }
    )
