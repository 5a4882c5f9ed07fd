"""The expected tasks of one series: each slot that comes has its task, which is made, taken up or withdrawn."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import count
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from actors.replies import Json
from tests.year.digests import MORNING
from tests.year.hours import Hours, locals_of
from tests.year.slots import Ruled, Slot, Spec
from tests.year.tasks import Offset, Task, due_instant


@dataclass
class Shelved:
    """A slot that was made and is not awaited; its task is withdrawn, skipped, kept (open) or over (a person closed it)."""

    slot: Slot
    task: Task
    state: str


class Making(Ruled):
    """A series that time passes over; its methods are to be called in the order of time.

    `tasks` are by id all tasks that it has, or has ever made.
    """

    def __init__(
        self,
        series_id: str,
        spec: Spec,
        default_offset: Offset | None,
        made: datetime,
        *,
        split_from: "tuple[Making, Slot] | None" = None,
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

    def _take_over(self, other: "Making", since: Slot) -> None:
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
                if one.state != "over" and one.task.is_purged(self._now):  # what a person has thrown away stays so
                    return self._made_again(one.task, slot)
                if counted and one.state == "kept" and one.slot.at <= self._now:
                    return one.task  # it is overdue, and stays so
                self._rename(one.task, slot)
                if one.state in {"withdrawn", "skipped"}:
                    one.task.restore(self._now, self.offsets)
                return one.task
        return self._made_new(f"{self.generation}/{self._name_of(slot)}", self.generation, slot)

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

    def _withdraw(self, tasks: list[Task]) -> None:
        for task in tasks:
            if not task.written:
                task.close(self._now, "withdrawn")
