"""The horizon of a series: tasks are made in time for their earliest reminder, and for a due that they were moved to."""

from typing import Any

import pytest

from actors.clock import instant_text, parse_instant
from actors.due import due_at
from actors.replies import Json
from tests.unit.series.desk import BERLIN, Desk, days

pytestmark = pytest.mark.unit

DAY = 1440


def reminding(*minutes: int) -> Json:
    return {"title": "Water", "reminders": [{"offset_minutes": offset} for offset in minutes]}


def reminders_of(desk: Desk) -> dict[str, list[str]]:
    """Returns, by slot, the status of its task's reminders when the task is made without delay."""
    statuses: dict[str, list[str]] = {}
    for event in desk.events:
        if event["type"] == "recurrence.triggered":
            task = desk.task(event, parse_instant(event["time"])).reply
            statuses[event["data"]["slot"]["slot"]] = [reminder["status"] for reminder in task["reminders"]]
    return statuses


@pytest.mark.parametrize(
    ("rule", "offset"),
    [
        ("FREQ=DAILY", DAY),
        ("FREQ=DAILY", 2 * DAY),
        ("FREQ=DAILY", 30 * DAY),
        ("FREQ=WEEKLY", 10 * DAY),
        ("FREQ=WEEKLY;BYDAY=MO,SU", 3 * DAY),
    ],
)
@pytest.mark.parametrize("start", ["2026-12-28T09:00", "2026-12-28"])
def test_a_task_is_there_in_time_for_a_reminder_from_before_the_slot_before_it(
    rule: str, offset: int, start: str
) -> None:
    desk = Desk().create(rule, start, template=reminding(offset, 0)).wait("2027-04-20T12:00:00Z")
    first, *later = reminders_of(desk).values()
    assert first == ["pending", "pending"]
    assert len(later) > 15
    assert later == [["pending", "pending"]] * len(later)


@pytest.mark.parametrize("spec", ["-P1D", "-P30D", "P-1DT11H", "-P60D"])
@pytest.mark.parametrize("start", ["2027-02-01T09:00", "2027-02-01"])
def test_a_task_is_there_in_time_for_a_reminder_by_days_of_the_wall(spec: str, start: str) -> None:
    """Over both changes of the clocks, after which a day on the wall has 23 or 25 hours."""
    template = {"title": "Water", "reminders": [{"offset": spec}]}
    desk = Desk().create("FREQ=DAILY", start, template=template).wait("2027-11-10T12:00:00Z")
    made = list(reminders_of(desk).values())
    assert len(made) > 270
    assert made == [["pending"]] * len(made)


def test_a_year_ahead_is_made_in_time_where_the_slots_are_few() -> None:
    template = {"title": "Renew", "reminders": [{"offset": "-P365D"}]}
    desk = Desk().create("FREQ=MONTHLY", "2027-12-24T09:00", template=template).wait("2028-06-10T12:00:00Z")
    made = reminders_of(desk)
    assert len(made) > 15
    assert set(map(tuple, made.values())) == {("pending",)}


def test_a_task_is_made_when_its_reminder_is_due_and_not_before() -> None:
    desk = Desk().create("FREQ=WEEKLY", "2026-12-28T09:00", template=reminding(10 * DAY))
    assert (desk.slots("ahead"), desk.wake) == ([], "2026-12-25T08:00:00.000Z")
    desk.wait("2026-12-25T07:59:59Z")
    assert desk.slots("ahead") == []
    desk.wait("2026-12-25T08:00:00Z")
    assert desk.slots("ahead") == ["2027-01-04T09:00"]


def test_the_default_reminder_of_the_user_counts_where_the_template_says_nothing() -> None:
    desk = Desk()
    desk.person.defaults = {"reminder_offset_minutes": 2 * DAY}
    desk.create(start="2026-11-30T09:00").wait("2026-12-10T12:00:00Z")
    assert set(map(tuple, reminders_of(desk).values())) == {("pending",)}
    assert "default_offset" not in desk.events[0]["data"]["series"]


def test_another_default_is_heard_of_with_the_next_command_that_changes_something() -> None:
    desk = Desk().create(start="2026-11-30T09:00")
    desk.person.defaults = {"reminder_offset_minutes": 2 * DAY}
    assert desk.unchanged("ResumeSeries")
    desk.report("Created", "2026-11-30T09:00")
    assert desk.wake == "2026-11-29T08:00:00.000Z"
    desk.person.defaults = {"reminder_offset_minutes": None}
    desk.report("Completed", "2026-11-30T09:00")
    assert desk.wake == "2026-11-30T08:00:00.000Z"


