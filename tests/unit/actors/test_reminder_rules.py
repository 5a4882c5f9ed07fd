"""The rules of reminders: what becomes of one, by what happens to its task and when; one row a rule."""

from typing import Any

import pytest

from actors.clock import parse_instant
from actors.replies import Accepted, Json, Refused, Unchanged
from tests.unit.actors.desk import Desk

pytestmark = pytest.mark.unit

# The clock of a desk stands at 12:00 UTC, 13:00 in Berlin; the task is due at 20:00 there, 19:00 UTC.
DUE = {"local": "2026-11-22T20:00", "zone": "Europe/Berlin"}
HALF_AN_HOUR = {"offset_minutes": 30}  # 18:30 UTC
AT_SIX = {"at": "2026-11-22T18:00:00Z"}

TICK = ("Tick", None)
COMPLETE, REOPEN = ("CompleteTask", {}), ("ReopenTask", {})
DELETE, RESTORE, PURGE = ("DeleteTask", {}), ("RestoreTask", {}), ("PurgeTask", {})
ACKNOWLEDGE = ("AcknowledgeReminder", {})
NO_DUE = ("MoveDue", {"due": None})


def due(local: str) -> tuple[str, Any]:
    return "MoveDue", {"due": {"local": f"2026-11-22T{local}", "zone": "Europe/Berlin"}}


def snooze(until: str) -> tuple[str, Any]:
    return "SnoozeReminder", {"until": f"2026-11-22T{until}:00Z"}


PENDING, FIRED, CANCELLED = "pending", "fired", "cancelled"

