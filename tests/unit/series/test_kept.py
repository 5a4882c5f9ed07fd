"""What people did to the slots of a series stays: through edits, pauses and ends."""

import pytest

from actors.replies import Json
from tests.unit.series.acts import at, shown
from tests.unit.series.desk import BERLIN, Desk, days

pytestmark = pytest.mark.unit

WEEKLY = "FREQ=WEEKLY;BYDAY=MO,WE,FR"


# Edits.


def test_a_skip_and_a_task_of_an_hour_that_is_dropped_are_not_those_of_another_hour() -> None:
    desk = Desk().create("FREQ=DAILY;BYHOUR=9,15", pile_up="all", look_ahead_days=2)
    written = desk.task_of("2026-11-23T15:00")
    desk.report("Written", "2026-11-23T15:00")
    desk.do("SkipSlot", {"slot": "2026-11-26T15:00"})
    before = shown(desk)
    for rule in ("FREQ=DAILY;BYHOUR=9", "FREQ=DAILY;BYHOUR=9;INTERVAL=1"):
        desk.do("PatchSeries", {"rule": rule})
        assert desk.series["skipped"] == []
        assert desk.series["kept"] == [written]
    desk.do("PatchSeries", {"rule": "FREQ=DAILY;BYHOUR=9,15"})
    assert shown(desk)[3:] == before[3:]


def test_a_task_that_a_pause_leaves_open_takes_a_new_title() -> None:
    desk = Desk().create()
    task_id = desk.series["awaited"]["task_id"]
    desk.report("Written", "2026-11-23T09:00")
    desk.do("PauseSeries")
    desk.do("PatchSeries", {"template": {"title": "Sweep"}})
    assert desk.events[-1]["type"] == "recurrence.retemplated"
    assert desk.events[-1]["data"]["task_id"] == task_id


@pytest.mark.parametrize(
    ("patch", "clock"),
    [(at("10:30"), "T10:30"), ({"start": {"date": "2026-11-23"}}, ""), (at("09:00", zone="Europe/Lisbon"), "T09:00")],
)
def test_another_time_keeps_skips_moves_tasks_and_what_was_done_ahead(patch: Json, clock: str) -> None:
    desk = Desk().create(look_ahead_days=3)
    ids = [made["task_id"] for made in [desk.series["awaited"], *desk.series["ahead"]]]
    desk.do("SkipSlot", {"slot": "2026-11-27T09:00"})
    to = {"date": "2026-12-24"}
    desk.do("MoveSlot", {"slot": "2026-11-28T09:00", "to": to})
    desk.report("Completed", "2026-11-24T09:00")
    desk.do("PatchSeries", patch)
    made = [desk.series["awaited"], *desk.series["ahead"]]
    assert [one["task_id"] for one in made][:3] == ids
    assert [one["slot"] for one in made][:3] == days("11-23", "11-24", "11-25", clock=clock)
    assert desk.series["skipped"] == days("11-27", clock=clock)
    assert desk.series["moved"] == {f"2026-11-28{clock}": to}
    assert (desk.withdrawn, desk.series["closed"]) == ([], [ids[1]])
    told = [event["data"] for event in desk.events if event["type"] == "recurrence.taken-up"]
    assert {data["task_id"] for data in told} == set(ids)


def test_a_weekday_that_is_dropped_and_taken_up_again_has_its_task_and_its_skip_again() -> None:
    desk = Desk(at="2026-11-22T12:00:00Z").create(WEEKLY, look_ahead_days=4)
    wednesday = desk.task_of("2026-11-25T09:00")
    desk.do("SkipSlot", {"slot": "2026-12-02T09:00"})
    desk.do("MoveSlot", {"slot": "2026-12-09T09:00", "to": {"date": "2026-12-10"}})
    desk.do("PatchSeries", {"rule": "FREQ=WEEKLY;BYDAY=MO,FR"})
    assert (desk.gone, desk.series["skipped"], desk.series["moved"]) == ([wednesday], [], {})
    desk.do("PatchSeries", {"rule": WEEKLY})
    assert (desk.gone, desk.series["ahead"][0]["task_id"], len(desk.made)) == ([], wednesday, 2)
    assert desk.series["skipped"] == ["2026-12-02T09:00"]
    assert list(desk.series["moved"]) == ["2026-12-09T09:00"]


