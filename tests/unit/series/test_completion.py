"""Series after completion: one open task, and the next only once that is done, gone or skipped."""

from datetime import timedelta

import pytest

from actors.clock import parse_instant
from actors.series.state import MAX_LAST
from tests.unit.series.desk import Desk

pytestmark = pytest.mark.unit

THREE_DAYS = "FREQ=DAILY;INTERVAL=3"


def after_completion(rule: str = THREE_DAYS, start: str = "2026-11-23T09:00", **body: object) -> Desk:
    return Desk().create(rule, start, mode="completion", **body)


def test_nothing_comes_by_the_clock() -> None:
    desk = after_completion(look_ahead_days=30)
    assert (desk.awaited, desk.wake, desk.series["ahead"]) == ("2026-11-23T09:00", None, [])
    desk.clock.at = parse_instant("2026-12-24T12:00:00Z")
    assert desk.tick() == []


def test_the_next_task_is_made_when_the_one_before_is_completed() -> None:
    desk = after_completion()
    desk.clock.at = parse_instant("2026-11-25T21:00:00Z")
    desk.report("Completed", "2026-11-23T09:00")
    assert desk.last_types() == ["recurrence.triggered"]
    assert (desk.awaited, desk.series["awaited"]["number"]) == ("2026-11-28T09:00", 2)
    assert desk.series["open"] == []


def test_completed_reopened_and_completed_again_makes_one_next_task() -> None:
    desk = after_completion()
    for _ in range(3):
        desk.report("Completed", "2026-11-23T09:00")
        desk.move(hours=1)
    assert desk.slots_made() == ["2026-11-23T09:00", "2026-11-25T09:00"]
    assert desk.unchanged("OccurrenceDeleted", {"generation": 1, "slot": "2026-11-23T09:00"})


def test_a_report_counts_by_when_the_task_was_completed_not_by_when_it_comes() -> None:
    desk = after_completion()
    desk.clock.at = parse_instant("2026-11-25T21:00:00Z")
    desk.report("Completed", "2026-11-23T09:00", at=desk.clock.at - timedelta(days=2))
    assert desk.awaited == "2026-11-26T09:00"


def test_deleting_the_task_counts_as_completing_it_now() -> None:
    desk = after_completion()
    desk.clock.at = parse_instant("2026-11-27T21:00:00Z")
    desk.report("Deleted", "2026-11-23T09:00")
    assert desk.awaited == "2026-11-30T09:00"


def test_skipping_counts_as_completing_it_at_its_time() -> None:
    desk = after_completion()
    desk.do("SkipSlot", {"slot": "2026-11-23T09:00"})
    assert desk.last_types() == ["recurrence.skipped", "recurrence.triggered", "recurrence.withdrawn"]
    assert (desk.awaited, desk.withdrawn) == ("2026-11-26T09:00", ["2026-11-23T09:00"])
    assert desk.refused("SkipSlot", {"slot": "2026-11-29T09:00"}) == (404, "slot_not_found")


def test_one_whose_time_has_come_cannot_be_skipped() -> None:
    desk = after_completion().move(days=3)
    assert desk.refused("SkipSlot", {"slot": "2026-11-23T09:00"}) == (409, "slot_started")


def test_count_counts_completed_and_skipped_ones() -> None:
    desk = after_completion(f"{THREE_DAYS};COUNT=3")
    desk.report("Completed", "2026-11-23T09:00")
    desk.do("SkipSlot", {"slot": str(desk.awaited)})
    assert desk.series["awaited"]["number"] == 3
    desk.report("Completed", str(desk.awaited))
    assert (desk.series["status"], desk.awaited, desk.last_types()) == ("ended", None, ["series.ended"])


def test_a_new_count_that_is_used_up_ends_it_and_a_later_one_goes_on() -> None:
    desk = after_completion()
    desk.report("Completed", "2026-11-23T09:00")
    desk.do("PatchSeries", {"rule": f"{THREE_DAYS};COUNT=1"})
    assert (desk.series["status"], desk.withdrawn) == ("ended", ["2026-11-25T09:00"])
    desk.do("PatchSeries", {"rule": f"{THREE_DAYS};COUNT=2"})
    assert (desk.series["status"], desk.series["awaited"]["number"]) == ("active", 2)
    assert (desk.awaited, desk.gone, len(desk.made)) == ("2026-11-25T09:00", [], 2)


def test_a_new_rule_moves_the_task_whose_time_has_not_come_and_counts_on() -> None:
    desk = after_completion()
    desk.report("Completed", "2026-11-23T09:00")
    desk.do("PatchSeries", {"rule": "FREQ=DAILY;INTERVAL=5"})
    assert (desk.withdrawn, desk.last_types()) == ([], ["series.updated", "recurrence.taken-up"])
    assert (desk.awaited, desk.series["awaited"]["number"], desk.series["generation"]) == ("2026-11-27T09:00", 2, 2)
    assert desk.templates[desk.series["awaited"]["task_id"]]["due"]["local"] == "2026-11-27T09:00"


