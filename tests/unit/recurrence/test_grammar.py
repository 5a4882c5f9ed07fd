"""Rules as programs write them: spellings, parts and lines, each with the slots that it has."""

import pytest

from actors.recurrence.expansion import default_pile_up, has_many_a_day, key_of, number_of
from actors.recurrence.expansion import first as first_slots
from tests.unit.recurrence.series import names, series, slot

pytestmark = pytest.mark.unit
MONDAY = "2027-01-04T09:00"


@pytest.mark.parametrize(
    "written",
    [
        "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU;",
        "freq=weekly; interval=2; byday=mo, tu",
        "BYDAY=TU,MO;WKST=MO;INTERVAL=2;FREQ=WEEKLY",
        "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,\r\n TU\r\n",
        "DTSTART;TZID=Europe/Berlin:20270104T090000\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU",
        "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU\nDTSTART:19990101T000000Z\n",
        "\n  FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU;;  \n\n",
    ],
)
def test_a_rule_is_the_same_however_it_is_spelled(written: str) -> None:
    found = names(series(written, MONDAY), 4)
    assert [name[5:10] for name in found] == ["01-04", "01-05", "01-18", "01-19"]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=DAILY;BYDAY=TU,FR", ["2027-01-05", "2027-01-08", "2027-01-12"]),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=-1", ["2027-02-28", "2028-02-29", "2029-02-28"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1", ["2027-01-29", "2027-02-01", "2027-02-26"]),
        ("FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=2", ["2027-02-07", "2027-03-07", "2027-04-04"]),
        ("FREQ=MONTHLY;BYMONTHDAY=10,20,30;BYSETPOS=-1", ["2027-01-30", "2027-02-20", "2027-03-30"]),
        ("FREQ=MONTHLY;BYDAY=WE", ["2027-01-06", "2027-01-13", "2027-01-20"]),
        ("FREQ=MONTHLY;BYDAY=MO,2TU", ["2027-01-04", "2027-01-11", "2027-01-12"]),
        ("FREQ=WEEKLY;BYMONTH=1,6;BYDAY=TU;INTERVAL=2", ["2027-01-05", "2027-01-19", "2027-06-08"]),
        ("FREQ=MONTHLY;BYDAY=SU;BYMONTHDAY=29,30,31", ["2027-01-31", "2027-05-30", "2027-08-29"]),
        ("FREQ=YEARLY;BYMONTHDAY=15;BYMONTH=3,9", ["2027-03-15", "2027-09-15", "2028-03-15"]),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=TH;BYSETPOS=4", ["2027-11-25", "2028-11-23", "2029-11-22"]),
        ("FREQ=YEARLY;BYDAY=-1SU", ["2027-12-26", "2028-12-31", "2029-12-30"]),
        ("FREQ=YEARLY;BYYEARDAY=366", ["2028-12-31", "2032-12-31", "2036-12-31"]),
        ("FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", ["2027-01-04", "2028-01-03", "2029-01-01"]),
        ("FREQ=YEARLY;BYMONTHDAY=31", ["2027-01-31", "2027-03-31", "2027-05-31"]),
    ],
)
def test_days_are_named_as_rfc_5545_says(rule: str, expected: list[str]) -> None:
    recurrence = series(rule, MONDAY, month_end="skip")
    assert [name[:10] for name in names(recurrence, 3)] == expected
    assert {name[10:] for name in names(recurrence, 3)} == {"T09:00"}


def test_a_day_that_a_month_lacks_is_clamped_under_every_frequency_but_one_counted_back_is_not() -> None:
    assert names(series("FREQ=DAILY;BYMONTHDAY=31", "2027-01-15"), 3) == ["2027-01-31", "2027-02-28", "2027-03-31"]
    assert names(series("FREQ=YEARLY;BYMONTHDAY=30", "2027-02-01"), 2) == ["2027-02-28", "2027-03-30"]
    assert names(series("FREQ=MONTHLY;BYMONTHDAY=-31", "2027-01-15"), 2) == ["2027-03-01", "2027-05-01"]
    assert names(series("FREQ=MONTHLY;BYMONTHDAY=31;BYDAY=SU", "2027-01-15"), 2) == ["2027-01-31", "2027-02-28"]


