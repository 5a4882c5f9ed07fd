"""What taking a set back would do to each of its entries, as things are now. Pure; the actors have the last word."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from actors.series.state import flat
from actors.task.reminders import spec_of
from host.store.read_model.change_set_queries import ChangeRow
from web.api.change_sets.inverse import conflicts_of, inverse_of, left_series, net, once_a_turn

_UNCHECKED: Final = frozenset({"moved"})  # fields whose value is that of single slots


def takes_back(
    rows: Sequence[ChangeRow],
    now: Mapping[str, Mapping[str, Any]],
    others: Mapping[str, Sequence[Mapping[str, Any]]],
) -> dict[int, str]:
    """Returns can, changed_since, gone or not_undoable by position.

    `now` are the tasks and series as stored, `others` what others have changed in the tasks that the set made.
    """
    chosen = once_a_turn(rows)
    left = left_series(chosen)
    values = {actor_id: _values(stored) for actor_id, stored in now.items()}
    return {row.position: _one(row, left, values.get(row.actor_id), others.get(row.actor_id, ())) for row in chosen}


def _one(row: ChangeRow, left: set[str], values: dict[str, Any] | None, others: Sequence[Mapping[str, Any]]) -> str:
    inverse = inverse_of(row, left)
    if inverse.way == "no":
        return "not_undoable"
    if values is None or values.get("gone"):
        return "gone"
    if inverse.way == "delete_task":
        since = net(others)
        gone = values["deleted_at"] is not None or any(one["field"] == "deleted_at" for one in since)
        return "gone" if gone else "changed_since" if since else "can"
    if inverse.way == "delete_series":
        return "gone" if values["status"] == "deleted" else "can"
    return _undone(row, (inverse.body or {}).get("changed", {}), values)


def _undone(row: ChangeRow, changed: Mapping[str, Any], values: dict[str, Any]) -> str:
    """Returns what becomes of an edit, and sets the values that it leaves for the entries before it."""
    if not row.is_series and values["deleted_at"] is not None and "deleted_at" not in changed:
        return "gone"
    checked = {name: change for name, change in changed.items() if name not in _UNCHECKED}
    conflicts = conflicts_of(checked, values)
    known = {conflict["field"] for conflict in conflicts}
    values |= {name: change["old"] for name, change in checked.items() if name not in known}
    return "changed_since" if conflicts else "can"


def _values(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the fields of a stored task or series as entries name them."""
    if "template" in stored:
        return {**flat(stored), "status": stored["status"]}  # type: ignore[arg-type]  # as the read model has it
    if stored.get("purged"):
        return {"gone": True}
    return {**stored, "reminders": [spec_of(reminder) for reminder in stored["reminders"]]}
