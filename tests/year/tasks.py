"""The expected outcome of one task: when its reminders fire and when it falls overdue, by what was done to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from actors.replies import Json
from tests.unit.recurrence.oracle import instant_of
from tests.year.digests import MORNING

JUST_NOW = timedelta(seconds=60)  # a reminder set for a moment that has just passed still fires
LATE = timedelta(seconds=5)
DAY = timedelta(days=1)
TRASH_KEPT = timedelta(days=30)


Offset: TypeAlias = int | str  # minutes, or a duration of DURATIONS
# Days on the wall and time that passes, both before the due.
DURATIONS: Mapping[str, tuple[timedelta, timedelta]] = {
    "-P1D": (DAY, timedelta(0)),
    "-P1DT2H": (DAY, timedelta(hours=2)),
    "P-1DT11H": (DAY, -timedelta(hours=11)),
    "-P1W": (7 * DAY, timedelta(0)),
}


def distance_of(offset: Offset) -> tuple[timedelta, timedelta]:
    return (timedelta(0), timedelta(minutes=offset)) if isinstance(offset, int) else DURATIONS[offset]


def lead_of(offset: Offset) -> timedelta:
    """Returns how long before a due the reminder is at most: clocks may change by an hour within a day."""
    days, elapsed = distance_of(offset)
    return days + elapsed + (timedelta(hours=1) if days else timedelta(0))


def reminder_json(offset: Offset) -> Json:
    return {"offset_minutes": offset} if isinstance(offset, int) else {"offset": offset}


def follows_the_person(due: Json) -> bool:
    return "date" in due or due["zone"] is None


def due_instant(due: Json, zone: str, days: timedelta = timedelta(0)) -> datetime:
    """Returns the instant from which reminders count: of a date nine o'clock in the user's zone; or `days` before."""
    if "date" in due:
        return instant_of(datetime.fromisoformat(due["date"]) + timedelta(hours=9) - days, zone)
    return instant_of(datetime.fromisoformat(due["local"]) - days, due["zone"] or zone)


def over_instant(due: Json, zone: str, morning: str) -> datetime:
    """Returns the instant at which people are told that the task is overdue: of a date the `morning` after that day."""
    if "date" in due:
        return instant_of(datetime.fromisoformat(f"{due['date']}T{morning}") + DAY, zone)
    return due_instant(due, zone)


@dataclass
class Reminder:
    offset: Offset
    pending: datetime | None
    fired: list[datetime] = field(default_factory=list)
    is_told: bool = False  # whether it has fired for the due as it is


class Task:
    """The model of a task; its methods are to be called in the order of time."""

    def __init__(
        self, task_id: str, made: datetime, due: Json, zone: str, offsets: list[Offset], *, asked: bool = False
    ) -> None:
        """`asked` says that a person makes it: what it should have reminded of by now it reminds of at once."""
        self.id = task_id
        self.due, self.zone, self.morning = due, zone, MORNING
        self.state = "open"
        self.place = (0, "")  # generation and name of the slot that it is for
        self.slot_due: Json | None = None  # the due that its series gave it last
        self.closed_at: datetime | None = None
        self.written = False  # whether a person has changed it
        self.note = ""  # what a person has written into it last
        self.overdue_at: list[datetime] = []
        self.late: list[datetime] = []  # firings that say that they are late
        self.past: list[datetime] = []  # firings of reminders that were removed
        self._now = made
        self._overdue_for: Json | None = None
        self.reminders = [Reminder(offset, None) for offset in offsets]
        for reminder in self.reminders:
            time = self._time_of(reminder)
            reminder.pending = time if time >= made - JUST_NOW else None
            if asked and time < made < self._over:
                reminder.pending = made

    @property
    def fired(self) -> list[datetime]:
        return sorted([*self.past, *(instant for reminder in self.reminders for instant in reminder.fired)])

    @property
    def is_active(self) -> bool:
        return self.state == "open"

    def advance(self, now: datetime) -> None:
        """Fires everything that is due up to `now`, that instant included."""
        for reminder in self.reminders:
            if reminder.pending is not None and reminder.pending <= now:
                reminder.fired.append(max(reminder.pending, self._now))
                if reminder.fired[-1] - reminder.pending > LATE:
                    self.late.append(reminder.fired[-1])
                reminder.pending, reminder.is_told = None, True
        if self.is_active and self._overdue_for != self.due:
            over = self._over
            if over <= now:
                self.overdue_at.append(max(over, self._now))
                self._overdue_for = self.due
        self._now = now

    def close(self, now: datetime, state: str) -> None:
        """Closes it; `state` is completed, deleted or withdrawn."""
        if state == "withdrawn" and not self.is_active:
            return
        self.advance(now)
        self.state, self.closed_at = state, now
        for reminder in self.reminders:
            reminder.pending = None

    def reopen(self, now: datetime) -> None:
        """Opens it again, when it is done or in the trash."""
        self.advance(now)
        self.state = "open"
        for reminder in self.reminders:
            time = self._time_of(reminder)
            reminder.pending = time if time > now and not reminder.is_told else None

    def is_fresh(self, now: datetime) -> bool:
        """Returns whether it can be brought back, and no purge of today comes before."""
        return self.closed_at is not None and now - self.closed_at < TRASH_KEPT - 2 * DAY

    def is_purged(self, now: datetime) -> bool:
        """Returns whether it has been in the trash for longer than that is kept."""
        in_trash = self.state in {"withdrawn", "deleted"} and self.closed_at is not None
        return in_trash and now - (self.closed_at or now) > TRASH_KEPT

    def restore(self, now: datetime, offsets: list[Offset]) -> None:
        """Brings it back for its series, which had withdrawn it, with the reminders of the template."""
        if self.state == "withdrawn":
            self.reopen(now)
            self.remind(now, offsets)

    def follow(self, now: datetime, due: Json) -> None:
        """Gives it the due of its slot; one that has passed is not told again."""
        self.advance(now)
        told = self._overdue_for == self.due
        self.move(now, due)
        if told and self._over <= now:
            self._overdue_for = due

    def move(self, now: datetime, due: Json | None = None, zone: str | None = None) -> None:
        self.advance(now)
        self.due, self.zone = due or self.due, zone or self.zone
        for reminder in self.reminders:
            reminder.is_told = reminder.is_told and due is None
            if reminder.is_told:
                continue  # the same hour in another zone is not another one
            time = self._time_of(reminder)
            overtaken = reminder.pending is not None and (due is None or time >= now - JUST_NOW)
            wanted = time > now or overtaken  # a flight fires what it passes
            reminder.pending = time if self.is_active and wanted else None

    def remind(self, now: datetime, offsets: list[Offset]) -> None:
        """Gives it other reminders, unless it is over; one with the same offset stays as it is."""
        self.advance(now)
        if not self.is_active:
            return
        old = {reminder.offset: reminder for reminder in self.reminders}
        self.reminders = []
        for offset in offsets:
            reminder = old.pop(offset, None)
            if reminder is None:
                reminder = Reminder(offset, None)
                time = self._time_of(reminder)
                reminder.pending = time if self.is_active and time >= now - JUST_NOW else None
            self.reminders.append(reminder)
        self.past += [instant for reminder in old.values() for instant in reminder.fired]

    def snooze(self, now: datetime, minutes: int) -> None:
        """Snoozes the reminder that fired last, as the command does without an id."""
        self.advance(now)
        last = max(
            (reminder for reminder in self.reminders if reminder.fired),
            key=lambda one: (one.fired[-1], self._time_of(one)),
        )
        last.pending = now + timedelta(minutes=minutes)

    def hear_at(self, now: datetime, morning: str) -> None:
        """Has the end of its day told with the digest, whose time has changed."""
        self.advance(now)
        self.morning = morning

    @property
    def _over(self) -> datetime:
        return over_instant(self.due, self.zone, self.morning)

    def _time_of(self, reminder: Reminder) -> datetime:
        days, elapsed = distance_of(reminder.offset)
        return due_instant(self.due, self.zone, days) - elapsed