@pytest.mark.parametrize(
    ("rule", "start", "expected"),
    [
        ("FREQ=DAILY;BYHOUR=8,20", "2027-01-04T09:30", ["04T20:30", "05T08:30", "05T20:30"]),
        ("FREQ=WEEKLY;BYDAY=MO,WE;BYHOUR=9;BYMINUTE=0,30", MONDAY, ["04T09:00", "04T09:30", "06T09:00", "06T09:30"]),
        ("FREQ=DAILY;BYHOUR=8,20;BYSETPOS=-1", MONDAY, ["04T20:00", "05T20:00"]),
        (
            "FREQ=MONTHLY;BYMONTHDAY=4,5;BYHOUR=8,20;BYSETPOS=2,3",
            "2027-01-01T08:00",
            ["04T20:00", "05T08:00", "04T20:00"],
        ),
        ("FREQ=DAILY;BYHOUR=9;BYMINUTE=0;BYSECOND=30", MONDAY, ["04T09:00:30", "05T09:00:30"]),
        # Midnight and noon of a series of days are of no weight, as RFC 5545 has it.
        ("FREQ=DAILY;BYHOUR=8,20;BYMINUTE=0;BYSECOND=0", "2027-01-04", ["04", "05"]),
    ],
)
def test_a_day_may_have_several_times(rule: str, start: str, expected: list[str]) -> None:
    assert [name[8:] for name in names(series(rule, start), len(expected))] == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("EXDATE:20270105T090000", ["04T09:00", "06T09:00", "07T09:00"]),
        ("EXDATE:20270105T080000Z", ["04T09:00", "06T09:00", "07T09:00"]),
        ("EXDATE;TZID=America/New_York:20270105T030000", ["04T09:00", "06T09:00", "07T09:00"]),
        ('EXDATE;TZID="W. Europe Standard Time":20270105T090000', ["04T09:00", "06T09:00", "07T09:00"]),
        ("EXDATE;VALUE=DATE:20270105,20270106", ["04T09:00", "07T09:00", "08T09:00"]),
        ("EXDATE:20270105T100000", ["04T09:00", "05T09:00", "06T09:00"]),
        ("RDATE:20270104T183000", ["04T09:00", "04T18:30", "05T09:00"]),
        ("RDATE;VALUE=PERIOD:20270104T183000/PT1H", ["04T09:00", "04T18:30", "05T09:00"]),
        ("RDATE:20270105T090000", ["04T09:00", "05T09:00", "06T09:00"]),
        ("RDATE;VALUE=DATE:20270105\nEXDATE:20270105T090000", ["04T09:00", "06T09:00", "07T09:00"]),
        ("RDATE:20270103T090000", ["03T09:00", "04T09:00", "05T09:00"]),
    ],
)
def test_dates_are_taken_away_and_added(lines: str, expected: list[str]) -> None:
    recurrence = series(f"RRULE:FREQ=DAILY\n{lines}", MONDAY)
    assert [name[8:] for name in names(recurrence, 3)] == expected
    assert [number_of(recurrence, found) for found in first_slots(recurrence, 3)] == [1, 2, 3]


@pytest.mark.parametrize("line", ["EXDATE;TZID=Europe/Berlin:20270328T023000", "EXDATE:20270328T010000Z"])
def test_a_slot_that_the_clock_leaves_out_is_taken_away_by_its_instant(line: str) -> None:
    recurrence = series(f"FREQ=DAILY\n{line}", "2027-03-27T02:30")
    assert [name[5:10] for name in names(recurrence, 3)] == ["03-27", "03-29", "03-30"]


