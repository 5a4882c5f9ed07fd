"""Renewal by another rule or a pause, which made tasks, skips, moves, and tasks done ahead of their slot outlive."""

from datetime import date, timedelta
from typing import Any

import pytest

from actors.clock import parse_instant
from actors.series.occurrences import occurrences
from tests.unit.series.desk import Desk, days

pytestmark = pytest.mark.unit

AGAIN_SLOT = {"slot": "2026-11-23T09:00"}
AGAIN = {"generation": 1, **AGAIN_SLOT}


def states(desk: Desk) -> list[str]:
    """Returns the states of the slots on the shelf."""
    return [entry["state"] for entry in desk.series.get("shelf", [])]


def test_a_new_rule_keeps_what_was_skipped_or_moved_where_it_has_that_slot() -> None:
    desk = Desk().create()
    to = {"date": "2026-12-24"}
    for slot in days("11-25", "11-26"):
        desk.do("SkipSlot", {"slot": slot})
    for slot in days("11-27", "11-28"):
        desk.do("MoveSlot", {"slot": slot, "to": to})
    desk.do("PatchSeries", {"rule": "FREQ=DAILY;INTERVAL=2"})
    assert (desk.series["skipped"], desk.series["moved"]) == (days("11-25"), {"2026-11-27T09:00": to})
    assert desk.wait("2026-11-25T12:00:00Z").slots_made() == days("11-23", "11-27")
    assert desk.events[-1]["data"]["task"]["due"] == to


def test_a_first_slot_that_is_skipped_stays_so() -> None:
    desk = Desk().create()
    desk.do("SkipSlot", {"slot": "2026-11-23T09:00"})
    desk.do("PatchSeries", {"rule": "FREQ=DAILY;COUNT=9"})
    assert (desk.awaited, desk.series["awaited"]["number"]) == ("2026-11-24T09:00", 2)
    desk.do("PauseSeries")
    desk.do("ResumeSeries")
    assert (desk.awaited, desk.series["skipped"]) == ("2026-11-24T09:00", days("11-23"))


@pytest.mark.parametrize(
    "patch", [{"rule": "FREQ=DAILY;UNTIL=20261224"}, {"rule": "FREQ=DAILY;COUNT=9"}, {"month_end": "skip"}]
)
def test_a_rule_that_has_the_same_slots_ahead_keeps_their_tasks(patch: dict[str, Any]) -> None:
    desk = Desk().create(look_ahead_days=3)
    made = [desk.series["awaited"], *desk.series["ahead"]]
    desk.do("PatchSeries", patch)
    assert (desk.last_types(), desk.withdrawn) == (["series.updated"], [])
    assert [desk.series["awaited"], *desk.series["ahead"]] == made
    desk.report("Completed", "2026-11-24T09:00", 1)
    desk.wait("2026-11-24T12:00:00Z")
    assert (desk.slots("open"), desk.series["open"][0]["generation"]) == (days("11-23"), 1)
    assert len(desk.made) == len(set(desk.slots_made())), "no slot has two tasks"


def test_of_a_rule_with_other_slots_the_common_ones_keep_their_tasks_and_their_moves() -> None:
    desk = Desk().create("FREQ=DAILY;INTERVAL=2", look_ahead_days=5)
    desk.do("MoveSlot", {"slot": "2026-11-25T09:00", "to": {"date": "2026-12-24"}})
    desk.do("PatchSeries", {"rule": "FREQ=DAILY"})
    assert desk.last_types() == ["series.updated", *["recurrence.triggered"] * 2]
    assert desk.slots_made() == days("11-23", "11-25", "11-27", "11-24", "11-26")
    assert [entry["number"] for entry in desk.series["ahead"]] == [2, 3, 4, 5]
    assert list(desk.series["moved"]) == days("11-25")
    desk.do("PatchSeries", {"rule": "FREQ=DAILY;INTERVAL=4"})
    assert (desk.withdrawn, desk.slots("ahead")) == (days("11-24", "11-26"), days("11-27"))
    assert (desk.series["moved"], desk.series["kept"]) == ({}, [desk.task_of("2026-11-25T09:00")]), (
        "a person has moved it"
    )


def test_a_slot_whose_task_stays_under_another_rule_is_shown_once_and_numbered() -> None:
    desk = Desk().create("FREQ=DAILY;INTERVAL=2", look_ahead_days=3)
    desk.do("PatchSeries", {"rule": "FREQ=DAILY"})
    found = occurrences(desk.series, [], date(2026, 11, 23), date(2026, 11, 27))
    assert [(shown["slot"], shown["generation"], shown["number"], shown["state"]) for shown in found] == [
        ("2026-11-23T09:00", 1, 1, "open"),
        ("2026-11-24T09:00", 2, 2, "open"),
        ("2026-11-25T09:00", 1, 3, "open"),
        ("2026-11-26T09:00", 2, 4, "computed"),
        ("2026-11-27T09:00", 2, 5, "computed"),
    ]


