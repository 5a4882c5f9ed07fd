"""What a notification says, from the event that causes it; the same event always makes the same one."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID, uuid5

Json = dict[str, Any]

_NAMES: Final = UUID("5b0c8a4e-8f0e-4f7c-9d0e-6f1f0a9e4b11")
_TITLES_IN_DIGEST: Final = 50


def notice_id(name: str) -> str:
    return str(uuid5(_NAMES, name))


def of_event(event: Json) -> Json | None:
    """The notification that belongs to an event of the live stream, as the API shows it; None for most."""
    if event["type"] == "task.overdue":
        return overdue(event)
    notification: Json | None = event["data"].get("notification")
    return notification


def overdue(event: Json) -> Json:
    task = event["data"]["task"]
    return _notice(
        id=notice_id(event["id"]),
        kind="overdue",
        task_id=task["id"],
        title=task["title"],
        body=f"Overdue since {due_text(task['due'])}" if task["due"] else "Overdue",
        created_at=event["time"],
    )


def reminder(
    *, reminder_id: str, firing: int, task_id: str, title: str, body: str, late_seconds: float | None, created_at: str
) -> Json:
    return _notice(
        id=notice_id(f"{reminder_id}:{firing}:in_app"),
        kind="reminder",
        task_id=task_id,
        reminder_id=reminder_id,
        title=title,
        body=body,
        late_seconds=late_seconds,
        created_at=created_at,
    )


def digest(keys: Sequence[str], titles: Sequence[str], *, late_seconds: float | None, created_at: str) -> Json:
    """One for many late reminders, which `keys` name."""
    listed = [f"- {title}" for title in titles[:_TITLES_IN_DIGEST]]
    if len(titles) > _TITLES_IN_DIGEST:
        listed.append(f"and {len(titles) - _TITLES_IN_DIGEST} more")
    return _notice(
        id=notice_id(" ".join(sorted(keys))),
        kind="digest",
        title=f"{len(titles)} reminders while Duely was away",
        body="\n".join(listed),
        late_seconds=late_seconds,
        created_at=created_at,
    )


def due_text(due: Json | None) -> str:
    """A due as a person reads it, on the wall where it is due."""
    if due is None:
        return ""
    return due["date"] if "date" in due else f"{due['local'][:16].replace('T', ' ')} ({due['zone']})"


def _notice(**fields: Any) -> Json:
    empty = {"task_id": None, "reminder_id": None, "late_seconds": None, "read_at": None, "acknowledged_at": None}
    return empty | fields
