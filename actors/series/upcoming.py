"""What comes next in a series when its next task was done, or thrown away, ahead of its slot. Pure."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from actors.replies import Json
from actors.series.slots import numbered_after, recurrence_of
from actors.series.stored import when, zone_of
from actors.shapes import MadeSlot, Series


def made_ahead(stored: Iterable[Series]) -> list[str]:
    """Returns the ids of the tasks of all slots that are made and have not started."""
    return [
        entry["task_id"] for series in stored if series["awaited"] for entry in (series["awaited"], *series["ahead"])
    ]


def upcoming(series: Series, done: Collection[str]) -> Mapping[str, Any]:
    """Returns the series as it awaits the first slot whose task is not one of those `done`.

    That slot may have no task yet: then it has no `generation`, and its `task_id` is None.
    """
    awaited = series["awaited"]
    # After completion the next slot comes only when the task is done.
    if awaited is None or awaited["task_id"] not in done or series["mode"] != "schedule":
        return series
    made = [awaited, *series["ahead"]]
    left = next((entry for entry in made if entry["task_id"] not in done), None)
    return {**series, "awaited": left or _computed(series, made[-1])}


def _computed(series: Series, last: MadeSlot) -> Json | None:
    numbered = next(numbered_after(series, recurrence_of(series), last["slot"], last["number"]), None)
    if numbered is None:
        return None
    nominal = numbered.slot.nominal
    return {"slot": nominal, "number": numbered.number, "at": when(nominal, zone_of(series))["at"], "task_id": None}