def test_parameters_of_the_rule_say_nothing_about_when() -> None:
    rule = 'RRULE;X-EVOLUTION-ENDDATE=20270401T070000Z;X-NOTE="a;b:c":FREQ=DAILY;COUNT=2'
    assert [name[5:10] for name in names(series(rule, MONDAY), 3)] == ["01-04", "01-05"]


def test_dates_of_a_series_of_days_are_days_where_it_is() -> None:
    rule = "FREQ=DAILY\nEXDATE:20270104T230000Z\nRDATE:20260101T233000Z\nEXDATE:20270107T000000"
    assert names(series(rule, "2027-01-04"), 4) == ["2026-01-02", "2027-01-04", "2027-01-06", "2027-01-08"]


def test_count_counts_what_is_taken_away_and_not_what_is_added() -> None:
    rule = "FREQ=DAILY;COUNT=3\nEXDATE:20270105T090000\nRDATE:20270301T090000"
    assert [name[5:10] for name in names(series(rule, MONDAY), 9)] == ["01-04", "01-06", "03-01"]


@pytest.mark.parametrize(
    ("until", "start", "last"),
    [
        ("20270110T230000Z", "2027-01-04", "2027-01-11"),
        ("20270110T225959Z", "2027-01-04", "2027-01-10"),
        ("20270110T000000", "2027-01-04", "2027-01-10"),
        ("20270110", "2027-01-04", "2027-01-10"),
    ],
)
def test_a_series_of_days_ends_on_the_day_of_its_zone(until: str, start: str, last: str) -> None:
    assert names(series(f"FREQ=DAILY;UNTIL={until}", start), 99)[-1] == last


@pytest.mark.parametrize(
    ("until", "last"),
    [("20270105", "05T20:00"), ("20270105T195959", "05T08:00"), ("20270105T190000Z", "05T20:00"), ("20270105T185959Z", "05T08:00")],
)  # fmt: skip
def test_until_may_end_a_series_within_a_day(until: str, last: str) -> None:
    assert names(series(f"FREQ=DAILY;BYHOUR=8,20;UNTIL={until}", MONDAY), 99)[-1][8:] == last


@pytest.mark.parametrize(
    ("rule", "many", "pile_up"),
    [
        ("FREQ=DAILY", False, "all"),
        ("FREQ=DAILY;BYHOUR=9", False, "all"),
        ("FREQ=DAILY;BYHOUR=9,21", True, "newest"),
        ("FREQ=DAILY;BYHOUR=9,21;BYSETPOS=1", False, "all"),
        ("FREQ=HOURLY;INTERVAL=24;BYHOUR=9", False, "all"),
        ("FREQ=HOURLY;INTERVAL=4", True, "newest"),
        ("FREQ=HOURLY;INTERVAL=36", True, "all"),
        ("FREQ=WEEKLY;BYHOUR=9,21", True, "all"),
        ("FREQ=WEEKLY\nRDATE:20270106T183000", False, "all"),
        ("FREQ=WEEKLY\nRDATE:20270111T183000", True, "all"),
        ("FREQ=WEEKLY\nRDATE:20270106T183000,20270106T093000", True, "all"),
    ],
)
def test_rules_that_come_more_often_than_daily_are_known(rule: str, many: bool, pile_up: str) -> None:
    recurrence = series(rule, MONDAY)
    assert (has_many_a_day(recurrence), default_pile_up(recurrence)) == (many, pile_up)
    (found,) = first_slots(recurrence, 1)
    assert key_of(recurrence, found) == (found.nominal if many else found.nominal[:10])


def test_a_date_beside_the_rule_is_numbered_in_its_place() -> None:
    recurrence = series("FREQ=WEEKLY\nRDATE:20270106T183000\nEXDATE:20270111T090000", MONDAY)
    numbered = {found.nominal[5:10]: number_of(recurrence, found) for found in first_slots(recurrence, 4)}
    assert numbered == {"01-04": 1, "01-06": 2, "01-18": 3, "01-25": 4}
    assert number_of(recurrence, slot("2027-01-18T09:00")) == 3
