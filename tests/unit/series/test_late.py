"""Tasks that are made too late, because nothing ran when they were due: their reminders since then fire late."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import ValidationError

from actors.clock import parse_instant
from actors.commands import Cause, tick_command
from actors.replies import Accepted, Json
from actors.task.rules import decide
from tests.unit.series.desk import BERLIN, Desk, days
from web.api.tasks.bodies import CreateTask

pytestmark = pytest.mark.unit

AN_HOUR_BEFORE: Json = {"title": "Water", "reminders": [{"offset_minutes": 60}]}


def reminders(desk: Desk, *, delay: timedelta = timedelta(0)) -> dict[str, str]:
    """Returns, by slot, the reminder's status when its task is made `delay` after the event and ticks at once."""
    statuses = {}
    for event in desk.events:
        if event["type"] == "recurrence.triggered":
            at = parse_instant(event["time"]) + delay
            task = desk.task(event, at)
            [reminder] = task.reply["reminders"]
            if task.wake is not None and parse_instant(task.wake) <= at:
                ticked = decide(task.state, 1, tick_command(task.reply["id"], task.wake), at)
                assert isinstance(ticked, Accepted)
                [reminder] = ticked.reply["reminders"]
            late = reminder["late_seconds"]
            statuses[event["data"]["slot"]["slot"]] = reminder["status"] + (f" {late // 60} min late" if late else "")
    return statuses


def at_ten(**body: object) -> Desk:
    return Desk().create(start="2026-11-23T10:00", template=AN_HOUR_BEFORE, **body)


def test_a_task_made_late_reminds_late_of_what_was_due_meanwhile() -> None:
    desk = at_ten().wait("2026-11-24T08:30:00Z").late("2026-11-25T08:30:00Z")
    assert reminders(desk) == {
        "2026-11-23T10:00": "pending",
        "2026-11-24T10:00": "pending",
        "2026-11-25T10:00": "fired 30 min late",
    }


def test_every_slot_that_was_missed_reminds_late_where_all_stay() -> None:
    desk = at_ten().late("2026-11-26T08:30:00Z")
    assert reminders(desk) == {
        "2026-11-23T10:00": "pending",
        "2026-11-24T10:00": f"fired {2 * 24 * 60 + 30} min late",
        "2026-11-25T10:00": f"fired {24 * 60 + 30} min late",
        "2026-11-26T10:00": "fired 30 min late",
    }


def test_only_the_newest_that_was_missed_reminds_late_where_only_that_stays() -> None:
    desk = at_ten(pile_up="newest").late("2026-11-28T12:00:00Z")
    assert reminders(desk) == {
        "2026-11-23T10:00": "pending",
        "2026-11-28T10:00": "fired 240 min late",
        "2026-11-29T10:00": "pending",
    }
    assert desk.withdrawn == days("11-23", clock="T10:00")


def test_what_one_turn_has_no_room_for_reminds_late_too() -> None:
    desk = at_ten().late("2027-02-20T08:30:00Z")
    assert desk.doc.version > 2
    [first, *missed] = reminders(desk).values()
    assert (first, len(missed)) == ("pending", 90 - 1)
    assert all("late" in what for what in missed)
    assert "behind_since" not in desk.series


def test_a_look_ahead_that_was_missed_reminds_late() -> None:
    template = {"title": "Water", "reminders": [{"offset_minutes": 3 * 1440}]}
    desk = Desk().create("FREQ=WEEKLY", "2026-11-30T10:00", template=template).wait("2026-11-30T12:00:00Z")
    desk.late("2026-12-06T12:00:00Z")
    assert reminders(desk)["2026-12-07T10:00"] == "pending", "that one was there already"
    desk.late("2026-12-13T12:00:00Z")
    assert reminders(desk)["2026-12-14T10:00"] == f"fired {2 * 1440 + 180} min late"


@pytest.mark.parametrize(
    ("kind", "first"), [("request", "fired"), ("tool", "fired"), ("chat", "fired"), ("import", "cancelled")]
)
def test_a_task_that_a_person_makes_with_its_series_reminds_at_once_and_the_next_does_not(
    kind: str, first: str
) -> None:
    desk = made_inside_its_window(kind).wait("2026-11-23T12:00:00Z")
    assert reminders(desk) == {"2026-11-23T10:00": first, "2026-11-24T10:00": "pending"}


