"""Series: create, list, read, edit, preview; pause, resume, stop; skip and move one; their occurrences."""

import asyncio
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from actors.fields import Body
from actors.recurrence.expansion import Policies
from actors.replies import Json, Refused
from actors.series.occurrences import occurrences
from actors.series.preview import preview
from actors.series.upcoming import made_ahead, upcoming
from host.store.read_model import series_queries
from host.store.read_model.task_queries import Stretch
from web.api.edge.acting import act_of, caller_of
from web.api.edge.answers import answer, answer_done
from web.api.edge.app_state import state_of
from web.api.edge.guard import GuardedRoute
from web.api.edge.ids import SeriesId
from web.api.edge.operation import operation
from web.api.edge.paging import cursor_after, opened_cursor, page_json
from web.api.edge.reading import read_body
from web.api.series import bodies, models
from web.api.series.queries import OccurrenceQuery, SeriesQuery, days_asked
from web.api.series.sending import change_series, create_series, delete_series, edit_series, patch_of, split_series
from web.api.series.shown import all_series_json, series_json
from web.problems import not_found, refused

router: Final = APIRouter(prefix="/api/v1/series", tags=["series"], route_class=GuardedRoute)


@router.post(
    "",
    **operation(
        "create_series",
        "write",
        "Create a series",
        models.Series,
        status=201,
        body=bodies.CreateSeries,
        command=True,
        gone=True,
    ),
)
async def create(request: Request) -> Response:
    body = await read_body(request, bodies.CreateSeries)
    act = act_of(request)
    return answer_done(act, await create_series(act, body))


@router.post(
    "/preview",
    **operation(
        "preview_series",
        "read",
        "Preview a rule: its sentence and next dates; nothing is saved",
        models.Preview,
        body=bodies.PreviewSeries,
    ),
)
async def show_preview(request: Request) -> Response:
    body = await read_body(request, bodies.PreviewSeries)
    zone, now = caller_of(request).profile.zone, state_of(request).services.clock.now()
    policies = Policies(month_end=body.month_end, mode=body.mode)
    # The rarest rules take some 50 ms, in which others are answered.
    previewed = await asyncio.to_thread(
        preview, body.rule, body.start.model_dump(), zone, policies, count=body.count, now=now
    )
    if isinstance(previewed, Refused):
        raise refused(previewed)
    return answer(previewed)


@router.get(
    "",
    **operation("list_series", "read", "List series", models.SeriesPage, consistent=True, listed=True),
)
async def list_(request: Request, query: Annotated[SeriesQuery, Query()]) -> Response:
    act = act_of(request)
    stretch = Stretch("created", query.order == "desc", query.per_page, query.offset, opened_cursor(act, query))
    async with act.db.connect() as connection:
        listed = await series_queries.listed(connection, act.user_id, query.status, stretch)
        done = await series_queries.done_of(connection, act.user_id, made_ahead(listed.items))
    items = await all_series_json(listed.items, done)
    page = page_json(query, items, listed.total, cursor_after(act, query, listed.last))
    return answer(page, headers={"Duely-Position": str(listed.position)})


@router.get("/{series_id}", **operation("get_series", "read", "Read a series", models.Series, consistent=True))
async def get(request: Request, series_id: SeriesId) -> Response:
    act = act_of(request)
    async with act.db.connect() as connection:
        stored = await series_queries.find(connection, act.user_id, series_id)
        if stored is None:
            raise not_found("series")
        done = await series_queries.done_of(connection, act.user_id, made_ahead([stored]))
    return answer(series_json(upcoming(stored, done)), headers={"ETag": f'"{stored["version"]}"'})


