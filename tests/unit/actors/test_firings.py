"""Several firings of one reminder, several reminders at one instant, and reminders asked for inside their windows."""

from typing import Any

import pytest

from actors.clock import parse_instant
from actors.commands import Cause, Command, Principal, build_command
from actors.replies import Accepted, Json
from tests.unit.actors.desk import Desk

pytestmark = pytest.mark.unit

# The clock of a desk stands at 12:00 UTC, 13:00 in Berlin.
DUE = {"local": "2026-11-22T20:00", "zone": "Europe/Berlin"}  # 19:00 UTC
SOON = {"local": "2026-11-22T13:20", "zone": "Europe/Berlin"}  # in 20 minutes
TODAY = {"date": "2026-11-22"}


def at(desk: Desk, time: str) -> Desk:
    return desk.at(parse_instant(f"2026-11-22T{time}:00Z"))


def firings(desk: Desk, number: int = 0) -> list[tuple[int, str, str]]:
    """Returns number, status and time (UTC) of each firing of a reminder."""
    every = desk.task["reminders"][number]["firings"]
    return [(firing["firing"], firing["status"], (firing["fire_at"] or "")[11:16]) for firing in every]


def fired(desk: Desk, time: str) -> list[Json]:
    """Ticks at that time; returns the data of the reminders that fire."""
    before = len(desk.events)
    at(desk, time).tick()
    return [event["data"] for event in desk.events[before:] if event["type"] == "reminder.fired"]


def test_a_snooze_ahead_of_its_time_adds_a_firing() -> None:
    desk = Desk().create(due=DUE, reminders=[{"offset_minutes": 0}])
    desk.do("SnoozeReminder", {"minutes": 30})
    assert firings(desk) == [(1, "pending", "19:00"), (2, "pending", "12:30")]
    assert desk.events[-1]["data"]["answers"] is None
    (first,) = fired(desk, "12:30")
    assert (first["reminder"]["firing"], first["reminder"]["fire_at"][11:16]) == (2, "12:30")
    desk.do("AcknowledgeReminder")
    acknowledged = desk.events[-1]["data"]
    assert (acknowledged["answers"], acknowledged["reminder"]["firing"]) == (2, 2)
    assert firings(desk) == [(1, "pending", "19:00"), (2, "fired", "12:30")]
    (second,) = fired(desk, "19:00")
    assert second["reminder"]["firing"] == 1
    assert desk.wake is None


def test_a_snooze_answers_what_has_fired_and_names_it() -> None:
    desk = Desk().create(due=DUE, reminders=[{"offset_minutes": 0}])
    desk.do("SnoozeReminder", {"minutes": 30})
    fired(desk, "12:30")
    desk.do("SnoozeReminder", {"minutes": 10})
    assert desk.events[-1]["data"]["answers"] == 2
    assert firings(desk) == [(1, "pending", "19:00"), (3, "pending", "12:40")]
    fired(desk, "12:40")
    fired(desk, "19:00")
    desk.do("SnoozeReminder", {"minutes": 10})
    assert desk.events[-1]["data"]["answers"] == 3
    assert firings(desk) == [(1, "fired", "19:00"), (4, "pending", "19:10")]


def test_completing_cancels_both_and_reopening_arms_both() -> None:
    desk = Desk().create(due=DUE, reminders=[{"offset_minutes": 0}])
    desk.do("SnoozeReminder", {"minutes": 30})
    desk.do("CompleteTask")
    assert desk.types()[-2:] == ["reminder.cancelled", "reminder.cancelled"]
    desk.do("ReopenTask")
    assert firings(desk) == [(3, "pending", "19:00"), (4, "pending", "12:30")]


def test_a_due_moved_ahead_moves_its_own_firing_and_leaves_the_snooze_before_it() -> None:
    desk = Desk().create(due=DUE, reminders=[{"offset_minutes": 0}])
    desk.do("SnoozeReminder", {"minutes": 30})
    desk.do("MoveDue", {"due": {"local": "2026-11-22T21:00", "zone": "Europe/Berlin"}})
    assert firings(desk) == [(1, "pending", "20:00"), (2, "pending", "12:30")]
    assert [event["data"]["reminder"]["fire_at"][11:16] for event in desk.events[-1:]] == ["20:00"]


