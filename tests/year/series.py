"""The expected outcome of one series: what people do to its slots and tasks, and to it as a whole."""

from datetime import date, datetime

from actors.replies import Json
from tests.year.making import Shelved
from tests.year.renewal import Renewing
from tests.year.slots import Slot
from tests.year.tasks import Task


class Series(Renewing):
    """The model of a series. It must have advanced up to the instant of a command."""

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