@router.patch(
    "/{series_id}",
    **operation(
        "patch_series",
        "write",
        "Edit a series; with `from_slot`, split it there and answer the series that follows (201)",
        models.Series,
        body=bodies.PatchSeries,
        command=True,
        edit=True,
        pending=models.Series,
        created=models.Series,
    ),
)
async def patch(request: Request, series_id: SeriesId) -> Response:
    body = await read_body(request, bodies.PatchSeries)
    act = act_of(request)
    if body.from_slot is None:
        return answer_done(act, await edit_series(act, series_id, patch_of(body)))
    follows, done = await split_series(act, series_id, body.from_slot, patch_of(body))
    return answer_done(act, done, Location=f"/api/v1/series/{follows}")


@router.delete(
    "/{series_id}",
    **operation(
        "delete_series",
        "write",
        "Delete a series; its open occurrences stay or are deleted with it",
        models.Series,
        command=True,
        whole=True,
    ),
)
async def delete(
    request: Request, series_id: SeriesId, occurrences: Annotated[Literal["keep", "delete"], Query()] = "keep"
) -> Response:
    act = act_of(request)
    return answer_done(act, await delete_series(act, series_id, occurrences))


@router.post(
    "/{series_id}/pause",
    **operation("pause_series", "write", "Pause a series until it is resumed", models.Series, command=True, whole=True),
)
async def pause(request: Request, series_id: SeriesId) -> Response:
    return await _change(request, series_id, "PauseSeries")


@router.post(
    "/{series_id}/resume",
    **operation(
        "resume_series", "write", "Resume a paused series, from now on", models.Series, command=True, whole=True
    ),
)
async def resume(request: Request, series_id: SeriesId) -> Response:
    return await _change(request, series_id, "ResumeSeries")


@router.post(
    "/{series_id}/stop",
    **operation(
        "stop_series",
        "write",
        "Stop a series permanently",
        models.Series,
        body=bodies.StopSeries,
        body_required=False,
        command=True,
        whole=True,
    ),
)
async def stop(request: Request, series_id: SeriesId) -> Response:
    body = await read_body(request, bodies.StopSeries, required=False)
    return await _change(request, series_id, "StopSeries", {"keep": body.keep})


@router.post(
    "/{series_id}/skip",
    **operation(
        "skip_slot", "write", "Skip one occurrence", models.Series, body=bodies.SkipSlot, command=True, whole=True
    ),
)
async def skip(request: Request, series_id: SeriesId) -> Response:
    return await _change(request, series_id, "SkipSlot", await read_body(request, bodies.SkipSlot))


@router.post(
    "/{series_id}/unskip",
    **operation(
        "unskip_slot",
        "write",
        "Take back the skip of one occurrence, with what its task had",
        models.Series,
        body=bodies.SkipSlot,
        command=True,
        whole=True,
    ),
)
async def unskip(request: Request, series_id: SeriesId) -> Response:
    return await _change(request, series_id, "UnskipSlot", await read_body(request, bodies.SkipSlot))


@router.post(
    "/{series_id}/move",
    **operation(
        "move_slot",
        "write",
        "Move one occurrence to another due",
        models.Series,
        body=bodies.MoveSlot,
        command=True,
        whole=True,
    ),
)
async def move(request: Request, series_id: SeriesId) -> Response:
    return await _change(request, series_id, "MoveSlot", await read_body(request, bodies.MoveSlot))


@router.get(
    "/{series_id}/occurrences",
    **operation(
        "list_occurrences",
        "read",
        "List the occurrences of a range of days, at most 500",
        models.OccurrenceList,
        consistent=True,
    ),
)
async def list_occurrences(
    request: Request, series_id: SeriesId, query: Annotated[OccurrenceQuery, Query()]
) -> Response:
    act = act_of(request)
    first, last = days_asked(act, query)
    async with act.db.snapshot() as connection:
        stored = await series_queries.find(connection, act.user_id, series_id)
        if stored is None:
            raise not_found("series")
        tasks = await series_queries.occurrences(connection, act.user_id, series_id, first, last)
    return answer({"items": occurrences(stored, tasks, first, last)})


async def _change(request: Request, series_id: str, name: str, body: Body | Json | None = None) -> Response:
    act = act_of(request)
    return answer_done(act, await change_series(act, series_id, name, body))
