"""What comes next in a series when its next task was done, or thrown away, ahead of its slot. Pure."""

from collections.abc import Collection, Iterable

from actors.replies import Json
from actors.series.slots import numbered_after, recurrence_of
from actors.series.stored import when, zone_of


def made_ahead(stored: Iterable[Json]) -> list[str]:
    """The tasks of all slots that are made and have not started."""
    return [
        entry["task_id"] for series in stored if series["awaited"] for entry in (series["awaited"], *series["ahead"])
    ]


def upcoming(series: Json, done: Collection[str]) -> Json:
    """The series, awaiting the first slot whose task is not one of those `done`; what it awaits may have no task yet."""
    awaited = series["awaited"]
    # After completion the task that is done brings the next one.
    if awaited is None or awaited["task_id"] not in done or series["mode"] != "schedule":
        return series
    made = [awaited, *series["ahead"]]
    left = next((entry for entry in made if entry["task_id"] not in done), None)
    return {**series, "awaited": left or _computed(series, made[-1])}


def _computed(series: Json, last: Json) -> Json | None:
    found = next(numbered_after(series, recurrence_of(series), last["slot"], last["number"]), None)
    if found is None:
        return None
    nominal = found.slot.nominal
    return {"slot": nominal, "number": found.number, "at": when(nominal, zone_of(series))["at"], "task_id": None}