def test_a_task_that_is_purged_is_shown_once_though_its_slot_has_another_time() -> None:
    desk = Desk().create()
    desk.report("Deleted", "2026-11-23T09:00")
    desk.do("PatchSeries", {"start": {"local": "2026-11-23T10:00", "zone": "Europe/Berlin"}})
    purged = {"id": desk.series["awaited"]["task_id"], "occurrence": {"generation": 1, "slot": "2026-11-23T09:00"}}
    task = {**purged, "status": "open", "purged": True, "deleted_at": "x", "due": None}
    found = occurrences(desk.series, [task], date(2026, 11, 23), date(2026, 11, 23))
    assert [shown["state"] for shown in found] == ["deleted"]


def test_a_slot_that_was_skipped_is_shown_once_under_another_rule() -> None:
    desk = Desk().create()
    desk.do("SkipSlot", AGAIN_SLOT)
    desk.do("PatchSeries", {"rule": "FREQ=DAILY;COUNT=9"})
    task = {"id": "t", "occurrence": AGAIN, "status": "open", "purged": False, "deleted_at": "x", "due": None}
    found = occurrences(desk.series, [task], date(2026, 11, 23), date(2026, 11, 24))
    assert [(shown["slot"][:10], shown["state"]) for shown in found] == [
        ("2026-11-23", "skipped"),
        ("2026-11-24", "open"),
    ]


def test_another_zone_moves_the_task_that_keeps_its_name() -> None:
    desk = Desk().create()
    desk.do("PatchSeries", {"start": {"local": "2026-11-23T09:00", "zone": "Europe/Lisbon"}})
    assert (desk.withdrawn, desk.awaited, len(desk.made)) == ([], "2026-11-23T09:00", 1)
    assert desk.events[-1]["data"]["due"] == {"local": "2026-11-23T09:00", "zone": "Europe/Lisbon"}
    assert desk.wake == "2026-11-23T09:00:00.000Z"


@pytest.mark.parametrize("what", ["Completed", "Deleted"])
@pytest.mark.parametrize("pauses", [False, True])
def test_what_is_done_ahead_of_its_slot_is_not_made_again(what: str, pauses: bool) -> None:
    desk = Desk().create(look_ahead_days=2)
    desk.report(what, "2026-11-24T09:00")
    if pauses:
        desk.do("PauseSeries")
        assert desk.withdrawn == days("11-23")
    desk.do("PatchSeries", {"rule": "FREQ=DAILY;COUNT=9"})
    desk.do("ResumeSeries")
    desk.wait("2026-11-24T12:00:00Z")
    assert desk.slots_made().count("2026-11-24T09:00") == 1
    assert (desk.slots("open"), desk.series["closed"]) == (days("11-23"), [])


def test_what_is_done_ahead_and_opened_again_while_it_is_paused_is_open_when_its_time_has_come() -> None:
    desk = Desk().create()
    desk.report("Completed", "2026-11-23T09:00")
    desk.do("PauseSeries")
    assert (desk.awaited, states(desk), desk.withdrawn) == (None, ["closed"], [])
    desk.report("Opened", "2026-11-23T09:00")
    desk.wait("2026-11-23T12:00:00Z").do("ResumeSeries")
    assert (desk.slots("open"), desk.awaited, len(desk.made)) == (days("11-23"), "2026-11-24T09:00", 2)


def test_a_move_of_a_task_that_is_made_outlives_a_pause() -> None:
    desk = Desk().create()
    to = {"local": "2026-11-23T18:00", "zone": "Europe/Berlin"}
    desk.do("MoveSlot", {"slot": "2026-11-23T09:00", "to": to})
    desk.do("PauseSeries")
    desk.do("ResumeSeries")
    assert (desk.withdrawn, len(desk.made), desk.series["moved"]) == ([], 1, {"2026-11-23T09:00": to})
    desk.wait("2026-11-23T12:00:00Z")
    assert desk.series["moved"] == {}


@pytest.mark.parametrize("mode", ["schedule", "completion"])
def test_a_task_that_a_pause_withdrew_and_a_person_restored_is_the_one_of_its_slot(mode: str) -> None:
    desk = Desk().create(mode=mode)
    desk.do("PauseSeries")
    assert desk.withdrawn == days("11-23")
    desk.report("Opened", "2026-11-23T09:00")
    assert (states(desk), desk.unchanged("OccurrenceOpened", AGAIN)) == (["kept"], True)
    desk.do("ResumeSeries")
    assert (desk.slots_made(), desk.withdrawn) == (days("11-23"), days("11-23"))
    assert (desk.awaited, desk.series["awaited"]["number"]) == ("2026-11-23T09:00", 1)


def test_however_often_it_is_paused_a_slot_has_one_task() -> None:
    desk = Desk().create()
    for generation in (1, 2, 3):
        desk.do("PauseSeries")
        assert desk.series["generation"] == generation
        desk.do("ResumeSeries")
    assert (desk.slots_made(), desk.awaited, desk.gone) == (days("11-23"), "2026-11-23T09:00", [])