def test_a_slot_that_is_dropped_is_withdrawn_unless_it_was_written_into() -> None:
    desk = Desk().create(WEEKLY, look_ahead_days=6)
    monday, wednesday, friday = (desk.task_of(slot) for slot in days("11-23", "11-25", "11-27"))
    desk.report("Written", "2026-11-25T09:00")
    assert desk.last_types() == ["recurrence.written"]
    assert desk.unchanged("OccurrenceWritten", {"generation": 1, "slot": "2026-11-25T09:00", "task_id": wednesday})
    desk.do("PatchSeries", {"rule": "FREQ=WEEKLY;BYDAY=SU"})
    assert sorted(desk.gone) == sorted([monday, friday])
    assert desk.series["kept"] == [wednesday]
    desk.report("Completed", "2026-11-25T09:00")
    assert "kept" not in desk.series


def test_a_task_that_says_it_was_written_into_when_it_is_withdrawn_is_kept() -> None:
    """The series had not heard of that yet."""
    desk = Desk().create()
    task_id = desk.series["awaited"]["task_id"]
    desk.do("PauseSeries")
    desk.report("Opened", "2026-11-23T09:00")
    assert desk.series["kept"] == [task_id]
    desk.do("ResumeSeries")
    assert (desk.series["awaited"]["task_id"], "kept" in desk.series) == (task_id, False)


def test_a_due_that_was_set_by_hand_is_a_move_until_it_is_set_back() -> None:
    desk = Desk().create()
    task_id, by_hand = desk.task_of("2026-11-23T09:00"), {"local": "2026-11-23T14:00", "zone": BERLIN}
    named = {"generation": 1, "slot": "2026-11-23T09:00", "task_id": task_id}
    desk.do("OccurrenceWritten", {**named, "due": by_hand})
    assert desk.series["moved"] == {"2026-11-23T09:00": by_hand}
    desk.do("PatchSeries", at("10:00"))
    assert desk.series["moved"] == {"2026-11-23T10:00": by_hand}
    assert desk.events[-1]["data"]["moved"]
    desk.do("OccurrenceWritten", {**named, "due": {"local": "2026-11-23T10:00", "zone": BERLIN}})
    assert desk.series["moved"] == {}


def test_where_only_the_newest_stays_one_that_was_written_into_stays_too() -> None:
    desk = Desk().create(pile_up="newest").wait("2026-11-23T12:00:00Z")
    desk.report("Written", "2026-11-23T09:00")
    desk.wait("2026-11-25T12:00:00Z")
    assert (desk.slots("open"), desk.withdrawn) == (days("11-23", "11-25"), days("11-24"))


# Pauses.


def test_a_pause_withdraws_what_is_blank_and_a_resume_restores_it() -> None:
    desk = Desk().create(look_ahead_days=3)
    first, second, third = desk.made
    desk.report("Written", "2026-11-24T09:00")
    desk.do("PauseSeries")
    assert (sorted(desk.gone), desk.series["kept"]) == (sorted([first, third]), [second])
    desk.wait("2026-11-23T12:00:00Z").do("ResumeSeries")
    assert [made["task_id"] for made in [desk.series["awaited"], *desk.series["ahead"]]][:2] == [second, third]
    assert desk.gone == [first], "the slot of that one has gone by"


def test_what_is_overdue_after_a_pause_is_open() -> None:
    desk = Desk().create()
    task_id = desk.series["awaited"]["task_id"]
    desk.report("Written", "2026-11-23T09:00")
    desk.do("PauseSeries")
    desk.wait("2026-11-25T12:00:00Z").do("ResumeSeries")
    assert ([made["task_id"] for made in desk.series["open"]], desk.gone) == ([task_id], [])
    assert desk.awaited == "2026-11-26T09:00"


def test_a_stop_leaves_what_was_written_into_and_a_deletion_takes_it_along() -> None:
    desk = Desk().create(look_ahead_days=2)
    desk.report("Written", "2026-11-24T09:00")
    desk.do("StopSeries", {"keep": False})
    kept = desk.series["kept"]
    assert (desk.withdrawn, kept) == (days("11-23"), [desk.task_of("2026-11-24T09:00")])
    desk.do("DeleteSeries", {"occurrences": "delete"})
    assert kept[0] in desk.gone
    assert desk.events[-1]["data"]["asked"] is True
