"""The occurrences of a series on a stretch of days: those that are tasks, and those that the rule has ahead. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice, takewhile
from typing import Final, TypeAlias

from actors.recurrence.expansion import DAY, Recurrence, Slot, slots_since
from actors.replies import Json
from actors.series.slots import recurrence_of, slots_from
from actors.series.stored import due_json, tasks_of, when, zone_of

MOST_OCCURRENCES: Final = 500
_MOST_COUNTED: Final = 3_000  # slots walked to tell the number of one: some milliseconds

Place: TypeAlias = tuple[int, str]  # generation and name of a slot


def occurrences(series: Json, tasks: Sequence[Json], first: date, last: date) -> list[Json]:
    """In order of their time; `tasks` are the stored ones of the slots on these days, both included."""
    found = {_place(series, task["occurrence"]): _of_task(series, task) for task in tasks}
    for entry in tasks_of(series):
        if first <= Slot(*_place(series, entry)).day <= last:
            found.setdefault(_place(series, entry), _of_entry(series, entry))
    recurrence = _recurrence(series)
    if recurrence is not None:
        # Also of an earlier rule, whose generation they keep.
        made = {entry["slot"] for entry in tasks_of(series)}
        made |= {slot for (_, slot), shown in found.items() if shown["state"] == "skipped"}
        for slot in islice(_beyond(series, recurrence, first, last), MOST_OCCURRENCES):
            if slot.nominal not in made:
                found.setdefault((slot.generation, slot.nominal), _of_slot(series, slot))
        _number(found, _numbers(series, recurrence, first, last))
    return sorted(found.values(), key=lambda shown: (shown["at"], shown["slot"]))[:MOST_OCCURRENCES]


def _place(series: Json, entry: Json) -> Place:
    """An entry without a generation is of the present one."""
    return (entry if "generation" in entry else series)["generation"], entry["slot"]


def _of_task(series: Json, task: Json) -> Json:
    place, zone = _place(series, task["occurrence"]), zone_of(series)
    gone = task["purged"] or task["deleted_at"] is not None
    state = "deleted" if gone else task["status"]
    due = task["due"]
    moved = due is not None and not _is_at(due, place[1])
    shown = due_json(due, zone) if moved and due else when(place[1], (due or {}).get("zone", zone))
    skipped = gone and place[1] in series["skipped"]
    return _shown(place, "skipped" if skipped else state, task["id"], shown, moved=moved)


def _is_at(due: Json, slot: str) -> bool:
    """Whether a due is the time that the slot is named by; a change of zone alone moves it, but not on the wall."""
    text = due.get("local") or due["date"]
    return ("T" in text) == ("T" in slot) and datetime.fromisoformat(text) == datetime.fromisoformat(slot)


def _of_entry(series: Json, entry: Json) -> Json:
    place = _place(series, entry)
    return _shown(place, "open", entry["task_id"], when(place[1], zone_of(series)), moved=False)


def _of_slot(series: Json, slot: Slot) -> Json:
    place, moved = (slot.generation, slot.nominal), series["moved"].get(slot.nominal)
    zone = zone_of(series)
    shown = when(slot.nominal, zone) if moved is None else due_json(moved, zone)
    state = "skipped" if slot.nominal in series["skipped"] else "computed"
    return _shown(place, state, None, shown, moved=moved is not None)


def _shown(place: Place, state: str, task_id: str | None, shown: Json, *, moved: bool) -> Json:
    head = {"slot": place[1], "generation": place[0], "number": None}
    return {**head, **shown, "state": state, "task_id": task_id, "moved": moved}


def _recurrence(series: Json) -> Recurrence | None:
    """The rule of a series that has slots ahead which nothing but the calendar brings."""
    if series["status"] != "active" or series["mode"] != "schedule" or series["awaited"] is None:
        return None
    return recurrence_of(series)


def _beyond(series: Json, recurrence: Recurrence, first: date, last: date) -> Iterator[Slot]:
    """The slots of the stretch after the awaited one."""
    awaited = series["awaited"]["slot"]
    since = slots_from(series, recurrence, max(first, date.fromisoformat(awaited[:10]) + DAY))
    return takewhile(lambda slot: slot.day <= last, since)


def _numbers(series: Json, recurrence: Recurrence, first: date, last: date) -> dict[Place, int]:
    """Counted from the awaited slot, whose number is known; empty when the stretch is too far from it."""
    awaited = Slot(series["generation"], series["awaited"]["slot"])
    low, high = min(first, awaited.day), max(last, awaited.day)
    walked = list(takewhile(lambda slot: slot.day <= high, islice(slots_since(recurrence, low), _MOST_COUNTED)))
    if awaited not in walked:
        return {}
    zeroth = series["awaited"]["number"] - walked.index(awaited)
    numbers = {(slot.generation, slot.nominal): zeroth + index for index, slot in enumerate(walked)}
    made = (series["awaited"], *series["ahead"])
    return numbers | {_place(series, entry): entry["number"] for entry in made}


def _number(found: Mapping[Place, Json], numbers: Mapping[Place, int]) -> None:
    for place, shown in found.items():
        shown["number"] = numbers.get(place)
