"""The expected outcome of one series: its slots by dateutil and zoneinfo, and the task of each slot."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import count, islice, takewhile
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from actors.replies import Json
from tests.unit.recurrence.oracle import Case, instant_of, locals_of
from tests.year.tasks import Task, due_instant


@dataclass(frozen=True)
class Slot:
    """One slot. `number` counts from the start of the series, skipped slots included; after completion only those that came."""

    nominal: str
    day: date
    at: datetime
    number: int


@dataclass
class Spec:
    """A series as its owner wants it. `case` is the rule with start and zone; without `offsets` the user's default counts."""

    case: Case
    mode: str = "schedule"
    pile_up: str = "all"
    look_ahead_days: int = 0
    offsets: list[int] | None = field(default_factory=lambda: [0])


class Series:
    """The model of a series; its methods are to be called in the order of time.

    `tasks` are by (generation, slot) all tasks that it has ever made.
    """

    def __init__(
        self, series_id: str, spec: Spec, default_offset: int | None, made: datetime, split_from: "Series | None" = None
    ) -> None:
        """`split_from`: the series whose skipped and moved slots it takes over."""
        self.skipped: set[str] = set() if split_from is None else split_from.skipped | split_from.over_ahead
        self._moved: dict[str, Json] = {} if split_from is None else dict(split_from._moved)
        self.id = series_id
        self.spec = spec
        self.default_offset = default_offset
        self.status = "active"
        self.generation = 1
        self.tasks: dict[tuple[int, str], Task] = {}
        self.coming: list[tuple[Slot, Task]] = []  # made, but not started
        self.open: list[Task] = []
        self._over: set[str] = set()  # ids of tasks that a person has completed or deleted
        self._ends_before: date | None = None
        self._last: Slot | None = None  # the last one that has started, or was completed
        self._completed: datetime | None = None  # after completion: when the last one was completed, since this start
        self._slot_of: dict[str, Slot] = {}
        self._now = made
        self._begin()

    # Time.

    def advance(self, until: datetime) -> None:
        """Starts every slot up to `until`, that instant included, and makes every task ahead by then.

        The tasks themselves advance when something is done to them, and at the end.
        """
        while self.status == "active" and self.spec.mode == "schedule":
            starts = self.coming[0][0].at
            made = self._peek().at - self._ahead if self._ahead and self._peek() else starts
            if min(starts, made) > until:
                break
            self._now = max(self._now, min(starts, made))
            if starts <= self._now:
                self._start()
            self._fill()
        self._now = max(self._now, until)

    def _start(self) -> None:
        slot, task = self.coming.pop(0)
        if self.spec.pile_up == "newest":
            self._withdraw(self.open)
            self.open = []
        if task.id not in self._over:
            self.open.append(task)
        self._last = slot
        self._moved.pop(slot.nominal, None)

    def _fill(self) -> None:
        """Makes the task of the next slot, and those that the look-ahead reaches."""
        while (slot := self._peek()) and (not self.coming or self._is_wanted(slot)):
            self._slots.pop(0)
            self.coming.append((slot, self._make(slot)))
        if not self.coming:
            self.status = "ended"

    def _is_wanted(self, slot: Slot) -> bool:
        """Returns whether its task is made already: look-ahead or reminders reach it, or a later slot was moved so early."""
        if slot.at - self._ahead <= self._now:
            return True
        if not self._moved:
            return False
        soon = self.coming[0][0].at + self._ahead
        moved = (later for later in self.upcoming(64) if later.nominal in self._moved)
        return any(due_instant(self._moved[later.nominal], self.spec.case.zone) <= soon for later in moved)

    def _make(self, slot: Slot) -> Task:
        task_id = str(uuid5(UUID(self.id), f"{self.generation}/{slot.nominal}"))
        due = self._moved.get(slot.nominal) or self.due_of(slot)
        task = Task(task_id, self._now, due, self.spec.case.zone, self.offsets)
        self.tasks[self.generation, slot.nominal] = task
        self._slot_of[task_id] = slot
        return task

    @property
    def offsets(self) -> list[int]:
        if self.spec.offsets is not None:
            return self.spec.offsets
        return [] if self.default_offset is None else [self.default_offset]

    @property
    def _ahead(self) -> timedelta:
        return max(timedelta(days=self.spec.look_ahead_days), timedelta(minutes=max(self.offsets, default=0)))

    def due_of(self, slot: Slot) -> Json:
        if not self.spec.case.timed:
            return {"date": slot.nominal}
        return {"local": slot.nominal, "zone": self.spec.case.zone}

    # Slots.

    def _begin(self) -> None:
        """Begins a generation: its slots after now, of days from today on, none of a day that has had one.

        Slots of the generation before that it has too stay made, skipped or moved.
        """
        held = {slot.nominal: task for slot, task in self.coming}
        names = {*held, *self.skipped, *self._moved}
        if self.spec.mode == "schedule":
            far = max((name[:10] for name in names), default="")
            here = {slot.nominal for slot in takewhile(lambda slot: slot.nominal[:10] <= far, self._all_slots())}
            self.skipped &= here
            self._moved = {name: due for name, due in self._moved.items() if name in here}
        else:
            here = {slot.nominal for slot in islice(self._all_slots(), 1)}
        self._withdraw([task for name, task in held.items() if name not in here])
        held = {name: task for name, task in held.items() if name in here}
        self._slots: list[Slot] = []
        self.coming = []
        self._source = self._all_slots()
        while held and (slot := self._peek()):
            self._slots.pop(0)
            self.coming.append((slot, held.pop(slot.nominal, None) or self._make(slot)))
        self._fill()

    def _all_slots(self) -> Iterator[Slot]:
        case, now = self.spec.case, self._now
        today = now.astimezone(ZoneInfo(case.zone)).date()
        if self.spec.mode == "completion":
            if case.count is not None and self._passed >= case.count:
                return
            case = replace(case, count=None)  # slots that never came do not count
            if self._completed is not None:
                case = self._from(self._completed)
        for number, local in zip(count(1), locals_of(case), strict=False):
            day = local.date()
            if self._last is not None and day <= self._last.day:
                continue
            if self.spec.mode == "completion" and self._completed is not None and local <= case.start:
                continue
            if day < today or (case.timed and instant_of(local, case.zone) <= now):
                continue
            yield self._slot(local, self._passed + 1 if self.spec.mode == "completion" else number)

    @property
    def _passed(self) -> int:
        return 0 if self._last is None else self._last.number

    @property
    def over_ahead(self) -> set[str]:
        """Returns the slots whose tasks were completed or deleted before their time."""
        return {slot.nominal for slot, task in self.coming if task.id in self._over}

    def _from(self, completed: datetime) -> Case:
        """Returns the rule as it goes on after a completion."""
        case = self.spec.case
        done = completed.astimezone(ZoneInfo(case.zone)).replace(hour=case.start.hour, minute=case.start.minute)
        return replace(case, start=done.replace(tzinfo=None, second=0, microsecond=0), count=None)

    def _slot(self, local: datetime, number: int) -> Slot:
        nominal = local.isoformat(timespec="minutes") if self.spec.case.timed else local.date().isoformat()
        return Slot(nominal, local.date(), instant_of(local, self.spec.case.zone), number)

    def upcoming(self, many: int) -> list[Slot]:
        """Returns the next slots that are neither made nor skipped."""
        while len(self._slots) < many and (slot := next(self._source, None)):
            self._slots.append(slot)
        end = self._ends_before
        left = [slot for slot in self._slots if slot.nominal not in self.skipped and (end is None or slot.day < end)]
        if len(left) < len(self._slots):
            self._slots = left
            return self.upcoming(many) if end is None else left
        return self._slots[:many]

    def _peek(self) -> Slot | None:
        if self.spec.mode == "completion" and self.coming:
            return None
        return next(iter(self.upcoming(1)), None)

    # Commands of people. The series must have advanced up to their instant.

    def skip(self, slot: Slot) -> None:
        made = next((pair for pair in self.coming if pair[0] == slot), None)
        self.skipped.add(slot.nominal)
        self._moved.pop(slot.nominal, None)
        if made is None:
            return
        made[1].close(self._now, "withdrawn")
        self.coming.remove(made)
        if self.spec.mode == "completion":
            self._follow(made[0], made[0].at)
        else:
            self._fill()

    def move(self, slot: Slot, due: Json) -> None:
        made = next((task for known, task in self.coming if known == slot), None)
        self._moved[slot.nominal] = due
        if made is None:
            self._fill()
        else:
            made.move(self._now, due)

    def close(self, task: Task, state: str) -> None:
        """Closes the task of a slot, which a person completes or deletes."""
        task.close(self._now, state)
        self._over.add(task.id)
        if task in self.open:
            self.open.remove(task)
            if self.status == "paused" and self._slot_of[task.id] == self._last:
                self._completed = self._now
        awaited = self.coming[0] if self.coming else None
        if self.spec.mode == "completion" and self.status == "active" and awaited and awaited[1] is task:
            self.coming = []
            self._follow(awaited[0], self._now)

    def reopen(self, task: Task) -> None:
        """Reopens a completed task; if its slot has come, it is one of the open ones again."""
        task.reopen(self._now)
        self._over.discard(task.id)
        local = datetime.fromisoformat(self._slot_of[task.id].nominal)
        is_coming = any(known is task for _, known in self.coming)
        if not is_coming and self.status != "deleted" and instant_of(local, self.spec.case.zone) <= self._now:
            self.open = [known for known in self.tasks.values() if known in self.open or known is task]

    def _follow(self, slot: Slot, completed: datetime) -> None:
        """After completion: finds the next slot, an interval from that day, or the next multiple after the slot's day."""
        case = self.spec.case
        self._last, self._completed = slot, completed
        chain = self._from(completed)
        local = next(local for local in locals_of(chain) if local.date() > max(chain.start.date(), slot.day))
        over = case.count is not None and slot.number >= case.count
        self._slots = [] if over else [self._slot(local, slot.number + 1)]
        self._source = iter(())
        self._fill()

    def pause(self) -> None:
        """Pauses it; tasks that are over stay, and after completion the awaited one."""
        self._start_missed()
        self._withdraw([task for _, task in self.coming if task.id not in self._over])
        self.coming = [pair for pair in self.coming if pair[1].id in self._over]
        self.status = "paused"

    def resume(self) -> None:
        self._start_missed()
        waiting = [task for task in self.open if self._slot_of[task.id] == self._last]
        if self.spec.mode == "completion" and waiting and self._last is not None:
            self.generation += 1
            self.status = "active"
            self.open.remove(waiting[0])
            self.coming = [(self._last, waiting[0])]
        else:
            self.renew()

    def _start_missed(self) -> None:
        """Starts the slots whose time has come while the series was paused."""
        while self.coming and self.coming[0][0].at <= self._now:
            self._start()

    def renew(self, **changes: Any) -> None:
        """Gives it another rule or start."""
        self.spec = replace(self.spec, case=replace(self.spec.case, **changes))
        self.generation += 1
        self.status = "active"
        if "start" in changes:
            self._completed = None
        waits = self.spec.mode == "completion" and self.coming and self.coming[0][0].at <= self._now
        if not waits:
            self._begin()

    def travel(self, zone: str) -> None:
        """Moves it to another zone: its days begin at other instants; slots and tasks stay."""
        self.spec = replace(self.spec, case=replace(self.spec.case, zone=zone))
        self.coming = [(self._begun_in(slot, zone), task) for slot, task in self.coming]
        self._slots = [self._begun_in(slot, zone) for slot in self._slots]
        self.advance(self._now)

    @staticmethod
    def _begun_in(slot: Slot, zone: str) -> Slot:
        return replace(slot, at=instant_of(datetime.combine(slot.day, time.min), zone))

    def look_ahead(self, days: int) -> None:
        self.spec = replace(self.spec, look_ahead_days=days)
        self._fill()

    def remind(self, offsets: list[int]) -> None:
        """Gives the template, and the tasks that are not over, other reminders."""
        self.spec = replace(self.spec, offsets=offsets)
        for task in [task for _, task in self.coming] + self.open:
            task.remind(self._now, self.offsets)

    def end_before(self, slot: Slot) -> None:
        """Ends it before that slot, from which on it is another series."""
        self._ends_before = slot.day
        kept = [pair for pair in self.coming if pair[0].day < slot.day]
        self._withdraw([task for known, task in self.coming if known.day >= slot.day])
        self.coming = kept
        self._fill()

    def stop(self, *, keep: bool) -> None:
        self._withdraw([task for _, task in self.coming[1 if keep else 0 :]])
        self.coming, self.status = [], "stopped"

    def delete(self, *, keep: bool) -> None:
        if not keep:
            self._withdraw([task for _, task in self.coming] + self.open)
            self.open = []
        self.coming, self.status = [], "deleted"

    def _withdraw(self, tasks: list[Task]) -> None:
        for task in tasks:
            task.close(self._now, "withdrawn")
