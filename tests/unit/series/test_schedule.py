"""Series by schedule: which tasks are made when, also when ticks come late."""

from dataclasses import replace

import pytest

from actors.commands import Principal
from actors.replies import Accepted, Refused, Unchanged
from actors.series.state import series_json
from tests.unit.series.desk import Desk, days

pytestmark = pytest.mark.unit


def test_the_task_of_the_next_slot_is_there_ahead_of_its_time() -> None:
    desk = Desk().create()
    assert desk.types() == ["series.created", "recurrence.triggered"]
    assert (desk.awaited, desk.wake) == ("2026-11-23T09:00", "2026-11-23T08:00:00.000Z")
    assert desk.series["awaited"]["number"] == 1
    task = desk.events[1]["data"]["task"]
    assert task == {
        "id": desk.series["awaited"]["task_id"],
        "title": "Water",
        "description": "",
        "priority": "none",
        "tags": [],
        "checklist": [],
        "due": {"local": "2026-11-23T09:00", "zone": "Europe/Berlin"},
        "series_id": desk.series["id"],
        "occurrence": {"generation": 1, "slot": "2026-11-23T09:00"},
        "wanted_since": "2026-11-22T12:00:00.000Z",
        "asked": True,
    }


def test_a_template_says_its_reminders_or_leaves_them_to_the_user() -> None:
    desk = Desk().create(template={"title": "Water", "reminders": [{"offset_minutes": 5}]})
    assert desk.events[1]["data"]["task"]["reminders"] == [{"offset_minutes": 5}]
    assert Desk().create(template={"title": "W", "reminders": []}).events[1]["data"]["task"]["reminders"] == []


def test_a_slot_that_starts_is_open_and_the_next_is_made_at_once() -> None:
    desk = Desk().create().wait("2026-11-25T08:00:00Z")
    assert desk.slots_made() == days("11-23", "11-24", "11-25", "11-26")
    assert (desk.awaited, desk.slots("open")) == ("2026-11-26T09:00", days("11-23", "11-24", "11-25"))
    assert desk.series["awaited"]["number"] == 4
    assert desk.series["updated_at"] == desk.series["created_at"]


def test_a_second_tick_and_one_that_is_early_do_nothing() -> None:
    desk = Desk().create()
    desk.clock.at = desk.clock.at.replace(day=23, hour=7, minute=59, second=58)
    assert desk.tick() == []
    desk.move(seconds=2)
    assert desk.tick() == ["recurrence.triggered"]
    assert desk.tick() == []
    assert Desk().tick() == []


def test_a_late_tick_makes_all_that_was_missed() -> None:
    desk = Desk().create().late("2026-11-26T09:30:00Z")
    assert desk.slots_made() == days("11-23", "11-24", "11-25", "11-26", "11-27")
    assert (desk.slots("open"), desk.withdrawn) == (days("11-23", "11-24", "11-25", "11-26"), [])


def test_a_late_tick_makes_only_the_newest_where_only_that_stays() -> None:
    desk = Desk().create(pile_up="newest").late("2026-11-26T09:30:00Z")
    assert desk.slots_made() == days("11-23", "11-26", "11-27")
    assert (desk.slots("open"), desk.withdrawn) == (days("11-26"), days("11-23"))
    assert desk.series["awaited"]["number"] == 5


def test_what_is_still_ahead_today_is_not_among_the_missed() -> None:
    desk = Desk().create(pile_up="newest").late("2026-11-26T07:30:00Z")
    assert (desk.slots_made(), desk.slots("open")) == (days("11-23", "11-25", "11-26"), days("11-25"))


def test_where_only_the_newest_stays_each_start_withdraws_the_one_before() -> None:
    desk = Desk().create(pile_up="newest").wait("2026-11-25T08:00:00Z")
    assert (desk.slots("open"), desk.withdrawn) == (days("11-25"), days("11-23", "11-24"))


def test_what_was_missed_for_a_year_is_made_in_bounded_turns() -> None:
    desk = Desk().create().late("2027-11-22T12:00:00Z")
    assert len(desk.made) == 365 + 1
    assert (len(desk.series["open"]), desk.awaited) == (100, "2027-11-23T09:00")
    assert max(event["data"]["of"] for event in desk.events) == 40
    assert desk.doc.version < 15


