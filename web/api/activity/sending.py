"""Undoing one entry of the activity log."""

import orjson
from pydantic import ValidationError

from host.store.read_model import activity_queries
from web.act import Act, Done
from web.api.activity.shown import UNDOABLE
from web.api.tasks.sending import change_task
from web.problems import ProblemError, not_found


async def undo(act: Act, position: int) -> Done:
    """Undoes what the entry at that position of the caller's activity changed; raises the 404 or 409 if that cannot be."""
    async with act.db.connect() as connection:
        row = await activity_queries.find(connection, act.user_id, position)
    if row is None:
        raise not_found("activity")
    data = orjson.loads(row.body)["data"]
    if row.type not in UNDOABLE or not data.get("changed"):
        raise _not_undoable(row.type)
    body = {"version": data["version"], "changed": data["changed"]}
    try:
        return await change_task(act, data["task_id"], "UndoChange", body)
    except ValidationError as error:
        raise _not_undoable(row.type) from error


def _not_undoable(event_type: str) -> ProblemError:
    return ProblemError(409, "not_undoable", f"An entry of the type {event_type} cannot be undone.")
