"""Change sets as the API shows them, and what became of one that was taken back."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

from actors.clock import instant_text
from actors.replies import Json
from host.store.read_model.change_set_queries import ChangeRow, ChangeSetRow
from web.api.change_sets.words import Thing, counts, title

STATUSES: Final = ("reverted", "changed_since", "kept", "gone", "not_undoable", "unreached")


class Result(Protocol):
    """What became of one entry."""

    row: ChangeRow
    status: str
    detail: str
    conflicts: list[dict[str, Any]]
    kept: list[Mapping[str, Any]]


def change_set_json(row: ChangeSetRow, things: Sequence[Thing], names: Mapping[str, str]) -> Json:
    """Returns a set with what it did in words; `names` has those of tokens by id."""
    return {
        "id": row.id,
        "title": title(things, reverts=row.reverts is not None),
        "kind": row.kind,
        "who": {"kind": row.actor_kind, "id": row.actor_id, "name": names.get(row.actor_id)},
        "started_at": instant_text(row.started_at),
        "last_at": instant_text(row.last_at),
        "changes": row.changes,
        "counts": counts(things),
        "reverts": row.reverts,
        "reverted_by": row.reverted_by,
    }


def result_json(change_set: str, revert: str, results: Iterable[Result]) -> Json:
    """Returns what became of each entry, the newest first, and how many of each status there are."""
    items = [_item_json(result) for result in results]
    numbers = Counter(item["status"] for item in items)
    return {
        "reverted": change_set,
        "change_set": revert,
        "counts": {status: numbers[status] for status in STATUSES},
        "results": items,
    }


def _item_json(result: Result) -> Json:
    row = result.row
    return {
        "position": row.position,
        "type": row.type,
        "task_id": None if row.is_series else row.actor_id,
        "series_id": row.actor_id if row.is_series else None,
        "title": row.title,
        "status": result.status,
        "detail": result.detail,
        "conflicts": result.conflicts,
        "kept": [_kept_json(task) for task in result.kept],
    }


def _kept_json(task: Mapping[str, Any]) -> Json:
    slot = (task.get("occurrence") or {}).get("slot")
    return {"task_id": task["id"], "title": task["title"], "slot": slot, "status": task["status"]}
