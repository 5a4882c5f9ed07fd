"""The life of reminders: moved, fired once, late, snoozed, acknowledged; and the overdue notice."""

from datetime import timedelta
from typing import Any

import pytest

from actors.clock import parse_instant
from actors.replies import Accepted, Refused, Unchanged
from tests.fakes.person import NOON
from tests.unit.actors.desk import Desk

pytestmark = pytest.mark.unit

# The clock of a desk stands at 12:00 UTC, 13:00 in Berlin.
EVENING = {"local": "2026-11-22T20:00", "zone": "Europe/Berlin"}
LATER = {"local": "2026-11-22T22:00", "zone": "Europe/Berlin"}


def at(desk: Desk, instant: str) -> Desk:
    return desk.at(parse_instant(f"2026-11-22T{instant}Z"))


@pytest.mark.parametrize(
    ("body", "statuses"),
    [
        ({"due": EVENING}, ["pending"]),
        ({"due": EVENING, "reminders": []}, []),
        ({"due": EVENING, "reminders": None}, ["pending"]),
        ({}, []),
        ({"reminders": [{"offset_minutes": 5}]}, ["cancelled"]),
        ({"reminders": [{"at": "2026-11-22T12:00:01Z"}]}, ["pending"]),
        # One set for a moment that has just passed fires; one for longer ago was never wanted.
        ({"reminders": [{"at": "2026-11-22T11:59:30Z"}, {"at": "2026-11-22T11:58:00Z"}]}, ["pending", "cancelled"]),
        ({"due": {"local": "2026-11-22T13:20", "zone": "Europe/Berlin"}}, ["cancelled"]),
    ],
)
def test_a_new_task_gets_its_reminders(body: dict[str, Any], statuses: list[str]) -> None:
    desk = Desk().create(**body)
    assert [reminder["status"] for reminder in desk.task["reminders"]] == statuses
    kinds = {"pending": "reminder.scheduled", "cancelled": "reminder.cancelled"}
    assert desk.types()[1:] == [kinds[status] for status in statuses]


def test_a_user_without_a_default_gets_none() -> None:
    assert Desk(offset=None).create(due=EVENING).task["reminders"] == []


def test_the_default_comes_with_the_first_due_unless_reminders_were_chosen() -> None:
    desk = Desk().create()
    desk.do("MoveDue", {"due": EVENING})
    assert desk.reminder() == ("pending", "2026-11-22T18:30:00.000Z", 1)
    chosen = Desk().create(reminders=[])
    chosen.do("MoveDue", {"due": EVENING})
    assert chosen.task["reminders"] == []
    cleared = Desk().create(due=EVENING)
    cleared.do("PatchTask", {"due": None, "reminders": None})
    cleared.do("MoveDue", {"due": EVENING})
    assert cleared.task["reminders"] == []


def test_changing_due_moves_them() -> None:
    desk = Desk().create(due=EVENING, reminders=[{"offset_minutes": 30}, {"at": "2026-11-22T15:00:00Z"}])
    desk.do("MoveDue", {"due": LATER})
    assert desk.reminder(0) == ("pending", "2026-11-22T20:30:00.000Z", 1)
    assert desk.reminder(1) == ("pending", "2026-11-22T15:00:00.000Z", 1)
    assert desk.types()[-2:] == ["task.updated", "reminder.scheduled"]
    desk.do("MoveDue", {"due": None})
    assert desk.reminder(0) == ("cancelled", None, 1)
    assert desk.types()[-1] == "reminder.cancelled"
    desk.do("MoveDue", {"due": EVENING})
    assert desk.reminder(0) == ("pending", "2026-11-22T18:30:00.000Z", 2)


def test_a_fired_one_whose_new_time_lies_ahead_is_a_new_firing() -> None:
    desk = Desk().create(due=EVENING)
    at(desk, "18:30:00").tick()
    desk.do("MoveDue", {"due": {"local": "2026-11-22T19:40", "zone": "Europe/Berlin"}})
    assert desk.reminder() == ("fired", "2026-11-22T18:30:00.000Z", 1)
    desk.do("MoveDue", {"due": LATER})
    assert desk.reminder() == ("pending", "2026-11-22T20:30:00.000Z", 2)
    assert desk.task["reminders"][0]["fired_at"] is None