def test_the_newest_of_a_thousand_years_is_found_in_one_turn() -> None:
    desk = Desk().create(pile_up="newest")
    desk.clock.at = desk.clock.at.replace(year=2900)
    assert desk.tick() == ["recurrence.triggered", "recurrence.triggered", "recurrence.withdrawn"]
    assert desk.awaited == "2900-11-23T09:00"


def test_a_start_in_the_past_begins_after_now_and_counts_from_the_start() -> None:
    desk = Desk().create("FREQ=DAILY;COUNT=5", "2026-11-20T09:00")
    assert (desk.awaited, desk.series["awaited"]["number"]) == ("2026-11-23T09:00", 4)
    desk.wait("2026-12-24T12:00:00Z")
    assert desk.slots_made() == days("11-23", "11-24")
    assert (desk.series["status"], desk.awaited, desk.wake) == ("ended", None, None)
    assert desk.last_types() == ["series.ended"]


def test_a_slot_at_this_very_instant_is_not_after_it() -> None:
    assert Desk(at="2026-11-23T08:00:00Z").create().awaited == "2026-11-24T09:00"


def test_of_a_series_of_days_today_is_ahead_and_starts_at_once() -> None:
    desk = Desk().create(start="2026-11-22")
    assert (desk.slots("open"), desk.awaited) == (["2026-11-22"], "2026-11-23")
    assert desk.events[1]["data"]["task"]["due"] == {"date": "2026-11-22"}
    assert desk.wake == "2026-11-22T23:00:00.000Z"


def test_a_series_of_one_day_which_is_today_ends_as_it_begins() -> None:
    desk = Desk().create("FREQ=DAILY;COUNT=1", "2026-11-22")
    assert desk.types() == ["series.created", "recurrence.triggered", "series.ended"]
    assert (desk.slots("open"), desk.series["status"]) == (["2026-11-22"], "ended")


@pytest.mark.parametrize(
    ("rule", "start", "code"),
    [
        ("FREQ=DAILY;COUNT=0", "2026-11-23T09:00", "invalid_count"),
        ("FREQ=DAILY;INTERVAL=10000", "2026-11-23T09:00", "invalid_interval"),
        ("FREQ=DAILY;UNTIL=20261101", "2026-11-23T09:00", "until_before_start"),
        ("FREQ=DAILY;UNTIL=20261101", "2026-10-23T09:00", "never_yields"),
        ("FREQ=DAILY;COUNT=3", "2026-10-23T09:00", "never_yields"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "2026-11-23T09:00", "never_yields"),
        ("FREQ=SECONDLY", "2026-11-23T09:00", "invalid_freq"),
    ],
)
def test_a_rule_without_a_slot_ahead_makes_no_series(rule: str, start: str, code: str) -> None:
    due = {"local": start, "zone": "Europe/Berlin"}
    decision = Desk().do("CreateSeries", {"template": {"title": "W"}, "rule": rule, "start": due})
    assert isinstance(decision, Refused)
    assert (decision.status, decision.code) == (422, "invalid_rule")
    assert [(error["pointer"], error["code"]) for error in decision.extra["errors"]] == [("/rule", code)]


def test_until_is_the_last_day() -> None:
    desk = Desk().create("FREQ=DAILY;UNTIL=20261124").wait("2026-11-30T12:00:00Z")
    assert (desk.slots_made(), desk.series["status"]) == (days("11-23", "11-24"), "ended")


@pytest.mark.parametrize(
    ("month_end", "expected"),
    [
        ("clamp", ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]),
        ("skip", ["2026-01-31", "2026-03-31", "2026-05-31"]),
    ],
)
def test_the_31st_of_each_month(month_end: str, expected: list[str]) -> None:
    desk = Desk(at="2026-01-05T12:00:00Z").create("FREQ=MONTHLY", "2026-01-31T09:00", month_end=month_end)
    desk.wait("2026-05-01T12:00:00Z")
    assert [slot[:10] for slot in desk.slots_made()] == expected


@pytest.mark.parametrize(
    ("month_end", "expected"),
    [("clamp", ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]), ("skip", ["2024-02-29", "2028-02-29"])],
)  # fmt: skip
def test_29_february(month_end: str, expected: list[str]) -> None:
    desk = Desk(at="2024-01-05T12:00:00Z").create("FREQ=YEARLY", "2024-02-29T09:00", month_end=month_end)
    desk.wait("2027-06-01T12:00:00Z")
    assert [slot[:10] for slot in desk.slots_made()] == expected


