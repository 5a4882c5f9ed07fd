"""Commands about one slot of a series (skip, move), and the reports of its task."""

import pytest

from tests.unit.series.desk import Desk, days

pytestmark = pytest.mark.unit

TO = {"local": "2026-11-24T18:00", "zone": "Europe/Berlin"}


def test_skipping_the_next_slot_makes_the_one_after_it_at_once() -> None:
    desk = Desk().create("FREQ=DAILY;COUNT=3")
    desk.do("SkipSlot", {"slot": "2026-11-23T09:00"})
    assert desk.last_types() == ["recurrence.skipped", "recurrence.triggered", "recurrence.withdrawn"]
    assert (desk.awaited, desk.series["skipped"]) == ("2026-11-24T09:00", days("11-23"))
    assert desk.series["awaited"]["number"] == 2
    desk.wait("2026-12-24T12:00:00Z")
    assert (desk.slots_made(), desk.series["status"]) == (days("11-23", "11-24", "11-25"), "ended")


def test_skipping_the_last_slot_ends_the_series() -> None:
    desk = Desk().create("FREQ=DAILY;COUNT=1")
    desk.do("SkipSlot", {"slot": "2026-11-23T09:00"})
    assert desk.last_types() == ["recurrence.skipped", "series.ended", "recurrence.withdrawn"]


def test_a_later_slot_that_is_skipped_is_never_made() -> None:
    desk = Desk().create()
    desk.do("SkipSlot", {"slot": "2026-11-25T09:00"})
    assert desk.last_types() == ["recurrence.skipped"]
    assert desk.unchanged("SkipSlot", {"slot": "2026-11-25T09:00"})
    desk.wait("2026-11-26T12:00:00Z")
    assert desk.slots_made() == days("11-23", "11-24", "11-26", "11-27")
    assert desk.series["awaited"]["number"] == 5


def test_a_slot_made_ahead_that_is_skipped_is_withdrawn() -> None:
    desk = Desk().create(look_ahead_days=3)
    desk.do("SkipSlot", {"slot": "2026-11-25T09:00"})
    assert (desk.slots("ahead"), desk.withdrawn) == (days("11-24"), days("11-25"))
    desk.do("SkipSlot", {"slot": "2026-11-23T09:00"})
    assert (desk.awaited, desk.slots("ahead"), desk.withdrawn) == ("2026-11-24T09:00", [], days("11-25", "11-23"))


@pytest.mark.parametrize("name", ["SkipSlot", "MoveSlot"])
def test_what_is_no_slot_ahead_is_refused(name: str) -> None:
    desk = Desk().create("FREQ=DAILY;INTERVAL=2", "2026-11-20T09:00").wait("2026-11-24T12:00:00Z")
    more = {"to": TO} if name == "MoveSlot" else {}
    desk.report("Completed", "2026-11-24T09:00")
    for slot, refusal in (
        ("2026-11-25T09:00", (404, "slot_not_found")),
        ("2026-11-26T10:00", (404, "slot_not_found")),
        ("2026-11-26", (404, "slot_not_found")),
        ("2026-11-18T09:00", (404, "slot_not_found")),
        ("2026-11-24T09:00", (409, "slot_started")),
        ("2026-11-20T09:00", (409, "slot_started")),
    ):
        assert desk.refused(name, {"slot": slot, **more}) == refusal, slot


def test_a_made_slot_that_is_moved_keeps_its_name_and_its_time() -> None:
    desk = Desk().create()
    desk.do("MoveSlot", {"slot": "2026-11-23T09:00", "to": TO})
    assert desk.last_types() == ["recurrence.moved"]
    assert (desk.events[-1]["data"]["due"], desk.series["moved"]) == (TO, {"2026-11-23T09:00": TO})
    assert (desk.awaited, desk.wake) == ("2026-11-23T09:00", "2026-11-23T08:00:00.000Z")
    desk.wait("2026-11-23T12:00:00Z").do("MoveSlot", {"slot": "2026-11-23T09:00", "to": TO})
    assert desk.last_types() == ["recurrence.moved"]


def test_a_slot_that_is_moved_before_it_is_made_is_made_with_that_due() -> None:
    desk = Desk().create()
    desk.do("MoveSlot", {"slot": "2026-11-25T09:00", "to": {"date": "2026-11-28"}})
    assert (desk.last_types(), desk.series["moved"]) == (
        ["series.updated"],
        {"2026-11-25T09:00": {"date": "2026-11-28"}},
    )
    assert desk.unchanged("MoveSlot", {"slot": "2026-11-25T09:00", "to": {"date": "2026-11-28"}})
    desk.wait("2026-11-24T12:00:00Z")
    assert desk.events[-1]["data"]["task"]["due"] == {"date": "2026-11-28"}
    assert desk.wake == "2026-11-25T08:00:00.000Z"
    assert desk.wait("2026-11-25T12:00:00Z").series["moved"] == {}


