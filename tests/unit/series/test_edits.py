"""Commands to a whole series (edit, pause, stop, delete, split), and what becomes of the tasks that are made."""

from typing import Any

import pytest

from actors.replies import Accepted, Refused
from tests.unit.series.desk import Desk, days

pytestmark = pytest.mark.unit

AT_TEN = {"start": {"local": "2026-11-23T10:00", "zone": "Europe/Berlin"}}
AT_NINE = {"start": {"local": "2026-11-23T09:00", "zone": "Europe/Berlin"}}


def test_another_hour_and_back_moves_the_same_task_each_time() -> None:
    desk = Desk().create()
    first = desk.series["awaited"]["task_id"]
    desk.do("PatchSeries", AT_TEN)
    assert desk.last_types() == ["series.updated", "recurrence.taken-up"]
    assert desk.templates[first]["due"]["local"] == "2026-11-23T10:00"
    desk.do("PatchSeries", AT_NINE)
    assert (desk.slots_made(), desk.withdrawn) == (days("11-23"), [])
    assert (desk.series["generation"], desk.wake) == (3, "2026-11-23T08:00:00.000Z")
    assert (desk.series["awaited"]["task_id"], desk.awaited) == (first, "2026-11-23T09:00")


def test_a_later_hour_brings_no_second_task_for_a_day_that_had_one() -> None:
    """The open task of today is ahead again; one that is done is over."""
    desk = Desk().create().wait("2026-11-24T08:30:00Z")
    desk.do("PatchSeries", AT_TEN)
    assert (desk.awaited, desk.slots("open")) == ("2026-11-24T10:00", days("11-23"))
    assert desk.slots_made() == days("11-23", "11-24", "11-25")
    done = Desk().create().wait("2026-11-24T08:30:00Z")
    done.report("Completed", "2026-11-24T09:00")
    done.do("PatchSeries", AT_TEN)
    assert (done.awaited, done.series["begins_after"]) == ("2026-11-25T10:00", "2026-11-24")
    assert done.slots("open") == days("11-23")


def test_an_hour_that_has_gone_by_today_keeps_the_task_of_today_late() -> None:
    desk = Desk(at="2026-11-23T07:30:00Z").create()
    task_id = desk.series["awaited"]["task_id"]
    desk.do("PatchSeries", {"start": {"local": "2026-11-23T08:00", "zone": "Europe/Berlin"}})
    assert [(made["slot"], made["task_id"]) for made in desk.series["open"]] == [("2026-11-23T08:00", task_id)]
    assert (desk.awaited, desk.series["open"][0]["number"]) == ("2026-11-24T08:00", 1)
    assert desk.withdrawn == []


def test_a_rule_that_is_wrong_changes_nothing_and_one_with_nothing_left_ends() -> None:
    desk = Desk().create()
    for rule, code in (("FREQ=DAILY;COUNT=0", "invalid_count"), ("FREQ=DAILY;UNTIL=20261122", "until_before_start")):
        decision = desk.do("PatchSeries", {"rule": rule})
        assert isinstance(decision, Refused)
        assert decision.extra["errors"][0]["code"] == code
        assert decision.detail.endswith(" To end the series, stop it.") == (code == "until_before_start")
    desk.wait("2026-11-26T12:00:00Z")
    desk.do("PatchSeries", {"rule": "FREQ=DAILY;COUNT=3"})
    assert (desk.series["status"], desk.awaited, desk.withdrawn) == ("ended", None, days("11-27"))
    desk.do("PatchSeries", {"rule": "FREQ=DAILY;COUNT=5"})
    assert (desk.series["status"], desk.awaited, desk.gone) == ("active", "2026-11-27T09:00", [])


def test_a_new_template_reaches_what_is_made_and_what_is_to_come() -> None:
    desk = Desk().create(look_ahead_days=2).wait("2026-11-23T12:00:00Z")
    desk.do("PatchSeries", {"template": {"title": "Feed", "tags": ["cat"]}})
    assert desk.last_types() == ["series.updated", *["recurrence.retemplated"] * 3]
    assert desk.events[-1]["data"]["fields"] == {"tags": ["cat"], "title": "Feed"}
    assert desk.events[-4]["data"]["changed"]["title"] == {"old": "Water", "new": "Feed"}
    assert {task["title"] for task in desk.templates.values()} == {"Feed"}
    assert desk.series["generation"] == 1
    desk.wait("2026-11-24T12:00:00Z")
    assert desk.events[-1]["data"]["task"]["tags"] == ["cat"]


