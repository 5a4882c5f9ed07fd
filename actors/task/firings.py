"""The firings of one reminder: the one at its own time, and the one to which a person snoozed it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple, TypeAlias, cast

from actors.clock import instant_text, late_seconds, parse_instant
from actors.shapes import Firing, Reminder

# What moved the times: another due, or the same one under another zone or other rules of it.
Mover: TypeAlias = Literal["due", "clock"] | None
_HEAD: Final = ("firing", "status", "fire_at", "fired_at", "late_seconds", "acknowledged_at")


@dataclass(frozen=True, slots=True)
class Change:
    """What the firings of a task follow: the instants of a change, whether the task is active, and what moved the times.

    A firing whose time is past is cancelled when that was before `oldest`, unless a person wants it at once. `over` is
    when the task is overdue; `changed` has the ids of reminders that are new or have another spec. `asked` says whether a
    person asks for what is changed, and `change_set` names the whole that this is a part of.
    """

    now: str
    oldest: str
    active: bool
    by: Mover
    over: str | None = None
    changed: frozenset[str] = frozenset()
    asked: bool = False
    change_set: str | None = None

    def moves(self, reminder: Reminder) -> bool:
        """Returns whether the change gives the reminder another time of its own."""
        return reminder["id"] in self.changed or (self.by == "due" and "at" not in reminder)

    def wants(self, reminder: Reminder, own: Firing) -> bool:
        """Returns whether a person asks for the reminder in its window, which ends when the task is overdue.

        One that fired is not told again because the due was moved by a little.
        """
        moves = self.moves(reminder) if own["status"] != "fired" else reminder["id"] in self.changed
        return self.asked and moves and (self.over is None or self.now < self.over)


class Firings(NamedTuple):
    own: Firing
    snooze: Firing | None = None

    @property
    def all(self) -> list[Firing]:
        return [self.own] if self.snooze is None else [self.own, self.snooze]

    @property
    def newest(self) -> int:
        """The number of the last one that was begun."""
        return max(firing["firing"] for firing in self.all)


def of(reminder: Reminder) -> Firings:
    """Returns the firings. A reminder of an early release has the newest one alone: a snooze, or the one at its own time."""
    if known := reminder.get("firings"):
        return Firings(*known[:2])
    newest = cast("Firing", {"snoozed": False, **{name: cast("Any", reminder)[name] for name in _HEAD}})
    until = reminder["snoozed_until"]
    if until is None:
        return Firings(newest)
    before: Firing = {**begun(newest["firing"] - 1), "status": "fired", "acknowledged_at": until}
    return Firings(before, {**newest, "snoozed": True})


def begun(number: int, time: str | None = None, *, snoozed: bool = False) -> Firing:
    """Returns a pending firing."""
    return {
        "firing": number,
        "snoozed": snoozed,
        "status": "pending",
        "fire_at": time,
        "fired_at": None,
        "late_seconds": None,
        "acknowledged_at": None,
    }


def put(reminder: Reminder, firings: Firings) -> Reminder:
    """Returns the reminder with these firings, and in its own fields the next of them, else the last one."""
    after = seen(reminder, _leading(firings.all))
    snooze = firings.snooze
    waits = snooze is not None and snooze["status"] != "fired"
    return {**after, "snoozed_until": snooze["fire_at"] if snooze and waits else None, "firings": firings.all}


def _leading(firings: Sequence[Firing]) -> Firing:
    pending = [firing for firing in firings if firing["status"] == "pending"]
    return min(pending, key=_time, default=None) or max(firings, key=_time)


def _time(firing: Firing) -> str:
    return firing["fire_at"] or ""


def seen(reminder: Reminder, firing: Firing) -> Reminder:
    """Returns the reminder as the fact about one of its firings has it."""
    fields: dict[str, Any] = {name: firing[name] for name in _HEAD}
    return cast("Reminder", {**reminder, **fields})


def settled(reminder: Reminder, time: str | None, change: Change) -> Reminder:
    """Returns the reminder after a change; `time` is its own time under the due as it is then."""
    before = of(reminder)
    gives_way = change.moves(reminder) or _missed(before, change)
    own, snooze = _in_place_of_snooze(before, time, change) if gives_way else before
    after = _own_settled(own, time, change, before.newest + 1, wanted=change.wants(reminder, own))
    if snooze is not None:
        snooze = _snooze_settled(snooze, change, max(before.newest, after["firing"]) + 1)
        if snooze["status"] == "fired" and after["firing"] != own["firing"]:
            snooze = None
    return reminder if (after, snooze) == before else put(reminder, Firings(after, snooze))


def _missed(firings: Firings, change: Change) -> bool:
    """Returns whether there is a snooze that passed while the task was done."""
    snooze = firings.snooze
    return snooze is not None and snooze["status"] == "cancelled" and _time(snooze) <= change.now


def _in_place_of_snooze(firings: Firings, time: str | None, change: Change) -> Firings:
    """Returns the snooze as the firing at the reminder's own time, if that lies ahead and nothing is pending for it."""
    own, snooze = firings
    if (
        snooze is None
        or snooze["status"] == "fired"
        or own["status"] == "pending"
        or time is None
        or time <= change.now
    ):
        return firings
    return Firings({**snooze, "snoozed": False})