def made_inside_its_window(kind: str) -> Desk:
    desk = Desk(at="2026-11-23T08:30:00Z")
    asked = {"template": AN_HOUR_BEFORE, "rule": "FREQ=DAILY", "start": {"local": "2026-11-23T10:00", "zone": BERLIN}}
    desk.take(replace(desk.person.says("CreateSeries", asked), cause=Cause(kind, "1", None)))
    return desk


def test_what_a_person_changes_now_does_not_remind_of_what_has_gone_by() -> None:
    desk = made_inside_its_window("import")
    desk.do("PatchSeries", {"rule": "FREQ=DAILY;INTERVAL=2", "start": {"date": "2026-11-24"}})
    desk.do("PatchSeries", {"start": {"local": "2026-11-23T09:59", "zone": "Europe/Berlin"}})
    assert reminders(desk) == {
        "2026-11-23T10:00": "cancelled",
        "2026-11-24": "pending",
    }
    assert desk.slots("open") == [], "today's task has come back"
    assert desk.awaited == "2026-11-23T09:59"


def test_what_was_missed_before_a_person_changes_the_rule_reminds_late_and_what_is_new_does_not() -> None:
    desk = at_ten()
    desk.clock.at = parse_instant("2026-11-24T08:30:00Z")
    desk.do("PatchSeries", {"start": {"local": "2026-11-23T09:59", "zone": "Europe/Berlin"}})
    assert reminders(desk)["2026-11-24T10:00"] == "fired 30 min late"
    assert (desk.awaited, "2026-11-24T09:59" in reminders(desk)) == ("2026-11-24T09:59", False)


def test_another_default_of_the_user_makes_nothing_look_late() -> None:
    desk = Desk()
    desk.person.defaults = {"reminder_offset_minutes": None}
    desk.create("FREQ=WEEKLY", "2026-11-23T10:00").wait("2026-11-23T12:00:00Z")
    desk.move(days=6)
    desk.person.defaults = {"reminder_offset_minutes": 10 * 1440}
    desk.do("PatchSeries", {"template": {"title": "Feed"}})
    made_now = [
        event for event in desk.events if event["data"]["version"] == desk.doc.version and "task" in event["data"]
    ]
    assert [event["data"]["slot"]["slot"] for event in made_now] == ["2026-12-07T10:00"]
    assert made_now[0]["data"]["task"]["wanted_since"] == "2026-11-29T12:00:00.000Z"


def test_a_task_whose_series_was_in_time_and_which_is_made_late_reminds_late() -> None:
    desk = at_ten().wait("2026-11-23T12:00:00Z")
    assert reminders(desk, delay=timedelta(days=1))["2026-11-24T10:00"] == "fired 60 min late"


def test_after_completion_the_next_one_ought_to_be_there_when_the_one_before_is_completed() -> None:
    template = {"title": "Water", "reminders": [{"offset_minutes": 60}]}
    desk = Desk().create(start="2026-11-23T10:00", template=template, mode="completion")
    desk.clock.at = parse_instant("2026-11-25T08:30:00Z")
    desk.report("Completed", "2026-11-23T10:00", at=parse_instant("2026-11-24T12:00:00Z"))
    assert reminders(desk)["2026-11-25T10:00"] == "fired 30 min late"


def test_a_task_that_ought_to_be_there_later_is_settled_now() -> None:
    desk = at_ten()
    event = desk.events[1]
    event["data"]["task"]["wanted_since"] = "2030-01-01T00:00:00.000Z"
    [reminder] = desk.task(event, desk.clock.now()).reply["reminders"]
    assert reminder["status"] == "pending"


def test_nobody_says_of_a_task_of_their_own_that_it_is_late() -> None:
    with pytest.raises(ValidationError, match="wanted_since"):
        CreateTask.model_validate({"title": "Water", "wanted_since": "2026-11-22T12:00:00Z"})
