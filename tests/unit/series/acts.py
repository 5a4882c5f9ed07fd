"""What people do to a series in short, and what they see of it."""

from typing import Any

from actors.replies import Json
from tests.unit.series.desk import BERLIN, Desk


def at(clock: str, day: str = "2026-11-23", zone: str = BERLIN) -> Json:
    return {"start": {"local": f"{day}T{clock}", "zone": zone}}


def undo(desk: Desk, event_type: str) -> Any:
    """Undoes the newest event of that type, as the API does."""
    event = next(event for event in reversed(desk.events) if event["type"] == event_type)
    body = {"version": event["data"]["version"], "changed": event["data"]["changed"]}
    return desk.do("UndoSeries", body)


def shown(desk: Desk) -> tuple[Any, ...]:
    """Returns what a person sees of the slots of a series."""
    series = desk.series
    made = [(one["slot"], one["task_id"]) for one in [series["awaited"], *series["ahead"], *series["open"]] if one]
    return series["start"], series["rule"], series["status"], made, series["skipped"], series["moved"]