@pytest.mark.parametrize(("off", "on"), [("CompleteTask", "ReopenTask"), ("DeleteTask", "RestoreTask")])
def test_ending_cancels_and_coming_back_arms_what_lies_ahead(off: str, on: str) -> None:
    desk = Desk().create(due=EVENING, reminders=[{"offset_minutes": 60}, {"offset_minutes": 10}])
    desk.do(off)
    assert desk.wake is None
    assert [reminder["status"] for reminder in desk.task["reminders"]] == ["cancelled", "cancelled"]
    at(desk, "18:20:00").do(on)
    assert desk.reminder(0)[0] == "cancelled"
    assert desk.reminder(1) == ("pending", "2026-11-22T18:50:00.000Z", 2)
    assert desk.wake == "2026-11-22T18:50:00.000Z"


def test_a_changed_list_keeps_the_life_of_those_that_stay() -> None:
    desk = Desk().create(due=EVENING, reminders=[{"offset_minutes": 60}, {"offset_minutes": 10}])
    hour, ten = (reminder["id"] for reminder in desk.task["reminders"])
    at(desk, "18:00:00").tick()
    desk.do("PatchTask", {"reminders": [{"offset_minutes": 60}, {"offset_minutes": 5}]})
    assert desk.task["reminders"][0]["id"] == hour
    assert desk.reminder(0)[0] == "fired"
    assert desk.types()[-3:] == ["task.updated", "reminder.scheduled", "reminder.cancelled"]
    assert desk.events[-1]["data"]["reminder"]["id"] == ten
    five = desk.task["reminders"][1]["id"]
    desk.do("PatchTask", {"reminders": [{"id": five, "offset_minutes": 20}]})
    assert desk.task["reminders"][0]["id"] == five
    assert desk.reminder(0) == ("pending", "2026-11-22T18:40:00.000Z", 1)


def test_an_id_of_elsewhere_is_not_taken_over() -> None:
    other = Desk().create(due=EVENING).task["reminders"][0]["id"]
    desk = Desk().create(due=EVENING)
    desk.do("PatchTask", {"reminders": [{"id": other, "offset_minutes": 5}]})
    assert desk.task["reminders"][0]["id"] != other


def test_each_fires_once_however_often_it_ticks() -> None:
    desk = Desk().create(
        due=EVENING, reminders=[{"offset_minutes": 30}, {"offset_minutes": 30}, {"offset_minutes": 10}]
    )
    assert at(desk, "18:29:59.999").tick() == []
    assert at(desk, "18:30:00").tick() == ["reminder.fired", "reminder.fired"]
    assert at(desk, "18:30:01").tick() == []
    assert at(desk, "18:50:00.001").tick() == ["reminder.fired"]
    assert desk.tick() == []
    assert desk.wake == "2026-11-22T19:00:00.000Z"


@pytest.mark.parametrize(("late", "seconds"), [(0.0, None), (5.0, None), (5.001, 5), (90.5, 90)])
def test_a_late_one_says_how_late(late: float, seconds: int | None) -> None:
    desk = Desk().create(due=EVENING)
    desk.at(parse_instant("2026-11-22T18:30:00Z") + timedelta(seconds=late)).tick()
    data = desk.events[-1]["data"]
    assert data["late_seconds"] == data["reminder"]["late_seconds"] == seconds


def test_overdue_is_told_once_a_due() -> None:
    desk = Desk().create(due=EVENING, reminders=[])
    assert at(desk, "19:00:00").tick() == ["task.overdue"]
    assert (desk.tick(), desk.wake) == ([], None)
    desk.do("CompleteTask")
    desk.do("ReopenTask")
    assert desk.tick() == []
    desk.do("MoveDue", {"due": {"local": "2026-11-22T20:30", "zone": "Europe/Berlin"}})
    assert at(desk, "19:30:00").tick() == ["task.overdue"]


