"""The occurrences of a series on a stretch of days: those that have tasks, and those that the rule has ahead. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain, islice, takewhile
from typing import Any, Final, Literal, TypeAlias

from actors.recurrence.expansion import Recurrence, Slot, slots_since, starts_at
from actors.series.slots import is_later, recurrence_of, slots_from
from actors.series.state import awaited_of
from actors.series.stored import Moment, due_json, tasks_of, when, zone_of
from actors.shapes import MadeSlot, OccurrenceRef, Series, Task

MOST_OCCURRENCES: Final = 500
_MOST_COUNTED: Final = 3_000  # slots walked to find the number of one: some milliseconds

Place: TypeAlias = tuple[int, str]  # generation and name of a slot
State: TypeAlias = Literal["open", "completed", "deleted", "skipped", "computed"]


class Occurrence(Moment):
    """One occurrence as the API shows it; `number` and `task_id` are null where there is none, or it is not known."""

    slot: str
    generation: int
    number: int | None
    state: State
    task_id: str | None
    moved: bool


def occurrences(
    series: Series, tasks: Sequence[Task], first: date, last: date, *, numbered: bool = True
) -> list[Occurrence]:
    """Returns the occurrences from `first` to `last`, both included, in order of their time; at most 500.

    One that was moved is on the day to which it was moved. `series` is a stored one; `tasks` are its stored tasks of the
    slots on these days, and those due on them. Without `numbered`, the walk of some milliseconds that counts is left out.
    """
    by_place = {_place(series, _occurrence_of(task)): _of_task(series, task) for task in tasks}
    shown = {task["id"] for task in tasks}  # one that is purged keeps the name that its slot had
    for entry in (entry for entry in tasks_of(series) if entry["task_id"] not in shown):
        by_place.setdefault(_place(series, entry), _of_entry(series, entry))
    recurrence = _recurrence(series)
    if recurrence is not None:
        # They may come from an earlier rule, whose generation they keep.
        made = {entry["slot"] for entry in tasks_of(series)}
        made |= {slot for (_, slot), occurrence in by_place.items() if occurrence["state"] == "skipped"}
        moved_here = (Slot(series["generation"], name) for name in series["moved"])
        for slot in chain(islice(_beyond(series, recurrence, first, last), MOST_OCCURRENCES), moved_here):
            if slot.nominal not in made:
                by_place.setdefault((slot.generation, slot.nominal), _of_slot(series, slot))
        if numbered:
            _number(by_place, _numbers(series, recurrence, first, last))
    here = [occurrence for occurrence in by_place.values() if first <= _day_of(occurrence) <= last]
    return sorted(here, key=lambda occurrence: (occurrence["at"], occurrence["slot"]))[:MOST_OCCURRENCES]


def _day_of(moment: Moment) -> date:
    """Returns the day on the wall where it is due."""
    return date.fromisoformat((moment.get("local") or moment.get("date", ""))[:10])


def _place(series: Series, entry: Mapping[str, Any]) -> Place:
    """Returns the place of an entry that names a slot; one without a generation is of the present one."""
    return entry.get("generation", series["generation"]), entry["slot"]


def _of_task(series: Series, task: Task) -> Occurrence:
    place, zone = _place(series, _occurrence_of(task)), zone_of(series)
    gone = task["purged"] or task["deleted_at"] is not None
    state: State = "deleted" if gone else task["status"]
    due = task["due"]
    moved = due is not None and not _is_at(due, place[1])
    moment = due_json(due, zone) if moved and due else when(place[1], (due.get("zone") if due else None) or zone)
    skipped = gone and place[1] in series["skipped"]
    return _occurrence(place, "skipped" if skipped else state, task["id"], moment, moved=moved)


def _occurrence_of(task: Task) -> OccurrenceRef:
    occurrence = task["occurrence"]
    assert occurrence is not None, "the task is of no slot"  # noqa: S101  # the read model asks by slot
    return occurrence


def _is_at(due: Mapping[str, Any], slot: str) -> bool:
    """Returns whether a due is at the time that names the slot; a change of zone alone moves it, but not on the wall."""
    text = due.get("local") or due["date"]
    if Slot(0, slot).local != slot:  # the second of two equal times, whose due is in UTC
        return starts_at(text, due.get("zone", "UTC")) == starts_at(slot, "UTC")
    return ("T" in text) == ("T" in slot) and datetime.fromisoformat(text) == datetime.fromisoformat(slot)


def _of_entry(series: Series, entry: MadeSlot) -> Occurrence:
    place, moved, zone = _place(series, entry), series["moved"].get(entry["slot"]), zone_of(series)
    moment = when(place[1], zone) if moved is None else due_json(moved, zone)
    return _occurrence(place, "open", entry["task_id"], moment, moved=moved is not None)


def _of_slot(series: Series, slot: Slot) -> Occurrence:
    place, moved = (slot.generation, slot.nominal), series["moved"].get(slot.nominal)
    zone = zone_of(series)
    moment = when(slot.nominal, zone) if moved is None else due_json(moved, zone)
    state: State = "skipped" if slot.nominal in series["skipped"] else "computed"
    return _occurrence(place, state, None, moment, moved=moved is not None)


def _occurrence(place: Place, state: State, task_id: str | None, moment: Moment, *, moved: bool) -> Occurrence:
    generation, slot = place
    return {
        "slot": slot,
        "generation": generation,
        "number": None,
        **moment,
        "state": state,
        "task_id": task_id,
        "moved": moved,
    }


def _recurrence(series: Series) -> Recurrence | None:
    """Returns the recurrence of a series whose slots ahead come by the calendar alone; None for any other."""
    if series["status"] != "active" or series["mode"] != "schedule" or series["awaited"] is None:
        return None
    return recurrence_of(series)


def _beyond(series: Series, recurrence: Recurrence, first: date, last: date) -> Iterator[Slot]:
    """Yields the slots of the stretch after the awaited one."""
    awaited = awaited_of(series)["slot"]
    since = slots_from(series, recurrence, max(first, date.fromisoformat(awaited[:10])))
    later = (slot for slot in since if is_later(recurrence, slot.nominal, awaited))
    return takewhile(lambda slot: slot.day <= last, later)


def _numbers(series: Series, recurrence: Recurrence, first: date, last: date) -> dict[Place, int]:
    """Returns numbers counted from the awaited slot, whose number is known; none when the stretch is too far from it."""
    awaited_slot = awaited_of(series)
    awaited = Slot(series["generation"], awaited_slot["slot"])
    low, high = min(first, awaited.day), max(last, awaited.day)
    walked = list(takewhile(lambda slot: slot.day <= high, islice(slots_since(recurrence, low), _MOST_COUNTED)))
    if awaited not in walked:
        return {}
    zeroth = awaited_slot["number"] - walked.index(awaited)
    numbers = {(slot.generation, slot.nominal): zeroth + index for index, slot in enumerate(walked)}
    made = (awaited_slot, *series["ahead"])
    return numbers | {_place(series, entry): entry["number"] for entry in made}


def _number(by_place: Mapping[Place, Occurrence], numbers: Mapping[Place, int]) -> None:
    for place, occurrence in by_place.items():
        occurrence["number"] = numbers.get(place)