def test_another_offset_of_a_snoozed_reminder_keeps_the_snooze() -> None:
    desk = Desk().create(due=DUE, reminders=[{"offset_minutes": 1440}])
    fired(desk, "12:00")
    desk.do("SnoozeReminder", {"minutes": 30})
    named = desk.task["reminders"][0]["id"]
    desk.do("PatchTask", {"reminders": [{"id": named, "offset": "-P1D"}]})
    assert firings(desk)[1] == (2, "pending", "12:30")


@pytest.mark.parametrize("early", [0, 1])
def test_a_doc_of_an_early_release_goes_on(early: int) -> None:
    """It has no firings: the fields of the reminder are those of the newest one."""
    desk = Desk().create(due=DUE, reminders=[{"offset_minutes": 30}])
    if early:
        fired(desk, "18:30")
        desk.do("SnoozeReminder", {"minutes": 10})
    for reminder in desk.task["reminders"]:
        del reminder["firings"]
    (told,) = fired(desk, "18:40")
    assert told["reminder"]["firing"] == 1 + early
    assert desk.reminder() == ("fired", "2026-11-22T18:40:00.000Z" if early else "2026-11-22T18:30:00.000Z", 1 + early)
    desk.do("AcknowledgeReminder")
    assert desk.events[-1]["data"]["answers"] == 1 + early
    desk.do("MoveDue", {"due": {"local": "2026-11-22T22:00", "zone": "Europe/Berlin"}})
    assert desk.reminder() == ("pending", "2026-11-22T20:30:00.000Z", 2 + early)


def test_of_reminders_for_one_instant_the_first_tells() -> None:
    reminders = [{"offset_minutes": 30}, {"offset": "-PT30M"}, {"at": "2026-11-22T18:30:00Z"}, {"offset_minutes": 29}]
    desk = Desk().create(due=DUE, reminders=reminders)
    told = fired(desk, "18:30")
    teller = {"reminder_id": told[0]["reminder"]["id"], "firing": 1}
    assert [data.get("told_with") for data in told] == [None, teller, teller]
    (other,) = fired(desk, "18:31")
    assert "told_with" not in other


def test_late_ones_of_several_instants_are_all_told() -> None:
    desk = Desk().create(due=DUE, reminders=[{"offset_minutes": 30}, {"offset_minutes": 10}])
    assert [data.get("told_with") for data in fired(desk, "19:30")] == [None, None]


ASKED: list[tuple[str, Json, list[tuple[str, str, Json]], bool]] = [
    ("made inside its window", {"due": SOON}, [], True),
    ("an all-day one made in the afternoon", {"due": TODAY}, [], True),
    ("an instant that has passed", {"reminders": [{"at": "2026-11-22T08:00:00Z"}]}, [], True),
    ("made when it is overdue", {"due": {"local": "2026-11-22T13:00", "zone": "Europe/Berlin"}}, [], False),
    ("the due is moved into the window", {"due": DUE}, [("12:00", "MoveDue", {"due": SOON})], True),
    ("the due comes later than its reminder", {}, [("12:00", "PatchTask", {"due": SOON})], True),
    ("a reminder is added", {"due": SOON, "reminders": []}, [("12:00", "PatchTask", {"reminders": [{"offset_minutes": 60}]})], True),
    ("another title", {"due": SOON, "reminders": []}, [("12:00", "PatchTask", {"title": "x"})], False),
    ("reopened", {"due": DUE}, [("12:00", "CompleteTask", {}), ("18:45", "ReopenTask", {})], False),
    ("restored", {"due": DUE}, [("12:00", "DeleteTask", {}), ("18:45", "RestoreTask", {})], False),
    ("reopened, then moved", {"due": DUE}, [("12:00", "CompleteTask", {}), ("18:45", "ReopenTask", {}), ("18:45", "MoveDue", {"due": {**DUE, "local": "2026-11-22T20:05"}})], True),
    ("the due of a completed one is moved", {"due": DUE}, [("12:00", "CompleteTask", {}), ("12:00", "MoveDue", {"due": SOON}), ("12:01", "ReopenTask", {})], False),
    ("another zone", {"due": TODAY, "reminders": [{"at": "2026-11-22T08:00:00Z"}]}, [("12:00", "CompleteTask", {}), ("12:00", "ReopenTask", {}), ("12:00", "Rezone", {"zone": "Europe/London"})], False),
]  # fmt: skip


