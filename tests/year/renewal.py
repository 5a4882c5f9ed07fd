"""The expected outcome of edits: slots keep their days, and their tasks follow."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from actors.replies import Json
from tests.unit.recurrence.oracle import Case
from tests.year.making import Making, Shelved
from tests.year.slots import Slot
from tests.year.tasks import Offset


class Renewing(Making):
    """A series that is edited."""

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
