"""What a notification says, from what causes it; the same cause always makes the same one."""

import zoneinfo
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from actors.replies import Json
from host.store.notify.digest_queries import Part

_NAMES: Final = UUID("5b0c8a4e-8f0e-4f7c-9d0e-6f1f0a9e4b11")
TITLES_IN_DIGEST: Final = 50
_LONGEST_LINE: Final = 120


def notification_id(name: str) -> str:
    return str(uuid5(_NAMES, name))


def of_event(event: Json) -> Json | None:
    """The notification that belongs to an event of the live stream, as the API shows it; None for most."""
    notification: Json | None = event["data"].get("notification")
    return notification


def overdue(*, task_id: str, version: int, title: str, body: str, late_seconds: float | None, created_at: str) -> Json:
    return _notification(
        id=notification_id(f"TaskActor:{task_id}:{version}:1"),
        kind="overdue",
        task_id=task_id,
        title=title,
        body=body,
        late_seconds=late_seconds,
        created_at=created_at,
    )


def reminder(
    *, reminder_id: str, firing: int, task_id: str, title: str, body: str, late_seconds: float | None, created_at: str
) -> Json:
    return _notification(
        id=notification_id(f"{reminder_id}:{firing}:in_app"),
        kind="reminder",
        task_id=task_id,
        reminder_id=reminder_id,
        title=title,
        body=body,
        late_seconds=late_seconds,
        created_at=created_at,
    )


def gathered(
    first: str, titles: Sequence[str], total: int, why: str, *, late_seconds: float | None, created_at: str
) -> Json:
    """One for many reminders, of which `first` names the first and `titles` are the first ones' titles."""
    return _notification(
        id=notification_id(first),
        kind="digest",
        title=f"{total} reminders {why}",
        body="\n".join(_listed(titles, total)),
        late_seconds=late_seconds,
        created_at=created_at,
    )


def daily(
    user_id: str,
    day: str,
    zone: str,
    *,
    today: Part,
    overdue: Part,
    late_seconds: float | None,
    created_at: str,
) -> Json | None:
    """The daily digest of a user who lives in `zone`; None when nothing is due."""
    if not today.total and not overdue.total:
        return None
    parts = [f"{today.total} due today"] if today.total else []
    parts += [f"{overdue.total} overdue"] if overdue.total else []
    lines = _listed([_timed(*task, zone) for task in today.tasks], today.total)
    if overdue.total:
        lines += ["Overdue:"] if lines else []
        lines += _listed([f"{title} (since {due_text(due)})" for title, due, _ in overdue.tasks], overdue.total)
    return _notification(
        id=notification_id(f"{user_id}:{day}:daily"),
        kind="digest",
        title=", ".join(parts),
        body="\n".join(lines),
        late_seconds=late_seconds,
        created_at=created_at,
    )


def _timed(title: str, due: Json, due_at: datetime, zone: str) -> str:
    """With the time on the reader's wall, where the task has one."""
    return title if "date" in due else f"{due_at.astimezone(zoneinfo.ZoneInfo(zone)):%H:%M} {title}"


def _listed(titles: Sequence[str], total: int) -> list[str]:
    lines = [f"- {title if len(title) <= _LONGEST_LINE else title[: _LONGEST_LINE - 1] + '…'}" for title in titles]
    return [*lines, f"and {total - len(titles)} more"] if total > len(titles) else lines


def due_text(due: Json | None) -> str:
    """A due as a person reads it, on the wall where it is due; "" for a form that only a newer version knows."""
    if due is None or not ("date" in due or "local" in due):
        return ""
    return due["date"] if "date" in due else f"{due['local'][:16].replace('T', ' ')} ({due['zone']})"


def _notification(**fields: Any) -> Json:
    empty = {"task_id": None, "reminder_id": None, "late_seconds": None, "read_at": None, "acknowledged_at": None}
    return empty | fields