# The reminder, what happens at which time (UTC), and how the reminder ends up: status, fire_at (UTC), firing.
RULES: list[tuple[str, dict[str, Any], list[tuple[str, tuple[str, Any]]], tuple[str, str | None, int]]] = [
    ("a new due moves it", HALF_AN_HOUR, [("12:00", due("22:00"))], (PENDING, "20:30", 1)),
    ("moved often, it fires once", HALF_AN_HOUR, [("12:00", due("22:00")), ("12:01", due("20:00")), ("18:30", TICK), ("20:30", TICK)], (FIRED, "18:30", 1)),
    ("a due moved so that its time has just gone by: it fires", HALF_AN_HOUR, [("12:00", due("13:29:30"))], (PENDING, "11:59:30", 1)),
    ("a due moved so that its time is past and the due is not: it fires", HALF_AN_HOUR, [("12:00", due("13:20"))], (PENDING, "11:50", 1)),
    ("a due moved so that the task is overdue: it does not", HALF_AN_HOUR, [("12:00", due("12:59"))], (CANCELLED, "11:29", 1)),
    ("and on to one ahead: armed again", HALF_AN_HOUR, [("12:00", due("12:59")), ("12:00", due("20:00"))], (PENDING, "18:30", 2)),
    ("no due, no time", HALF_AN_HOUR, [("12:00", NO_DUE)], (CANCELLED, None, 1)),
    ("a due again", HALF_AN_HOUR, [("12:00", NO_DUE), ("12:00", due("20:00"))], (PENDING, "18:30", 2)),
    ("one that fired comes again before a later due", HALF_AN_HOUR, [("18:30", TICK), ("18:31", due("22:00"))], (PENDING, "20:30", 2)),
    ("one that fired stays fired when the new time is past", HALF_AN_HOUR, [("18:30", TICK), ("18:31", due("19:40"))], (FIRED, "18:30", 1)),
    ("one at an instant keeps it", AT_SIX, [("12:00", due("22:00")), ("12:00", NO_DUE)], (PENDING, "18:00", 1)),
    ("completing cancels", HALF_AN_HOUR, [("12:00", COMPLETE)], (CANCELLED, "18:30", 1)),
    ("a completed task does not fire", HALF_AN_HOUR, [("12:00", COMPLETE), ("18:30", TICK)], (CANCELLED, "18:30", 1)),
    ("reopening arms what lies ahead", HALF_AN_HOUR, [("12:00", COMPLETE), ("18:29", REOPEN)], (PENDING, "18:30", 2)),
    ("and not what does not", HALF_AN_HOUR, [("12:00", COMPLETE), ("18:30", REOPEN)], (CANCELLED, "18:30", 1)),
    ("one that fired is not armed again", HALF_AN_HOUR, [("18:30", TICK), ("18:31", COMPLETE), ("18:32", REOPEN)], (FIRED, "18:30", 1)),
    ("complete, reopen, complete", HALF_AN_HOUR, [("12:00", COMPLETE), ("12:00", REOPEN), ("12:00", COMPLETE)], (CANCELLED, "18:30", 2)),
    ("complete, reopen, complete, reopen", HALF_AN_HOUR, [("12:00", COMPLETE), ("12:00", REOPEN), ("12:01", COMPLETE), ("12:02", REOPEN), ("18:30", TICK)], (FIRED, "18:30", 3)),
    ("a due that moved while it was completed counts", HALF_AN_HOUR, [("12:00", COMPLETE), ("12:00", due("22:00")), ("12:01", REOPEN)], (PENDING, "20:30", 2)),
    ("a move of a completed task arms nothing", HALF_AN_HOUR, [("12:00", COMPLETE), ("12:00", due("22:00"))], (CANCELLED, "18:30", 1)),
    ("deleting cancels", AT_SIX, [("12:00", DELETE)], (CANCELLED, "18:00", 1)),
    ("restoring arms what lies ahead", AT_SIX, [("12:00", DELETE), ("17:59", RESTORE)], (PENDING, "18:00", 2)),
    ("and not what does not", AT_SIX, [("12:00", DELETE), ("18:00", RESTORE)], (CANCELLED, "18:00", 1)),
    ("restored, but still completed", AT_SIX, [("12:00", COMPLETE), ("12:00", DELETE), ("12:00", RESTORE)], (CANCELLED, "18:00", 1)),
    ("restored, then reopened", AT_SIX, [("12:00", COMPLETE), ("12:00", DELETE), ("12:00", RESTORE), ("12:00", REOPEN)], (PENDING, "18:00", 2)),
    ("snoozed before its time to a later one: both come", HALF_AN_HOUR, [("12:00", snooze("18:45"))], (PENDING, "18:30", 1)),
    ("and to an earlier one: both come", HALF_AN_HOUR, [("12:00", snooze("18:15"))], (PENDING, "18:15", 2)),
    ("after the earlier one its own time is next", HALF_AN_HOUR, [("12:00", snooze("18:15")), ("18:15", TICK)], (PENDING, "18:30", 1)),
    ("snoozed twice before its time, it has one snooze", HALF_AN_HOUR, [("12:00", snooze("18:15")), ("12:01", snooze("18:20")), ("18:15", TICK)], (PENDING, "18:20", 2)),
    ("snoozed after it fired", HALF_AN_HOUR, [("18:30", TICK), ("18:31", snooze("18:45"))], (PENDING, "18:45", 2)),
    ("snoozed, then a due is moved ahead", HALF_AN_HOUR, [("18:30", TICK), ("18:31", snooze("18:45")), ("18:32", due("22:00"))], (PENDING, "20:30", 2)),
    ("snoozed, then the due goes", HALF_AN_HOUR, [("18:30", TICK), ("18:31", snooze("18:45")), ("18:32", NO_DUE)], (PENDING, "18:45", 2)),
    ("one at an instant stays snoozed when the due moves", AT_SIX, [("12:00", snooze("17:00")), ("12:01", due("22:00"))], (PENDING, "17:00", 2)),
    ("snoozed, completed, reopened in time", HALF_AN_HOUR, [("18:30", TICK), ("18:31", snooze("18:45")), ("18:32", COMPLETE), ("18:33", REOPEN)], (PENDING, "18:45", 3)),
    ("snoozed, completed, reopened too late", HALF_AN_HOUR, [("18:30", TICK), ("18:31", snooze("18:45")), ("18:32", COMPLETE), ("18:50", REOPEN)], (CANCELLED, "18:45", 2)),
    ("a snooze that went by while it was completed gives way to its own time", HALF_AN_HOUR, [("12:00", snooze("12:10")), ("12:01", COMPLETE), ("12:20", REOPEN)], (PENDING, "18:30", 3)),
    ("an acknowledged one that is moved comes again", HALF_AN_HOUR, [("18:30", TICK), ("18:31", ACKNOWLEDGE), ("18:32", due("22:00"))], (PENDING, "20:30", 2)),
    ("late, it fires late", HALF_AN_HOUR, [("23:00", TICK)], (FIRED, "18:30", 1)),
]  # fmt: skip


@pytest.mark.parametrize(("reminder", "steps", "end"), [rule[1:] for rule in RULES], ids=[rule[0] for rule in RULES])
def test_rule(reminder: dict[str, Any], steps: list[tuple[str, Any]], end: tuple[str, str | None, int]) -> None:
    desk = Desk().create(due=DUE, reminders=[reminder])
    play(desk, steps)
    status, time, firing = desk.reminder()
    assert (status, time and time[11:-5].removesuffix(":00"), firing) == end