def test_null_clears_a_field_of_the_template_and_gives_reminders_back_to_the_user() -> None:
    template = {"title": "Water", "description": "All", "tags": ["home"], "reminders": [{"offset_minutes": 5}]}
    desk = Desk().create(template=template)
    desk.do("PatchSeries", {"template": {"description": None, "tags": None, "reminders": None}})
    assert (desk.series["template"]["description"], desk.series["template"]["tags"]) == ("", [])
    assert desk.events[-1]["data"]["fields"] == {"description": "", "reminders": None, "tags": []}
    assert desk.unchanged("PatchSeries", {"template": {"description": None}, "rule": "FREQ=DAILY"})


def test_a_new_template_with_a_new_rule_reaches_open_tasks_and_makes_new_ones() -> None:
    desk = Desk().create().wait("2026-11-23T12:00:00Z")
    desk.do("PatchSeries", {"template": {"title": "Feed"}, **AT_TEN})
    assert desk.last_types() == ["series.updated", *["recurrence.taken-up"] * 2]
    assert [event["data"]["slot"]["slot"] for event in desk.events[-2:]] == ["2026-11-23T10:00", "2026-11-24T10:00"]
    assert [event["data"]["fields"] for event in desk.events[-2:]] == [{"title": "Feed"}] * 2


def test_more_than_a_turn_can_tell_is_told_in_the_next() -> None:
    desk = Desk().create().wait("2027-01-15T12:00:00Z")
    desk.do("PatchSeries", {"template": {"title": "Feed"}})
    assert desk.wake == "2027-01-15T12:00:00.000Z"
    desk.do("PatchSeries", {"template": {"tags": ["cat"]}})
    desk.wait("2027-01-15T12:00:00Z")
    assert (desk.series["backlog"], desk.wake) == ([], "2027-01-16T08:00:00.000Z")
    waiting = set(desk.templates) - {desk.series["awaited"]["task_id"]}
    assert len(waiting) == 54
    assert all((task["title"], task["tags"]) == ("Feed", ["cat"]) for task in desk.templates.values())


def test_what_waits_to_be_told_to_a_task_is_not_told_once_it_is_withdrawn() -> None:
    desk = Desk().create().wait("2027-01-15T12:00:00Z")
    desk.do("PatchSeries", {"template": {"title": "Feed"}})
    told = desk.types().count("recurrence.retemplated")
    assert told < len(desk.series["open"])
    desk.do("DeleteSeries", {"occurrences": "delete"})
    desk.wait("2027-01-15T12:00:00Z")
    assert desk.types().count("recurrence.retemplated") == told


def test_a_start_that_is_changed_to_a_day_counts_in_the_zone_of_whoever_changes_it() -> None:
    desk = Desk().create()
    desk.person.zone = "Pacific/Honolulu"
    desk.do("PatchSeries", {"start": {"date": "2026-11-23"}})
    assert (desk.series["zone"], desk.wake) == ("Pacific/Honolulu", "2026-11-23T10:00:00.000Z")


def test_if_match_keeps_the_edits_of_another() -> None:
    desk = Desk().create()
    desk.do("PatchSeries", {"template": {"title": "Theirs"}})
    decision = desk.do("PatchSeries", {"template": {"title": "Mine"}}, if_match=1)
    assert isinstance(decision, Refused)
    assert decision.extra["conflicts"] == [{"field": "title", "yours": "Mine", "theirs": "Theirs"}]
    assert isinstance(desk.do("PatchSeries", {"template": {"tags": ["x"]}}, if_match=1), Accepted)


def test_what_is_too_large_to_make_each_time_is_refused() -> None:
    items = [{"text": "é" * 500} for _ in range(100)]
    template = {"title": "W", "checklist": items}
    due = {"date": "2026-11-23"}
    assert Desk().refused("CreateSeries", {"template": template, "rule": "FREQ=DAILY", "start": due}) == (
        422,
        "series_too_large",
    )
    assert Desk().create().refused("PatchSeries", {"template": {"checklist": items}}) == (422, "series_too_large")
    assert Desk().create().refused(
        "SplitSeries", {"slot": "2026-11-24T09:00", "patch": {"template": {"checklist": items}}}
    ) == (422, "series_too_large")


