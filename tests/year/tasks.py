"""What ought to become of one task: when it reminds and when it is told as overdue, from what was done to it and when."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from actors.replies import Json
from tests.unit.recurrence.oracle import instant_of

JUST_NOW = timedelta(seconds=60)  # a reminder set for a moment that has just gone by still fires
DAY = timedelta(days=1)


def due_instant(due: Json, zone: str) -> datetime:
    """A date counts from nine in the user's zone."""
    if "date" in due:
        return instant_of(datetime.fromisoformat(due["date"]) + timedelta(hours=9), zone)
    return instant_of(datetime.fromisoformat(due["local"]), due["zone"])


def over_instant(due: Json, zone: str) -> datetime:
    """A date is over when its day is."""
    if "date" in due:
        return instant_of(datetime.fromisoformat(due["date"]) + DAY, zone)
    return due_instant(due, zone)


@dataclass
class Reminder:
    offset: timedelta
    pending: datetime | None
    fired: list[datetime] = field(default_factory=list)


class Task:
    """Tell it in the order of time what is done; it keeps what it ought to have said by then."""

    def __init__(self, task_id: str, made: datetime, due: Json, zone: str, offsets: list[int]) -> None:
        self.id = task_id
        self.due, self.zone = due, zone
        self.state = "open"
        self.told_overdue: list[datetime] = []
        self.past: list[datetime] = []  # firings of reminders that are no more
        self._now = made
        self._told_of: Json | None = None
        self.reminders = [Reminder(timedelta(minutes=offset), None) for offset in offsets]
        for reminder in self.reminders:
            time = self._time_of(reminder)
            reminder.pending = time if time >= made - JUST_NOW else None

    @property
    def fired(self) -> list[datetime]:
        return sorted([*self.past, *(instant for reminder in self.reminders for instant in reminder.fired)])

    @property
    def is_active(self) -> bool:
        return self.state == "open"

    def advance(self, now: datetime) -> None:
        """Everything that falls due up to `now`, that instant included."""
        for reminder in self.reminders:
            if reminder.pending is not None and reminder.pending <= now:
                reminder.fired.append(max(reminder.pending, self._now))
                reminder.pending = None
        if self.is_active and self._told_of != self.due:
            over = over_instant(self.due, self.zone)
            if over <= now:
                self.told_overdue.append(max(over, self._now))
                self._told_of = self.due
        self._now = now

    def close(self, now: datetime, state: str) -> None:
        """`state`: completed, deleted or withdrawn."""
        if state == "withdrawn" and not self.is_active:
            return
        self.advance(now)
        self.state = state
        for reminder in self.reminders:
            reminder.pending = None

    def reopen(self, now: datetime) -> None:
        self.advance(now)
        self.state = "open"
        for reminder in self.reminders:
            time = self._time_of(reminder)
            reminder.pending = time if time > now else None

    def move(self, now: datetime, due: Json | None = None, zone: str | None = None) -> None:
        self.advance(now)
        self.due, self.zone = due or self.due, zone or self.zone
        for reminder in self.reminders:
            earliest = now if reminder.pending is None else now - JUST_NOW
            time = self._time_of(reminder)
            wanted = time > now or (reminder.pending is not None and time >= earliest)
            reminder.pending = time if self.is_active and wanted else None

    def remind(self, now: datetime, offsets: list[int]) -> None:
        """Other reminders, unless it is over; one that stays the same keeps its life."""
        self.advance(now)
        if not self.is_active:
            return
        old = {reminder.offset: reminder for reminder in self.reminders}
        self.reminders = []
        for offset in (timedelta(minutes=minutes) for minutes in offsets):
            reminder = old.pop(offset, None)
            if reminder is None:
                reminder = Reminder(offset, None)
                time = self._time_of(reminder)
                reminder.pending = time if self.is_active and time >= now - JUST_NOW else None
            self.reminders.append(reminder)
        self.past += [instant for reminder in old.values() for instant in reminder.fired]

    def snooze(self, now: datetime, minutes: int) -> None:
        """The one that fired last, as a person does who names none."""
        self.advance(now)
        last = max(
            (reminder for reminder in self.reminders if reminder.fired), key=lambda one: (one.fired[-1], -one.offset)
        )
        last.pending = now + timedelta(minutes=minutes)

    def _time_of(self, reminder: Reminder) -> datetime:
        return due_instant(self.due, self.zone) - reminder.offset
