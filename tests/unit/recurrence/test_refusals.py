"""Refusals of rules: each says what is wrong and where."""

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.recurrence.parsing import parse
from actors.recurrence.rule import parse_rule
from actors.replies import Refused
from tests.support.cases import cases
from tests.unit.recurrence.series import refusal, start

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("rule", "code", "named"),
    [
        ("", "invalid_rule", "NAME=VALUE"),
        ("every day", "invalid_rule", "NAME=VALUE"),
        ("FREQ=DAILY;;BYDAY", "invalid_rule", "NAME=VALUE"),
        ("FREQ=DAILY\nRRULE:FREQ=WEEKLY", "invalid_rule", "NAME=VALUE"),
        ("EXDATE:20270101", "invalid_rule", "NAME=VALUE"),
        ("FREQ=DAILY\nFREQ=DAILY", "invalid_rule", "NAME=VALUE"),
        ("FREQ=DAILY;COUNT=٣", "invalid_rule", "NAME=VALUE"),
        ("FREQ=DAILY;COUNT=" + "1" * 500, "too_long", "500"),
        ("INTERVAL=2", "required", "FREQ"),
        ("FREQ=SECONDLY;INTERVAL=3600", "invalid_freq", "SECONDLY"),
        ("FREQ=DAILY\n" + "EXDATE:20270101\n" * 300, "too_long", "4,000"),
        ("FREQ=DAILY;FREQ=DAILY", "duplicate_part", "FREQ"),
        ("FREQ=DAILY\nEXDATE;VALUE=PERIOD:20270105T090000/PT1H", "invalid_exdate", "PT1H"),
        ("FREQ=DAILY;INTERVAL=0", "invalid_interval", "1 to 1,000"),
        ("FREQ=DAILY;INTERVAL=10000", "invalid_interval", "10000"),
        ("FREQ=DAILY;INTERVAL=-1", "invalid_interval", "-1"),
        ("FREQ=DAILY;INTERVAL=", "invalid_interval", "nothing"),
        ("FREQ=DAILY;COUNT=0", "invalid_count", "1 to 10,000"),
        ("FREQ=DAILY;COUNT=10001", "invalid_count", "10001"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "conflicting_parts", "UNTIL"),
        ("FREQ=DAILY;UNTIL=20260230", "invalid_until", "20260230"),
        ("FREQ=DAILY;UNTIL=2026-02-03", "invalid_until", "2026-02-03"),
        ("FREQ=DAILY;UNTIL=20260203T256000Z", "invalid_until", "20260203T256000Z"),
        ("FREQ=DAILY;UNTIL=00000101", "invalid_until", "00000101"),
        ("FREQ=DAILY;BYEASTER=1", "unsupported_part", "BYEASTER"),
        ("FREQ=WEEKLY;BYMONTHDAY=2", "unsupported_part", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYWEEKNO=2", "unsupported_part", "BYWEEKNO"),
        ("FREQ=DAILY;BYYEARDAY=2", "unsupported_part", "BYYEARDAY"),
        ("FREQ=YEARLY;BYWEEKNO=54", "invalid_byweekno", "53"),
        ("FREQ=YEARLY;BYYEARDAY=367", "invalid_byyearday", "366"),
        ("FREQ=DAILY;BYHOUR=24", "invalid_byhour", "23"),
        ("FREQ=DAILY;BYMINUTE=60", "invalid_byminute", "59"),
        ("FREQ=MINUTELY;INTERVAL=60001", "invalid_interval", "60001"),
        ("FREQ=HOURLY;INTERVAL=1001", "invalid_interval", "1,000"),
        ("FREQ=WEEKLY;BYDAY=1MO", "invalid_byday", "MO"),
        ("FREQ=WEEKLY;BYDAY=XX", "invalid_byday", "XX"),
        ("FREQ=DAILY;BYDAY=1MO", "invalid_byday", "MO"),
        ("FREQ=YEARLY;BYWEEKNO=2;BYDAY=1MO", "invalid_byday", "BYWEEKNO"),
        ("FREQ=YEARLY;BYMONTH=2;BYDAY=20MO", "invalid_byday", "20MO"),
        ("FREQ=YEARLY;BYDAY=54MO", "invalid_byday", "54MO"),
        ("FREQ=YEARLY;BYDAY=0MO", "invalid_byday", "0MO"),
        ("FREQ=MONTHLY;BYDAY=6MO", "invalid_byday", "6MO"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "invalid_bymonthday", "32"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "invalid_bymonthday", "0"),
        ("FREQ=MONTHLY;BYMONTHDAY=-32", "invalid_bymonthday", "-31"),
        ("FREQ=MONTHLY;BYSETPOS=-1", "required", "BYSETPOS"),
        ("FREQ=MONTHLY;BYSETPOS=0;BYDAY=MO", "invalid_bysetpos", "not 0"),
        ("FREQ=YEARLY;BYMONTH=13", "invalid_bymonth", "13"),
        ("FREQ=DAILY;WKST=1", "invalid_wkst", "MO"),
        ("FREQ=DAILY\nEXDATE:2027-01-01", "invalid_exdate", "2027-01-01"),
        ("FREQ=DAILY\nRDATE:20270230", "invalid_rdate", "20270230"),
        ("FREQ=DAILY\nRDATE:30270101", "invalid_rdate", "30270101"),
        ("FREQ=DAILY\nEXDATE;TZID=Mars/Base:20270101T090000", "invalid_exdate", "Mars/Base"),
        ("DTSTART:x\nFREQ=DAILY", "invalid_dtstart", "not x"),
        ("FREQ=DAILY\nEXRULE:FREQ=WEEKLY", "unsupported_part", "EXRULE"),
        ("BEGIN:VEVENT\nRRULE:FREQ=DAILY", "unsupported_part", "BEGIN"),
        ("FREQ=MINUTELY;INTERVAL=10", "too_often", "15 minutes"),
        ("FREQ=MINUTELY", "too_often", "15 minutes"),
        ("FREQ=HOURLY;BYMINUTE=0,10", "too_often", "15 minutes"),
        ("FREQ=DAILY;BYMINUTE=0,10", "too_often", "15 minutes"),
        ("FREQ=DAILY;BYSECOND=0,30", "too_often", "15 minutes"),
        ("FREQ=DAILY;BYHOUR=0,23;BYMINUTE=0,50", "too_often", "15 minutes"),
    ],
)
def test_a_rule_outside_the_subset_is_refused(rule: str, code: str, named: str) -> None:
    (error,) = refusal(rule)
    assert (error["pointer"], error["code"]) == ("/rule", code)
    assert named in error["detail"]