def test_a_slot_whose_task_is_in_the_trash_is_moved_once_that_is_restored() -> None:
    desk = Desk().create()
    move = {"slot": "2026-11-23T09:00", "to": TO}
    desk.report("Deleted", "2026-11-23T09:00")
    assert desk.refused("MoveSlot", move) == (409, "task_in_trash")
    desk.report("Completed", "2026-11-23T09:00")
    desk.do("MoveSlot", move)
    assert desk.last_types() == ["recurrence.moved"], "it came back as completed"
    desk.report("Deleted", "2026-11-23T09:00")
    assert desk.refused("MoveSlot", move) == (409, "task_in_trash")
    desk.report("Opened", "2026-11-23T09:00")
    desk.do("MoveSlot", move)
    assert desk.last_types() == ["recurrence.moved"]
    assert desk.series["closed"] == []


def test_a_series_of_before_knows_of_none_that_is_in_the_trash() -> None:
    desk = Desk().create(look_ahead_days=2)
    desk.report("Completed", "2026-11-23T09:00")
    assert not {"trashed", "last_done", "behind_since"}.intersection(desk.series)
    assert desk.unchanged("OccurrenceCompleted", {
        "generation": 1, "slot": "2026-11-23T09:00", "completed_at": "2026-11-22T12:00:00Z",
    })  # fmt: skip


def test_a_slot_that_is_skipped_cannot_be_moved_and_a_moved_one_can_be_skipped() -> None:
    desk = Desk().create()
    move = {"slot": "2026-11-25T09:00", "to": TO}
    desk.do("MoveSlot", move)
    desk.do("SkipSlot", {"slot": "2026-11-25T09:00"})
    assert desk.series["moved"] == {}
    assert desk.refused("MoveSlot", move) == (404, "slot_not_found")


def test_only_so_many_slots_ahead_are_skipped_or_moved() -> None:
    desk = Desk().create(start="2026-11-01T09:00")
    names = [f"2027-{month:02}-{day:02}T09:00" for month in range(1, 9) for day in range(1, 29)]
    for slot in names[:100]:
        desk.do("MoveSlot", {"slot": slot, "to": TO})
    assert desk.refused("MoveSlot", {"slot": names[100], "to": TO}) == (422, "too_many_moved")
    for slot in names[:200]:
        desk.do("SkipSlot", {"slot": slot})
    assert desk.refused("SkipSlot", {"slot": names[200]}) == (422, "too_many_skipped")
    desk.wait("2027-02-01T12:00:00Z").do("SkipSlot", {"slot": names[200]})
    assert names[200] in desk.series["skipped"]
    assert len(desk.series["skipped"]) < 200


def test_that_a_task_is_there_is_told_once() -> None:
    desk = Desk().create()
    desk.report("Created", "2026-11-23T09:00")
    assert desk.last_types() == ["recurrence.instance-created"]
    assert desk.events[-1]["data"]["task_id"] == desk.series["awaited"]["task_id"]
    for generation, slot in ((1, "2026-11-23T09:00"), (2, "2026-11-23T09:00"), (1, "2026-11-24T09:00")):
        assert desk.unchanged("OccurrenceCreated", {"generation": generation, "slot": slot})
    desk.wait("2026-11-23T12:00:00Z")
    desk.do("StopSeries", {"keep": False})
    assert desk.unchanged("OccurrenceCreated", {"generation": 1, "slot": "2026-11-24T09:00"}), "it was withdrawn"


@pytest.mark.parametrize("what", ["Completed", "Deleted"])
def test_what_is_done_or_gone_is_open_no_longer(what: str) -> None:
    desk = Desk().create().wait("2026-11-24T12:00:00Z")
    desk.report(what, "2026-11-23T09:00")
    assert (desk.last_types(), desk.slots("open")) == (["series.updated"], days("11-24"))
    assert desk.events[-1]["data"]["changed"] == {"open": {"old": days("11-23", "11-24"), "new": days("11-24")}}
    assert desk.awaited == "2026-11-25T09:00"
    body = {"generation": 1, "slot": "2026-11-23T09:00"}
    assert desk.unchanged("OccurrenceDeleted", body)