@pytest.mark.parametrize(("made", "steps", "asked"), [row[1:] for row in ASKED], ids=[row[0] for row in ASKED])
def test_what_is_asked_for_inside_its_window_fires_at_once(made: Json, steps: list[Any], asked: bool) -> None:
    desk = Desk().create(**made)
    for time, name, body in steps:
        assert isinstance(at(desk, time).do(name, body), Accepted)
    told = (
        [] if desk.wake is None or desk.wake > "2026-11-22T18:45" else fired(desk, desk.clock.now().strftime("%H:%M"))
    )
    assert [data.get("asked_at") is not None for data in told] == ([True] if asked else [])
    assert all(data["late_seconds"] is None for data in told)


def test_what_is_asked_for_at_once_is_told_once() -> None:
    desk = Desk().create(due=SOON, reminders=[{"offset_minutes": 60}, {"offset_minutes": 30}, {"offset_minutes": 10}])
    told = fired(desk, "12:00")
    assert [("told_with" in data, data["asked_at"][11:16]) for data in told] == [(False, "12:00"), (True, "12:00")]
    assert "asked_at" not in fired(desk, "12:10")[0]


def test_a_late_answer_to_somebody_who_asked_counts_from_then() -> None:
    desk = Desk().create(due=SOON, reminders=[{"offset_minutes": 60}])
    (data,) = fired(desk, "12:05")
    assert data["late_seconds"] == 300


def test_one_that_fired_is_not_told_again_when_the_due_moves_a_little() -> None:
    desk = Desk().create(due=DUE, reminders=[{"offset_minutes": 30}])
    fired(desk, "18:30")
    at(desk, "18:45").do("MoveDue", {"due": {**DUE, "local": "2026-11-22T20:05"}})
    assert firings(desk) == [(1, "fired", "18:30")]


def command(desk: Desk, name: str, body: Json, **changes: Any) -> Command:
    person = desk.person
    given = {
        "id": "00000000-0000-4000-8000-000000000001",
        "principal": Principal("user", person.id, person.id),
        "cause": Cause("request", "r"),
        "correlation_id": "r",
        "zone": person.zone,
        "defaults": person.defaults,
    }
    return build_command(name, body, **{**given, **changes})


@pytest.mark.parametrize(
    ("changes", "more"),
    [
        ({"cause": Cause("import", "i")}, {}),
        ({}, {"wanted_since": "2026-11-22T12:00:00Z"}),
        ({"principal": Principal("system", "occurrences", "00000000-0000-4000-8000-000000000002")}, {}),
    ],
    ids=["import", "occurrence", "system"],
)
def test_nobody_is_reminded_at_once_of_what_they_did_not_ask_for(changes: Json, more: Json) -> None:
    desk = Desk()
    desk.take(command(desk, "CreateTask", {"title": "x", "due": SOON, **more}, **changes))
    assert desk.reminder()[0] == "cancelled"


def test_the_undo_of_a_move_reminds_nobody() -> None:
    desk = Desk().create(due=SOON, reminders=[])
    desk.do("PatchTask", {"due": DUE, "reminders": [{"offset_minutes": 30}]})
    at(desk, "12:05")
    changed = {"due": {"old": SOON, "new": DUE}}
    assert isinstance(desk.do("UndoChange", {"version": desk.version, "changed": changed}), Accepted)
    assert desk.reminder()[0] == "cancelled"


def test_what_many_ask_for_together_says_so() -> None:
    desk = Desk()
    desk.take(command(desk, "CreateTask", {"title": "x", "due": SOON}, cause=Cause("request", "r", "all of them")))
    (data,) = fired(desk, "12:00")
    assert data["change_set"] == "all of them"


def test_one_that_fired_does_not_ring_again_after_flying_west() -> None:
    desk = Desk("Asia/Tokyo").at(parse_instant("2026-11-21T12:00:00Z"))
    desk.create(due=TODAY, reminders=[{"offset_minutes": 0}])
    desk.at(parse_instant("2026-11-22T00:00:00Z")).tick()
    desk.do("AcknowledgeReminder")
    desk.do("Rezone", {"zone": "America/Los_Angeles"})
    desk.do("CompleteTask")
    desk.do("ReopenTask")
    assert desk.reminder() == ("fired", "2026-11-22T17:00:00.000Z", 1)
    assert desk.task["reminders"][0]["acknowledged_at"] is not None
    desk.do("MoveDue", {"due": {"date": "2026-11-23"}})
    assert desk.reminder()[0] == "pending"