@pytest.mark.parametrize(
    ("rule", "start", "code"),
    [
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "2026-01-31T09:00", "never_yields"),
        ("FREQ=YEARLY;BYMONTH=4", "2026-01-31T09:00", "never_yields"),
        ("FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29", "2025-01-01", "never_yields"),
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=30", "2026-02-01", "never_yields"),
        ("FREQ=MONTHLY;INTERVAL=24;BYDAY=5FR", "2027-02-01", "never_yields"),
        ("FREQ=WEEKLY;BYDAY=MO;UNTIL=20260204", "2026-02-03", "never_yields"),
        ("FREQ=DAILY;UNTIL=20260130", "2026-01-31T09:00", "until_before_start"),
        ("FREQ=DAILY;UNTIL=20260131T085959", "2026-01-31T09:00", "until_before_start"),
        ("FREQ=DAILY;UNTIL=20260131T075959Z", "2026-01-31T09:00", "until_before_start"),
        ("FREQ=DAILY;UNTIL=00010101T000000Z", "2026-01-31T09:00", "until_before_start"),
        ("FREQ=DAILY;UNTIL=20260130T225959Z", "2026-01-31", "until_before_start"),
        ("FREQ=HOURLY;INTERVAL=4;UNTIL=20260131T075959Z", "2026-01-31T09:00", "until_before_start"),
        ("FREQ=MONTHLY;BYMONTH=4;BYMONTHDAY=31", "2026-01-31T09:00", "never_yields"),
        ("FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=3", "2026-01-31T09:00", "never_yields"),
        ("FREQ=HOURLY;INTERVAL=24;BYHOUR=8", "2026-01-31T09:00", "never_yields"),
        ("FREQ=HOURLY;INTERVAL=168;BYDAY=MO", "2026-01-31T09:00", "never_yields"),
        ("FREQ=MINUTELY;INTERVAL=60;BYMINUTE=30", "2026-01-31T09:00", "never_yields"),
        ("FREQ=YEARLY;BYWEEKNO=10;BYYEARDAY=1", "2026-01-31T09:00", "never_yields"),
        ("FREQ=DAILY;COUNT=1\nEXDATE:20260131", "2026-01-31T09:00", "never_yields"),
        ("FREQ=HOURLY", "2026-01-31", "conflicting_parts"),
    ],
)
def test_a_rule_that_never_has_a_slot_is_refused(rule: str, start: str, code: str) -> None:
    (error,) = refusal(rule, start)
    assert (error["pointer"], error["code"]) == ("/rule", code)


