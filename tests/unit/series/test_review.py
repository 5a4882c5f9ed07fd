"""What comes while a series is behind, or meets what was done ahead: reports, splits, another mode."""

import pytest

from actors.clock import parse_instant
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