def test_a_new_rule_or_a_resume_goes_on_from_the_last_completion_and_a_new_start_does_not() -> None:
    desk = after_completion("FREQ=WEEKLY")
    desk.clock.at = parse_instant("2026-11-26T21:00:00Z")
    desk.report("Completed", "2026-11-23T09:00")
    assert desk.awaited == "2026-12-03T09:00"
    desk.do("PatchSeries", {"rule": "FREQ=WEEKLY;COUNT=9"})
    assert (desk.awaited, desk.withdrawn) == ("2026-12-03T09:00", [])
    desk.do("PauseSeries")
    desk.move(days=10).do("ResumeSeries")
    assert (desk.awaited, desk.series["awaited"]["number"]) == ("2026-12-10T09:00", 2)
    desk.do("PatchSeries", {"start": {"local": "2026-11-23T10:00", "zone": "Europe/Berlin"}})
    assert (desk.awaited, len(desk.made)) == ("2026-12-10T10:00", 2), "another hour is no new start"
    desk.do("PatchSeries", {"start": {"local": "2026-12-08T10:00", "zone": "Europe/Berlin"}})
    assert desk.awaited == "2026-12-08T10:00"
    assert "last_done" not in desk.series
    desk.do("PatchSeries", {"rule": "FREQ=DAILY;INTERVAL=2"})
    assert (desk.awaited, len(desk.made)) == ("2026-12-08T10:00", 2)


def test_a_move_outlives_a_pause() -> None:
    desk = after_completion()
    desk.report("Completed", "2026-11-23T09:00")
    to = {"date": "2026-12-24"}
    desk.do("MoveSlot", {"slot": "2026-11-25T09:00", "to": to})
    desk.do("PauseSeries")
    desk.do("ResumeSeries")
    assert (desk.awaited, desk.series["moved"]) == ("2026-11-25T09:00", {"2026-11-25T09:00": to})
    assert (desk.withdrawn, len(desk.made)) == ([], 2)


def test_skipped_ahead_of_its_time_it_goes_on_from_that() -> None:
    desk = after_completion()
    desk.do("SkipSlot", {"slot": "2026-11-23T09:00"})
    desk.do("PatchSeries", {"rule": "FREQ=DAILY;INTERVAL=2"})
    assert desk.awaited == "2026-11-25T09:00"


def test_completed_on_the_day_of_a_new_rule_nothing_more_comes_that_day() -> None:
    desk = after_completion("FREQ=DAILY", "2026-11-22T20:00")
    desk.report("Completed", "2026-11-22T20:00")
    desk.do("PatchSeries", {"rule": "FREQ=DAILY;COUNT=5"})
    assert (desk.awaited, desk.withdrawn) == ("2026-11-23T20:00", [])


def test_a_new_rule_leaves_the_task_whose_time_has_come_and_follows_it() -> None:
    desk = after_completion()
    desk.clock.at = parse_instant("2026-11-25T12:00:00Z")
    desk.do("PatchSeries", {"rule": "FREQ=DAILY;INTERVAL=5"})
    assert (desk.withdrawn, desk.awaited) == ([], "2026-11-23T09:00")
    desk.report("Completed", "2026-11-23T09:00", generation=1)
    assert (desk.awaited, desk.series["awaited"]["generation"]) == ("2026-11-30T09:00", 2)


def test_a_paused_series_makes_nothing_and_goes_on_when_resumed() -> None:
    desk = after_completion()
    desk.clock.at = parse_instant("2026-11-24T12:00:00Z")
    desk.do("PauseSeries")
    assert (desk.awaited, desk.slots("open"), desk.withdrawn) == (None, ["2026-11-23T09:00"], [])
    desk.report("Completed", "2026-11-23T09:00")
    assert desk.series["open"] == []
    desk.do("ResumeSeries")
    assert (desk.awaited, desk.series["awaited"]["number"]) == ("2026-11-27T09:00", 2)


def test_completed_while_paused_it_goes_on_from_that_also_after_a_new_rule() -> None:
    desk = after_completion().move(days=1, hours=1)
    desk.do("PauseSeries")
    desk.do("PatchSeries", {"rule": "FREQ=DAILY;INTERVAL=5"})
    desk.move(days=3)
    desk.report("Completed", "2026-11-23T09:00", 1)
    desk.do("ResumeSeries")
    assert desk.awaited == "2026-12-01T09:00"