def test_paused_it_makes_nothing_and_resumed_it_goes_on_from_then() -> None:
    desk = Desk().create().wait("2026-11-23T12:00:00Z")
    desk.do("PauseSeries")
    assert desk.last_types() == ["series.paused", "recurrence.withdrawn"]
    assert (desk.awaited, desk.wake, desk.slots("open")) == (None, None, days("11-23"))
    assert desk.unchanged("PauseSeries")
    assert desk.refused("SkipSlot", {"slot": "2026-11-25T09:00"}) == (409, "series_paused")
    desk.wait("2026-11-26T12:00:00Z").do("ResumeSeries")
    assert desk.last_types() == ["series.resumed", "recurrence.triggered"]
    assert (desk.awaited, desk.series["awaited"]["number"]) == ("2026-11-27T09:00", 5)
    assert desk.unchanged("ResumeSeries")


def test_a_paused_series_is_edited_without_making_anything() -> None:
    desk = Desk().create()
    desk.do("PauseSeries")
    desk.do("PatchSeries", {"template": {"title": "Feed"}, **AT_TEN})
    assert (desk.last_types(), desk.wake) == (["series.updated", "recurrence.taken-up"], None)
    assert not desk.events[-1]["data"]["restored"]
    desk.do("ResumeSeries")
    assert (desk.awaited, desk.slots_made(), desk.gone) == ("2026-11-23T10:00", days("11-23"), [])
    assert desk.events[-1]["data"]["fields"]["title"] == "Feed"


def test_resumed_too_late_it_ends() -> None:
    desk = Desk().create("FREQ=DAILY;UNTIL=20261125")
    desk.do("PauseSeries")
    desk.wait("2026-12-24T12:00:00Z").do("ResumeSeries")
    assert (desk.last_types(), desk.series["status"]) == (["series.resumed", "series.ended"], "ended")


@pytest.mark.parametrize(
    ("keep", "withdrawn"), [(True, days("11-24", "11-25")), (False, days("11-23", "11-24", "11-25"))]
)
def test_stopped_it_keeps_the_next_task_or_not(keep: bool, withdrawn: list[str]) -> None:
    desk = Desk().create(look_ahead_days=3)
    desk.do("StopSeries", {"keep": keep})
    assert desk.last_types() == ["series.stopped", *["recurrence.withdrawn"] * len(withdrawn)]
    assert (desk.withdrawn, desk.awaited, desk.wake) == (withdrawn, None, None)
    assert desk.unchanged("StopSeries", {"keep": keep})


def test_a_task_that_was_done_ahead_of_its_time_is_none_of_those_that_stay_open() -> None:
    for name, body in (("StopSeries", {"keep": True}), ("DeleteSeries", {"occurrences": "keep"})):
        desk = Desk().create()
        desk.report("Completed", "2026-11-23T09:00")
        desk.do(name, body)
        assert (desk.slots("open"), desk.series["closed"]) == ([], [])


@pytest.mark.parametrize(("occurrences", "withdrawn"), [("keep", []), ("delete", days("11-24", "11-23"))])
def test_deleted_it_leaves_its_tasks_or_takes_them_along(occurrences: str, withdrawn: list[str]) -> None:
    desk = Desk().create().wait("2026-11-23T12:00:00Z")
    desk.do("DeleteSeries", {"occurrences": occurrences})
    assert desk.last_types() == ["series.deleted", *["recurrence.withdrawn"] * len(withdrawn)]
    assert (desk.withdrawn, desk.wake) == (withdrawn, None)
    assert (desk.series["status"], desk.series["deleted_at"]) == ("deleted", "2026-11-23T12:00:00.000Z")
    assert desk.unchanged("DeleteSeries", {"occurrences": "delete"})


def test_deleted_with_more_open_tasks_than_a_turn_can_tell_it_tells_the_rest_at_once() -> None:
    desk = Desk().create().wait("2027-01-15T12:00:00Z")
    desk.do("DeleteSeries", {"occurrences": "delete"})
    assert desk.wake == "2027-01-15T12:00:00.000Z"
    desk.wait("2027-01-15T12:00:00Z")
    assert sorted(desk.withdrawn) == sorted(desk.slots_made())
    assert desk.wake is None


