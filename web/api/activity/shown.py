"""An entry of the activity log as the API and the live stream show it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import orjson

from actors.events import EVENTS, whole
from actors.replies import Json
from actors.shapes import Task, is_whole
from host.store.read_model.activity_queries import ActivityRow
from host.store.read_model.activity_rows import PEOPLE
from web.api.tasks.shown import task_json

# What an entry of each type may have changed so that it can be undone; None: anything.
_FIELDS: Final = frozenset(
    {"title", "description", "priority", "tags", "checklist", "reminders"}
    | {"rule", "start", "mode", "month_end", "pile_up", "look_ahead_days"}
)
UNDOABLE: Final[Mapping[str, frozenset[str] | None]] = {
    **dict.fromkeys(("task.updated", "task.completed", "task.reopened", "task.deleted", "task.restored")),
    "series.updated": _FIELDS | {"moved"},
    "series.paused": frozenset({"status"}),
    "series.resumed": frozenset({"status"}),
    "series.stopped": frozenset({"status"}),
    "recurrence.moved": frozenset({"moved"}),
}
SKIPS: Final = frozenset({"recurrence.skipped", "recurrence.unskipped"})  # they are undone by the opposite command
LARGEST: Final = 256 * 1024  # limit of the events of one turn together, each with the whole task


def is_undoable(event_type: str, changed: Json, actor_kind: str) -> bool:
    """Returns whether an entry of that type, with these changes and by that kind of actor can be undone.

    What Duely put into the trash, or took out of it, follows from something else, as from the pause of a series: that is
    undone instead.
    """
    if actor_kind not in PEOPLE and event_type != "task.updated":
        return False
    if event_type in SKIPS:
        return True
    fields = UNDOABLE.get(event_type)
    if event_type not in UNDOABLE or not changed or "occurrence" in changed:
        return False
    if "moved" in changed and len(changed) > 1:
        return False
    if fields is None:
        return True
    was_running = "status" not in changed or changed["status"]["old"] in {"active", "paused"}
    return changed.keys() <= fields and was_running


def event_of(body: str, first: str | None) -> Json:
    """Returns the event of a row of activity with the whole task, also for a later event of a turn.

    `first` is the body of the turn's first event, None for that one itself.
    """
    event: Json = orjson.loads(body)
    return whole(event, first, LARGEST // event["data"]["of"])


def actors_of(rows: Iterable[ActivityRow]) -> set[str]:
    """Returns the ids of those who did what entries of the log say."""
    return {orjson.loads(row.body)["data"]["actor"]["id"] for row in rows}


def change_sets_of(rows: Iterable[ActivityRow]) -> set[str]:
    """Returns the ids of the change sets to which entries of the log belong."""
    causes = (orjson.loads(row.body)["data"].get("cause") or {} for row in rows)
    return {cause["change_set"] for cause in causes if cause.get("change_set")}


def activity_json(row: ActivityRow, now: datetime, names: Mapping[str, str] = MappingProxyType({})) -> Json:
    """Returns an entry of the log with its time, its hash, the name of its token and whether it can be undone."""
    event = event_of(row.body, row.first)
    entry = entry_json(row.position, event, now)
    entry["cause"]["name"] = names.get(entry["cause"]["id"])
    return {
        "id": row.position,
        **entry,
        "at": event["time"],
        "undoable": is_undoable(row.type, entry["changed"], entry["cause"]["kind"]),
        "hash": row.hash,
    }


def entry_json(position: int, event: Json, now: datetime) -> dict[str, Any]:
    """Returns what the log and the live stream both show: position, type, subject, changes and cause."""
    data = event["data"]
    cause = data.get("cause") or {}  # what a tick did has none; nor has an entry from before there were causes
    # A purged task has nothing to show; a trimmed one is too large to repeat; the task of a series event is yet to be made.
    hidden = data.get("trimmed") or event["type"] == "task.purged" or "series_id" in data
    task = None if hidden else data.get("task")
    if event["type"] not in EVENTS and not is_whole(task, Task):
        task = None  # the event is of a newer version, which alone knows its task
    return {
        "position": position,
        "type": event["type"],
        "task_id": data.get("task_id"),
        "series_id": data.get("series_id"),
        "version": data["version"],
        "task": task_json(task, now) if task else None,
        "changed": data.get("changed") or {},
        "cause": {
            "kind": data["actor"]["kind"],
            "id": data["actor"]["id"],
            "correlation_id": data.get("correlation_id"),
            "command_id": data.get("command_id"),
            "via": cause.get("kind"),
            "change_set": cause.get("change_set"),
            "name": None,
        },
    }
