"""Undoing one entry of the activity log."""

from typing import Final

import orjson
from pydantic import ValidationError

from actors.replies import Json
from host.store.read_model import activity_queries
from web.act import Act, Done
from web.api.activity.shown import SKIPS, is_undoable
from web.api.series.sending import change_series
from web.api.tasks.sending import change_task
from web.problems import ProblemError, not_found

_OPPOSITE: Final = {"recurrence.skipped": "UnskipSlot", "recurrence.unskipped": "SkipSlot"}


async def undo(act: Act, position: int) -> Done:
    """Undoes what the entry at that position of the caller's activity changed; raises the 404 or 409 if that cannot be."""
    async with act.db.connect() as connection:
        row = await activity_queries.find(connection, act.user_id, position)
    if row is None:
        raise not_found("activity")
    data = orjson.loads(row.body)["data"]
    if not is_undoable(row.type, data.get("changed") or {}):
        raise _not_undoable(row.type)
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


def _not_undoable(event_type: str) -> ProblemError:
    return ProblemError(409, "not_undoable", f"An entry of the type {event_type} cannot be undone.")