def _own_settled(own: Firing, time: str | None, change: Change, number: int, *, wanted: bool) -> Firing:
    pending = own["status"] == "pending"
    if time is None or not change.active:
        return {**own, "status": "cancelled", "fire_at": time} if pending else own
    if time == own["fire_at"] and own["status"] != "cancelled":
        return own
    if own["status"] == "fired" and change.by == "clock":
        # It fired for this due; the same hour in another zone is not another one.
        return {**own, "fire_at": time} if time > change.now else own
    anew = begun(own["firing"] if pending else number, time)
    if time > change.now:
        return anew
    if wanted:
        return _asked(anew, change)
    missed: Firing = anew if time >= change.oldest else {**anew, "status": "cancelled"}
    return missed if pending else own


def _asked(firing: Firing, change: Change) -> Firing:
    firing["asked_at"] = change.now
    if change.change_set is not None:
        firing["change_set"] = change.change_set
    return firing


def _snooze_settled(snooze: Firing, change: Change, number: int) -> Firing:
    if snooze["status"] == "pending" and not change.active:
        return {**snooze, "status": "cancelled"}
    if snooze["status"] == "cancelled" and change.active and _time(snooze) > change.now:
        return begun(number, snooze["fire_at"], snoozed=True)
    return snooze


def snoozed(reminder: Reminder, until: str, now: str) -> Reminder:
    """Returns the reminder with one more firing at the instant `until`, or with the snooze that is pending moved there.

    Firings that have happened are answered by that; the one at its own time stays, if it is yet to come.
    """
    own, snooze = _answered(of(reminder), now)
    newest = of(reminder).newest
    number = snooze["firing"] if snooze is not None and snooze["status"] == "pending" else newest + 1
    return put(reminder, Firings(own, begun(number, until, snoozed=True)))


def acknowledged(reminder: Reminder, now: str) -> Reminder:
    """Returns the reminder with the firings that have happened answered."""
    return put(reminder, _answered(of(reminder), now))


def _answered(firings: Firings, now: str) -> Firings:
    def answered(firing: Firing) -> Firing:
        return {**firing, "acknowledged_at": now} if _waits(firing) else firing

    return Firings(*map(answered, firings.all))


def is_unanswered(reminder: Reminder) -> bool:
    """Returns whether it has fired, and its person has neither acknowledged nor snoozed that."""
    return any(map(_waits, of(reminder).all))


def _waits(firing: Firing) -> bool:
    return firing["status"] == "fired" and firing["acknowledged_at"] is None


def happened(reminder: Reminder) -> list[Firing]:
    """Returns the firings that have happened, the last one last."""
    return sorted((firing for firing in of(reminder).all if firing["status"] == "fired"), key=_when)


def last_happened(reminder: Reminder) -> tuple[str, str]:
    """Returns when the reminder last fired, and when that firing was to be: a key to sort by."""
    return max(map(_when, happened(reminder)), default=("", ""))


def _when(firing: Firing) -> tuple[str, str]:
    return firing["fired_at"] or "", _time(firing)


def fires_at(firing: Firing) -> str:
    """Returns the instant at which a firing that is pending, or was until now, happens."""
    time = firing["fire_at"]
    assert time is not None, "a pending firing has a time"  # noqa: S101  # `settled` cancels one without
    return time


def fired(reminder: Reminder, number: int, now: datetime) -> Reminder:
    """Returns the reminder after that firing happened at `now`; `late_seconds` is set when that is late.

    One that a person asked for after its time counts from then.
    """
    firings = of(reminder)
    return put(reminder, Firings(*(_fired(each, now) if each["firing"] == number else each for each in firings.all)))


def _fired(firing: Firing, now: datetime) -> Firing:
    return {
        **firing,
        "status": "fired",
        "fired_at": instant_text(now),
        "late_seconds": late_seconds(now, parse_instant(firing.get("asked_at") or fires_at(firing))),
    }
