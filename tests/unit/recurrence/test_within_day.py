"""Rules of hours and minutes: hours that pass, and hours of the wall, while clocks change."""

from itertools import islice

import pytest

from actors.recurrence.expansion import first, following, number_of, slot_at, slot_named, slots_of_day
from tests.unit.recurrence.series import at, names, series, slot, slots_after, starts

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("rule", "start", "expected"),
    [
        ("FREQ=HOURLY;INTERVAL=4", "2027-01-04T09:30", ["04T09:30", "04T13:30", "04T17:30", "04T21:30", "05T01:30"]),
        ("FREQ=MINUTELY;INTERVAL=15", "2027-01-04T23:30", ["04T23:30", "04T23:45", "05T00:00"]),
        ("FREQ=HOURLY;BYMINUTE=0,30", "2027-01-04T09:15", ["04T09:30", "04T10:00", "04T10:30"]),
        ("FREQ=MINUTELY;INTERVAL=5;BYMINUTE=0,20", "2027-01-04T09:05", ["04T09:20", "04T10:00"]),
        ("FREQ=HOURLY;INTERVAL=5;BYDAY=TU", "2027-01-04T09:00", ["05T00:00", "05T05:00", "05T10:00", "05T15:00"]),
        ("FREQ=HOURLY;BYHOUR=22,23;BYMONTHDAY=31", "2027-01-04T09:00", ["31T22:00", "31T23:00", "31T22:00"]),
        ("FREQ=MINUTELY;INTERVAL=45;BYHOUR=9", "2027-01-04T09:00", ["04T09:00", "04T09:45", "05T09:00"]),
        ("FREQ=HOURLY;INTERVAL=3;BYMINUTE=0,30;BYSETPOS=-1", "2027-01-04T09:00", ["04T09:30", "04T12:30"]),
    ],
)
def test_hours_and_minutes_are_counted_from_the_start(rule: str, start: str, expected: list[str]) -> None:
    assert [name[8:] for name in names(series(rule, start, month_end="skip"), len(expected))] == expected


def test_elapsed_hours_go_on_while_the_clock_goes_back() -> None:
    recurrence = series("FREQ=HOURLY", "2027-10-31T01:00")
    assert names(recurrence, 4) == [
        "2027-10-31T01:00",
        "2027-10-31T02:00",
        "2027-10-31T02:00+01:00",
        "2027-10-31T03:00",
    ]
    assert [instant[11:13] for instant in starts(recurrence, 4)] == ["23", "00", "01", "02"]
    second = first(recurrence, 3)[2]
    assert slot_named(recurrence, second.nominal) == second
    assert (number_of(recurrence, second), next(following(recurrence, second)).nominal[11:]) == (3, "03:00")
    assert next(slots_after(recurrence, at("2027-10-31T00:30:00Z"))) == second
    assert len(slots_of_day(series("FREQ=HOURLY", "2027-10-30T01:00"), second.day)) == 25


def test_elapsed_hours_leave_out_the_hour_that_the_clock_does() -> None:
    recurrence = series("FREQ=HOURLY;INTERVAL=2", "2027-03-28T00:00")
    assert [name[11:] for name in names(recurrence, 3)] == ["00:00", "03:00", "05:00"]
    assert len(slots_of_day(series("FREQ=HOURLY", "2027-03-20T00:00"), slot("2027-03-28").day)) == 23


def test_named_hours_are_of_the_wall_and_come_once_in_every_night() -> None:
    recurrence = series("FREQ=HOURLY;BYHOUR=1,2,3", "2027-10-31T00:00")
    assert names(recurrence, 4)[:3] == ["2027-10-31T01:00", "2027-10-31T02:00", "2027-10-31T03:00"]
    assert [instant[11:13] for instant in starts(recurrence, 3)] == ["23", "00", "02"]
    spring = series("FREQ=HOURLY;BYHOUR=1,2", "2027-03-28T00:00")
    assert [instant[11:16] for instant in starts(spring, 2)] == ["00:00", "01:00"]


def test_days_are_those_of_the_wall_when_hours_pass() -> None:
    summer = series("FREQ=HOURLY;INTERVAL=12;BYDAY=MO", "2027-01-04T00:00")
    found = [name for name in names(summer, 80) if name[5:7] == "07"]
    assert found[:3] == ["2027-07-05T01:00", "2027-07-05T13:00", "2027-07-12T01:00"]


def test_a_day_that_the_wall_shows_again_goes_on() -> None:
    # St. John's went back from 00:01 to 23:01: Saturday came back for an hour after a minute of Sunday.
    recurrence = series("FREQ=HOURLY;BYDAY=SA", "1990-10-27T21:30", "America/St_Johns")
    found = names(series("FREQ=HOURLY;BYDAY=SA", "1990-10-27T22:00", "America/St_Johns"), 4)
    assert [name[8:] for name in found] == ["27T22:00", "27T23:00", "03T00:00", "03T01:00"]
    assert [name[8:] for name in names(recurrence, 4)] == ["27T21:30", "27T22:30", "27T23:30", "27T23:30-03:30"]


def test_a_slot_that_is_far_is_found_and_counted_without_walking_there() -> None:
    recurrence = series("FREQ=MINUTELY;INTERVAL=15", "1970-01-01T00:00", "UTC")
    far = slot_named(recurrence, "2900-01-01T00:00")
    assert far is not None
    assert number_of(recurrence, far) == (far.day - recurrence.start).days * 96 + 1
    assert slot_at(recurrence, next(slots_after(recurrence, slot_at(recurrence, far)))) == at("2900-01-01T00:15:00Z")


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20271031", "2027-10-31T23:00"),
        ("20271031T010000Z", "2027-10-31T02:00+01:00"),
        ("20271031T005959Z", "2027-10-31T02:00"),
        ("20271031T030000", "2027-10-31T03:00"),
    ],
)
def test_elapsed_hours_end_with_until(until: str, last: str) -> None:
    assert names(series(f"FREQ=HOURLY;UNTIL={until}", "2027-10-30T09:00"), 99)[-1] == last


def test_dates_of_elapsed_hours_are_found_on_the_wall() -> None:
    lines = "EXDATE:20271031T010000Z,20271031T030000\nEXDATE;VALUE=DATE:20271030\nRDATE:20271031T033000"
    found = names(series(f"FREQ=HOURLY\n{lines}", "2027-10-30T22:00"), 5)
    assert [name[8:] for name in found] == ["31T00:00", "31T01:00", "31T02:00", "31T03:30", "31T04:00"]


@pytest.mark.parametrize("start", ["2026-11-22T09:00", "1999-01-01T00:00"])
def test_slots_ahead_are_the_same_from_wherever_one_looks(start: str) -> None:
    recurrence = series("FREQ=HOURLY;INTERVAL=7;BYDAY=SA,SU", start, "America/Havana")
    found = first(recurrence, 400)
    for index in (0, 57, 398):
        assert next(following(recurrence, found[index])) == found[index + 1]
        assert [*islice(slots_after(recurrence, slot_at(recurrence, found[index])), 1)] == [found[index + 1]]
        assert number_of(recurrence, found[index]) == index + 1
