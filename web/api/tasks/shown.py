"""A task as the API shows it: the stored one without internal fields, with `overdue` as of now."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from actors.clock import instant_text
from actors.replies import Json

_INTERNAL: Final = ("user_id", "purged", "overdue_at")


def task_json(stored: Json, now: datetime) -> Json:
    """Returns what to show of a task from a reply, an event or the read model; `stored` is not changed."""
    return tasks_json([stored], now)[0]


def tasks_json(stored: Sequence[Json], now: datetime) -> list[Json]:
    """Returns what to show of many tasks: a page has up to 200."""
    instant = instant_text(now)
    return [_shown(task, instant) for task in stored]


def _shown(stored: Json, now: str) -> Json:
    # A task from before there were occurrences has no such field.
    shown = {"occurrence": None, **stored, "overdue": is_overdue(stored, now)}
    for field in _INTERNAL:
        shown.pop(field, None)
    return shown


def is_overdue(stored: Json, now: str) -> bool:
    """Returns whether a stored task is overdue; `now` is an instant as text, and such texts sort by time."""
    overdue_at: str | None = stored.get("overdue_at")
    if overdue_at is None or stored["status"] != "open" or stored["deleted_at"] is not None:
        return False
    return overdue_at <= now
