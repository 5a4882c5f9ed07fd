"""Undo of what people did to a series: an edit, a move, a pause, a stop."""

import pytest

from actors.clock import parse_instant
from actors.replies import Accepted, Json, Refused
from tests.unit.series.acts import at, shown, undo
from tests.unit.series.desk import BERLIN, Desk

pytestmark = pytest.mark.unit

WEEKLY = "FREQ=WEEKLY;BYDAY=MO,WE,FR"


@pytest.mark.parametrize(
    "patch",
    [
        at("10:00"),
        {"rule": "FREQ=WEEKLY;BYDAY=TU"},
        {"start": {"date": "2026-11-23"}},
        {"mode": "completion"},
        {"month_end": "skip", "pile_up": "newest"},
        {"rule": "FREQ=DAILY;UNTIL=20261122", **at("09:00", "2026-11-20")},
        {"template": {"title": "Feed", "tags": ["cat"]}},
    ],
)
def test_undo_of_an_edit_brings_all_of_it_back(patch: Json) -> None:
    desk = Desk().create(look_ahead_days=2)
    desk.do("SkipSlot", {"slot": "2026-11-26T09:00"})
    desk.do("MoveSlot", {"slot": "2026-11-27T09:00", "to": {"date": "2026-12-01"}})
    desk.report("Written", "2026-11-24T09:00")
    before, template = shown(desk), desk.series["template"]
    assert isinstance(desk.do("PatchSeries", patch), Accepted)
    assert isinstance(undo(desk, "series.updated"), Accepted)
    assert (shown(desk), desk.series["template"], desk.gone) == (before, template, [])


def test_undo_is_refused_where_the_field_was_changed_again_and_after_30_days() -> None:
    desk = Desk().create()
    desk.do("PatchSeries", at("10:00"))
    first = {"version": desk.doc.version, "changed": desk.events[-2]["data"]["changed"]}
    desk.do("PatchSeries", at("11:00"))
    refused = desk.do("UndoSeries", first)
    assert isinstance(refused, Refused)
    assert (refused.code, refused.extra["conflicts"][0]["field"]) == ("undo_conflict", "start")
    last = {"version": desk.doc.version, "changed": desk.events[-2]["data"]["changed"]}
    desk.wait("2026-12-23T12:00:00Z").do("PatchSeries", {"look_ahead_days": 1})
    assert desk.refused("UndoSeries", last) == (409, "undo_expired")


def test_a_hundred_edits_can_be_undone() -> None:
    desk = Desk().create()
    for number in range(101):
        desk.do("PatchSeries", {"template": {"title": f"{number}"}})
    assert len(desk.series["edits"]) == 100
    assert desk.refused("UndoSeries", {"version": 2, "changed": {"title": {"old": "Water", "new": "100"}}}) == (
        409,
        "undo_expired",
    )


@pytest.mark.parametrize("slot", ["2026-11-23T09:00", "2026-11-26T09:00"])
def test_undo_of_a_move_gives_the_due_of_the_slot_or_the_one_before(slot: str) -> None:
    desk = Desk().create()
    first, second = ({"date": day} for day in ("2026-12-01", "2026-12-02"))
    moved = "recurrence.moved" if slot == desk.awaited else "series.updated"
    for to in (first, second):
        desk.do("MoveSlot", {"slot": slot, "to": to})
    undo(desk, moved)
    assert desk.series["moved"] == {slot: first}
    event = next(event for event in desk.events if event["type"] == moved)
    desk.do("UndoSeries", {"version": event["data"]["version"], "changed": event["data"]["changed"]})
    assert desk.series["moved"] == {}
    if moved == "recurrence.moved":
        assert desk.events[-1]["data"]["due"] == {"local": slot, "zone": BERLIN}


def test_undo_of_a_pause_and_of_a_stop_goes_on_with_the_same_tasks() -> None:
    desk = Desk().create(look_ahead_days=2)
    before = shown(desk)
    for name, body, event in (
        ("PauseSeries", {}, "series.paused"),
        ("StopSeries", {"keep": False}, "series.stopped"),
        ("StopSeries", {"keep": True}, "series.stopped"),
    ):
        desk.do(name, body)
        undo(desk, event)
        assert (shown(desk), desk.gone) == (before, []), name
    desk.do("PauseSeries")
    desk.do("ResumeSeries")
    undo(desk, "series.resumed")
    assert desk.series["status"] == "paused"


@pytest.mark.parametrize("done", [False, True])
def test_undo_of_a_stop_that_kept_the_task_awaits_it_after_completion(done: bool) -> None:
    desk = Desk().create("FREQ=DAILY;INTERVAL=3", mode="completion")
    desk.do("StopSeries", {"keep": True})
    if done:
        desk.clock.at = parse_instant("2026-11-25T10:00:00Z")
        desk.report("Completed", "2026-11-23T09:00")
    undo(desk, "series.stopped")
    awaited = "2026-11-28T09:00" if done else "2026-11-23T09:00"
    assert (desk.awaited, desk.slots("open"), desk.series["status"]) == (awaited, [], "active")
    assert desk.slots_made() == ["2026-11-23T09:00", *(["2026-11-28T09:00"] if done else [])]


def test_undo_of_another_start_counts_from_the_last_completion_again() -> None:
    desk = Desk().create("FREQ=DAILY;INTERVAL=3", mode="completion").move(days=1)
    desk.report("Completed", "2026-11-23T09:00")
    before = shown(desk)
    desk.do("PatchSeries", at("09:00", "2026-12-24"))
    assert desk.awaited == "2026-12-24T09:00"
    undo(desk, "series.updated")
    assert (shown(desk), desk.series["last_done"]) == (before, "2026-11-23T12:00:00.000Z")


@pytest.mark.parametrize("what", ["Completed", "Deleted"])
def test_undo_of_a_stop_asks_no_second_time_for_what_was_done_ahead_of_its_slot(what: str) -> None:
    desk = Desk().create()
    desk.do("StopSeries", {"keep": True})
    desk.report(what, "2026-11-23T09:00")
    undo(desk, "series.stopped")
    assert (desk.series["status"], desk.slots_made().count("2026-11-23T09:00")) == ("active", 1)
    desk.wait("2026-11-24T12:00:00Z")
    assert (desk.slots_made().count("2026-11-23T09:00"), desk.slots("open")) == (1, ["2026-11-24T09:00"])