@pytest.mark.parametrize(
    ("meanwhile", "follows"), [({}, "2026-11-29T09:00"), ({"rule": "FREQ=DAILY;INTERVAL=5"}, "2026-12-01T09:00")]
)
def test_resumed_with_its_task_still_open_it_waits_for_that_one_and_makes_no_other(
    meanwhile: dict[str, str], follows: str
) -> None:
    desk = after_completion(f"{THREE_DAYS};COUNT=2").move(days=2)
    desk.do("PauseSeries")
    desk.do("PatchSeries", meanwhile)
    desk.move(days=2).do("ResumeSeries")
    assert (desk.awaited, desk.slots("open"), len(desk.made)) == ("2026-11-23T09:00", [], 1)
    desk.report("Completed", "2026-11-23T09:00", 1)
    assert (desk.awaited, desk.series["awaited"]["number"]) == (follows, 2)
    assert len(desk.made) == 2


def test_completed_while_paused_and_reopened_it_is_waited_for_when_resumed() -> None:
    desk = after_completion(f"{THREE_DAYS};COUNT=1").move(days=2)
    desk.do("PauseSeries")
    desk.report("Completed", "2026-11-23T09:00")
    desk.report("Opened", "2026-11-23T09:00")
    desk.do("ResumeSeries")
    assert (desk.awaited, desk.series["awaited"]["number"], desk.slots("open")) == ("2026-11-23T09:00", 1, [])
    desk.report("Completed", "2026-11-23T09:00", 1)
    assert desk.series["status"] == "ended"


def test_an_earlier_one_that_is_open_again_is_not_waited_for_when_resumed() -> None:
    desk = after_completion().move(days=2)
    desk.report("Completed", "2026-11-23T09:00")
    desk.report("Completed", "2026-11-27T09:00")
    desk.report("Opened", "2026-11-23T09:00")
    assert (desk.slots("open"), desk.awaited) == (["2026-11-23T09:00"], "2026-11-27T09:00")
    desk.move(days=5).do("PauseSeries")
    assert desk.slots("open") == ["2026-11-23T09:00", "2026-11-27T09:00"]
    desk.report("Completed", "2026-11-27T09:00")
    desk.do("ResumeSeries")
    assert (desk.slots("open"), desk.awaited) == (["2026-11-23T09:00"], "2026-12-02T09:00")


def test_a_stopped_series_follows_its_last_task_with_none() -> None:
    desk = after_completion()
    desk.do("StopSeries", {"keep": True})
    assert (desk.awaited, desk.slots("open"), desk.withdrawn) == (None, ["2026-11-23T09:00"], [])
    desk.report("Completed", "2026-11-23T09:00")
    assert len(desk.made) == 1


def test_splitting_ends_it_and_begins_another_at_the_awaited_slot() -> None:
    desk = after_completion(f"{THREE_DAYS};COUNT=4")
    desk.report("Completed", "2026-11-23T09:00")
    assert desk.refused("SplitSeries", {"slot": "2026-11-29T09:00"}) == (404, "slot_not_found")
    desk.do("SplitSeries", {"slot": "2026-11-25T09:00", "patch": {"template": {"title": "Other"}}})
    body = desk.events[-2]["data"]["successor"]["body"]
    assert desk.last_types() == ["series.split", "series.ended"]
    assert [item["slot"] for item in body["adopted"]] == ["2026-11-25T09:00"]
    assert (body["rule"], body["mode"], body["start"]["local"]) == (
        f"{THREE_DAYS};COUNT=3",
        "completion",
        "2026-11-25T09:00",
    )
    assert (desk.series["status"], desk.awaited) == ("ended", None)


def test_changing_to_a_schedule_opens_what_has_started() -> None:
    desk = after_completion()
    desk.clock.at = parse_instant("2026-11-25T12:00:00Z")
    desk.do("PatchSeries", {"mode": "schedule"})
    assert (desk.slots("open"), desk.awaited) == (["2026-11-23T09:00"], "2026-11-26T09:00")
    desk.do("PatchSeries", {"mode": "completion"})
    assert (desk.slots("open"), desk.awaited, desk.wake) == (["2026-11-23T09:00"], "2026-11-26T09:00", None)


def test_the_one_before_reopened_is_awaited_again_and_the_next_one_goes() -> None:
    desk = after_completion().move(days=3)
    first = desk.series["awaited"]
    desk.report("Completed", "2026-11-23T09:00")
    second = desk.series["awaited"]
    desk.report("Opened", "2026-11-23T09:00")
    assert (desk.series["awaited"], desk.slots("open"), desk.gone) == (first, [], [second["task_id"]])
    assert desk.unchanged("OccurrenceOpened", {"generation": 1, "slot": first["slot"], "task_id": first["task_id"]})
    desk.move(days=2).report("Completed", "2026-11-23T09:00")
    assert (desk.awaited, desk.series["awaited"]["task_id"]) == ("2026-11-30T09:00", second["task_id"])
    assert (desk.gone, len(desk.made)) == ([], 2)


