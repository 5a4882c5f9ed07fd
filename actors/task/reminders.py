"""The life of a task's reminders: pending, fired, cancelled; moved, snoozed, acknowledged. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid5

from actors.clock import instant_text, parse_instant
from actors.events import Fact
from actors.replies import Json

# A reminder set for a moment that has just gone by still fires; one for longer ago was never wanted.
JUST_NOW = timedelta(seconds=60)
LATE = timedelta(seconds=5)
# What moved the times: another due, or the same one under another zone or other rules of it.
Mover = Literal["due", "clock"] | None


def spec_of(reminder: Json) -> Json:
    """What a person chose of a reminder: `{offset_minutes}` or `{at}`."""
    key = "at" if "at" in reminder else "offset_minutes"
    return {key: reminder[key]}


def chosen(current: list[Json], specs: Iterable[Json], task_id: str, command_id: str) -> list[Json]:
    """The list a person asks for. One that is there already, by id or by the same spec, keeps its life.

    An id that is not of this task is not taken over: ids of reminders are unique among all tasks, also where one
    Idempotency-Key, and so one command id, came with two of them.
    """
    rest = list(current)
    return [
        _taken(rest, spec) or _new(spec, task_id, f"{command_id}:reminder:{number}")
        for number, spec in enumerate(specs)
    ]


def _taken(rest: list[Json], spec: Json) -> Json | None:
    wanted = spec_of(spec)
    for reminder in rest:
        if reminder["id"] == spec["id"] if "id" in spec else spec_of(reminder) == wanted:
            rest.remove(reminder)
            return reminder if spec_of(reminder) == wanted else _respecified(reminder, wanted)
    return None


def _respecified(reminder: Json, wanted: Json) -> Json:
    life = {key: value for key, value in reminder.items() if key not in {"offset_minutes", "at"}}
    return {**life, **wanted, "snoozed_until": None}


def _new(spec: Json, task_id: str, name: str) -> Json:
    return {
        "id": str(uuid5(UUID(task_id), name)),
        **spec_of(spec),
        "status": "pending",
        "fire_at": None,
        "fired_at": None,
        "late_seconds": None,
        "firing": 1,
        "acknowledged_at": None,
        "snoozed_until": None,
    }


def settled(reminders: list[Json], anchor: str | None, now: datetime, *, active: bool, by: Mover) -> list[Json]:
    """Each reminder as it stands after a change of the list, of whether the task is `active`, or of what `by` names.

    A pending one follows its time, and is cancelled when that is past or gone or the task is no longer active; when
    only the clock on the wall moved, one whose time is past now fires instead. One that fired or was cancelled is
    pending again, as a new firing, when its time lies ahead.
    """
    due = None if anchor is None else parse_instant(anchor)
    now_text = instant_text(now)
    oldest = "" if by == "clock" else instant_text(now - JUST_NOW)
    return [_settled(_unsnoozed(it, due, now_text, by), due, now_text, oldest, active=active) for it in reminders]


def _unsnoozed(reminder: Json, due: datetime | None, now: str, by: Mover) -> Json:
    """A snooze gives way to a due that is moved ahead, and one that went by while the task was done to what is ahead."""
    snoozed, time = reminder["snoozed_until"], _time_of(reminder, due)
    if snoozed is None or time is None or time <= now:
        return reminder
    moved = by == "due" and "at" not in reminder
    missed = reminder["status"] != "pending" and snoozed <= now
    return {**reminder, "snoozed_until": None} if moved or missed else reminder


def _settled(reminder: Json, due: datetime | None, now: str, oldest: str, *, active: bool) -> Json:
    time = reminder["snoozed_until"] or _time_of(reminder, due)
    if reminder["status"] != "pending":
        return again(reminder, time) if active and time is not None and time > now else reminder
    if time is None or not active or (time != reminder["fire_at"] and time < oldest):
        return {**reminder, "status": "cancelled", "fire_at": time}
    return reminder if time == reminder["fire_at"] else {**reminder, "fire_at": time}


def _time_of(reminder: Json, due: datetime | None) -> str | None:
    if "at" in reminder:
        at: str = reminder["at"]
        return at
    return None if due is None else instant_text(due - timedelta(minutes=reminder["offset_minutes"]))


def again(reminder: Json, time: str) -> Json:
    """Pending at `time`: the same firing when it has not happened yet, else the next one."""
    firing = reminder["firing"] + (reminder["status"] != "pending")
    fresh = {"fired_at": None, "late_seconds": None, "acknowledged_at": None}
    return {**reminder, **fresh, "status": "pending", "fire_at": time, "firing": firing}


def snoozed(reminder: Json, until: str) -> Json:
    return {**again(reminder, until), "snoozed_until": until}


def fired(reminder: Json, now: datetime) -> Json:
    late = now - parse_instant(reminder["fire_at"])
    return {
        **reminder,
        "status": "fired",
        "fired_at": instant_text(now),
        "late_seconds": int(late.total_seconds()) if late > LATE else None,
        "snoozed_until": None,
    }


def to_fire(reminders: list[Json], now_text: str) -> list[Json]:
    """Those whose time has come, oldest first."""
    ready = [reminder for reminder in reminders if reminder["status"] == "pending" and reminder["fire_at"] <= now_text]
    return sorted(ready, key=lambda reminder: (reminder["fire_at"], reminder["id"]))


def replaced(reminders: list[Json], changed: Iterable[Json]) -> list[Json]:
    """The list with each changed reminder in the place of the one with its id."""
    by_id = {reminder["id"]: reminder for reminder in changed}
    return [by_id.get(reminder["id"], reminder) for reminder in reminders]


def facts(before: list[Json], after: list[Json]) -> list[Fact]:
    """What a change of the list made true: scheduled (or moved), and cancelled (or taken away while pending)."""
    old: dict[Any, Json] = {reminder["id"]: reminder for reminder in before}
    found: list[Fact] = []
    for reminder in after:
        previous = old.pop(reminder["id"], None)
        if fact := _fact(previous, reminder):
            found.append(fact)
    gone = [{**reminder, "status": "cancelled"} for reminder in old.values() if reminder["status"] == "pending"]
    return found + [reminder_fact("cancelled", reminder) for reminder in gone]


def _fact(before: Json | None, after: Json) -> Fact | None:
    was_pending = before is None or before["status"] == "pending"
    if after["status"] == "pending" and (
        before is None or (before["status"], before["fire_at"]) != ("pending", after["fire_at"])
    ):
        return reminder_fact("scheduled", after)
    if after["status"] == "cancelled" and was_pending:
        return reminder_fact("cancelled", after)
    return None


def reminder_fact(what: str, reminder: Json) -> Fact:
    data: Json = {"reminder": reminder}
    if what == "fired":
        data["late_seconds"] = reminder["late_seconds"]
    return Fact(f"reminder.{what}", data=data)
