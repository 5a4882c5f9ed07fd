"""The inverse of each entry of a change set: the table INVERSES says which way each type goes. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from actors.replies import Json
from host.store.read_model.change_set_queries import ChangeRow

Way: TypeAlias = Literal["task", "series", "delete_task", "delete_series", "no"]


@dataclass(frozen=True, slots=True)
class Inverse:
    """What takes an entry back: a command to its task or series, a deletion of what was made, or (`no`) nothing.

    `why` says why nothing does. `command` is UndoChange, UndoSeries, SkipSlot or UnskipSlot.
    """

    way: Way
    command: str = ""
    body: Json | None = None
    why: str = ""


def inverse_of(row: ChangeRow, left: Collection[str] = ()) -> Inverse:
    """Returns the inverse of an entry; `left` are the ids of series whose task has left them in the same set."""
    if row.type == "series.deleted" and row.actor_id in left:
        return Inverse("no", why="The series began with a task that is of no series now: let that task repeat again.")
    return INVERSES[row.type](row)


def left_series(rows: Iterable[ChangeRow]) -> set[str]:
    """Returns the ids of the series that a task has left in these entries."""
    changes = (row.changed["series_id"] for row in rows if "series_id" in row.changed)
    return {change["old"] for change in changes if change["old"] is not None}


def once_a_turn(rows: Iterable[ChangeRow]) -> list[ChangeRow]:
    """Returns the entries, the newest first, but of each turn only the one from which its others follow: the first."""
    firsts: dict[tuple[str, int], ChangeRow] = {}
    for row in sorted(rows, key=lambda row: row.position):
        firsts.setdefault((row.actor_id, row.version), row)
    return sorted(firsts.values(), key=lambda row: -row.position)


def _undo_task(row: ChangeRow) -> Inverse:
    if "series_id" in row.changed or "occurrence" in row.changed:
        return Inverse("no", why="The task is of no series now: let it repeat again.")
    if not row.changed:
        return Inverse("no", why="It says nothing of what it has changed.")
    return Inverse("task", "UndoChange", {"version": row.version, "changed": dict(row.changed)})


def _undo_series(row: ChangeRow) -> Inverse:
    changed = row.changed
    if "status" in changed and changed["status"]["old"] == "deleted":
        return Inverse("delete_series")
    if "status" in changed:
        changed = {"status": changed["status"]}
    if not changed:
        return Inverse("no", why="It says nothing of what it has changed.")
    return Inverse("series", "UndoSeries", {"version": row.version, "changed": dict(changed)})


def _slot(command: str) -> Callable[[ChangeRow], Inverse]:
    return lambda row: Inverse("series", command, {"slot": row.slot})


def _never(why: str) -> Callable[[ChangeRow], Inverse]:
    return lambda _: Inverse("no", why=why)


INVERSES: Final[Mapping[str, Callable[[ChangeRow], Inverse]]] = {
    "task.created": lambda _: Inverse("delete_task"),
    "task.updated": _undo_task,
    "task.completed": _undo_task,
    "task.reopened": _undo_task,
    "task.deleted": _undo_task,
    "task.restored": _undo_task,
    "task.purged": _never("The task was deleted permanently."),
    "series.created": lambda _: Inverse("delete_series"),
    "series.updated": _undo_series,
    "series.paused": _undo_series,
    "series.resumed": _undo_series,
    "series.stopped": _undo_series,
    "series.deleted": _undo_series,
    "series.split": _never(
        "A series that was divided cannot be put together again: delete the later one, and set the end of the first."
    ),
    "recurrence.skipped": _slot("UnskipSlot"),
    "recurrence.unskipped": _slot("SkipSlot"),
    "recurrence.moved": _undo_series,
    "reminder.snoozed": _never(
        "A reminder that was put off comes at its new time: acknowledge it, or set another one."
    ),
}


# What the values are now, and what they would be afterwards.

Conflict: TypeAlias = dict[str, Any]  # field, set: what the set wrote, now: what is there


def conflicts_of(changed: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[Conflict]:
    """Returns the fields whose value now is neither what the set wrote nor what was there before it."""
    return [
        {"field": name, "set": change["new"], "now": theirs[name]}
        for name, change in changed.items()
        if name in theirs and theirs[name] not in (change["new"], change["old"])
    ]


def net(changes: Iterable[Mapping[str, Any]]) -> list[Conflict]:
    """Returns what changes, oldest first, have made of the fields that they touch, where that is another value."""
    merged: dict[str, Conflict] = {}
    for changed in changes:
        for name, change in changed.items():
            merged.setdefault(name, {"field": name, "set": change["old"], "now": None})["now"] = change["new"]
    return [conflict for conflict in merged.values() if conflict["set"] != conflict["now"]]
