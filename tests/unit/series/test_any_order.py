"""Random walks over a series and its tasks: no slot is awaited twice, and none whose task is gone."""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import pytest

from actors.clock import instant_text
from actors.replies import Json, Outage
from actors.series.state import unstarted
from tests.unit.series.desk import Desk

pytestmark = pytest.mark.unit

WALKS: Final = 400
MANY: Final = ("FREQ=DAILY;BYHOUR=9,15", "FREQ=HOURLY;INTERVAL=5", "FREQ=DAILY;BYHOUR=10,15,20;COUNT=20")
RULES: Final = ("FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=DAILY;COUNT=6", "FREQ=DAILY;UNTIL=20261215")
STARTS: Final = (
    {"local": "2026-11-23T09:00", "zone": "Europe/Berlin"},
    {"local": "2026-11-23T16:30", "zone": "Europe/Berlin"},
    {"local": "2026-11-23T09:00", "zone": "Europe/London"},
    {"date": "2026-11-23"},
)
WEEKLY: Final = "FREQ=WEEKLY;BYDAY=MO,TH"
HOURS: Final = (1, 5, 20, 30, 100)
REPORTS: Final = {
    "Completed": "done",
    "Deleted": "trash",
    "Opened": "open",
}  # a report → the state of the task after it


@dataclass(slots=True)
class Task:
    id: str
    slot: str
    generation: int
    state: str = "open"
    written: bool = False
    withdrawn: bool = False  # whether it is in the trash because its series has withdrawn it


@dataclass(slots=True)
class Walk:
    """A walk of random steps. `tasks` are the tasks as a person sees them, by id."""

    chance: random.Random
    desk: Desk = field(default_factory=Desk)
    tasks: dict[str, Task] = field(default_factory=dict[str, Task])
    heard: int = 0
    done: list[str] = field(default_factory=list[str])

    def begin(self) -> None:
        mode = self.chance.choice(("schedule", "completion"))
        rule = self.chance.choice(RULES if mode == "completion" else (*RULES, WEEKLY, *MANY))
        ahead, pile_up = self.chance.choice((0, 0, 3, 7)), self.chance.choice(("all", "newest"))
        self.desk.create(rule, mode=mode, look_ahead_days=ahead, pile_up=pile_up)
        self.done.append(f"{rule} {mode} {ahead} {pile_up}")
        self.hear()

    def step(self) -> None:
        act = self.chance.choice((self.wait, self.wait, self.report, self.report, self.ask))
        try:
            act()
        except Outage:  # the series is behind
            self.done.append("behind")
        self.hear()

    def wait(self) -> None:
        """Lets time pass, with each tick at its time or with all of them late."""
        until = instant_text(self.desk.clock.at + timedelta(hours=self.chance.choice(HOURS)))
        act = self.chance.choice((self.desk.wait, self.desk.late))
        self.done.append(f"{act.__name__} {until}")
        act(until)

    def report(self) -> None:
        """Changes a random task as a person would, and reports it."""
        what = self.chance.choice(tuple(REPORTS))
        fitting = [task for task in self.tasks.values() if (task.state == "open") == (what != "Opened")]
        if fitting:
            task = self.chance.choice(fitting)
            task.state, task.withdrawn = REPORTS[what], False
            task.written = task.written or what == "Opened"
            self.done.append(f"{what} {task.slot} of {task.generation}")
            self.desk.report(what, task.slot, task.generation, task_id=task.id, written=task.written)

    def ask(self) -> None:
        """Sends the series a random command of a person; some are refused."""
        body: Json
        name, body = self.chance.choice((
            ("PauseSeries", {}),
            ("ResumeSeries", {}),
            ("SkipSlot", {"slot": self.desk.awaited or "2026-12-01T09:00"}),
            ("UnskipSlot", {"slot": (self.desk.series["skipped"] or ["2026-12-01T09:00"])[-1]}),
            ("PatchSeries", {"start": self.chance.choice(STARTS)}),
            ("MoveSlot", {"slot": self.desk.awaited or "2026-12-01T09:00", "to": {"date": "2026-12-24"}}),
            ("PatchSeries", {"rule": self.chance.choice(RULES)}),
            ("PatchSeries", {"rule": self.chance.choice((*RULES, WEEKLY, *MANY))}),
            ("PatchSeries", {"mode": self.chance.choice(("schedule", "completion"))}),
        ))  # fmt: skip
        self.done.append(f"{name} {body}")
        self.desk.do(name, body)

    def hear(self) -> None:
        stays: list[Task] = []
        for event in self.desk.events[self.heard :]:
            data = event["data"]
            if event["type"] == "recurrence.triggered":
                self.tasks[data["task_id"]] = Task(data["task_id"], data["slot"]["slot"], data["slot"]["generation"])
            elif event["type"] == "recurrence.taken-up":
                task = self.tasks[data["task_id"]]
                task.generation, task.slot = data["slot"]["generation"], data["slot"]["slot"]
                if data["restored"] and task.withdrawn:
                    task.state, task.withdrawn = "open", False
            elif event["type"] == "recurrence.withdrawn" and self.tasks[data["task_id"]].state == "open":
                task = self.tasks[data["task_id"]]
                if task.written and not data.get("asked"):
                    stays.append(task)
                else:
                    task.state, task.withdrawn = "trash", True
        self.heard = len(self.desk.events)
        for task in stays:  # it was written into: the consumer says so
            self.done.append(f"stays {task.slot}")
            self.desk.report("Opened", task.slot, task.generation, task_id=task.id, written=True)
            self.hear()

    def holds(self) -> None:
        series = self.desk.series
        entries = unstarted(series)
        slots, ids = [made["slot"] for made in entries], [made["task_id"] for made in entries + series["open"]]
        assert len(slots) == len(set(slots)), "one slot twice"
        assert len(ids) == len(set(ids)), "one task twice"
        assert all(made["number"] > 0 for made in entries)
        assert series["awaited"] is None or series["status"] == "active"
        assert series["awaited"] is not None or series["status"] != "active" or self.desk.wake, "it stands still"
        shelf = {entry["made"]["task_id"]: entry["state"] for entry in series.get("shelf", [])}
        known = {*ids, *(task_id for task_id, state in shelf.items() if state in {"held", "kept"})}
        open_ids = {task.id for task in self.tasks.values() if task.state == "open"}
        assert len(open_ids) > 100 or open_ids <= known, "an open task is forgotten"
        waiting = {entry["made"]["task_id"] for entry in series["backlog"]}
        assert {made["task_id"] for made in series["open"]} - waiting <= open_ids, "one is open that is not"
        if series["mode"] == "completion" and series["awaited"] is not None:
            assert self.tasks[series["awaited"]["task_id"]].state == "open", "it waits for what is done or gone"


@pytest.mark.parametrize("seed", range(4))
def test_in_any_order_a_series_awaits_each_slot_once_and_goes_on(seed: int) -> None:
    for number in range(WALKS // 4):
        walk = Walk(random.Random(f"{seed}/{number}"))
        walk.begin()
        for _ in range(walk.chance.randint(5, 40)):
            walk.step()
            try:
                walk.holds()
            except AssertionError as error:
                raise AssertionError(f"{error} after:\n" + "\n".join(walk.done)) from None
