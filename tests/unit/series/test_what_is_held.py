"""Reports, splits and mode changes that come while a series is behind, or after tasks were done ahead of time."""

import pytest

from actors.clock import parse_instant
from actors.replies import Accepted
from tests.unit.series.desk import Desk, days
from tests.unit.series.test_late import at_ten, reminders

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("what", ["Completed", "Created"])
def test_a_report_before_the_late_tick_takes_no_reminder_away(what: str) -> None:
    desk = at_ten().wait("2026-11-24T08:30:00Z")
    desk.clock.at = parse_instant("2026-11-25T08:30:00Z")
    desk.report(what, "2026-11-23T10:00" if what == "Completed" else "2026-11-24T10:00")
    desk.move(seconds=1).tick()
    assert reminders(desk)["2026-11-25T10:00"] == "fired 30 min late"


def test_a_report_between_two_turns_of_catching_up_takes_no_reminder_away() -> None:
    desk = at_ten()
    desk.clock.at = parse_instant("2027-02-20T08:30:00Z")
    desk.tick()
    assert desk.wake == "2027-02-20T08:30:00.000Z"
    desk.move(seconds=1).report("Created", "2026-11-24T10:00")
    desk.late("2027-02-20T08:30:02Z")
    [_, *missed] = reminders(desk).values()
    assert all("late" in what for what in missed), missed


@pytest.mark.parametrize("what", ["skipped", "done"])
def test_a_split_whose_only_slot_is_left_out_is_refused(what: str) -> None:
    desk = Desk().create("FREQ=DAILY;COUNT=3", look_ahead_days=5)
    if what == "skipped":
        desk.do("SkipSlot", {"slot": "2026-11-25T09:00"})
    else:
        desk.report("Completed", "2026-11-25T09:00")
    asked = {"slot": "2026-11-25T09:00", "patch": {"template": {"title": "Feed"}}}
    assert desk.refused("SplitSeries", asked) == (422, "invalid_rule")


@pytest.mark.parametrize("later", ["2026-11-24T08:30:00Z", "2026-11-26T09:30:00Z"])
def test_what_a_split_begins_misses_no_slot_when_it_is_made_late(later: str) -> None:
    desk = at_ten().wait("2026-11-24T06:00:00Z")
    desk.do("SplitSeries", {"slot": "2026-11-24T10:00"})
    [body] = [event["data"]["successor"]["body"] for event in desk.events if event["type"] == "series.split"]
    successor = Desk(at=later)
    assert isinstance(successor.do("CreateSeries", body), Accepted)
    told = reminders(successor.late(later))
    assert "2026-11-24T10:00" not in told, "its task is there already"
    assert successor.types().count("recurrence.taken-up") == 1
    assert {"2026-11-24T08:30:00Z": 0, "2026-11-26T09:30:00Z": 3}[later] == len(told)
    assert all(what.startswith("fired") for slot, what in told.items() if slot < "2026-11-27"), told


def test_after_completion_nothing_waits_for_what_was_done_ahead() -> None:
    desk = Desk().create("FREQ=DAILY;COUNT=4", look_ahead_days=3)
    for slot in ("2026-11-23T09:00", "2026-11-24T09:00"):
        desk.report("Completed", slot)
    desk.do("PatchSeries", {"mode": "completion"})
    assert (desk.awaited, desk.series["closed"], desk.series["passed_number"]) == ("2026-11-25T09:00", [], 2)
    assert desk.slots_made().count("2026-11-25T09:00") == 1
    desk.report("Completed", "2026-11-25T09:00", 1)
    desk.report("Completed", str(desk.awaited))
    assert (desk.series["status"], desk.series["passed_number"]) == ("ended", 4)


@pytest.mark.parametrize("later", ["2026-11-22T12:00:00Z", "2026-11-27T12:00:00Z"])
def test_what_is_done_ahead_is_not_made_again_by_turns_that_have_little_room(later: str) -> None:
    desk = Desk().create(look_ahead_days=20, template={"title": "Water", "description": "x" * 20_000})
    desk.late("2026-11-22T12:00:00Z")
    desk.report("Completed", "2026-12-10T09:00")
    desk.do("PauseSeries")
    desk.do("ResumeSeries")
    desk.late(later)
    assert desk.slots_made().count("2026-12-10T09:00") == 1
    made = [desk.series["awaited"], *desk.series["ahead"]]
    assert [entry["number"] for entry in made] == list(range(made[0]["number"], made[0]["number"] + len(made)))
    assert len(desk.series["open"]) == {"2026-11-22T12:00:00Z": 0, "2026-11-27T12:00:00Z": 5}[later]


def test_what_a_second_split_begins_ends_where_the_first_one_did() -> None:
    desk = Desk().create(look_ahead_days=2)
    desk.do("SplitSeries", {"slot": "2026-11-30T09:00"})
    desk.do("SplitSeries", {"slot": "2026-11-26T09:00", "patch": {"template": {"title": "Feed"}}})
    between = Desk()
    between.do("CreateSeries", desk.events[-1]["data"]["successor"]["body"])
    between.wait("2026-12-24T12:00:00Z")
    assert between.slots_made() == days("11-26", "11-27", "11-28", "11-29")
    assert between.series["status"] == "ended"


def test_after_completion_a_slot_that_was_skipped_stays_so() -> None:
    desk = Desk().create("FREQ=DAILY;COUNT=3")
    desk.do("SkipSlot", {"slot": "2026-11-24T09:00"})
    desk.do("PatchSeries", {"mode": "completion"})
    desk.move(days=1).report("Completed", "2026-11-23T09:00", 1)
    assert (desk.awaited, desk.series["awaited"]["number"]) == ("2026-11-25T09:00", 3)
    desk.report("Completed", "2026-11-25T09:00")
    assert desk.series["status"] == "ended"
