"""Undoing one entry of the activity log."""

from typing import Final

import orjson
from pydantic import ValidationError

from actors.replies import Json
from host.store.read_model import activity_queries
from host.store.read_model.activity_queries import ActivityRow
from host.store.read_model.activity_rows import PEOPLE
from web.act import Act, Done
from web.api.activity.shown import SKIPS, is_undoable
from web.api.series.sending import change_series
from web.api.tasks.sending import change_task
from web.problems import ProblemError, not_found

_NEAR: Final = 2_000  # entries before this one in which that is looked for from which it follows
_OPPOSITE: Final = {"recurrence.skipped": "UnskipSlot", "recurrence.unskipped": "SkipSlot"}


async def undo(act: Act, position: int) -> Done:
    """Undoes what the entry at that position of the caller's activity changed; raises the 404 or 409 if that cannot be."""
    async with act.db.connect() as connection:
        row = await activity_queries.find(connection, act.user_id, position)
    if row is None:
        raise not_found("activity")
    data = orjson.loads(row.body)["data"]
    kind = data["actor"]["kind"]
    if not is_undoable(row.type, data.get("changed") or {}, kind):
        raise _not_undoable(row.type) if kind in PEOPLE else await _by_duely(act, row)
    try:
        return await (_undo_series if "series_id" in data else _undo_task)(act, row.type, data)
    except ValidationError as error:
        raise _not_undoable(row.type) from error


async def _undo_task(act: Act, _event_type: str, data: Json) -> Done:
    return await change_task(act, data["task_id"], "UndoChange", _change(data))


async def _undo_series(act: Act, event_type: str, data: Json) -> Done:
    if event_type in SKIPS:
        return await change_series(act, data["series_id"], _OPPOSITE[event_type], {"slot": data["slot"]["slot"]})
    return await change_series(act, data["series_id"], "UndoSeries", _change(data))


def _change(data: Json) -> Json:
    return {"version": data["version"], "changed": data["changed"]}


async def _by_duely(act: Act, row: ActivityRow) -> ProblemError:
    """Returns the 409 for what follows from another entry, and names that."""
    async with act.db.connect() as connection:
        position = await activity_queries.asked_before(connection, act.user_id, row, _NEAR)
    if position is None:
        return ProblemError(409, "not_undoable", "Duely did this itself; change the task instead.")
    detail = f"Duely did this because of the entry {position}: undo that one instead."
    return ProblemError(409, "not_undoable", detail, extra={"undo_instead": position})


def _not_undoable(event_type: str) -> ProblemError:
    return ProblemError(409, "not_undoable", f"An entry of the type {event_type} cannot be undone.")