def test_a_date_is_overdue_when_its_day_ends_where_the_user_lives_and_told_in_the_morning() -> None:
    desk = Desk().create(due={"date": "2026-11-22"}, reminders=[])
    assert (desk.task["overdue_at"], desk.wake) == ("2026-11-22T23:00:00.000Z", "2026-11-23T08:00:00.000Z")
    decision = desk.do("Rezone", {"zone": "America/New_York"})
    assert isinstance(decision, Accepted)
    assert (desk.task["overdue_at"], desk.wake) == ("2026-11-23T05:00:00.000Z", "2026-11-23T14:00:00.000Z")
    assert desk.events[-1]["data"]["changed"] == {"zone": {"old": "Europe/Berlin", "new": "America/New_York"}}
    assert desk.at(parse_instant("2026-11-23T05:00:00Z")).tick() == []
    assert desk.at(parse_instant("2026-11-23T14:00:00Z")).tick() == ["task.overdue"]
    assert desk.events[-1]["data"]["late_seconds"] is None


def test_the_end_of_a_day_is_told_with_the_digest() -> None:
    desk = Desk()
    desk.person.defaults["digest_at"] = "07:30"
    desk.create(due={"date": "2026-11-22"}, reminders=[])
    assert desk.wake == "2026-11-23T06:30:00.000Z"
    desk.person.defaults["digest_at"] = "06:00"
    assert isinstance(desk.do("Rezone", {"zone": "Europe/Berlin"}), Accepted)
    assert desk.wake == "2026-11-23T05:00:00.000Z"
    assert isinstance(desk.do("Rezone", {"zone": "Europe/Berlin"}), Unchanged)
    assert desk.at(parse_instant("2026-11-23T05:00:10Z")).tick() == ["task.overdue"]
    assert desk.events[-1]["data"]["late_seconds"] == 10
    desk.person.defaults["digest_at"] = "08:00"
    assert isinstance(desk.do("Rezone", {"zone": "Europe/Berlin"}), Unchanged)


def test_a_date_that_is_done_before_the_morning_is_never_told() -> None:
    desk = Desk().create(due={"date": "2026-11-22"}, reminders=[])
    desk.at(parse_instant("2026-11-23T07:59:00Z")).do("CompleteTask")
    assert desk.wake is None


def test_a_time_without_a_zone_is_where_the_user_is() -> None:
    desk = Desk().create(due={"local": "2026-11-23T09:00", "zone": None}, reminders=[{"offset_minutes": 0}])
    assert (desk.task["due"], desk.wake) == (
        {"local": "2026-11-23T09:00", "zone": None},
        "2026-11-23T08:00:00.000Z",
    )
    assert isinstance(desk.do("Rezone", {"zone": "Asia/Tokyo"}), Accepted)
    assert desk.wake == "2026-11-23T00:00:00.000Z"


def test_a_move_to_another_zone_moves_only_what_is_a_date() -> None:
    day = Desk().create(due={"date": "2026-11-23"})
    day.do("Rezone", {"zone": "Asia/Tokyo"})
    assert day.reminder() == ("pending", "2026-11-22T23:30:00.000Z", 1)
    wall = Desk().create(due=EVENING)
    assert isinstance(wall.do("Rezone", {"zone": "Asia/Tokyo"}), Unchanged)


def test_fired_and_overdue_at_once_come_from_one_tick() -> None:
    desk = Desk().create(due=EVENING, reminders=[{"offset_minutes": 0}])
    assert at(desk, "19:00:00").tick() == ["task.overdue", "reminder.fired"]


def test_a_snoozed_one_comes_again_as_the_next_firing() -> None:
    desk = Desk().create(due=EVENING)
    at(desk, "18:30:00").tick()
    desk.do("AcknowledgeReminder")
    at(desk, "18:31:00").do("SnoozeReminder", {"minutes": 10})
    assert desk.reminder() == ("pending", "2026-11-22T18:41:00.000Z", 2)
    assert desk.task["reminders"][0]["acknowledged_at"] is None
    assert desk.types()[-1] == "reminder.snoozed"
    assert at(desk, "18:41:00").tick() == ["reminder.fired"]
    assert desk.task["reminders"][0]["snoozed_until"] is None


