"""What comes while a series is behind, or meets what was done ahead: reports, splits, another mode."""

import pytest

from actors.clock import parse_instant
from actors.replies import Accepted
from tests.unit.series.desk import Desk
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
    assert told["2026-11-24T10:00"].startswith("fired"), told
    assert {"2026-11-24T08:30:00Z": 1, "2026-11-26T09:30:00Z": 4}[later] == len(told)
