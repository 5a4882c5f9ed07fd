"""The life of a task's reminders: pending, fired, cancelled; moved, snoozed, acknowledged. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias
from uuid import UUID, uuid5

from typing_extensions import TypedDict

from actors.clock import instant_text, parse_instant
from actors.events import Fact
from actors.replies import Json
from actors.shapes import Reminder

# A reminder set for a moment that has just gone by still fires; one for longer ago was never wanted.
JUST_NOW: Final = timedelta(seconds=60)
LATE: Final = timedelta(seconds=5)
# What moved the times: another due, or the same one under another zone or other rules of it.
Mover: TypeAlias = Literal["due", "clock"] | None


class Spec(TypedDict, total=False):
    """What a person chooses of a reminder: `offset_minutes` before due or an instant `at`, one of the two.

    `id` names a reminder that is there already.
    """

    id: str
    offset_minutes: int
    at: str


def spec_of(reminder: Reminder | Spec) -> Spec:
    """Returns what a person chose of a reminder: `{offset_minutes}` or `{at}`."""
    return {"at": reminder["at"]} if "at" in reminder else {"offset_minutes": _offset_of(reminder)}


def _offset_of(reminder: Reminder | Spec) -> int:
    assert "offset_minutes" in reminder, "a reminder has an offset or an instant"  # noqa: S101  # validated at the door
    return reminder["offset_minutes"]


def chosen(current: list[Reminder], specs: Iterable[Spec], task_id: str, command_id: str) -> list[Reminder]:
    """Returns the reminders a person asks for. One that is there already, by id or by the same spec, keeps its life.

    An id that is not of this task is not taken over: ids of reminders are unique among all tasks, also where one
    Idempotency-Key, and so one command id, came with two of them.
    """
    rest = list(current)
    return [
        _taken(rest, spec) or _new(spec, task_id, f"{command_id}:reminder:{number}")
        for number, spec in enumerate(specs)
    ]


def _taken(rest: list[Reminder], spec: Spec) -> Reminder | None:
    """Takes the reminder that `spec` means out of `rest`."""
    wanted = spec_of(spec)
    for reminder in rest:
        if reminder["id"] == spec["id"] if "id" in spec else spec_of(reminder) == wanted:
            rest.remove(reminder)
            return reminder if spec_of(reminder) == wanted else _respecified(reminder, wanted)
    return None


def _respecified(reminder: Reminder, wanted: Spec) -> Reminder:
    after = reminder.copy()
    after.pop("at", None)
    after.pop("offset_minutes", None)
    return {**after, **wanted, "snoozed_until": None}


def _new(spec: Spec, task_id: str, name: str) -> Reminder:
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


def settled(reminders: list[Reminder], anchor: str | None, now: datetime, *, active: bool, by: Mover) -> list[Reminder]:
    """Returns each reminder as it stands after a change of the list, of whether the task is `active`, or of what `by` names.

    `anchor` is the instant that offsets count back from. A pending reminder follows its time; it is cancelled when that
    is past or gone, or the task is no longer active. When only the clock on the wall moved (`by="clock"`), one whose
    time is past now fires instead. One that fired or was cancelled becomes pending again, as a new firing, when its
    time lies ahead.
    """
    due = None if anchor is None else parse_instant(anchor)
    now_text = instant_text(now)
    oldest = "" if by == "clock" else instant_text(now - JUST_NOW)
    unsnoozed = (_unsnoozed(reminder, due, now_text, by) for reminder in reminders)
    return [_settled(reminder, due, now_text, oldest, active=active) for reminder in unsnoozed]


def _unsnoozed(reminder: Reminder, due: datetime | None, now: str, by: Mover) -> Reminder:
    """Drops a snooze when the due is moved ahead, or when the snooze passed while the task was done and the time is ahead."""
    until, time = reminder["snoozed_until"], _time_of(reminder, due)
    if until is None or time is None or time <= now:
        return reminder
    moved = by == "due" and "at" not in reminder
    missed = reminder["status"] != "pending" and until <= now
    return {**reminder, "snoozed_until": None} if moved or missed else reminder


def _settled(reminder: Reminder, due: datetime | None, now: str, oldest: str, *, active: bool) -> Reminder:
    time = reminder["snoozed_until"] or _time_of(reminder, due)
    if reminder["status"] != "pending":
        return again(reminder, time) if active and time is not None and time > now else reminder
    if time is None or not active or (time != reminder["fire_at"] and time < oldest):
        return {**reminder, "status": "cancelled", "fire_at": time}
    return reminder if time == reminder["fire_at"] else {**reminder, "fire_at": time}


def _time_of(reminder: Reminder, due: datetime | None) -> str | None:
    """Returns when the reminder is to fire by its spec, snoozes aside."""
    if "at" in reminder:
        return reminder["at"]
    return None if due is None else instant_text(due - timedelta(minutes=_offset_of(reminder)))


def again(reminder: Reminder, time: str) -> Reminder:
    """Returns the reminder pending at `time`: the same firing when that has not happened yet, else the next one."""
    return {
        **reminder,
        "fired_at": None,
        "late_seconds": None,
        "acknowledged_at": None,
        "status": "pending",
        "fire_at": time,
        "firing": reminder["firing"] + (reminder["status"] != "pending"),
    }


def snoozed(reminder: Reminder, until: str) -> Reminder:
    """Returns the reminder pending at the instant `until`, also where its due would have it fire earlier."""
    return {**again(reminder, until), "snoozed_until": until}


def fires_at(reminder: Reminder) -> str:
    """Returns the instant at which a reminder that is pending, or was until now, fires."""
    time = reminder["fire_at"]
    assert time is not None, "a pending reminder has a time"  # noqa: S101  # `settled` cancels one without
    return time


def fired(reminder: Reminder, now: datetime) -> Reminder:
    """Returns the reminder after it fired at `now`; `late_seconds` is set when that is more than LATE after its time."""
    late = now - parse_instant(fires_at(reminder))
    return {
        **reminder,
        "status": "fired",
        "fired_at": instant_text(now),
        "late_seconds": int(late.total_seconds()) if late > LATE else None,
        "snoozed_until": None,
    }


def to_fire(reminders: list[Reminder], now_text: str) -> list[Reminder]:
    """Returns the pending reminders whose time has come, oldest first."""
    ready = [reminder for reminder in reminders if reminder["status"] == "pending" and fires_at(reminder) <= now_text]
    return sorted(ready, key=lambda reminder: (fires_at(reminder), reminder["id"]))


def replaced(reminders: list[Reminder], changed: Iterable[Reminder]) -> list[Reminder]:
    """Returns the list with each changed reminder in the place of the one with its id."""
    by_id = {reminder["id"]: reminder for reminder in changed}
    return [by_id.get(reminder["id"], reminder) for reminder in reminders]


def facts(before: list[Reminder], after: list[Reminder]) -> list[Fact]:
    """Returns the facts of a change of the list: scheduled (or moved), and cancelled (or taken away while pending)."""
    old = {reminder["id"]: reminder for reminder in before}
    changes = [_fact(old.pop(reminder["id"], None), reminder) for reminder in after]
    gone: list[Reminder] = [
        {**reminder, "status": "cancelled"} for reminder in old.values() if reminder["status"] == "pending"
    ]
    return [fact for fact in changes if fact] + [reminder_fact("cancelled", reminder) for reminder in gone]


def _fact(before: Reminder | None, after: Reminder) -> Fact | None:
    was_pending = before is None or before["status"] == "pending"
    if after["status"] == "pending" and (
        before is None or (before["status"], before["fire_at"]) != ("pending", after["fire_at"])
    ):
        return reminder_fact("scheduled", after)
    if after["status"] == "cancelled" and was_pending:
        return reminder_fact("cancelled", after)
    return None


def reminder_fact(what: str, reminder: Reminder) -> Fact:
    """Returns the fact `reminder.<what>`, with the reminder as it is after it."""
    data: Json = {"reminder": reminder}
    if what == "fired":
        data["late_seconds"] = reminder["late_seconds"]
    return Fact(f"reminder.{what}", data=data)
