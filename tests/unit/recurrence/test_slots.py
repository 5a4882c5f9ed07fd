"""The slots of series: ends of months, leap days, clocks that change, and ends of series."""

from dataclasses import replace
from itertools import islice, pairwise
from typing import Literal

import pytest

from actors.recurrence.expansion import Policies, Slot, first, following, number_of, slot_at, slots
from actors.recurrence.parsing import parse
from actors.replies import Refused
from tests.unit.recurrence.series import names, names_after, series, slot, starts

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("rule", "start", "month_end", "expected"),
    [
        ("FREQ=MONTHLY", "2026-01-31", "clamp", ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]),
        ("FREQ=MONTHLY", "2026-01-31", "skip", ["2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31"]),
        ("FREQ=MONTHLY", "2028-01-30", "clamp", ["2028-01-30", "2028-02-29", "2028-03-30"]),
        ("FREQ=MONTHLY;BYMONTHDAY=30,31", "2026-02-01", "clamp", ["2026-02-28", "2026-03-30", "2026-03-31"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "2026-01-15", "skip", ["2026-01-31", "2026-02-28", "2026-03-31"]),
        ("FREQ=YEARLY", "2024-02-29", "clamp", ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]),
        ("FREQ=YEARLY", "2024-02-29", "skip", ["2024-02-29", "2028-02-29", "2032-02-29"]),
        ("FREQ=YEARLY", "2096-02-29", "skip", ["2096-02-29", "2104-02-29"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2025-01-01", "skip", ["2028-02-29", "2032-02-29"]),
        # Only days of the month are clamped: a missing fifth Friday is no slot.
        ("FREQ=MONTHLY;BYDAY=5FR", "2026-01-01", "clamp", ["2026-01-30", "2026-05-29", "2026-07-31"]),
        ("FREQ=MONTHLY;BYDAY=2TU,-1FR", "2026-01-14", "skip", ["2026-01-30", "2026-02-10", "2026-02-27"]),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "2026-01-01", "clamp", ["2026-11-26", "2027-11-25", "2028-11-23"]),
    ],
)
def test_days_that_a_month_may_lack(rule: str, start: str, month_end: str, expected: list[str]) -> None:
    assert names(series(rule, start, month_end="skip" if month_end == "skip" else "clamp"), len(expected)) == expected


def test_the_day_that_begins_the_week_tells_every_second_week() -> None:
    start = "1997-08-05"
    rule = "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST="
    assert names(series(rule + "MO", start), 9) == ["1997-08-05", "1997-08-10", "1997-08-19", "1997-08-24"]
    assert names(series(rule + "SU", start), 9) == ["1997-08-05", "1997-08-17", "1997-08-19", "1997-08-31"]


def test_a_start_that_the_rule_does_not_meet_is_no_slot() -> None:
    assert names(series("FREQ=WEEKLY;BYDAY=MO;COUNT=2", "2026-11-18"), 9) == ["2026-11-23", "2026-11-30"]