def test_the_next_one_that_was_written_into_stays_when_the_one_before_is_reopened() -> None:
    desk = after_completion().move(days=3)
    desk.report("Completed", "2026-11-23T09:00")
    second = desk.series["awaited"]["task_id"]
    desk.report("Written", str(desk.awaited))
    desk.report("Opened", "2026-11-23T09:00")
    assert (desk.awaited, desk.series["kept"], desk.gone) == ("2026-11-23T09:00", [second], [])
    desk.move(days=2).report("Completed", "2026-11-23T09:00")
    assert (desk.series["awaited"]["task_id"], "kept" in desk.series) == (second, False)


def test_the_last_one_reopened_makes_an_ended_series_go_on() -> None:
    desk = after_completion(f"{THREE_DAYS};COUNT=1")
    desk.report("Completed", "2026-11-23T09:00")
    assert desk.series["status"] == "ended"
    desk.report("Opened", "2026-11-23T09:00")
    assert (desk.series["status"], desk.awaited) == ("active", "2026-11-23T09:00")
    desk.report("Completed", "2026-11-23T09:00")
    assert (desk.series["status"], len(desk.made)) == ("ended", 1)


def test_done_far_ahead_the_next_is_one_interval_from_then_though_it_is_before() -> None:
    desk = after_completion("FREQ=DAILY;INTERVAL=7", "2026-12-10T09:00")
    desk.report("Completed", "2026-12-10T09:00")
    assert (desk.awaited, desk.series["awaited"]["number"]) == ("2026-11-29T09:00", 2)


def test_two_with_the_name_of_one_slot_are_two_tasks() -> None:
    desk = after_completion("FREQ=DAILY")
    desk.report("Completed", "2026-11-23T09:00")
    assert (desk.awaited, len(desk.made)) == ("2026-11-23T09:00", 2)


def test_a_start_that_has_gone_by_gives_the_overdue_first_task() -> None:
    desk = after_completion(start="2026-11-02T09:00")
    assert (desk.awaited, desk.series["awaited"]["number"]) == ("2026-11-02T09:00", 1)
    desk.do("PatchSeries", {"start": {"local": "2026-11-05T09:00", "zone": "Europe/Berlin"}})
    assert (desk.awaited, len(desk.made)) == ("2026-11-02T09:00", 1), "its time has come: it is still awaited"


def test_a_skip_is_taken_back_until_something_is_done() -> None:
    desk = after_completion()
    desk.do("SkipSlot", {"slot": "2026-11-23T09:00"})
    second = desk.series["awaited"]["task_id"]
    desk.do("UnskipSlot", {"slot": "2026-11-23T09:00"})
    assert (desk.awaited, desk.series["skipped"], desk.gone) == ("2026-11-23T09:00", [], [second])
    desk.do("SkipSlot", {"slot": "2026-11-23T09:00"})
    desk.report("Completed", str(desk.awaited))
    assert desk.refused("UnskipSlot", {"slot": "2026-11-23T09:00"}) == (409, "slot_started")


@pytest.mark.parametrize("pauses", [False, True])
@pytest.mark.parametrize("written", [False, True])
def test_several_opened_again_the_last_one_first_are_awaited_each(*, pauses: bool, written: bool) -> None:
    desk = Desk().create(mode="completion")
    first = desk.series["awaited"]
    desk.move(days=1).report("Completed", first["slot"])
    second = desk.series["awaited"]
    desk.move(days=1).report("Completed", second["slot"])
    if pauses:
        desk.do("PauseSeries")
        desk.do("ResumeSeries")
    desk.report("Opened", second["slot"], written=written)
    desk.report("Opened", first["slot"])
    assert desk.series["awaited"] == first
    assert desk.series.get("kept", []) == ([second["task_id"]] if written else [])
    assert (second["task_id"] in desk.gone) == (not written), "ticked and unticked it is as it was"
    desk.move(days=1).report("Completed", first["slot"])
    assert desk.series["awaited"]["task_id"] == second["task_id"]


def test_it_remembers_so_many_that_can_be_opened_again() -> None:
    desk = Desk().create(mode="completion")
    for _ in range(MAX_LAST + 5):
        desk.move(days=1).report("Completed", desk.series["awaited"]["slot"])
    assert desk.state is not None
    last, count = desk.state["last"], 1
    while "before" in last:
        last, count = last["before"], count + 1
    assert count == MAX_LAST
