"""The invariants of a task, after random commands in random order."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.clock import instant_text
from actors.replies import Json
from actors.task.reminders import spec_of
from tests.fakes.person import NOON
from tests.support.cases import cases
from tests.unit.actors.desk import Desk

pytestmark = pytest.mark.unit

DUES = st.sampled_from(
    [
        None,
        {"date": "2026-11-22"},
        {"date": "2026-11-23"},
        {"local": "2026-11-22T13:10", "zone": "Europe/Berlin"},
        {"local": "2026-11-22T14:00", "zone": "Europe/Berlin"},
        {"local": "2026-11-22T21:00", "zone": "Asia/Tokyo"},
    ]
)
SPECS = st.lists(
    st.sampled_from(
        [{"offset_minutes": 0}, {"offset_minutes": 5}, {"offset_minutes": 30}, {"at": "2026-11-22T12:20:00Z"}]
    ),
    max_size=3,
)
STEPS = st.one_of(
    st.tuples(st.just("Tick"), st.none()),
    st.tuples(
        st.sampled_from(["CompleteTask", "ReopenTask", "DeleteTask", "RestoreTask", "AcknowledgeReminder"]), st.just({})
    ),
    st.tuples(st.just("MoveDue"), st.fixed_dictionaries({"due": DUES})),
    st.tuples(st.just("PatchTask"), st.fixed_dictionaries({}, optional={"due": DUES, "reminders": SPECS})),
    st.tuples(st.just("PatchTask"), st.fixed_dictionaries({"title": st.sampled_from(["a", "b"])})),
    st.tuples(st.just("SnoozeReminder"), st.fixed_dictionaries({"minutes": st.integers(1, 60)})),
    st.tuples(st.just("AddTags"), st.fixed_dictionaries({"tags": st.lists(st.sampled_from("abC"), min_size=1)})),
    st.tuples(st.just("Rezone"), st.fixed_dictionaries({"zone": st.sampled_from(["Asia/Tokyo", "UTC"])})),
    st.tuples(st.just("Undo"), st.none()),
    st.tuples(st.just("PurgeTask"), st.just({})),
)
LIVES = st.lists(st.tuples(STEPS, st.sampled_from([0, 1, 30, 300, 3600, 90_000])), max_size=25)


@settings(max_examples=cases(300))
@given(due=DUES, life=LIVES)
def test_a_life(due: Any, life: list[tuple[tuple[str, Any], int]]) -> None:
    desk = Desk().at(NOON).create(due=due)
    for (name, body), seconds in life:
        _step(desk, name, body)
        _holds(desk)
        desk.clock.move(seconds=seconds)
    _fires_once(desk.events)
    _folds(desk)


def _step(desk: Desk, name: str, body: Any) -> None:
    if name == "Tick":
        desk.tick()
        assert desk.tick() == []
        assert desk.wake is None or desk.wake > instant_text(desk.clock.now())
    elif name == "Undo":
        data = desk.events[-1]["data"]
        if data["changed"].keys() - {"zone"}:
            desk.do("UndoChange", {"version": data["version"], "changed": data["changed"]})
    else:
        desk.do(name, body)


def _holds(desk: Desk) -> None:
    """Checks that the wake is the earliest pending time, and that a completed or deleted task has none."""
    task = desk.task
    pending = [reminder["fire_at"] for reminder in task["reminders"] if reminder["status"] == "pending"]
    if task["status"] == "completed" or task["deleted_at"] or task["purged"]:
        assert (pending, desk.wake) == ([], None)
    assert all(time is not None for time in pending)
    assert all(desk.wake is not None and desk.wake <= time for time in pending)
    assert len({reminder["id"] for reminder in task["reminders"]}) == len(task["reminders"])


def _fires_once(events: list[Json]) -> None:
    told = Counter(
        (event["type"], event["data"]["reminder"]["id"], event["data"]["reminder"]["firing"])
        for event in events
        if event["type"] == "reminder.fired"
    )
    assert all(count == 1 for count in told.values())
    for event in events:
        if event["type"] == "reminder.fired":
            assert event["data"]["reminder"]["fire_at"] <= event["time"]


def _folds(desk: Desk) -> None:
    """Checks that the changes of all events, one after the other, make the task."""
    folded: Json = {}
    for event in desk.events:
        data = event["data"]
        if event["type"] in {"task.created", "task.purged"}:
            folded = {**data["task"], "reminders": [spec_of(reminder) for reminder in data["task"]["reminders"]]}
        folded |= {name: change["new"] for name, change in data["changed"].items()}
    for name in ("title", "description", "priority", "tags", "due", "checklist", "status", "deleted_at"):
        assert folded[name] == desk.task[name], name
    assert folded["reminders"] == [spec_of(reminder) for reminder in desk.task["reminders"]]