def test_a_task_done_ahead_of_its_time_is_never_open_and_changes_no_slot() -> None:
    desk = Desk().create(pile_up="newest", look_ahead_days=2)
    desk.report("Completed", "2026-11-24T09:00")
    desk.report("Completed", "2026-11-23T09:00")
    assert desk.awaited == "2026-11-23T09:00"
    desk.wait("2026-11-24T12:00:00Z")
    assert (desk.slots("open"), desk.withdrawn, desk.series["status"]) == ([], [], "active")
    assert desk.slots_made() == days("11-23", "11-24", "11-25", "11-26")


def test_reports_that_come_twice_or_in_another_order_leave_the_same_series() -> None:
    slots = days("11-23", "11-24")
    reports = [("Created", slots[0]), ("Completed", slots[0]), ("Created", slots[1]), ("Deleted", slots[1])]
    ends = []
    for order in (reports, reports[::-1], reports * 2, [reports[index] for index in (3, 0, 2, 1)]):
        desk = Desk().create().wait("2026-11-24T12:00:00Z")
        for what, slot in order:
            desk.report(what, slot)
        kept = ("awaited", "ahead", "open", "status")
        ends.append([{**desk.series[name], "task_id": ""} if name == "awaited" else desk.series[name] for name in kept])
        assert desk.types().count("recurrence.instance-created") == 2
    assert all(end == ends[0] for end in ends)


def opens(desk: Desk, slot: str, generation: int | None = None) -> list[str]:
    """Reports the slot's task as open again; returns the slots that are open then."""
    desk.report("Opened", slot, generation)
    return desk.slots("open")


def test_what_is_reopened_or_restored_is_open_again_in_its_place() -> None:
    desk = Desk().create().wait("2026-11-25T12:00:00Z")
    before = desk.series["open"]
    desk.report("Completed", "2026-11-23T09:00")
    desk.report("Deleted", "2026-11-24T09:00")
    assert opens(desk, "2026-11-24T09:00") == days("11-24", "11-25")
    assert desk.last_types() == ["series.updated"]
    assert opens(desk, "2026-11-23T09:00") == days("11-23", "11-24", "11-25")
    assert desk.series["open"] == before
    assert desk.unchanged("OccurrenceOpened", {"generation": 1, "slot": "2026-11-23T09:00"})
    desk.do("DeleteSeries", {"occurrences": "delete"})
    assert sorted(desk.withdrawn) == days("11-23", "11-24", "11-25", "11-26")
    desk.report("Opened", "2026-11-23T09:00")
    assert desk.series["open"] == []


def test_a_task_done_ahead_of_its_time_and_reopened_is_open_when_that_comes() -> None:
    desk = Desk().create()
    desk.report("Completed", "2026-11-23T09:00")
    assert opens(desk, "2026-11-23T09:00") == []
    assert opens(desk.wait("2026-11-23T12:00:00Z"), "2026-11-23T09:00") == days("11-23")


def test_one_that_a_person_opens_again_stays_also_where_only_the_newest_stays() -> None:
    desk = Desk().create(pile_up="newest").wait("2026-11-23T12:00:00Z")
    desk.report("Completed", "2026-11-23T09:00")
    assert opens(desk, "2026-11-23T09:00") == days("11-23")
    desk.report("Completed", "2026-11-23T09:00")
    desk.wait("2026-11-24T12:00:00Z")
    assert opens(desk, "2026-11-23T09:00") == days("11-23", "11-24")
    assert (desk.last_types(), desk.withdrawn) == (["series.updated"], [])
    desk.wait("2026-11-25T12:00:00Z")
    assert (desk.slots("open"), sorted(desk.withdrawn)) == (days("11-23", "11-25"), days("11-24"))


def test_one_of_an_earlier_generation_is_open_again_under_its_own_name() -> None:
    desk = Desk().create().wait("2026-11-23T12:00:00Z")
    desk.report("Completed", "2026-11-23T09:00")
    desk.do("PatchSeries", {"start": {"local": "2026-11-23T10:00", "zone": "Europe/Berlin"}})
    desk.wait("2026-11-24T12:00:00Z")
    assert opens(desk, "2026-11-23T09:00", 1) == [*days("11-23"), "2026-11-24T10:00"]
    assert (desk.series["open"][0]["generation"], desk.series["open"][0]["at"]) == (1, "2026-11-23T08:00:00.000Z")
    desk.do("StopSeries", {"keep": False})
    desk.report("Completed", "2026-11-23T09:00", 1)
    assert opens(desk, "2026-11-23T09:00", 1) == [*days("11-23"), "2026-11-24T10:00"]