@pytest.mark.parametrize(
    ("zone", "start", "expected"),
    [
        # Berlin goes from 02:00 to 03:00: the slot keeps its name and starts at 03:00; the next is 02:30 again.
        ("Europe/Berlin", "2026-03-28T02:30", ["2026-03-28T01:30", "2026-03-29T01:00", "2026-03-30T00:30"]),
        ("Europe/Berlin", "2026-10-24T02:30", ["2026-10-24T00:30", "2026-10-25T00:30", "2026-10-26T01:30"]),
        ("America/New_York", "2026-03-07T02:30", ["2026-03-07T07:30", "2026-03-08T07:00", "2026-03-09T06:30"]),
        ("America/Santiago", "2026-09-05T00:00", ["2026-09-05T04:00", "2026-09-06T04:00", "2026-09-07T03:00"]),
        ("Australia/Lord_Howe", "2026-10-03T02:15", ["2026-10-02T15:45", "2026-10-03T15:30", "2026-10-04T15:15"]),
        ("Australia/Lord_Howe", "2026-04-04T01:45", ["2026-04-03T14:45", "2026-04-04T14:45", "2026-04-05T15:15"]),
        ("Asia/Kathmandu", "2026-01-01T09:00", ["2026-01-01T03:15", "2026-01-02T03:15", "2026-01-03T03:15"]),
        # A day that Samoa left out: its slot starts when the next day does.
        ("Pacific/Apia", "2011-12-29T09:00", ["2011-12-29T19:00", "2011-12-30T10:00", "2011-12-30T19:00"]),
    ],
)
def test_the_wall_clock_hour_stays_through_gaps_and_overlaps(zone: str, start: str, expected: list[str]) -> None:
    recurrence = series("FREQ=DAILY", start, zone)
    assert starts(recurrence, 3) == [f"{instant}:00.000Z" for instant in expected]
    assert {name[10:] for name in names(recurrence, 3)} == {start[10:]}


def test_a_series_of_days_starts_each_when_it_begins_where_the_user_is() -> None:
    recurrence = series("FREQ=DAILY", "2026-09-05", "America/Santiago")
    assert names(recurrence, 2) == ["2026-09-05", "2026-09-06"]
    assert starts(recurrence, 2) == ["2026-09-05T04:00:00.000Z", "2026-09-06T04:00:00.000Z"]


@pytest.mark.parametrize(
    ("rule", "zone", "instant", "expected"),
    [
        ("FREQ=DAILY", "Europe/Berlin", "2026-11-22T07:59:59Z", "2026-11-22T09:00"),
        ("FREQ=DAILY", "Europe/Berlin", "2026-11-22T08:00:00Z", "2026-11-23T09:00"),
        ("FREQ=DAILY", "Europe/Berlin", "1999-01-01T00:00:00Z", "2020-01-31T09:00"),
        ("FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,FR", "Asia/Kolkata", "2026-11-22T08:00:00Z", "2026-11-30T09:00"),
        ("FREQ=MONTHLY;INTERVAL=5", "Europe/Berlin", "2026-11-22T08:00:00Z", "2027-02-28T09:00"),
        ("FREQ=YEARLY;INTERVAL=4", "Europe/Berlin", "2026-11-22T08:00:00Z", "2028-01-31T09:00"),
    ],
)
def test_a_start_long_past_goes_on_with_the_next_slot(rule: str, zone: str, instant: str, expected: str) -> None:
    assert names_after(series(rule, "2020-01-31T09:00", zone), instant, 1) == [expected]


def test_a_slot_that_a_gap_moves_over_midnight_is_still_ahead_on_its_own_day() -> None:
    recurrence = series("FREQ=DAILY", "2011-12-01T09:00", "Pacific/Apia")
    assert names_after(recurrence, "2011-12-30T09:59:59Z", 2) == ["2011-12-30T09:00", "2011-12-31T09:00"]
    assert names_after(recurrence, "2011-12-30T10:00:00Z", 1) == ["2011-12-31T09:00"]


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20260205", "2026-02-05T09:00"),
        ("20260205T090000", "2026-02-05T09:00"),
        ("20260205T085959", "2026-02-04T09:00"),
        ("20260205T080000Z", "2026-02-05T09:00"),
        ("20260205T075959Z", "2026-02-04T09:00"),
    ],
)
def test_until_is_a_day_a_local_time_or_an_instant_and_included(until: str, last: str) -> None:
    assert names(series(f"FREQ=DAILY;UNTIL={until}", "2026-02-01T09:00"), 99)[-1] == last


def test_until_counts_the_first_of_two_midnights() -> None:
    # St. John's went back from 00:01 to 23:01: at UNTIL the clock shows the day before again.
    recurrence = series("FREQ=DAILY;UNTIL=20101107T024500Z", "2010-11-05T00:00", "America/St_Johns")
    assert names(recurrence, 9)[-1] == "2010-11-07T00:00"
    assert names_after(series("FREQ=DAILY", "2010-11-05T00:00", "America/St_Johns"), "2010-11-07T02:45:00Z", 1) == [
        "2010-11-08T00:00"
    ]