def test_a_snoozed_one_stays_snoozed_unless_due_moves_it_ahead() -> None:
    desk = Desk().create(due=EVENING)
    at(desk, "18:30:00").tick()
    desk.do("SnoozeReminder", {"until": "2026-11-22T18:50:00Z"})
    desk.do("MoveDue", {"due": {"local": "2026-11-22T19:45", "zone": "Europe/Berlin"}})
    assert desk.reminder() == ("pending", "2026-11-22T18:50:00.000Z", 2)
    desk.do("CompleteTask")
    desk.do("ReopenTask")
    assert desk.reminder() == ("pending", "2026-11-22T18:50:00.000Z", 3)
    desk.do("MoveDue", {"due": LATER})
    assert desk.reminder() == ("pending", "2026-11-22T20:30:00.000Z", 3)
    assert desk.task["reminders"][0]["snoozed_until"] is None


def test_snooze_takes_the_last_fired_else_the_next() -> None:
    desk = Desk().create(
        due=EVENING, reminders=[{"offset_minutes": 60}, {"offset_minutes": 30}, {"offset_minutes": 10}]
    )
    desk.do("SnoozeReminder", {"until": "2026-11-22T18:05:00Z"})
    assert desk.reminder(0) == ("pending", "2026-11-22T18:05:00.000Z", 1)
    at(desk, "18:05:00").tick()
    at(desk, "18:30:00").tick()
    desk.do("SnoozeReminder", {"minutes": 1})
    assert desk.reminder(1) == ("pending", "2026-11-22T18:31:00.000Z", 2)
    named = desk.task["reminders"][0]["id"]
    desk.do("SnoozeReminder", {"minutes": 2, "reminder_id": named})
    assert desk.reminder(0) == ("pending", "2026-11-22T18:32:00.000Z", 2)


@pytest.mark.parametrize(
    ("setup", "body", "status", "code"),
    [
        ([], {"minutes": 5}, 404, "reminder_not_found"),
        (
            [{"offset_minutes": 30}],
            {"minutes": 5, "reminder_id": "7b6f5c1e-8a1d-4c53-9a0e-d2a7c7a5f001"},
            404,
            "reminder_not_found",
        ),
        ([{"offset_minutes": 30}], {"until": "2026-11-22T12:00:00Z"}, 422, "invalid_snooze"),
    ],
)
def test_a_snooze_that_cannot_be_is_refused(setup: list[Any], body: dict[str, Any], status: int, code: str) -> None:
    refused = Desk().create(due=EVENING, reminders=setup).do("SnoozeReminder", body)
    assert isinstance(refused, Refused)
    assert (refused.status, refused.code) == (status, code)


def test_a_completed_task_is_not_snoozed() -> None:
    desk = Desk().create(due=EVENING)
    desk.do("CompleteTask")
    refused = desk.do("SnoozeReminder", {"minutes": 5})
    assert isinstance(refused, Refused)
    assert refused.code == "task_completed"


def test_acknowledging_takes_all_that_fired_once() -> None:
    desk = Desk().create(due=EVENING, reminders=[{"offset_minutes": 30}, {"offset_minutes": 29}, {"offset_minutes": 1}])
    at(desk, "18:31:00").tick()
    desk.do("AcknowledgeReminder")
    assert [bool(reminder["acknowledged_at"]) for reminder in desk.task["reminders"]] == [True, True, False]
    assert desk.types()[-2:] == ["reminder.acknowledged", "reminder.acknowledged"]
    assert isinstance(desk.do("AcknowledgeReminder"), Unchanged)
    refused = desk.do("AcknowledgeReminder", {"reminder_id": "7b6f5c1e-8a1d-4c53-9a0e-d2a7c7a5f001"})
    assert isinstance(refused, Refused)


def test_a_tick_is_not_an_edit() -> None:
    desk = Desk().create(due=EVENING)
    at(desk, "18:30:00").tick()
    assert desk.task["updated_at"] == "2026-11-22T12:00:00.000Z"
    assert desk.clock.now() > NOON
    assert isinstance(desk.do("PatchTask", {"title": "Mine"}, if_match=1), Accepted)


def test_reminders_of_two_tasks_never_share_an_id() -> None:
    """One Idempotency-Key for two tasks is one command id; deliveries are unique by reminder id and firing."""
    first, second = Desk().create(), Desk().create()
    for desk in (first, second):
        command_id = "00000000-0000-4000-8000-000000000001"
        desk.take(desk.person.says("PatchTask", {"due": EVENING}, command_id=command_id))
    assert first.task["reminders"][0]["id"] != second.task["reminders"][0]["id"]