def test_all_that_is_wrong_in_the_parts_is_told_at_once() -> None:
    errors = refusal("FREQ=DAILY;INTERVAL=0;COUNT=0;BYEASTER=3")
    assert [error["code"] for error in errors] == ["invalid_interval", "invalid_count", "unsupported_part"]


def test_a_long_list_of_faults_is_cut() -> None:
    assert len(refusal(";".join(["X="] * 100))) == 10


def test_after_completion_only_the_interval_counts() -> None:
    for rule in (
        "FREQ=WEEKLY;BYDAY=MO",
        "FREQ=DAILY;BYHOUR=9",
        "FREQ=DAILY\nEXDATE:20270101",
        "FREQ=DAILY\nRDATE:20270101",
    ):
        (error,) = refusal(rule, mode="completion")
        assert error["code"] == "conflicting_parts"


def test_a_rule_may_be_written_as_calendars_do() -> None:
    written = parse_rule(" RRULE:freq=weekly;byday=th,mo,mo;Wkst=su;Interval=2 ")
    assert written == parse_rule("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;WKST=SU")
    assert not isinstance(written, Refused)
    assert parse_rule("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO, TH;WKST=SU;") == written


PARTS = st.sampled_from(
    ["FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY", "INTERVAL=999", "COUNT=10", "UNTIL=20500101",
     "UNTIL=99991231T235959Z", "UNTIL=00010101T000000Z", "BYDAY=MO", "BYDAY=5FR,-5MO", "BYMONTHDAY=29,30,31",
     "BYMONTH=2", "WKST=SU", "RRULE:", "=", "FREQ=HOURLY", "BYHOUR=0,9", "BYSETPOS=-1", "BYWEEKNO=53",
     "\nEXDATE:20300101", "\nRDATE;VALUE=DATE:20300101", "\nDTSTART;TZID=UTC:20300101T090000", "\n"]
)  # fmt: skip


@settings(max_examples=cases(150))
@given(
    rule=st.one_of(st.text(max_size=60), st.lists(PARTS, max_size=5).map(";".join)),
    local=st.one_of(
        st.dates(date(1970, 1, 1), date(2999, 12, 31)).map(str),
        st.datetimes(datetime(1970, 1, 1), datetime(2999, 12, 31)).map(lambda local: local.isoformat("T", "seconds")),  # noqa: DTZ001  # local times
    ),
    zone=st.sampled_from(["UTC", "Pacific/Kiritimati", "America/St_Johns"]),
)
def test_any_text_gives_a_series_or_a_refusal(rule: str, local: str, zone: str) -> None:
    parse(rule, start(local, zone), zone)
