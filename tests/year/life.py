"""The life of one series: the random commands of its owner, and the expected outcome."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from types import MappingProxyType
from uuid import UUID, uuid5

from actors.replies import Json
from tests.unit.recurrence.oracle import Case
from tests.year.people import ZONES, Step, YearPerson
from tests.year.series import Series
from tests.year.slots import Slot, Spec
from tests.year.tasks import Task, reminder_json


@dataclass(frozen=True)
class Undoable:
    """A turn that can be undone while the series has that status; `back` does that to the model."""

    command_id: str
    status: str
    back: Callable[[], None]


class Life:
    """A series and its owner. `turns` are by the number of the day the changes of the series as a whole."""

    def __init__(
        self,
        person: YearPerson,
        series_id: str,
        spec: Spec,
        *,
        random: Random,
        first_day: int = 0,
        turns: Mapping[int, str] = MappingProxyType({}),
    ) -> None:
        self.roams = False  # whether its owner will move to another zone
        self._first_day = first_day
        self.person, self.spec, self.random = person, spec, random
        self.turns = dict(turns)
        self.id = series_id
        self.series: Series | None = None
        self.steps: list[Step] = []
        self.successors: list[Life] = []
        self.counts: dict[str, int] = {}
        self._undoable: Undoable | None = None

    def day(self, number: int, at: datetime) -> None:
        """Does what its owner does on that day, at that instant."""
        if self.series is None:
            if number >= self._first_day:
                self._create(at)
            return
        self.series.advance(at)
        turn = self.turns.get(number)
        if turn is not None and self.series.status in TURNS[turn][0]:
            TURNS[turn][1](self, at)
        elif self.series.status != "active" or not self._change_a_slot(at):
            self._look_at_tasks(at)

    def born(self, series: Series) -> None:
        """Begins the life of a successor, which a split has made."""
        self.series = series

    def travel(self, at: datetime, zone: str) -> None:
        """Moves the owner to another zone, and with them the dates of the series and of open tasks."""
        series = self.series
        if self.spec.case.timed and not self.spec.floating:
            return
        if series is None:
            self.spec = replace(self.spec, case=replace(self.spec.case, zone=zone))
            return
        series.advance(at)
        tasks = [task for task in series.tasks.values() if task.is_active]
        for task in series.tasks.values():
            task.zone = task.zone if task.is_active else zone  # one that comes back is where its owner is
        if series.status == "active":
            series.travel(zone)
        for task in tasks:
            task.move(at, zone=zone)

    def hear_at(self, at: datetime) -> None:
        """Has the ends of days told at the time that the owner has chosen."""
        if self.series is not None:
            self.series.advance(at)
            self.series.hear_at(at, self.person.digests.morning)

    def end(self, at: datetime) -> None:
        if self.series is not None:
            self.series.advance(at)
            for task in self.series.tasks.values():
                task.advance(at)

    def _create(self, at: datetime) -> None:
        case, spec = self.spec.case, self.spec
        body: Json = {
            "id": self.id,
            "template": {"title": f"{case.frequency} in {case.zone}"},
            "rule": case.text,
            "start": case.start_json | ({"zone": None} if spec.floating else {}),
            "mode": spec.mode,
            "month_end": "clamp" if case.clamp else "skip",
            "pile_up": spec.pile_up,
            "look_ahead_days": spec.look_ahead_days,
        }
        if spec.offsets is not None:
            body["template"]["reminders"] = [reminder_json(offset) for offset in spec.offsets]
        morning = self.person.digests.morning
        series = Series(self.id, spec, self.person.defaults["reminder_offset_minutes"], at, morning=morning)
        if series.status == "ended" and not series.tasks:
            return  # it has come to its end before it began
        self._command_series(at, "CreateSeries", body)
        self.series = series
        self.series.advance(at)

    # Slots.

    def _change_a_slot(self, at: datetime) -> bool:
        chance = self.random.random()
        if chance > SKIP_CHANCE + MOVE_CHANCE + NOTE_CHANCE:
            return bool(self._series.skipped) and self.random.random() < UNSKIP_CHANCE and self._unskip(at)
        if chance > SKIP_CHANCE + MOVE_CHANCE:
            return self._note_ahead(at)
        slot = self._some_slot()
        if slot is None:
            return False
        if chance < SKIP_CHANCE:
            self._command_series(at, "SkipSlot", {"slot": slot.nominal})
            self._series.skip(slot)
        else:
            due = self._later(slot)
            self._command_series(at, "MoveSlot", {"slot": slot.nominal, "to": due})
            self._series.move(slot, due)
        return True

    def _unskip(self, at: datetime) -> bool:
        """Takes a skip back."""
        slots = self._series.to_unskip()
        if not slots:
            return False
        slot = self.random.choice(slots)
        self._command_series(at, "UnskipSlot", {"slot": slot.nominal})
        self._series.unskip(slot)
        return True

    def _note_ahead(self, at: datetime) -> bool:
        """Writes into a task whose time has not come."""
        tasks = [task for _, task in self._series.coming if task.is_active]
        if tasks:
            self._note(at, self.random.choice(tasks))
        return bool(tasks)

    def _note(self, at: datetime, task: Task) -> None:
        task.note, task.written = f"Noted on {at:%d %B}", True
        self._command_task(at, task, "PatchTask", {"description": task.note})

    def _some_slot(self) -> Slot | None:
        """Returns a made slot or one of the next; after completion the only one, and only before its time."""
        series = self._series
        made = [slot for slot, _ in series.coming]
        if series.spec.mode == "completion":
            made = [slot for slot in made if slot.at > series._now]
            return made[0] if made else None
        return self.random.choice([*made, *series.upcoming(2)]) if made else None

    def _later(self, slot: Slot) -> Json:
        if not self._series.spec.case.timed:
            return {"date": (slot.day + timedelta(days=self.random.randint(1, 3))).isoformat()}
        by = self.random.choice((1_440, 1_440, 2_880, self.random.randint(1, 2_000)))
        start = datetime.fromisoformat(slot.nominal).replace(tzinfo=None) + timedelta(minutes=by)
        return {"local": start.isoformat(timespec="minutes"), "zone": self._zone}

    @property
    def _zone(self) -> str | None:
        spec = self._series.spec
        return None if spec.floating else spec.case.zone

    # Tasks.

    def _look_at_tasks(self, at: datetime) -> None:
        series = self._series
        if series.spec.mode == "completion":
            waiting = [task for slot, task in series.coming if slot.at <= at or self.random.random() < EARLY_CHANCE]
            waiting += series.open if series.status in {"paused", "stopped"} else []
        else:
            waiting = list(series.open)
            waiting += [one.task for one in series.shelf if one.state == "kept" and self.random.random() < EARLY_CHANCE]
        for task in waiting:
            self._look_at(at, task)
        early = [task for _, task in series.coming[:1] if task.is_active and series.spec.mode == "schedule"]
        if early and self.random.random() < EARLY_CHANCE:
            self._close(at, early[0], "completed")
        elif self.random.random() < REOPEN_CHANCE:
            self._reopen(at)
        elif self.random.random() < (RESTORE_CHANCE if series.status == "active" else RESTORE_IN_PAUSE_CHANCE):
            self._restore(at)

    def _look_at(self, at: datetime, task: Task) -> None:
        chance = self.random.random()
        if chance < COMPLETE_CHANCE:
            self._close(at, task, "completed")
        elif chance < COMPLETE_CHANCE + DELETE_CHANCE:
            self._close(at, task, "deleted")
        elif chance < COMPLETE_CHANCE + DELETE_CHANCE + SNOOZE_CHANCE and self._may_snooze(at, task):
            minutes = 2 * self.random.randint(1, 400) + 1
            self._command_task(at, task, "SnoozeReminder", {"minutes": minutes})
            task.snooze(at, minutes)
            task.written = True
        elif self.random.random() < NOTE_CHANCE:
            self._note(at, task)

    def _may_snooze(self, at: datetime, task: Task) -> bool:
        """Returns whether nothing else will change its reminders, so that the expected firing is plain."""
        task.advance(at)
        calm = "remind" not in self.turns.values() and not self.roams
        return calm and any(one.fired for one in task.reminders) and not any(one.pending for one in task.reminders)

    def _close(self, at: datetime, task: Task, state: str) -> None:
        self._command_task(at, task, "CompleteTask" if state == "completed" else "DeleteTask", {})
        self._series.close(task, state)

    def _reopen(self, at: datetime) -> None:
        done = [task for task in self._series.tasks.values() if task.state == "completed"][-3:]
        if done and not self.roams:
            task = self.random.choice(done)
            self._command_task(at, task, "ReopenTask", {})
            self._series.reopen(task)

    def _restore(self, at: datetime) -> None:
        """Takes a task out of the trash that is there by its owner's doing, or by that of the series."""
        series = self._series
        gone = [task for task in series.tasks.values() if task.state in {"deleted", "withdrawn"} and task.is_fresh(at)]
        skipped = {one.task.id for one in series.shelf if one.state == "skipped"}
        gone = [task for task in gone if task.id not in skipped][-3:]
        if gone and not self.roams:
            task = self.random.choice(gone)
            self._command_task(at, task, "RestoreTask", {})
            series.reopen(task)

    # Turns.

    def _pause(self, at: datetime) -> None:
        command_id = self._command_series(at, "PauseSeries", {})
        self._series.pause()
        self._may_undo(command_id, self._series.resume)

    def _resume(self, at: datetime) -> None:
        command_id = self._command_series(at, "ResumeSeries", {})
        self._series.resume()
        self._may_undo(command_id, self._series.pause)

    def _another_time(self, at: datetime) -> None:
        """Moves the rule to another time of the day from now on."""
        case = self._series.spec.case
        self._begin_at(at, replace(case, start=datetime.combine(case.start.date(), self._some_clock())))

    def _another_zone(self, at: datetime) -> None:
        """Moves the rule to the same time of the day in another zone."""
        case = self._series.spec.case
        zones = [zone for zone in ZONES if zone != case.zone]
        self._begin_at(at, replace(case, zone=self.random.choice(zones)))

    def _all_day(self, at: datetime) -> None:
        """Has the rule give days without a time, which are those of the zone where its owner is."""
        case, midnight = self._series.spec.case, time()
        start = datetime.combine(case.start.date(), midnight)
        for task in self._series.tasks.values():
            task.zone = self.person.zone
        self._begin_at(at, replace(case, start=start, timed=False, zone=self.person.zone))

    def _at_a_time(self, at: datetime) -> None:
        """Gives the days of the rule a time."""
        case = self._series.spec.case
        start = datetime.combine(case.start.date(), self._some_clock())
        self._begin_at(at, replace(case, start=start, timed=True, zone=self.person.zone))

    def _begin_at(self, at: datetime, case: Case) -> None:
        """Gives the rule the start of `case`."""
        old = self._series.spec.case
        floats = self._series.spec.floating and case.timed
        start = case.start_json | ({"zone": None} if floats else {})
        command_id = self._command_series(at, "PatchSeries", {"start": start})
        self._series.renew(start=case.start, timed=case.timed, zone=case.zone)
        back = partial(self._series.renew, start=old.start, timed=old.timed, zone=old.zone)
        self._may_undo(command_id, back)

    def _some_clock(self) -> time:
        """Returns another time of the day than that of the rule; also one that the day has passed already."""
        return time(self.random.randrange(24), 15 if self._series.spec.case.start.minute != 15 else 45)

    def _another_rule(self, at: datetime) -> None:
        old = self._series.spec.case
        case = replace(old, interval=old.interval + 1, count=None)
        command_id = self._command_series(at, "PatchSeries", {"rule": case.text})
        self._series.renew(interval=case.interval, count=None)
        self._may_undo(command_id, partial(self._series.renew, interval=old.interval, count=old.count))

    def _an_end(self, at: datetime) -> None:
        """Gives the rule an end that leaves the next slots as they are."""
        until = date(2024, 12, 20)
        if self._series.coming[0][0].day > until:
            return
        old = self._series.spec.case
        command_id = self._command_series(at, "PatchSeries", {"rule": replace(old, until=until).text})
        self._series.renew(until=until)
        self._may_undo(command_id, partial(self._series.renew, until=old.until))

    def _remind(self, at: datetime) -> None:
        offsets, old = self.random.choice(([15, 0], ["-P1D", 0])), self._series.spec.offsets
        command_id = self._command_series(
            at, "PatchSeries", {"template": {"reminders": [reminder_json(offset) for offset in offsets]}}
        )
        self._series.remind(offsets)
        self._may_undo(command_id, partial(self._series.remind, old))

    def _look_ahead(self, at: datetime) -> None:
        days = self.random.randint(1, 30)
        if days != self._series.spec.look_ahead_days:
            self._command_series(at, "PatchSeries", {"look_ahead_days": days})
            self._series.look_ahead(days)

    def _split_by_another_rule(self, at: datetime) -> None:
        """Splits the series; what follows comes half as often, or less."""
        self._split(at, another_rule=True)

    def _split(self, at: datetime, *, another_rule: bool = False) -> None:
        """Splits the series at the second of its next slots; the rest has other reminders."""
        series = self._series
        slot = ([slot for slot, _ in series.coming] + series.upcoming(2))[1:2]
        if not slot:
            return
        case = series.spec.case
        left = None if case.count is None else case.count - slot[0].number + 1
        month_days = case.month_days
        if case.frequency in {"MONTHLY", "YEARLY"} and not case.weekdays and not month_days:
            month_days = (case.start.day,)
        start = datetime.fromisoformat(slot[0].nominal)
        patch: Json = {"template": {"reminders": []}}
        if case.timed and self.random.random() < SPLIT_LATER_CHANCE:
            start = datetime.combine(start.date(), self._some_clock())
            patch["start"] = {"local": start.isoformat(timespec="minutes"), "zone": self._zone}
        later = replace(case, start=start, count=left, month_days=month_days)
        if another_rule:
            later = replace(case, start=start, count=None, interval=case.interval + 1)
            patch["rule"] = later.text
        spec = replace(series.spec, offsets=[], case=later)
        body = {"slot": slot[0].nominal, "patch": patch}
        successor_id = str(uuid5(UUID(self.id), self._command_id(at, self.id, "SplitSeries")))
        probe = Series(successor_id, spec, None, at)
        ahead = {first.nominal for first in [*(one for one, _ in probe.coming), *probe.upcoming(400)]}
        if not ahead - (series.skipped | series.over_ahead):
            return
        self._command_series(at, "SplitSeries", body)
        morning = self.person.digests.morning
        born = Series(successor_id, spec, None, at, split_from=(series, slot[0]), morning=morning)
        series.end_before(slot[0], born)
        successor = Life(self.person, successor_id, spec, random=self.random)
        successor.born(born)
        successor.steps = self.steps
        self.successors.append(successor)

    def _stop(self, at: datetime) -> None:
        keep = self.random.random() < 0.5
        command_id = self._command_series(at, "StopSeries", {"keep": keep})
        self._series.stop(keep=keep)
        self._may_undo(command_id, self._series.resume)

    def _may_undo(self, command_id: str, back: Callable[[], None]) -> None:
        self._undoable = Undoable(command_id, self._series.status, back)

    def _undo(self, at: datetime) -> None:
        """Undoes the last turn, if the series is still as that one left it."""
        last = self._undoable
        if last is not None and last.status == self._series.status:
            self._command_series(at, "UndoSeries", {"command_id": last.command_id})
            last.back()

    def _delete(self, at: datetime) -> None:
        keep = self.random.random() < 0.5
        self._command_series(at, "DeleteSeries", {"occurrences": "keep" if keep else "delete"})
        self._series.delete(keep=keep)

    # Commands.

    @property
    def _series(self) -> Series:
        assert self.series is not None
        return self.series

    def _command_series(self, at: datetime, name: str, body: Json) -> str:
        return self._step(at, "SeriesActor", self.id, name, body)

    def _command_task(self, at: datetime, task: Task, name: str, body: Json) -> None:
        self._step(at, "TaskActor", task.id, name, body)

    def _step(self, at: datetime, actor_type: str, actor_id: str, name: str, body: Json) -> str:
        self.counts[name] = self.counts.get(name, 0) + 1
        command_id = self._command_id(at, actor_id, name)
        self.steps.append(Step(at, self.person, actor_type, actor_id, name, body, command_id, self.id))
        return command_id

    def _command_id(self, at: datetime, actor_id: str, name: str) -> str:
        return str(uuid5(UUID(self.id), f"{at}/{actor_id}/{name}"))


