"""The judge finds each kind of breach in a crafted run, and none in a sound one."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.faults.checker import BREACHES, Verdict, judge
from tests.faults.recorder import Entry, Operation
from tests.faults.stored import ActivityRow, Actor, Event, ReadModelRow, Stored

pytestmark = pytest.mark.unit

USER, TASK, SERIES, SLOT_TASK = "user", "task", "series", "slot-task"
DUE, FIRED = "2026-11-22T09:00:00.000Z", "2026-11-22T09:00:00.120Z"
MADE = "2026-11-22T08:59:50.000Z"
ONE = {
    "title": "One",
    "description": "",
    "priority": "high",
    "tags": ["a"],
    "due": None,
    "checklist": [],
    "status": "open",
    "purged": False,
}
TWO = {**ONE, "title": "Two"}
NOW = 1_795_000_000.0  # after every instant of the run
REMINDER = {"id": "reminder", "firing": 1, "fire_at": DUE, "fired_at": FIRED, "late_seconds": None}
SLOT = {"generation": 1, "slot": "2026-11-23T09:00"}


@dataclass(slots=True)
class Reader:
    user_id: str = USER
    positions: list[int] = field(default_factory=list[int])


@dataclass(slots=True)
class Run:
    """The input of the judge."""

    entries: list[Entry]
    stored: Stored
    readers: list[Reader]

    def judged(self) -> Verdict:
        return judge(self.entries, self.stored, self.readers)


def sound() -> Run:
    """Returns a run with a task whose reminder fired, a series with the task of a slot, and a write of unknown outcome."""
    events = {
        f"TaskActor:{TASK}:1:1": _event(TASK, 1, 1, 2, "task.created", "make", title="One", task=dict(ONE)),
        f"TaskActor:{TASK}:1:2": _event(TASK, 1, 2, 2, "reminder.scheduled", "make"),
        f"TaskActor:{TASK}:2:1": _event(TASK, 2, 1, 1, "reminder.fired", "tick", reminder=dict(REMINDER), task=dict(ONE)),
        f"TaskActor:{TASK}:3:1": _event(TASK, 3, 1, 1, "task.updated", "edit", title="Two", task=dict(TWO), changed={"title": {"old": "One", "new": "Two"}}),
        f"SeriesActor:{SERIES}:1:1": _event(SERIES, 1, 1, 2, "series.created", "repeat", title="Again"),
        f"SeriesActor:{SERIES}:1:2": _event(SERIES, 1, 2, 2, "recurrence.triggered", "repeat", slot=dict(SLOT), task_id=SLOT_TASK),
        f"TaskActor:{SLOT_TASK}:1:1": _event(SLOT_TASK, 1, 1, 1, "task.created", "slot", title="Again"),
    }  # fmt: skip
    ids = [*events, "Delivery:reminder:1:in_app"]
    lines = [ActivityRow(USER, n, name, f"h{n - 1}" if n > 1 else "", f"h{n}") for n, name in enumerate(ids, start=1)]
    task = {"title": "Two", "status": "open", "priority": "none", "tags": [], "deleted_at": None}
    slot_task = {**task, "title": "Again", "series_id": SERIES, "occurrence": dict(SLOT)}
    awaited = {"task_id": SLOT_TASK, "at": "2099-11-23T09:00:00.000Z", **SLOT}
    series = {"status": "active", "mode": "schedule", "awaited": awaited, "unreported": [], "backlog": []}
    stored = Stored(
        actors={TASK: Actor("TaskActor", 3, task), SLOT_TASK: Actor("TaskActor", 1, slot_task), SERIES: Actor("SeriesActor", 1, series)},
        events=events,
        commands={(TASK, "make"), (TASK, "edit"), (SERIES, "repeat"), (SLOT_TASK, "slot"), (TASK, "lost answer")},
        shown={TASK: ReadModelRow(3, dict(task)), SLOT_TASK: ReadModelRow(1, dict(slot_task)), SERIES: ReadModelRow(1, {"status": "active"})},
        activity=lines,
        ledger={("reminder", 1): {"fired": 1, "delivered": 1}},
        notified={("reminder", 1): 1},
        last_event={TASK: dict(task), SLOT_TASK: dict(slot_task)},
        now=NOW,
    )  # fmt: skip
    entries = [
        _entry("make", TASK, "create", 1, title="One", fires_at=DUE),
        _entry("edit", TASK, "patch", 3, title="Two"),
        _entry("repeat", SERIES, "create", 1, title="Again", kind="SeriesActor"),
        Entry(Operation("lost answer", USER, TASK, "patch"), 0.0),
        Entry(Operation("too early", USER, TASK, "snooze", may_be_refused=True), 0.0, "fail", statuses={"409": 1}),
        Entry(Operation("never sent", USER, TASK, "patch"), 0.0, "fail", statuses={"not sent": 3}),
        Entry(Operation("nothing to say", USER, TASK, "acknowledge", may_be_idle=True), 0.0, "ok", version=3),
    ]
    return Run(entries, stored, [Reader(positions=list(range(1, len(ids) + 1)))])


def _event(actor: str, version: int, seq: int, of: int, kind: str, command: str, **details: Any) -> Event:  # noqa: PLR0917  a row
    return Event(actor, version, seq, of, USER, kind, command, **{"time": MADE, **details})


def _entry(command: str, actor: str, name: str, version: int, **details: Any) -> Entry:
    return Entry(Operation(command, USER, actor, name, **details), 0.0, "ok", 1.0, version)


def test_a_sound_run_has_no_breach_and_counts_everything() -> None:
    verdict = sound().judged()
    assert verdict.wrong == {}
    assert (verdict.acknowledged, verdict.found, verdict.unknown, verdict.unknown_found) == (3, 3, 1, 1)
    assert (verdict.refused, verdict.idle, verdict.slots) == (2, 1, 1)
    assert (verdict.reminders_due, verdict.reminders_once) == (1, 1)
    assert (verdict.sent, verdict.received) == (8, 8)


def test_a_reminder_that_was_asked_for_after_its_moment_must_fire() -> None:
    run = sound()
    event = run.stored.events[f"TaskActor:{TASK}:2:1"]
    event.type, event.reminder = "task.overdue", None
    run.stored.events[f"TaskActor:{TASK}:1:1"].time = "2026-11-22T09:01:00.001Z"
    assert run.judged().wrong.keys() == {"never"}


def test_a_snooze_before_the_reminder_has_fired_asks_for_another_firing() -> None:
    run = sound()
    run.entries[1] = _entry("edit", TASK, "snooze", 3, fires_at="2026-11-22T09:00:00.050Z")
    event = run.stored.events[f"TaskActor:{TASK}:3:1"]
    event.type, event.reminder = "reminder.snoozed", {**REMINDER, "firing": 2}
    assert run.judged().wrong.keys() == {"never"}
    assert run.judged().reminders_due == 2


def _forget_command(run: Run) -> None:
    run.stored.commands.discard((TASK, "edit"))


def _forget_content(run: Run) -> None:
    run.stored.events[f"TaskActor:{TASK}:3:1"].task = {**TWO, "tags": []}


def _say_another_change(run: Run) -> None:
    run.stored.events[f"TaskActor:{TASK}:3:1"].changed = {}


def _forget_state(run: Run) -> None:
    del run.stored.actors[SERIES]


def _older_state(run: Run) -> None:
    run.stored.actors[TASK].version = 2


def _other_title(run: Run) -> None:
    run.stored.events[f"TaskActor:{TASK}:3:1"].title = "Three"


def _other_command(run: Run) -> None:
    run.stored.events[f"TaskActor:{TASK}:3:1"].command_id = "somebody else's"


def _refused_but_stored(run: Run) -> None:
    run.stored.commands.add((TASK, "too early"))


def _refused(run: Run) -> None:
    run.entries.append(Entry(Operation("new", USER, TASK, "patch"), 0.0, "fail", statuses={"404": 1}))


def _answered_500(run: Run) -> None:
    run.entries[0].statuses = {"500": 1}


def _answered_503_without_a_time(run: Run) -> None:
    run.entries[0].statuses = {"503 without Retry-After": 1}


def _applied_twice(run: Run) -> None:
    run.stored.events[f"TaskActor:{TASK}:2:1"].command_id = "edit"


def _entered_twice(run: Run) -> None:
    _enter(run, f"TaskActor:{TASK}:3:1")


def _delivered_twice_in_activity(run: Run) -> None:
    _enter(run, "Delivery:reminder:1:in_app")


def _enter(run: Run, event_id: str) -> None:
    last = run.stored.activity[-1]
    run.stored.activity.append(ActivityRow(USER, last.position + 1, event_id, last.hash, "new"))
    for reader in run.readers:
        reader.positions.append(last.position + 1)


def _version_gap(run: Run) -> None:
    run.stored.actors[TASK].version = run.stored.shown[TASK].version = 4


def _half_a_turn(run: Run) -> None:
    del run.stored.events[f"TaskActor:{TASK}:1:2"]


def _position_gap(run: Run) -> None:
    del run.stored.activity[3]


def _behind(run: Run) -> None:
    run.stored.shown[TASK].version = 2


def _not_shown(run: Run) -> None:
    del run.stored.shown[SERIES]


def _shown_otherwise(run: Run) -> None:
    run.stored.shown[TASK].body["status"] = "completed"


def _last_event_otherwise(run: Run) -> None:
    run.stored.last_event[TASK]["priority"] = "high"


def _not_in_activity(run: Run) -> None:
    run.stored.activity.pop()
    run.stored.events["TaskActor:other:1:1"] = _event("other", 1, 1, 1, "task.created", "x")


def _from_nowhere(run: Run) -> None:
    _enter(run, "TaskActor:unknown:1:1")


def _broken_chain(run: Run) -> None:
    run.stored.activity[4].prev_hash = "forged"


def _fired_twice(run: Run) -> None:
    event = copy.deepcopy(run.stored.events[f"TaskActor:{TASK}:2:1"])
    run.stored.events[f"TaskActor:{TASK}:2:2"] = event


def _fired_once_more_than_asked(run: Run) -> None:
    event = copy.deepcopy(run.stored.events[f"TaskActor:{TASK}:2:1"])
    event.reminder = {**REMINDER, "firing": 2}
    run.stored.events[f"TaskActor:{TASK}:2:2"] = event
    run.stored.ledger["reminder", 2] = {"fired": 1, "delivered": 1}


def _notified_twice(run: Run) -> None:
    run.stored.notified["reminder", 1] = 2


def _delivered_twice(run: Run) -> None:
    run.stored.ledger["reminder", 1]["delivered"] = 2


def _never_fired(run: Run) -> None:
    event = run.stored.events[f"TaskActor:{TASK}:2:1"]
    event.type, event.reminder = "task.overdue", None


def _snoozed_and_not_fired_again(run: Run) -> None:
    run.entries.append(_entry("later", TASK, "snooze", 3, fires_at="2026-11-22T09:10:00.000Z"))
    run.stored.commands.add((TASK, "later"))
    event = run.stored.events[f"TaskActor:{TASK}:3:1"]
    event.type, event.command_id, event.reminder = "reminder.snoozed", "later", {**REMINDER, "firing": 2}


def _never_delivered(run: Run) -> None:
    run.stored.ledger["reminder", 1] = {"fired": 1}


def _early(run: Run) -> None:
    run.stored.events[f"TaskActor:{TASK}:2:1"].reminder = {**REMINDER, "fired_at": "2026-11-22T08:59:59.900Z"}


def _slot_triggered_twice(run: Run) -> None:
    run.stored.events[f"SeriesActor:{SERIES}:1:3"] = copy.deepcopy(run.stored.events[f"SeriesActor:{SERIES}:1:2"])


def _slot_with_two_tasks(run: Run) -> None:
    run.stored.actors["another"] = copy.deepcopy(run.stored.actors[SLOT_TASK])


def _slot_without_its_task(run: Run) -> None:
    del run.stored.actors[SLOT_TASK]


def _slot_passed_by(run: Run) -> None:
    run.stored.actors[SERIES].state["awaited"]["at"] = "2026-11-01T09:00:00.000Z"


def _nothing_awaited(run: Run) -> None:
    run.stored.actors[SERIES].state["awaited"] = None


def _completion_not_reported(run: Run) -> None:
    run.stored.actors[SERIES].state["mode"] = "completion"
    run.stored.actors[SLOT_TASK].state["status"] = "completed"


def _making_not_reported(run: Run) -> None:
    run.stored.actors[SERIES].state["unreported"] = [dict(SLOT)]


def _missed(run: Run) -> None:
    run.readers[0].positions.remove(5)


def _missed_the_end(run: Run) -> None:
    run.readers[0].positions.pop()


def _heard_again(run: Run) -> None:
    run.readers[0].positions.insert(3, 3)


def _out_of_order(run: Run) -> None:
    run.readers[0].positions[2:4] = [4, 3]


def _put_aside(run: Run) -> None:
    run.stored.dead_letters.append("projector TaskActor:task:1:1: ValueError")


CRAFTED: list[tuple[str, Callable[[Run], None]]] = [
    *(("lost", harm) for harm in (_forget_command, _forget_state, _older_state, _other_title, _other_command)),
    *(("forgotten", harm) for harm in (_forget_content, _say_another_change)),
    ("refused but stored", _refused_but_stored),
    ("refused", _refused),
    *(("answered wrongly", harm) for harm in (_answered_500, _answered_503_without_a_time)),
    *(("duplicates", harm) for harm in (_applied_twice, _entered_twice, _delivered_twice_in_activity)),
    *(("gaps", harm) for harm in (_version_gap, _half_a_turn, _position_gap)),
    *(("read model behind", harm) for harm in (_behind, _not_shown)),
    ("read model differs", _shown_otherwise),
    ("event differs from state", _last_event_otherwise),
    ("missing in activity", _not_in_activity),
    ("unknown in activity", _from_nowhere),
    ("chain broken", _broken_chain),
    *(("twice", harm) for harm in (_fired_twice, _fired_once_more_than_asked, _notified_twice, _delivered_twice)),
    *(("never", harm) for harm in (_never_fired, _snoozed_and_not_fired_again, _never_delivered)),
    ("early", _early),
    *(("slots twice", harm) for harm in (_slot_triggered_twice, _slot_with_two_tasks)),
    *(
        ("slots never", harm)
        for harm in (
            _slot_without_its_task,
            _slot_passed_by,
            _nothing_awaited,
            _completion_not_reported,
            _making_not_reported,
        )
    ),
    *(("streams missed", harm) for harm in (_missed, _missed_the_end)),
    *(("streams repeated", harm) for harm in (_heard_again, _out_of_order)),
    ("dead letters", _put_aside),
]


@pytest.mark.parametrize(("breach", "harm"), CRAFTED, ids=[f"{name}: {harm.__name__[1:]}" for name, harm in CRAFTED])
def test_each_breach_is_found_and_named(breach: str, harm: Callable[[Run], None]) -> None:
    run = sound()
    harm(run)
    verdict = run.judged()
    assert breach in verdict.wrong, verdict.words()
    assert BREACHES[breach] in verdict.words(), "the verdict says where to look"


def test_every_breach_is_crafted_here_or_blamed_by_the_run_itself() -> None:
    assert BREACHES.keys() - {name for name, _ in CRAFTED} == {"not hit", "not recovered", "verify"}
