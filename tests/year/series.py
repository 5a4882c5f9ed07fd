"""The expected outcome of one series: its slots by dateutil and zoneinfo, and the task of each slot."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count, takewhile
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from actors.replies import Json
from tests.unit.recurrence.oracle import Case, instant_of
from tests.year.digests import MORNING
from tests.year.hours import Hours, due_of, locals_of, name_of
from tests.year.tasks import Offset, Task, due_instant, lead_of


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
    offsets: list[Offset] | None = field(default_factory=lambda: [0])
    floating: bool = False  # whether its times are those of the wall wherever its owner is


@dataclass
class Shelved:
    """A slot that was made and is not awaited; its task is withdrawn, skipped, kept (open) or over (a person closed it)."""

    slot: Slot
    task: Task
    state: str


class Series:
    """The model of a series; its methods are to be called in the order of time.

    `tasks` are by id all tasks that it has, or has ever made.
    """

    def __init__(
        self,
        series_id: str,
        spec: Spec,
        default_offset: Offset | None,
        made: datetime,
        *,
        split_from: "tuple[Series, Slot] | None" = None,
        morning: str = MORNING,
    ) -> None:
        """`split_from`: the series whose tasks, skipped and moved slots it takes over, and its first slot.

        `morning` is when its owner hears that a day is over.
        """
        self.id = series_id
        self.spec = spec
        self.default_offset = default_offset
        self.morning = morning
        self.status = "active"
        self.generation = 1
        self.tasks: dict[str, Task] = {}
        self.coming: list[tuple[Slot, Task]] = []  # made, but not started
        self.open: list[Task] = []
        self.shelf: list[Shelved] = []
        self.skipped: set[str] = set()
        self._moved: dict[str, Json] = {}
        self._lost: dict[str, Json | None] = {}  # skipped (None) and moved slots that the present rule does not have
        self._over: set[str] = set()  # ids of tasks that a person has completed or deleted
        self._ends_before: date | None = None
        self._last: Slot | None = None  # the last one that has started, or was completed
        self._last_task: Task | None = None
        self._completed: datetime | None = None  # after completion: when the last one was completed, since this start
        self._completed_before: datetime | None = None
        self._passed = 0
        self._slot_of: dict[str, Slot] = {}
        self._slots: list[Slot] = []
        self._now = made
        self._is_asked = split_from is None  # a person makes it, and its first tasks with it
        if split_from is not None:
            self._take_over(*split_from)
        self._begin()
        self._is_asked = False

    def _take_over(self, other: "Series", since: Slot) -> None:
        """Takes over what was done to the slots from `since` on."""
        coming = [Shelved(slot, task, "over" if task.id in other._over else "held") for slot, task in other.coming]
        entries = [one for one in [*coming, *other.shelf] if one.slot.day >= since.day]
        done: dict[str, Json | None] = {**other._lost, **dict.fromkeys(other.skipped), **other._moved}
        done = {name: due for name, due in done.items() if date.fromisoformat(name[:10]) >= since.day}
        by_day = self._by_day({one.slot.day for one in entries} | {date.fromisoformat(name[:10]) for name in done})
        named = {by_day[name[:10]].nominal: due for name, due in done.items() if name[:10] in by_day}
        self.skipped = {name for name, due in named.items() if due is None}
        self._moved = {name: due for name, due in named.items() if due is not None}
        for one in entries:
            slot = by_day.get(one.slot.nominal[:10])
            if slot is None or slot.nominal in {known.slot.nominal for known in self.shelf}:
                continue
            one.task.advance(self._now)
            self.shelf.append(Shelved(slot, one.task, "held" if one.state == "kept" else one.state))
            self.tasks[one.task.id] = one.task
            self._rename(one.task, slot)
            one.task.place = (1, slot.nominal)
            if one.state == "over":
                self._over.add(one.task.id)
            else:
                one.task.remind(self._now, self.offsets)

    def _by_day(self, days: set[date]) -> dict[str, Slot]:
        """Returns the slots of the present rule up to the last of the days, by what each keeps under another rule."""
        far, numbered = max(days, default=date.min), zip(count(1), locals_of(self.spec.case), strict=False)
        here = takewhile(lambda pair: pair[1].date() <= far, numbered)
        slots = [self._slot(local, number) for number, local in here]
        return {self._key(slot.nominal): slot for slot in slots}

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
                self._start(*self.coming.pop(0))
            self._fill()
        self._now = max(self._now, until)

    def _start(self, slot: Slot, task: Task) -> None:
        if self.spec.pile_up == "newest":
            self._withdraw(self.open)
            self.open = [known for known in self.open if known.is_active]
        if task.id not in self._over:
            self.open.append(task)
        self._last, self._last_task = slot, task
        self._moved = {name: due for name, due in self._moved.items() if self._key(name) > self._key(slot.nominal)}

    def _fill(self) -> None:
        """Makes the task of the next slot, and those that the look-ahead reaches."""
        while (slot := self._peek()) and (not self.coming or self._is_wanted(slot)):
            self._slots.pop(0)
            self._take(slot)
        if not self.coming:
            self.status = "ended"
        elif self.spec.mode == "completion" and self.coming[0][1].id in self._over:
            self._follow(*self.coming.pop(), self._now)  # done ahead of its number, it counts as done now

    def _is_wanted(self, slot: Slot) -> bool:
        """Returns whether its task is made already: look-ahead or reminders reach it, or a later slot was moved so early."""
        if slot.at - self._ahead <= self._now:
            return True
        if not self._moved:
            return False
        soon = self.coming[0][0].at + self._ahead
        moved = (later for later in self.upcoming(64) if later.nominal in self._moved)
        return any(due_instant(self._moved[later.nominal], self.spec.case.zone) <= soon for later in moved)

    def _take(self, slot: Slot) -> None:
        task = self._make(slot)
        self.coming.append((self._slot_of[task.id], task))

    def _make(self, slot: Slot) -> Task:
        """Makes the task of a slot, or takes it from the shelf."""
        counted = self.spec.mode == "completion"
        for one in self.shelf:
            if one.slot.number == slot.number if counted else one.slot.nominal == slot.nominal:
                self.shelf.remove(one)
                if one.task.is_purged(self._now):
                    return self._made_again(one.task, slot)
                if counted and one.state == "kept" and one.slot.at <= self._now:
                    return one.task  # it is overdue, and stays so
                self._rename(one.task, slot)
                if one.state in {"withdrawn", "skipped"}:
                    one.task.restore(self._now, self.offsets)
                return one.task
        return self._made_new(f"{self.generation}/{self._name_of(slot)}", self.generation, slot)

    def _name_of(self, slot: Slot) -> str:
        return f"#{slot.number}" if self.spec.mode == "completion" else slot.nominal

    def _made_again(self, purged: Task, slot: Slot) -> Task:
        """Makes the task of a slot whose first one is gone for good."""
        generation = purged.place[0] if purged.place[1] == slot.nominal else self.generation
        name = f"{generation}/{self._name_of(slot)}"
        again = str(uuid5(UUID(self.id), name)) == purged.id
        return self._made_new(f"{name}/1" if again else name, generation, slot)

    def _made_new(self, name: str, generation: int, slot: Slot) -> Task:
        task_id = str(uuid5(UUID(self.id), name))
        moved = self._moved.get(slot.nominal)
        due, asked = moved or self.due_of(slot), self._is_asked
        task = Task(task_id, self._now, due, self.spec.case.zone, self.offsets, asked=asked)
        task.morning = self.morning
        task.place, task.written, task.slot_due = (generation, slot.nominal), moved is not None, self.due_of(slot)
        self.tasks[task_id] = task
        self._slot_of[task_id] = slot
        return task

    def _rename(self, task: Task, slot: Slot) -> None:
        """Gives a task the name and the due of a slot, unless a person has given it another due."""
        if task.place[1] != slot.nominal:
            task.place = (self.generation, slot.nominal)
        by_hand = task.due != task.slot_due or slot.nominal in self._moved
        task.slot_due = self.due_of(slot)
        self._slot_of[task.id] = slot
        if not by_hand and task.due != task.slot_due:
            task.follow(self._now, task.slot_due)

    @property
    def offsets(self) -> list[Offset]:
        if self.spec.offsets is not None:
            return self.spec.offsets
        return [] if self.default_offset is None else [self.default_offset]

    @property
    def _ahead(self) -> timedelta:
        return max([timedelta(days=self.spec.look_ahead_days), *map(lead_of, self.offsets)])

    def due_of(self, slot: Slot) -> Json:
        if not self.spec.case.timed:
            return {"date": slot.nominal}
        return due_of(slot.nominal, None if self.spec.floating else self.spec.case.zone)

    def _key(self, name: str) -> str:
        """Returns what a slot keeps when it gets another name: its day, unless a day may have several."""
        return name if isinstance(self.spec.case, Hours) else name[:10]

    # Slots.

    def _begin(self) -> None:
        """Awaits the slots after now, and those held from before, each with its task."""
        held = sorted((one for one in self.shelf if one.state == "held"), key=lambda one: one.slot.at)
        self._slots = []
        self.coming = []
        self._source = self._all_slots()
        for one in held:
            if self.spec.mode == "schedule" and one.slot.at <= self._now:
                self.shelf.remove(one)
                self._start(one.slot, one.task)
        held = [one for one in held if one in self.shelf]
        first = self._peek()
        if held and self.spec.mode == "schedule" and (first is None or held[0].slot.at < first.at):
            self._take(held[0].slot)
        while any(one.state == "held" for one in self.shelf) and (slot := self._peek()) and self._comes_now(slot):
            self._slots.pop(0)
            self._take(slot)
        self._fill()
        for one in [one for one in self.shelf if one.state == "held"]:
            self._let_go(one.slot, one.task)

    def _comes_now(self, slot: Slot) -> bool:
        """Returns whether it is the awaited one, or in hand, or stands before one that is held and was written into."""
        if self.spec.mode == "completion" or not self.coming or self._is_wanted(slot):
            return True
        in_hand = (one for one in self.shelf if one.state in {"held", "over"})
        return any(
            one.slot.nominal == slot.nominal or (one.state == "held" and one.task.written and one.slot.at >= slot.at)
            for one in in_hand
        )

    def _all_slots(self) -> Iterator[Slot]:
        case, now = self.spec.case, self._now
        today = now.astimezone(ZoneInfo(case.zone)).date()
        counted = self.spec.mode == "completion"
        if counted:
            if case.count is not None and self._passed >= case.count:
                return
            case = replace(case, count=None)  # slots that never came do not count
            if self._completed is not None:
                case = self._from(self._completed)
        for number, local in zip(count(1), locals_of(case), strict=False):
            slot = self._slot(local, self._passed + 1 if counted else number)
            if counted and self.generation == 1 and not self._passed and self._completed is None:
                yield self._slot(local, 1)  # the start, also one that has gone by
                continue
            if not counted and self._has_started(slot):
                continue
            if counted and self._completed is not None and local <= case.start:
                continue
            if slot.day < today or (case.timed and slot.at <= now):
                continue
            yield slot

    def _has_started(self, slot: Slot) -> bool:
        """Returns whether it, or one after it, has started."""
        if self._last is None:
            return False
        return slot.at <= self._last.at if isinstance(self.spec.case, Hours) else slot.day <= self._last.day

    @property
    def over_ahead(self) -> set[str]:
        """Returns the slots whose tasks were completed or deleted before their time."""
        return {slot.nominal for slot, task in self.coming if task.id in self._over}

    def _from(self, completed: datetime) -> Case:
        """Returns the rule as it goes on after a completion: a month that is too short gives its last day."""
        case = self.spec.case
        done = completed.astimezone(ZoneInfo(case.zone)).replace(hour=case.start.hour, minute=case.start.minute)
        return replace(case, start=done.replace(tzinfo=None, second=0, microsecond=0), count=None, clamp=True)

    def _slot(self, local: datetime, number: int) -> Slot:
        if local.tzinfo is not None:
            local = local.astimezone(ZoneInfo(self.spec.case.zone))
            return Slot(name_of(local), local.date(), local.astimezone(UTC), number)
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
        over = made[1].id in self._over
        if not over:
            made[1].close(self._now, "withdrawn")
        self.coming.remove(made)
        self.shelf.append(Shelved(slot, made[1], "over" if over else "skipped"))
        if self.spec.mode == "completion":
            self._follow(made[0], made[1], made[0].at)
        else:
            self._fill()

    def move(self, slot: Slot, due: Json) -> None:
        shelved = [(one.slot, one.task) for one in self.shelf if one.state in {"kept", "over"}]
        made = next((task for known, task in self.coming + shelved if known.nominal == slot.nominal), None)
        self._moved[slot.nominal] = due
        if made is None:
            self._fill()
        else:
            made.move(self._now, due)
            made.written = True

    def unskip(self, slot: Slot) -> None:
        """Has a skipped slot come again, with its task; one whose time has come meanwhile is open, late."""
        self.skipped.discard(slot.nominal)
        entry = next((one for one in self.shelf if one.slot.nominal == slot.nominal), None)
        if self.spec.mode == "completion":
            assert entry is not None
            self.shelf.remove(entry)
            entry.task.restore(self._now, self.offsets)
            self._go_back(slot, entry.task)
            return
        if entry is not None and slot.at <= self._now:
            self.shelf.remove(entry)
            if entry.state == "skipped":
                entry.task.restore(self._now, self.offsets)
                self.open.append(entry.task)
        self.shelf += [Shelved(slot, task, "over" if task.id in self._over else "held") for slot, task in self.coming]
        self._begin()

    def to_unskip(self) -> list[Slot]:
        """Returns the skipped slots that can come again: those ahead, and those whose tasks are in the trash yet."""
        shelved = {one.slot.nominal: one for one in self.shelf}
        if self.spec.mode == "completion":
            last = [one for one in self.shelf if one.state == "skipped" and one.task is self._last_task]
            return [one.slot for one in last if one.task.is_fresh(self._now)]
        slots = [self._slot(datetime.fromisoformat(name), 0) for name in sorted(self.skipped)]
        made = [one.slot for name, one in sorted(shelved.items()) if name in self.skipped]
        names = {slot.nominal for slot in made}
        ahead = [slot for slot in slots if slot.at > self._now and slot.nominal not in names]
        return ahead + [slot for slot in made if self._may_come_again(shelved[slot.nominal])]

    def _may_come_again(self, one: Shelved) -> bool:
        return one.slot.at > self._now or one.task.is_fresh(self._now)

    def close(self, task: Task, state: str) -> None:
        """Closes the task of a slot, which a person completes or deletes."""
        task.close(self._now, state)
        self._over.add(task.id)
        rests = self.status in {"paused", "stopped"}
        if task in self.open:
            self.open.remove(task)
            if rests and task is self._last_task:
                self._completed = self._now
            slot = self._slot_of[task.id]
            if self.spec.mode == "schedule" and slot.at > self._now:  # a stop has kept it
                self.shelf.append(Shelved(slot, task, "over"))
                return
        for one in [one for one in self.shelf if one.task is task]:
            one.state = "over"
            is_next = self.spec.mode == "completion" and one.slot.number == self._passed + 1
            if rests and is_next and state == "completed":
                self.shelf.remove(one)
                self._count(one.slot, task, self._now)
        awaited = self.coming[0] if self.coming else None
        if self.spec.mode == "completion" and self.status == "active" and awaited and awaited[1] is task:
            self.coming = []
            self._follow(awaited[0], task, self._now)

    def reopen(self, task: Task) -> None:
        """Opens a task again that is done or in the trash; if its slot has come, it is one of the open ones again.

        After completion the last one that was done is awaited again, and the one that followed it goes.
        """
        ticked_alone = self.spec.mode == "completion" and task.state == "completed"
        task.written = task.written or not ticked_alone
        task.reopen(self._now)
        self._over.discard(task.id)
        slot = self._slot_of[task.id]
        rests_or_runs = self.status != "deleted"
        if self.spec.mode == "completion" and task is self._last_task and self._completed is not None and rests_or_runs:
            self._go_back(slot, task)
            return
        shelved = any(one.task is task for one in self.shelf)
        is_coming = any(known is task for _, known in self.coming)
        if is_coming or self.status == "deleted":
            return
        self.shelf = [one for one in self.shelf if one.task is not task]
        if slot.at > self._now or (self.spec.mode == "completion" and shelved):
            self.shelf.append(Shelved(slot, task, "kept"))
        else:
            self.open = [known for known in self.tasks.values() if known in self.open or known is task]

    def _go_back(self, slot: Slot, task: Task) -> None:
        for known, following in self.coming:
            self._let_go(known, following)
        self.coming, self._passed = [], slot.number - 1
        self._completed, self._last_task = self._completed_before, None
        if self.status == "ended":
            self.status = "active"
        if self.status == "active":
            self.coming = [(slot, task)]
        elif self.status in {"paused", "stopped"} and slot.at <= self._now:
            self.open.append(task)
            self._last_task, self._passed = task, slot.number
        elif self.status in {"paused", "stopped"}:
            self.shelf.append(Shelved(slot, task, "kept"))

    def _follow(self, slot: Slot, task: Task, completed: datetime) -> None:
        """After completion: finds the next slot, an interval from that day."""
        case = self.spec.case
        self._count(slot, task, completed)
        chain, number = self._from(completed), slot.number
        local = next(local for local in locals_of(chain) if local.date() > chain.start.date())
        while self._slot(local, 0).nominal in self.skipped:
            chain, number = replace(chain, start=local), number + 1
            local = next(later for later in locals_of(chain) if later.date() > local.date())
        over = case.count is not None and number >= case.count
        self._slots = [] if over else [self._slot(local, number + 1)]
        self._source = iter(())
        self._fill()

    def _count(self, slot: Slot, task: Task, completed: datetime) -> None:
        """Counts a slot as done after completion."""
        self._completed_before = self._completed
        self._last, self._last_task, self._completed, self._passed = slot, task, completed, slot.number

    def _let_go(self, slot: Slot, task: Task) -> None:
        """Withdraws the task of a slot that does not come, unless somebody has written into it."""
        state = "kept" if task.written else "withdrawn"
        if task.id in self._over:
            state = "over"
        elif state == "withdrawn":
            self._withdraw([task])
        self.shelf = [one for one in self.shelf if one.task is not task]
        self.shelf.append(Shelved(slot, task, state))

    def pause(self) -> None:
        """Pauses it; tasks that are over, late or written into stay."""
        for slot, task in self.coming:
            if slot.at <= self._now and task.id not in self._over:
                self.open.append(task)
                self._last_task, self._passed = task, slot.number
            else:
                self._let_go(slot, task)
        self.coming, self.status = [], "paused"

    def resume(self) -> None:
        waiting = next((task for task in self.open if task is self._last_task), None)
        self.generation += 1
        self.status = "active"
        if self.spec.mode == "completion" and waiting is not None:
            self.open.remove(waiting)
            self.coming = [(self._slot_of[waiting.id], waiting)]
        elif self.spec.mode == "completion":
            self._await_kept()
        else:
            self._carry(self.spec.case)
            self._begin()

    def _await_kept(self) -> None:
        """After completion: awaits an open task whose time came during the pause, or else the next slot."""
        for one in self.shelf:
            if one.state == "kept" and one.slot.number == self._passed + 1 and one.slot.at <= self._now:
                self.shelf.remove(one)
                self.coming = [(one.slot, one.task)]
                return
        self._begin()

    def renew(self, **changes: Any) -> None:
        """Gives it another rule or start."""
        old = self.spec.case
        self.spec = replace(self.spec, case=replace(old, **changes))
        self.generation += 1
        if self.spec.mode == "schedule":
            self._carry(old)
            self._begin_again()
        elif "start" in changes:
            self.coming = [(self._at_new_time(slot, slot.number), task) for slot, task in self.coming]
            for slot, task in self.coming:
                self._rename(task, slot)
        elif self.coming and self.coming[0][0].at > self._now:
            self.shelf += [Shelved(slot, task, "held") for slot, task in self.coming]
            self._begin()

    def _begin_again(self) -> None:
        """Awaits what comes under the new rule, unless it is paused: then nothing does."""
        if self.status == "active":
            self._begin()
        for one in [one for one in self.shelf if one.state == "held"]:
            self._let_go(one.slot, one.task)

    def _at_new_time(self, slot: Slot, number: int) -> Slot:
        """Returns the slot of that day and number under the present rule."""
        return self._slot(datetime.combine(slot.day, self.spec.case.start.time()), number)

    def _carry(self, old: Case) -> None:
        """Gives everything that is ahead the names of the new rule: a slot keeps its day."""
        today = self._now.astimezone(ZoneInfo(old.zone)).date()
        days = {slot.day for slot, _ in self.coming} | {one.slot.day for one in self.shelf} | {today}
        days |= {date.fromisoformat(name[:10]) for name in (*self.skipped, *self._moved, *self._lost)}
        by_day = self._by_day(days)
        self._carry_names(by_day, today)
        taken = self._carry_today(by_day, today)
        for slot, task in self.coming:
            self._carry_task(Shelved(slot, task, "over" if task.id in self._over else "held"), by_day, taken)
        carried, self.coming = {task.id for _, task in self.coming}, []
        for one in [one for one in self.shelf if one.task.id not in carried and one.state != "held"]:
            if one.slot.day >= today and one.task.is_purged(self._now) and self._is_renamed(one, by_day):
                self.shelf.remove(one)  # it is told its name, and is not there
                continue
            if one.state == "kept" or one.slot.day >= today:
                self._carry_shelved(one, by_day, taken)
        held = {one.slot.nominal for one in self.shelf if one.state == "held"}
        self._lost |= dict.fromkeys(self.skipped & held)
        self.skipped -= held

    def _is_renamed(self, one: Shelved, by_day: dict[str, Slot]) -> bool:
        slot = by_day.get(self._key(one.slot.nominal))
        return slot is not None and (slot.nominal != one.slot.nominal or self.due_of(slot) != one.task.slot_due)

    def _carry_names(self, by_day: dict[str, Slot], today: date) -> None:
        names: dict[str, Json | None] = {**self._lost, **dict.fromkeys(self.skipped), **self._moved}
        self.skipped = {name for name in self.skipped if date.fromisoformat(name[:10]) < today}
        self._moved, self._lost = {}, {}
        for name, due in names.items():
            key = self._key(name)
            if date.fromisoformat(name[:10]) < today:
                continue
            if key not in by_day:
                self._lost[name] = due
            elif due is None:
                self.skipped.add(by_day[key].nominal)
            else:
                self._moved[by_day[key].nominal] = due

    def _carry_today(self, by_day: dict[str, Slot], today: date) -> set[str]:
        """Has the open task of today follow; if its time is ahead now, it has not started."""
        taken: set[str] = set()
        for task in list(self.open):
            known = self._slot_of[task.id]
            key = self._key(known.nominal)
            if known.day < today or key not in by_day:
                continue
            taken.add(key)
            slot = by_day[key]
            self._rename(task, slot)
            if slot.at > self._now:
                self.open.remove(task)
                self.shelf.append(Shelved(slot, task, "held"))
                self._last = replace(slot, day=today - timedelta(days=1))
        return taken

    def _carry_task(self, one: Shelved, by_day: dict[str, Slot], taken: set[str]) -> None:
        key = self._key(one.slot.nominal)
        if key not in by_day or key in taken:
            self._let_go(one.slot, one.task)
            return
        taken.add(key)
        self._rename(one.task, by_day[key])
        self.shelf.append(Shelved(by_day[key], one.task, one.state))

    def _carry_shelved(self, one: Shelved, by_day: dict[str, Slot], taken: set[str]) -> None:
        key = self._key(one.slot.nominal)
        if key not in by_day or key in taken:
            return
        taken.add(key)
        one.slot = by_day[key]
        self._rename(one.task, one.slot)
        if one.state == "kept" and self.status == "paused":
            return
        if one.state == "kept" and one.slot.at <= self._now:
            self.shelf.remove(one)
            self.open = [known for known in self.tasks.values() if known in self.open or known is one.task]
        elif one.state == "kept":
            one.state = "held"

    def travel(self, zone: str) -> None:
        """Moves it to another zone: its days and times are other instants; slots and tasks stay."""
        self.spec = replace(self.spec, case=replace(self.spec.case, zone=zone))
        self.coming = [(self._begun_in(slot, zone), task) for slot, task in self.coming]
        self._slots = [self._begun_in(slot, zone) for slot in self._slots]
        self.advance(self._now)

    @staticmethod
    def _begun_in(slot: Slot, zone: str) -> Slot:
        return replace(slot, at=instant_of(datetime.fromisoformat(slot.nominal), zone))

    def hear_at(self, now: datetime, morning: str) -> None:
        """Has the end of the day of its tasks told at another time."""
        self.morning = morning
        for task in self.tasks.values():
            task.hear_at(now, morning)

    def look_ahead(self, days: int) -> None:
        self.spec = replace(self.spec, look_ahead_days=days)
        self._fill()

    def remind(self, offsets: list[Offset] | None) -> None:
        """Gives the template, and the tasks that are not over, other reminders."""
        self.spec = replace(self.spec, offsets=offsets)
        for task in [task for _, task in self.coming] + self.open:
            task.remind(self._now, self.offsets)

    def end_before(self, slot: Slot, handed: "Series") -> None:
        """Ends it before that slot, from which on it is another series, which has taken tasks over."""
        self._ends_before = slot.day
        for known, task in [pair for pair in self.coming if pair[0].day >= slot.day]:
            self.coming.remove((known, task))
            if task.id not in handed.tasks:
                self._let_go(known, task)
        self.skipped = {name for name in self.skipped if date.fromisoformat(name[:10]) < slot.day}
        self._moved = {name: due for name, due in self._moved.items() if date.fromisoformat(name[:10]) < slot.day}
        self.shelf = [one for one in self.shelf if one.task.id not in handed.tasks]
        self.tasks = {task_id: task for task_id, task in self.tasks.items() if task_id not in handed.tasks}
        self._fill()

    def stop(self, *, keep: bool) -> None:
        stays = [task for _, task in self.coming[:1] if keep and task.id not in self._over]
        late = [task for slot, task in self.coming if slot.at <= self._now and task.id not in self._over]
        for slot, task in self.coming:
            if task not in stays + late:
                self._let_go(slot, task)
            elif self.spec.mode == "completion":
                self._last_task, self._passed = task, slot.number
        self.open += stays or late
        self.coming, self.status = [], "stopped"

    def delete(self, *, keep: bool) -> None:
        if not keep:
            kept = [one.task for one in self.shelf if one.state == "kept"]
            for task in [*(task for _, task in self.coming), *self.open, *kept]:
                task.close(self._now, "withdrawn")
            self.open = []
        self.coming, self.status = [], "deleted"

    def _withdraw(self, tasks: list[Task]) -> None:
        for task in tasks:
            if not task.written:
                task.close(self._now, "withdrawn")