@pytest.mark.parametrize("end", [("StopSeries", {"keep": False}), ("DeleteSeries", {"occurrences": "keep"}), None])
def test_nothing_is_done_to_a_series_that_is_over(end: tuple[str, dict[str, Any]] | None) -> None:
    desk = Desk().create("FREQ=DAILY;COUNT=2")
    if end is None:
        desk.wait("2026-12-24T12:00:00Z")
    else:
        desk.do(*end)
    asked: list[tuple[str, dict[str, Any]]] = [
        ("PatchSeries", {"template": {"title": "Other"}}),
        ("PauseSeries", {}),
        ("ResumeSeries", {}),
        ("SkipSlot", {"slot": "2026-11-24T09:00"}),
        ("MoveSlot", {"slot": "2026-11-24T09:00", "to": {"date": "2026-11-28"}}),
        ("SplitSeries", {"slot": "2026-11-24T09:00"}),
        ("Rezone", {"zone": "Asia/Tokyo"}),
    ]
    for name, body in asked if end is not None else asked[1:]:  # one that has ended by itself can be edited
        assert desk.refused(name, body) == (409, "series_over"), name
    assert desk.tick() == []


def test_a_series_that_has_ended_can_be_deleted_with_what_is_open() -> None:
    desk = Desk().create("FREQ=DAILY;COUNT=2").wait("2026-12-24T12:00:00Z")
    desk.do("DeleteSeries", {"occurrences": "delete"})
    assert desk.withdrawn == days("11-23", "11-24")


def test_when_the_user_moves_a_series_of_days_moves_along_and_no_day_comes_twice() -> None:
    desk = Desk().create(start="2026-11-22").wait("2026-11-23T12:00:00Z")
    assert desk.awaited == "2026-11-24"
    desk.person.zone = "America/Los_Angeles"
    desk.do("Rezone", {"zone": "America/Los_Angeles"})
    assert desk.last_types() == ["series.updated"]
    assert (desk.awaited, desk.wake) == ("2026-11-24", "2026-11-24T08:00:00.000Z")
    assert (desk.series["zone"], desk.series["generation"]) == ("America/Los_Angeles", 1)
    assert [made["at"] for made in desk.series["open"]] == ["2026-11-22T08:00:00.000Z", "2026-11-23T08:00:00.000Z"]
    assert desk.unchanged("Rezone", {"zone": "America/Los_Angeles"})
    timed = Desk().create()
    assert timed.unchanged("Rezone", {"zone": "Asia/Tokyo"})


def test_when_the_user_moves_what_was_said_of_slots_ahead_holds_and_no_task_is_made_anew() -> None:
    desk = Desk().create(start="2026-11-23", look_ahead_days=2)
    desk.do("SkipSlot", {"slot": "2026-11-26"})
    desk.do("MoveSlot", {"slot": "2026-11-27", "to": {"date": "2026-11-28"}})
    made = desk.slots_made()
    desk.do("Rezone", {"zone": "America/Los_Angeles"})
    assert (desk.slots_made(), desk.withdrawn) == (made, [])
    assert (desk.series["skipped"], list(desk.series["moved"])) == (["2026-11-26"], ["2026-11-27"])
    assert [entry["at"] for entry in desk.series["ahead"]] == ["2026-11-24T08:00:00.000Z"]


def test_when_the_user_moves_to_where_the_next_day_has_begun_its_slot_starts_at_once() -> None:
    desk = Desk().create(start="2026-11-22").wait("2026-11-22T18:00:00Z")
    assert (desk.slots("open"), desk.awaited) == (["2026-11-22"], "2026-11-23")
    desk.do("Rezone", {"zone": "Asia/Tokyo"})
    assert (desk.slots("open"), desk.awaited) == (["2026-11-22", "2026-11-23"], "2026-11-24")
    desk.do("Rezone", {"zone": "America/Los_Angeles"})
    desk.wait("2026-11-24T12:00:00Z")
    assert desk.slots("open") == ["2026-11-22", "2026-11-23", "2026-11-24"], "no day comes twice"


