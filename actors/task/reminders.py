"""The reminders of a task: which there are, what becomes of all of them, and the facts of that. Pure.

What becomes of one is in `actors.task.firings`.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID, uuid5

from typing_extensions import TypedDict

from actors.clock import instant_text, parse_instant
from actors.due import due_at
from actors.events import Fact
from actors.offsets import offset_of
from actors.replies import Json
from actors.shapes import DueShape, Firing, Reminder
from actors.task import firings
from actors.task.firings import Change, Firings

# A reminder set for a moment that has just gone by still fires; one for longer ago was never wanted.
JUST_NOW: Final = timedelta(seconds=60)
_FORMS: Final = ("at", "offset", "offset_minutes")


class Spec(TypedDict, total=False):
    """What a person chooses of a reminder: one of the distances `offset` and `offset_minutes`, or an instant `at`.

    `id` names a reminder that is there already.
    """

    id: str
    offset: str
    offset_minutes: int
    at: str


def spec_of(reminder: Reminder | Spec) -> Spec:
    """Returns what a person chose of a reminder: `{offset}`, `{offset_minutes}` or `{at}`."""
    chosen: Mapping[str, Any] = reminder
    form = next(name for name in _FORMS if name in chosen)
    return {form: chosen[form]}  # type: ignore[misc]  # one of the three


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
    kept = {name: value for name, value in reminder.items() if name not in _FORMS}
    return cast("Reminder", {**kept, **wanted})


def _new(spec: Spec, task_id: str, name: str) -> Reminder:
    empty: Any = {"id": str(uuid5(UUID(task_id), name)), **spec_of(spec)}
    return firings.put(empty, Firings(firings.begun(1)))


def differing(before: list[Reminder], after: list[Reminder]) -> frozenset[str]:
    """Returns the ids of the reminders that are new or have another time by their specs."""
    old = {reminder["id"]: spec_of(reminder) for reminder in before}
    return frozenset(reminder["id"] for reminder in after if old.get(reminder["id"]) != spec_of(reminder))


def settled(reminders: list[Reminder], due: DueShape | None, zone: str, change: Change) -> list[Reminder]:
    """Returns each reminder as it stands under that due, whose days count in `zone`, after a change.

    A pending firing follows its time; it is cancelled when that is past or gone, or the task is no longer active. When
    only the clock on the wall moved, one whose time is past now fires instead, and one that fired stays fired. Else one
    that fired or was cancelled comes again, as a new firing, when its time lies ahead. What a person asks for inside its
    window fires at once.
    """
    return [firings.settled(reminder, _time_of(reminder, due, zone), change) for reminder in reminders]


def _time_of(reminder: Reminder, due: DueShape | None, zone: str) -> str | None:
    """Returns when the reminder is to fire by its spec, snoozes aside."""
    if "at" in reminder:
        return reminder["at"]
    days, minutes = offset_of(reminder)
    day = due_at(due, zone, days)
    return None if day is None else instant_text(parse_instant(day) + timedelta(minutes=minutes))


def next_time(reminders: list[Reminder]) -> str | None:
    """Returns the instant of the next firing."""
    return min((firings.fires_at(firing) for _, firing in _pending(reminders)), default=None)


def _pending(reminders: list[Reminder]) -> Iterator[tuple[Reminder, Firing]]:
    for reminder in reminders:
        yield from ((reminder, firing) for firing in firings.of(reminder).all if firing["status"] == "pending")


def to_fire(reminders: list[Reminder], now_text: str) -> list[tuple[str, int]]:
    """Returns reminder and number of the pending firings whose time has come, oldest first.

    Of those for one instant the ones that a due takes along come last: the first tells, and it may be held.
    """
    ready = [
        (firings.fires_at(firing), "at" not in reminder and not firing["snoozed"], reminder["id"], firing["firing"])
        for reminder, firing in _pending(reminders)
        if firings.fires_at(firing) <= now_text
    ]
    return [(reminder_id, number) for _, _, reminder_id, number in sorted(ready)]


def fired(reminders: list[Reminder], ready: list[tuple[str, int]], now: datetime) -> tuple[list[Reminder], list[Fact]]:
    """Returns the list after these firings happened at `now`, and their facts.

    Of those for the same instant the first tells, and each other says which one that is.
    """
    by_id = {reminder["id"]: reminder for reminder in reminders}
    facts: list[Fact] = []
    telling: dict[str, Json] = {}
    for reminder_id, number in ready:
        reminder = by_id[reminder_id] = firings.fired(by_id[reminder_id], number, now)
        firing = next(each for each in firings.of(reminder).all if each["firing"] == number)
        own: Json = {"reminder_id": reminder_id, "firing": number}
        teller = telling.setdefault(firing.get("asked_at") or firings.fires_at(firing), own)
        facts.append(_fired_fact(reminder, firing, None if teller is own else teller))
    return list(by_id.values()), facts


def _fired_fact(reminder: Reminder, firing: Firing, told_with: Json | None) -> Fact:
    data: Json = {"reminder": firings.seen(reminder, firing), "late_seconds": firing["late_seconds"]}
    more = {"told_with": told_with, "asked_at": firing.get("asked_at"), "change_set": firing.get("change_set")}
    return Fact("reminder.fired", data={**data, **{name: value for name, value in more.items() if value is not None}})


def replaced(reminders: list[Reminder], changed: Iterable[Reminder]) -> list[Reminder]:
    """Returns the list with each changed reminder in the place of the one with its id."""
    by_id = {reminder["id"]: reminder for reminder in changed}
    return [by_id.get(reminder["id"], reminder) for reminder in reminders]


def facts(before: list[Reminder], after: list[Reminder]) -> list[Fact]:
    """Returns the facts of a change of the list: firings scheduled (or moved), cancelled, or taken away while pending."""
    old = {(reminder["id"], firing["firing"]): (reminder, firing) for reminder, firing in _every(before)}
    changes: list[Fact | None] = []
    for reminder, firing in _every(after):
        _, was = old.pop((reminder["id"], firing["firing"]), (None, None))
        changes.append(_fact(was, reminder, firing))
    gone = [
        _about("cancelled", reminder, {**was, "status": "cancelled"})
        for reminder, was in old.values()
        if was["status"] == "pending"
    ]
    return [fact for fact in changes if fact] + gone


def _every(reminders: list[Reminder]) -> Iterator[tuple[Reminder, Firing]]:
    for reminder in reminders:
        yield from ((reminder, firing) for firing in firings.of(reminder).all)


def _fact(was: Firing | None, reminder: Reminder, firing: Firing) -> Fact | None:
    was_pending = was is None or was["status"] == "pending"
    moved = was is None or not was_pending or was["fire_at"] != firing["fire_at"]
    if firing["status"] == "pending" and moved:
        return _about("scheduled", reminder, firing)
    return _about("cancelled", reminder, firing) if firing["status"] == "cancelled" and was_pending else None


def _about(what: str, reminder: Reminder, firing: Firing, **data: Any) -> Fact:
    return Fact(f"reminder.{what}", data={"reminder": firings.seen(reminder, firing), **data})


def snoozed_fact(before: Reminder, after: Reminder) -> Fact:
    """Returns the fact that a reminder was snoozed."""
    snooze = firings.of(after).snooze
    assert snooze is not None, "a snoozed reminder has a snooze"  # noqa: S101  # a bug of the caller
    return _about("snoozed", after, snooze, answers=_last_number(before))


def acknowledged_fact(after: Reminder) -> Fact:
    """Returns the fact that all firings of a reminder that have happened were acknowledged."""
    return _about("acknowledged", after, firings.happened(after)[-1], answers=_last_number(after))


def _last_number(reminder: Reminder) -> int | None:
    """Returns the highest number of the firings that have happened."""
    return max((firing["firing"] for firing in firings.happened(reminder)), default=None)