def test_half_past_two_where_clocks_go_forward_and_back() -> None:
    gap = Desk(at="2026-03-28T12:00:00Z").create(start="2026-03-28T02:30")
    assert (gap.awaited, gap.wake) == ("2026-03-29T02:30", "2026-03-29T01:00:00.000Z")
    gap.wait("2026-03-30T12:00:00Z")
    assert gap.slots_made() == days("03-29", "03-30", "03-31", clock="T02:30")
    overlap = Desk(at="2026-10-24T12:00:00Z").create(start="2026-10-24T02:30")
    assert (overlap.awaited, overlap.wake) == ("2026-10-25T02:30", "2026-10-25T00:30:00.000Z")
    overlap.wait("2026-10-25T01:30:00Z")
    assert overlap.slots_made() == days("10-25", "10-26", clock="T02:30")


def test_a_look_ahead_makes_what_starts_within_its_days() -> None:
    desk = Desk().create(look_ahead_days=3)
    assert (desk.awaited, desk.slots("ahead")) == ("2026-11-23T09:00", days("11-24", "11-25"))
    assert desk.wake == "2026-11-23T08:00:00.000Z"
    desk.wait("2026-11-24T07:00:00Z")
    assert (desk.awaited, desk.slots("ahead")) == ("2026-11-24T09:00", days("11-25", "11-26"))
    assert desk.slots_made() == days("11-23", "11-24", "11-25", "11-26")


def test_a_look_ahead_wakes_before_the_slot_does() -> None:
    desk = Desk().create("FREQ=WEEKLY", look_ahead_days=2)
    assert (desk.slots("ahead"), desk.wake) == ([], "2026-11-23T08:00:00.000Z")
    desk.wait("2026-11-27T12:00:00Z")
    assert (desk.awaited, desk.slots("ahead"), desk.wake) == ("2026-11-30T09:00", [], "2026-11-30T08:00:00.000Z")
    twice = Desk().create("FREQ=WEEKLY;BYDAY=MO,WE", look_ahead_days=1)
    assert twice.wake == "2026-11-23T08:00:00.000Z"
    twice.wait("2026-11-23T08:00:00Z")
    assert (twice.awaited, twice.wake) == ("2026-11-25T09:00", "2026-11-25T08:00:00.000Z")
    twice.do("PatchSeries", {"look_ahead_days": 6})
    assert (twice.slots("ahead"), twice.wake) == ([], "2026-11-24T08:00:00.000Z")
    twice.wait("2026-11-24T08:00:00Z")
    assert twice.slots("ahead") == ["2026-11-30T09:00"]


def test_a_series_that_is_created_twice_is_there_once() -> None:
    desk = Desk()
    body = {"template": {"title": "Water"}, "rule": "FREQ=DAILY", "start": {"date": "2026-12-01"}}
    command = desk.person.says("CreateSeries", body)
    assert isinstance(desk.take(command), Accepted)
    assert isinstance(desk.take(command), Unchanged), "the log may have forgotten it"
    other = desk.do("CreateSeries", body)
    assert isinstance(other, Refused)
    assert (other.status, other.code, other.extra) == (409, "id_taken", {"series": series_json(desk.series)})
    desk.do("DeleteSeries", {"occurrences": "keep"})
    gone = desk.take(command)
    assert isinstance(gone, Refused)
    assert (gone.status, gone.code) == (410, "series_deleted")
    split = replace(command, principal=Principal("system", "recurrence", desk.person.id))
    assert isinstance(desk.take(split), Unchanged), "a split whose event comes again"


def test_a_series_is_there_for_its_owner_alone() -> None:
    desk = Desk().create()
    desk.person.id = type(desk.person)().id
    stolen = desk.do(
        "CreateSeries", {"template": {"title": "Mine"}, "rule": "FREQ=DAILY", "start": {"date": "2026-12-01"}}
    )
    assert isinstance(stolen, Refused)
    assert (stolen.status, stolen.code, stolen.extra) == (409, "id_taken", {})
    desk.person.id = type(desk.person)().id
    assert desk.refused("PauseSeries") == (404, "series_not_found")
    assert Desk().refused("PauseSeries") == (404, "series_not_found")