@pytest.mark.parametrize("until", ["99991231", "99991231T235959", "99991231T235959Z", "30000101"])
def test_an_until_beyond_the_calendar_is_none(until: str) -> None:
    assert series(f"FREQ=DAILY;UNTIL={until}", "2026-02-01T09:00", "Pacific/Apia").last.year == 2999


def test_count_is_counted_over_slots_from_the_start_wherever_one_looks() -> None:
    recurrence = series("FREQ=WEEKLY;BYDAY=MO,WE;COUNT=5", "2026-02-02T09:00")
    found = first(recurrence, 99)
    assert [at.nominal[5:10] for at in found] == ["02-02", "02-04", "02-09", "02-11", "02-16"]
    assert list(following(recurrence, found[3])) == found[4:]
    assert names_after(recurrence, "2026-02-16T08:00:00Z", 9) == []


def test_the_calendar_ends_and_every_series_with_it() -> None:
    assert names(series("FREQ=DAILY", "2999-12-30"), 9) == ["2999-12-30", "2999-12-31"]
    assert len(names(series("FREQ=YEARLY;INTERVAL=1000", "2026-01-31"), 9)) == 1
    assert names(series("FREQ=DAILY;COUNT=10000", "2999-12-30"), 9) == ["2999-12-30", "2999-12-31"]


def test_slots_are_named_by_generation_and_go_forward() -> None:
    recurrence = parse("FREQ=DAILY", {"local": "2026-03-28T02:30:15", "zone": "Europe/Berlin"}, "UTC", generation=7)
    assert not isinstance(recurrence, Refused)
    found = first(recurrence, 30)
    assert found[1] == Slot(7, "2026-03-29T02:30:15")
    assert all(slot_at(recurrence, one) < slot_at(recurrence, two) for one, two in pairwise(found))


def test_a_slot_of_no_series_is_followed_by_the_next_that_is() -> None:
    recurrence = series("FREQ=WEEKLY;BYDAY=MO", "2026-02-02T09:00")
    assert next(following(recurrence, slot("2026-02-11T15:00"))).nominal == "2026-02-16T09:00"


def test_the_start_of_a_day_counts_in_the_zone_of_the_user() -> None:
    recurrence = series("FREQ=DAILY", "2026-02-02", "Asia/Kolkata")
    moved = replace(recurrence, zone="America/New_York")
    assert names(moved, 3) == names(recurrence, 3)
    assert starts(moved, 1) == ["2026-02-02T05:00:00.000Z"]


def test_slots_come_one_at_a_time() -> None:
    endless = slots(series("FREQ=DAILY", "1970-01-01"))
    assert [one.nominal for one in islice(endless, 2)] == ["1970-01-01", "1970-01-02"]


def test_policies_are_kind_to_ends_of_months_and_to_the_schedule() -> None:
    assert Policies() == Policies(month_end="clamp", mode="schedule", pile_up="all")


@pytest.mark.parametrize("month_end", ["clamp", "skip"])
@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;INTERVAL=7",
        "FREQ=WEEKLY;INTERVAL=3;WKST=SU;BYDAY=SU,TH",
        "FREQ=MONTHLY;BYMONTHDAY=1,15,-1",
        "FREQ=MONTHLY;BYDAY=5FR",
        "FREQ=YEARLY;BYMONTH=2,3;BYMONTHDAY=29",
    ],
)
def test_the_number_of_a_slot_is_its_place_from_the_start(rule: str, month_end: Literal["clamp", "skip"]) -> None:
    recurrence = series(rule, "1999-01-31T09:00", month_end=month_end)
    numbers = [number_of(recurrence, found) for found in first(recurrence, 200)]
    assert numbers == list(range(1, 201))
