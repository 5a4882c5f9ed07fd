"""Notifications: their id, title and text, made from what causes them; the same cause always makes the same one."""

import zoneinfo
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from actors.replies import Json
from host.store.notify.digest_queries import DigestTasks

_NAMES: Final = UUID("5b0c8a4e-8f0e-4f7c-9d0e-6f1f0a9e4b11")
TITLES_IN_DIGEST: Final = 50
_LONGEST_LINE: Final = 120


def notification_id(name: str) -> str:
    """Returns the id of the notification whose cause has that name."""
    return str(uuid5(_NAMES, name))


def of_event(event: Json) -> Json | None:
    """Returns the notification that an event of the live stream carries, as the API shows it; None for most events."""
    notification: Json | None = event["data"].get("notification")
    return notification


def overdue(*, task_id: str, version: int, title: str, body: str, late_seconds: float | None, created_at: str) -> Json:
    """Returns the notification of a task that became overdue in that version; `created_at` is an instant text."""
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
    """Returns the notification of one firing of a reminder; `created_at` is an instant text."""
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
    first: str, titles: Sequence[str], total: int, reason: str, *, late_seconds: float | None, created_at: str
) -> Json:
    """Returns one notification for `total` reminders.

    `first` is the name of the first delivery, `titles` are the titles of the first ones, and `reason` follows the number
    in the title of the notification.
    """
    return _notification(
        id=notification_id(first),
        kind="digest",
        title=f"{total} reminders {reason}",
        body="\n".join(_listed(titles, total)),
        late_seconds=late_seconds,
        created_at=created_at,
    )


def daily_digest(
    user_id: str,
    day: str,
    zone: str,
    *,
    today: DigestTasks,
    overdue: DigestTasks,
    late_seconds: float | None,
    created_at: str,
) -> Json | None:
    """Returns the digest of the day for a user who lives in `zone`; None when nothing is due."""
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
    """Returns the title, after the reader's wall-clock time if the task is due at a time."""
    return title if "date" in due else f"{due_at.astimezone(zoneinfo.ZoneInfo(zone)):%H:%M} {title}"


def _listed(titles: Sequence[str], total: int) -> list[str]:
    lines = [f"- {title if len(title) <= _LONGEST_LINE else title[: _LONGEST_LINE - 1] + '…'}" for title in titles]
    return [*lines, f"and {total - len(titles)} more"] if total > len(titles) else lines


def due_text(due: Json | None) -> str:
    """Returns a due as a person reads it, in the zone where it is due; "" for a form that only a newer version knows."""
    if due is None or not ("date" in due or "local" in due):
        return ""
    if "date" in due:
        return str(due["date"])
    wall = due["local"][:16].replace("T", " ")
    return f"{wall} ({due['zone']})" if due["zone"] else wall


def _notification(**fields: Any) -> Json:
    empty = {"task_id": None, "reminder_id": None, "late_seconds": None, "read_at": None, "acknowledged_at": None}
    return empty | fields