@pytest.mark.parametrize("keep", [True, False])
def test_a_stop_leaves_the_task_that_was_restored_during_the_pause(*, keep: bool) -> None:
    desk = Desk().create()
    desk.do("PauseSeries")
    desk.report("Opened", "2026-11-23T09:00")
    desk.do("StopSeries", {"keep": keep})
    assert (desk.series["kept"], desk.slots("open"), desk.withdrawn) == (list(desk.made), [], days("11-23"))


@pytest.mark.parametrize("before", ["skipped", "of another rule", "passed", "done"])
def test_what_a_resume_would_not_make_is_left_alone_when_it_is_opened_during_the_pause(before: str) -> None:
    """Otherwise it would be taken away from the person who has just opened it."""
    desk = Desk().create("FREQ=DAILY;INTERVAL=3", mode="completion" if before == "done" else "schedule")
    if before == "skipped":
        desk.do("SkipSlot", AGAIN_SLOT)
    elif before == "of another rule":
        desk.do("PatchSeries", {"rule": "FREQ=WEEKLY;BYDAY=TU"})
    elif before == "passed":
        desk.wait("2026-11-24T12:00:00Z")
        desk.report("Deleted", "2026-11-23T09:00")
        desk.clock.at = parse_instant("2026-11-22T13:00:00Z")  # the clock was put back
    else:
        desk.report("Completed", "2026-11-23T09:00")
    desk.do("PauseSeries")
    gone = list(desk.withdrawn)
    desk.report("Opened", "2026-11-23T09:00", 1)
    assert desk.slots("ahead") == []
    desk.do("ResumeSeries")
    assert desk.withdrawn == gone


@pytest.mark.parametrize("done", [False, True])
def test_count_goes_on_after_a_pause_in_which_the_last_one_was_restored(*, done: bool) -> None:
    desk = Desk().create("FREQ=DAILY;COUNT=3", mode="completion")
    for _ in range(2):
        desk.move(days=1).report("Completed", str(desk.awaited))
    last = desk.awaited
    desk.do("PauseSeries")
    desk.report("Opened", str(last))
    desk.move(days=5)
    if done:
        desk.report("Completed", str(last))
    desk.do("ResumeSeries")
    if not done:
        assert (desk.awaited, desk.series["awaited"]["number"]) == (last, 3)
        desk.report("Completed", str(last), 1)
    assert (desk.series["status"], len(desk.made)) == ("ended", 3)


@pytest.mark.parametrize("restored", [True, False])
@pytest.mark.parametrize("waits", [True, False])
def test_what_is_completed_during_a_pause_counts_as_the_last_one(*, restored: bool, waits: bool) -> None:
    """Without `restored` the task was done before the pause, and the series hears of it afterwards."""
    desk = Desk().create("FREQ=DAILY;INTERVAL=3", mode="completion")
    done_at = desk.clock.now() + timedelta(hours=1)
    desk.do("PauseSeries")
    if restored:
        desk.report("Opened", "2026-11-23T09:00")
    if waits and restored:
        desk.move(days=2)
        done_at = desk.clock.now()
    desk.report("Completed", "2026-11-23T09:00", at=done_at)
    desk.move(hours=3)
    desk.do("ResumeSeries")
    following = "2026-11-27T09:00" if waits and restored else "2026-11-25T09:00"
    assert (desk.awaited, desk.series["awaited"]["number"]) == (following, 2)
    assert desk.slots_made() == ["2026-11-23T09:00", following]


def test_by_schedule_what_was_done_just_before_a_pause_is_not_made_again() -> None:
    desk = Desk().create()
    desk.do("PauseSeries")
    desk.report("Completed", "2026-11-23T09:00")
    desk.do("ResumeSeries")
    desk.wait("2026-11-23T12:00:00Z")
    assert desk.slots_made() == days("11-23", "11-24")
    assert (desk.slots("open"), desk.series["closed"]) == ([], [])


def test_where_a_day_has_several_slots_each_is_shown_and_keeps_what_was_done_to_it() -> None:
    desk = Desk().create("FREQ=DAILY;BYHOUR=9,15", pile_up="all")
    desk.do("SkipSlot", {"slot": "2026-11-23T15:00"})
    desk.do("PatchSeries", {"rule": "FREQ=DAILY;BYHOUR=10,16"})
    found = occurrences(desk.series, [], date(2026, 11, 23), date(2026, 11, 24))
    assert [(shown["slot"], shown["state"], shown["number"]) for shown in found] == [
        ("2026-11-23T10:00", "open", 1),
        ("2026-11-23T16:00", "skipped", 2),
        ("2026-11-24T10:00", "computed", 3),
        ("2026-11-24T16:00", "computed", 4),
    ]
    assert (len(desk.made), desk.withdrawn) == (1, [])
    desk.wait("2026-11-24T12:00:00Z")
    assert [made["slot"] for made in desk.series["open"]] == ["2026-11-23T10:00", "2026-11-24T10:00"]
