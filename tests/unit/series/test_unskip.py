"""A skip that is taken back brings its slot back."""

import pytest

from tests.unit.series.acts import at, shown
from tests.unit.series.desk import Desk

pytestmark = pytest.mark.unit

WEEKLY = "FREQ=WEEKLY;BYDAY=MO,WE,FR"


def test_a_skip_that_is_taken_back_brings_its_task_back() -> None:
    desk = Desk().create(look_ahead_days=2)
    before = shown(desk)
    desk.do("SkipSlot", {"slot": "2026-11-23T09:00"})
    desk.do("SkipSlot", {"slot": "2026-11-24T09:00"})
    desk.do("UnskipSlot", {"slot": "2026-11-24T09:00"})
    desk.do("UnskipSlot", {"slot": "2026-11-23T09:00"})
    assert shown(desk)[:5] == (*before[:3], [*before[3], *shown(desk)[3][len(before[3]) :]], [])
    assert (desk.gone, desk.types().count("recurrence.unskipped")) == ([], 2)
    assert desk.refused("UnskipSlot", {"slot": "2026-11-24T09:00"}) == (404, "slot_not_found")


def test_a_skip_far_ahead_is_taken_back_without_making_anything() -> None:
    desk = Desk().create()
    desk.do("SkipSlot", {"slot": "2026-12-01T09:00"})
    desk.do("UnskipSlot", {"slot": "2026-12-01T09:00"})
    assert (desk.last_types(), desk.series["skipped"], len(desk.made)) == (["recurrence.unskipped"], [], 1)


def test_what_is_skipped_is_forgotten_after_a_while_and_what_is_open_is_not() -> None:
    desk = Desk().create("FREQ=WEEKLY")
    desk.report("Written", "2026-11-23T09:00")
    desk.do("PauseSeries")
    desk.do("PatchSeries", {"rule": "FREQ=WEEKLY;BYDAY=TU"})
    desk.do("ResumeSeries")
    desk.do("SkipSlot", {"slot": "2026-11-24T09:00"})
    assert [entry["state"] for entry in desk.series["shelf"]] == ["kept", "skipped"]
    desk.wait("2027-01-31T12:00:00Z")
    assert [entry["state"] for entry in desk.series["shelf"]] == ["kept"]


def test_a_skip_taken_back_too_late_opens_the_task_that_it_had() -> None:
    desk = Desk().create()
    task_id = desk.series["awaited"]["task_id"]
    desk.do("SkipSlot", {"slot": "2026-11-23T09:00"})
    desk.do("SkipSlot", {"slot": "2026-11-25T09:00"})
    desk.wait("2026-11-25T12:00:00Z")
    desk.do("UnskipSlot", {"slot": "2026-11-23T09:00"})
    assert (desk.series["open"][0]["task_id"], desk.gone) == (task_id, [])
    assert desk.refused("UnskipSlot", {"slot": "2026-11-25T09:00"}) == (409, "slot_started")


def test_the_only_slot_that_is_skipped_and_taken_back_makes_the_series_go_on() -> None:
    desk = Desk().create("FREQ=DAILY;COUNT=1")
    desk.do("SkipSlot", {"slot": "2026-11-23T09:00"})
    assert desk.series["status"] == "ended"
    desk.do("UnskipSlot", {"slot": "2026-11-23T09:00"})
    assert (desk.series["status"], desk.awaited, len(desk.made), desk.gone) == ("active", "2026-11-23T09:00", 1, [])


def test_a_skip_is_taken_back_by_the_name_that_its_slot_has_by_now() -> None:
    desk = Desk().create()
    desk.do("SkipSlot", {"slot": "2026-11-25T09:00"})
    desk.do("PatchSeries", at("10:00"))
    desk.do("UnskipSlot", {"slot": "2026-11-25T09:00"})
    assert desk.series["skipped"] == []