def test_when_the_user_moves_what_is_held_of_a_rule_with_a_time_stays_where_it_was() -> None:
    desk = Desk().create()
    desk.report("Completed", "2026-11-23T09:00")
    desk.do("PauseSeries")
    desk.do("PatchSeries", {"start": {"date": "2026-11-24"}, "mode": "completion"})
    held = desk.series["shelf"]
    assert [(entry["made"]["slot"], entry["state"]) for entry in held] == [(days("11-23")[0], "closed")]
    desk.do("Rezone", {"zone": "Asia/Tokyo"})
    assert (desk.series["zone"], desk.series["shelf"]) == ("Asia/Tokyo", held)


def test_when_the_user_moves_what_is_open_of_a_rule_with_a_time_stays_where_it_was() -> None:
    desk = Desk().create().wait("2026-11-23T12:00:00Z")
    desk.do("PatchSeries", {"start": {"date": "2026-11-24"}})
    open_before = desk.series["open"]
    desk.do("Rezone", {"zone": "Asia/Tokyo"})
    assert desk.series["open"] == open_before


def split(desk: Desk, slot: str, **patch: Any) -> dict[str, Any]:
    decision = desk.do("SplitSeries", {"slot": slot, "patch": patch})
    assert isinstance(decision, Accepted), decision
    [event] = [event for event in decision.events if event["type"] == "series.split"]
    successor: dict[str, Any] = event["data"]["successor"]
    assert successor["id"] == successor["body"]["id"]
    body: dict[str, Any] = successor["body"]
    return body


def test_this_and_following_become_a_series_of_their_own() -> None:
    desk = Desk().create("FREQ=DAILY;COUNT=10", look_ahead_days=5)
    body = split(desk, "2026-11-25T09:00", template={"title": "Feed"}, pile_up="newest")
    assert desk.withdrawn == []
    assert [item["slot"] for item in body["adopted"]] == days("11-25", "11-26", "11-27")
    assert body["split_from"] == desk.series["id"]
    assert (body["rule"], body["pile_up"], body["template"]["title"]) == ("FREQ=DAILY;COUNT=8", "newest", "Feed")
    assert body["start"] == {"local": "2026-11-25T09:00", "zone": "Europe/Berlin"}
    desk.wait("2026-12-24T12:00:00Z")
    assert (desk.series["status"], desk.slots("open")) == ("ended", days("11-23", "11-24"))
    follower = Desk()
    assert isinstance(follower.do("CreateSeries", body), Accepted)
    assert follower.types().count("recurrence.taken-up") == 3
    assert [made["task_id"] for made in [follower.series["awaited"], *follower.series["ahead"]]] == [
        item["task_id"] for item in body["adopted"]
    ]
    follower.wait("2026-12-24T12:00:00Z")
    assert follower.slots_made() == [f"2026-{day}T09:00" for day in ("11-28", "11-29", "11-30", "12-01", "12-02")]


def test_splitting_at_the_next_slot_ends_the_series_at_once() -> None:
    desk = Desk().create()
    split(desk, "2026-11-23T09:00", **AT_TEN)
    assert desk.last_types() == ["series.split", "series.ended"]
    assert (desk.series["status"], desk.wake) == ("ended", None)


def test_splitting_far_ahead_leaves_what_is_before() -> None:
    desk = Desk().create()
    for slot in days("11-25", "11-28"):
        desk.do("SkipSlot", {"slot": slot})
    for slot in days("11-26", "11-29"):
        desk.do("MoveSlot", {"slot": slot, "to": {"date": "2026-12-01"}})
    split(desk, "2026-11-27T09:00", rule="FREQ=WEEKLY")
    assert (desk.series["skipped"], list(desk.series["moved"])) == (days("11-25"), days("11-26"))
    assert (desk.last_types(), desk.series["ends_before"]) == (["series.split"], "2026-11-27T09:00")
    assert desk.refused("SkipSlot", {"slot": "2026-11-28T09:00"}) == (404, "slot_not_found")
    desk.wait("2026-12-24T12:00:00Z")
    assert (desk.slots_made(), desk.series["status"]) == (days("11-23", "11-24", "11-26"), "ended")