def play(desk: Desk, steps: list[tuple[str, Any]]) -> None:
    for time, (name, body) in steps:
        desk.at(parse_instant(f"2026-11-22T{time}:00Z"))
        if name == "Tick":
            desk.tick()
        else:
            assert isinstance(desk.do(name, body), Accepted)


def test_a_purged_task_reminds_nobody() -> None:
    desk = Desk().create(due=DUE, reminders=[HALF_AN_HOUR, AT_SIX])
    play(desk, [("12:00", DELETE), ("12:00", PURGE)])
    assert (desk.task["reminders"], desk.wake) == ([], None)


def test_each_of_several_goes_its_own_way() -> None:
    desk = Desk().create(due=DUE, reminders=[HALF_AN_HOUR, AT_SIX, {"offset_minutes": 90}])
    play(desk, [("17:30", TICK), ("17:31", due("21:00"))])
    assert [desk.reminder(number) for number in range(3)] == [
        ("pending", "2026-11-22T19:30:00.000Z", 1),
        ("pending", "2026-11-22T18:00:00.000Z", 1),
        ("pending", "2026-11-22T18:30:00.000Z", 2),
    ]
    assert desk.wake == "2026-11-22T18:00:00.000Z"


def test_who_travels_gets_a_reminder_that_the_new_zone_leaves_behind_at_once() -> None:
    """Nine o'clock of today is three hours ahead in New York and has passed in Tokyo: the reminder is late, not lost."""
    desk = Desk().at(parse_instant("2026-11-22T12:00:00Z"))
    desk.person.zone = "America/New_York"
    desk.create(due={"date": "2026-11-22"}, reminders=[{"offset_minutes": 0}])
    desk.do("Rezone", {"zone": "Asia/Tokyo"})
    assert desk.reminder() == ("pending", "2026-11-22T00:00:00.000Z", 1)
    assert desk.tick() == ["reminder.fired"]


def test_new_rules_of_a_zone_move_due_and_reminders() -> None:
    desk = Desk().create(due=DUE, reminders=[HALF_AN_HOUR, AT_SIX])
    assert isinstance(desk.do("RecountTimes"), Unchanged)
    desk.state = stored_in_summer_time(desk.task)
    assert isinstance(desk.do("RecountTimes"), Accepted)
    assert desk.reminder(0) == ("pending", "2026-11-22T18:30:00.000Z", 1)
    assert desk.reminder(1) == ("pending", "2026-11-22T18:00:00.000Z", 1)
    assert desk.task["overdue_at"] == "2026-11-22T19:00:00.000Z"
    assert desk.types()[-2:] == ["task.updated", "reminder.scheduled"]


def stored_in_summer_time(task: Json) -> Json:
    """The state as rules would have it by which Berlin keeps summer time; the second reminder is at an instant."""
    first, second = task["reminders"]
    return task | {
        "overdue_at": "2026-11-22T18:00:00.000Z",
        "reminders": [at_another_time(first, "2026-11-22T17:30:00.000Z"), second],
    }


def at_another_time(reminder: Json, time: str) -> Json:
    (firing,) = reminder["firings"]
    return reminder | {"fire_at": time, "firings": [firing | {"fire_at": time}]}


@pytest.mark.parametrize(
    ("now", "zone", "until"),
    [
        ("2026-11-22T12:00:00Z", "Europe/Berlin", "2026-11-23T08:00:00.000Z"),
        ("2026-11-22T23:30:00Z", "Europe/Berlin", "2026-11-24T08:00:00.000Z"),  # it is the 23rd there
        ("2026-11-22T23:30:00Z", "America/New_York", "2026-11-23T14:00:00.000Z"),
        ("2026-03-28T12:00:00Z", "Europe/Berlin", "2026-03-29T07:00:00.000Z"),  # the clocks go forward that night
    ],
)
def test_tomorrow_is_where_the_person_lives(now: str, zone: str, until: str) -> None:
    desk = Desk().at(parse_instant(now))
    desk.person.zone = zone
    desk.create(reminders=[{"at": now}])
    desk.tick()
    desk.do("SnoozeReminder", {"tomorrow_at": "09:00"})
    assert desk.reminder() == ("pending", until, 2)


def test_a_reminder_that_is_gone_cannot_be_snoozed_or_acknowledged() -> None:
    desk = Desk().create(due=DUE, reminders=[HALF_AN_HOUR])
    gone = desk.task["reminders"][0]["id"]
    desk.do("PatchTask", {"reminders": [AT_SIX]})
    for name, body in (("SnoozeReminder", {"minutes": 5}), ("AcknowledgeReminder", {})):
        assert isinstance(desk.do(name, {"reminder_id": gone, **body}), Refused)
