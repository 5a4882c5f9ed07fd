"""A task as the API shows it: the stored one without what is ours alone, with `overdue` as of now."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from actors.clock import instant_text
from actors.replies import Json

_OURS: Final = ("user_id", "purged", "overdue_at")


def task_json(stored: Json, now: datetime) -> Json:
    """`stored` is the task of a reply, an event or the read model; it is left as it is."""
    return tasks_json([stored], now)[0]


def tasks_json(stored: Sequence[Json], now: datetime) -> list[Json]:
    """Many at once: a page has up to 200."""
    instant = instant_text(now)
    return [_shown(task, instant) for task in stored]


def _shown(stored: Json, now: str) -> Json:
    # A task that was written before there were occurrences does not say so.
    shown = {"occurrence": None, **stored, "overdue": is_overdue(stored, now)}
    for ours in _OURS:
        shown.pop(ours, None)
    return shown


def is_overdue(stored: Json, now: str) -> bool:
    """Instants of one spelling sort as text."""
    overdue_at: str | None = stored.get("overdue_at")
    if overdue_at is None or stored["status"] != "open" or stored["deleted_at"] is not None:
        return False
    return overdue_at <= now