SKIP_CHANCE, MOVE_CHANCE, NOTE_CHANCE, UNSKIP_CHANCE = 0.012, 0.006, 0.01, 0.02
COMPLETE_CHANCE, DELETE_CHANCE, SNOOZE_CHANCE = 0.6, 0.03, 0.02
EARLY_CHANCE, REOPEN_CHANCE = 0.02, 0.005
SPLIT_LATER_CHANCE = 0.5
RESTORE_CHANCE, RESTORE_IN_PAUSE_CHANCE = 0.003, 0.02

# The turns of a series: the statuses in which each may come, and its method.
TURNS: Mapping[str, tuple[frozenset[str], Callable[[Life, datetime], None]]] = {
    "pause": (frozenset({"active"}), Life._pause),
    "resume": (frozenset({"paused"}), Life._resume),
    "another time": (frozenset({"active", "paused"}), Life._another_time),
    "another rule": (frozenset({"active", "paused"}), Life._another_rule),
    "another zone": (frozenset({"active", "paused"}), Life._another_zone),
    "all day": (frozenset({"active", "paused"}), Life._all_day),
    "at a time": (frozenset({"active", "paused"}), Life._at_a_time),
    "an end": (frozenset({"active"}), Life._an_end),
    "remind": (frozenset({"active", "paused"}), Life._remind),
    "look ahead": (frozenset({"active"}), Life._look_ahead),
    "split": (frozenset({"active"}), Life._split),
    "split by another rule": (frozenset({"active"}), Life._split_by_another_rule),
    "stop": (frozenset({"active"}), Life._stop),
    "delete": (frozenset({"active"}), Life._delete),
    "undo": (frozenset({"active", "paused", "stopped"}), Life._undo),
}