def test_what_was_said_of_slots_from_a_split_on_goes_with_them() -> None:
    desk = Desk().create(look_ahead_days=6)
    desk.do("SkipSlot", {"slot": "2026-12-02T09:00"})
    to = {"date": "2026-12-24"}
    for slot in days("11-24", "11-26", "11-30", "12-04"):
        desk.do("MoveSlot", {"slot": slot, "to": to})
    desk.report("Completed", "2026-11-28T09:00")
    body = split(desk, "2026-11-26T09:00", rule="FREQ=DAILY;INTERVAL=2")
    assert (body["skipped"], sorted(body["moved"])) == (days("12-02"), days("11-26", "11-30", "12-04"))
    assert [(item["slot"], item["state"]) for item in body["adopted"]] == [
        (days("11-26")[0], "held"),
        (days("11-28")[0], "closed"),
    ]
    assert desk.withdrawn == days("11-27")
    follower = Desk()
    follower.do("CreateSeries", body)
    follower.wait("2026-12-03T12:00:00Z")
    assert follower.slots_made() == days("11-30", "12-04", "12-06", "12-08")
    assert follower.slots("open") == days("11-26", "11-30")
    assert [task["due"] for task in follower.templates.values()][:2] == [to, to]
    taken = [event["data"] for event in follower.events if event["type"] == "recurrence.taken-up"]
    assert [(data["slot"]["slot"], data["moved"]) for data in taken] == [
        (days("11-26")[0], True),
        (days("11-28")[0], False),
    ]
    other = Desk().create()
    other.do("SkipSlot", {"slot": "2026-12-02T09:00"})
    start = {"local": "2026-11-26T10:00", "zone": "Europe/Berlin"}
    assert split(other, "2026-11-26T09:00", start=start)["skipped"] == ["2026-12-02T10:00"]


def test_a_split_keeps_the_day_that_the_rule_left_to_the_start() -> None:
    desk = Desk(at="2026-01-05T12:00:00Z").create("FREQ=MONTHLY", "2026-01-31T09:00")
    assert split(desk, "2026-03-31T09:00")["rule"] == "FREQ=MONTHLY"
    desk = Desk(at="2026-01-05T12:00:00Z").create("FREQ=MONTHLY", "2026-01-31T09:00")
    body = split(desk, "2026-02-28T09:00", start={"local": "2026-02-28T10:00", "zone": "Europe/Berlin"})
    assert body["rule"] == "FREQ=MONTHLY;BYMONTHDAY=31"
    follower = Desk(at="2026-01-05T12:00:00Z")
    follower.do("CreateSeries", body)
    assert follower.wait("2026-04-01T12:00:00Z").slots_made() == [
        "2026-02-28T10:00",
        "2026-03-31T10:00",
        "2026-04-30T10:00",
    ]
    leap = Desk(at="2024-01-05T12:00:00Z").create("FREQ=YEARLY;COUNT=9", "2024-02-29T09:00")
    assert split(leap, "2025-02-28T09:00")["rule"] == "FREQ=YEARLY;COUNT=8;BYMONTH=2;BYMONTHDAY=29"
    moved = Desk(at="2026-01-05T12:00:00Z").create("FREQ=MONTHLY", "2026-01-31T09:00")
    assert split(moved, "2026-02-28T09:00", start={"date": "2026-03-01"})["rule"] == "FREQ=MONTHLY"


def test_a_split_that_cannot_be_is_refused() -> None:
    desk = Desk().create("FREQ=DAILY;INTERVAL=2").wait("2026-11-23T12:00:00Z")
    asked: list[tuple[str, dict[str, Any], tuple[int, str]]] = [
        ("2026-11-24T09:00", {}, (404, "slot_not_found")),
        ("2026-11-23T09:00", {}, (409, "slot_started")),
        ("2026-11-27T09:00", {"rule": "FREQ=DAILY;COUNT=0"}, (422, "invalid_rule")),
        ("2026-11-27T09:00", {"rule": "FREQ=DAILY;UNTIL=20261101"}, (422, "invalid_rule")),
        ("2026-11-27T09:00", {"start": {"date": "2026-11-26"}}, (422, "start_before_slot")),
    ]
    for slot, patch, refusal in asked:
        assert desk.refused("SplitSeries", {"slot": slot, "patch": patch}) == refusal, (slot, patch)