def test_an_earlier_reminder_in_the_template_makes_what_it_reaches() -> None:
    desk = Desk().create()
    assert desk.slots("ahead") == []
    desk.do("PatchSeries", {"template": {"reminders": [{"offset_minutes": 3 * DAY}]}})
    assert desk.slots("ahead") == days("11-24", "11-25")


def test_after_completion_one_task_is_enough() -> None:
    desk = Desk().create(mode="completion", template=reminding(10 * DAY))
    assert (len(desk.made), desk.wake) == (1, None)


def test_a_series_of_before_makes_its_tasks_as_ever() -> None:
    desk = Desk().create()
    del desk.series["default_offset"]
    desk.wait("2026-11-24T08:00:00Z")
    assert desk.slots_made() == days("11-23", "11-24", "11-25")


# Moved slots.


def moved(desk: Desk, slot: str, to: Json) -> Desk:
    desk.do("MoveSlot", {"slot": slot, "to": to})
    return desk


def dues(desk: Desk) -> dict[str, Any]:
    return {
        event["data"]["slot"]["slot"]: (event["time"], due_at(event["data"]["task"]["due"], BERLIN))
        for event in desk.events
        if event["type"] == "recurrence.triggered"
    }


@pytest.mark.parametrize("to", [{"local": "2026-11-23T08:00", "zone": BERLIN}, {"date": "2026-11-23"}])
def test_a_slot_that_is_moved_to_before_the_awaited_one_is_made_at_once(to: Json) -> None:
    desk = moved(Desk().create("FREQ=WEEKLY", template=reminding(60)), "2026-12-07T09:00", to)
    assert desk.wake == instant_text(desk.clock.now())
    desk.tick()
    assert desk.slots("ahead") == ["2026-11-30T09:00", "2026-12-07T09:00"]
    assert (reminders_of(desk)["2026-12-07T09:00"], desk.wake) == (["pending"], "2026-11-23T08:00:00.000Z")


def test_a_slot_that_is_moved_to_later_ones_is_made_one_slot_before_its_due() -> None:
    desk = moved(Desk().create(), "2026-12-20T09:00", {"local": "2026-12-10T18:00", "zone": BERLIN})
    assert (len(desk.made), desk.wake) == (1, "2026-11-23T08:00:00.000Z")
    desk.wait("2026-12-31T12:00:00Z")
    made, due = dues(desk)["2026-12-20T09:00"]
    assert (made, due) == ("2026-12-10T08:00:00.000Z", "2026-12-10T17:00:00.000Z")
    assert desk.slots_made() == days(*[f"11-{day}" for day in range(23, 31)]) + days(
        *[f"12-{day:02}" for day in range(1, 32)]
    ) + ["2027-01-01T09:00"]


def test_a_slot_that_is_moved_to_later_than_it_is_is_made_when_it_would_be() -> None:
    desk = moved(Desk().create(), "2026-11-25T09:00", {"date": "2026-12-24"}).wait("2026-11-24T08:00:00Z")
    assert desk.slots_made() == days("11-23", "11-24", "11-25")


@pytest.mark.parametrize(("slot", "made"), [("2027-01-26T09:00", 65), ("2027-01-27T09:00", 1)])
def test_only_so_many_are_made_for_one_that_is_moved(slot: str, made: int) -> None:
    desk = moved(Desk().create(), slot, {"date": "2026-11-23"}).late("2026-11-22T12:00:00Z")
    assert len(desk.made) == made
    assert desk.wake == "2026-11-23T08:00:00.000Z"


def test_a_rule_and_back_makes_no_task_that_nobody_waits_for() -> None:
    desk = Desk().create()
    first = desk.series["awaited"]["task_id"]
    desk.do("PatchSeries", {"rule": "FREQ=WEEKLY;BYDAY=WE"})
    desk.do("PatchSeries", {"rule": "FREQ=DAILY"})
    assert desk.series["awaited"]["task_id"] == first
    assert desk.series["ahead"] == []


def test_a_task_far_ahead_that_was_written_into_is_taken_up_with_those_before_it() -> None:
    desk = Desk().create()
    desk.do("PatchSeries", {"rule": "FREQ=WEEKLY;BYDAY=WE"})
    written = desk.series["awaited"]
    desk.report("Written", written["slot"], written["generation"])
    desk.do("PatchSeries", {"rule": "FREQ=DAILY"})
    assert desk.slots("ahead") == ["2026-11-24T09:00", "2026-11-25T09:00"]
    assert desk.series["ahead"][-1]["task_id"] == written["task_id"]
