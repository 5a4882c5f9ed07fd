"""The instant of a due, through gaps and overlaps of the clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.clock import instant_text, parse_instant, read_instant
from actors.due import ZONES, due_at, instant_of, overdue_at

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("local", "zone", "instant"),
    [
        ("2026-06-01T12:00", "UTC", "2026-06-01T12:00:00.000Z"),
        ("2026-06-01T12:00:30", "Europe/Berlin", "2026-06-01T10:00:30.000Z"),
        # Gaps: the first instant that the clock shows again.
        ("2026-03-29T02:00", "Europe/Berlin", "2026-03-29T01:00:00.000Z"),
        ("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:00:00.000Z"),
        ("2026-03-29T03:00", "Europe/Berlin", "2026-03-29T01:00:00.000Z"),
        ("2026-03-08T02:59:59", "America/New_York", "2026-03-08T07:00:00.000Z"),
        ("2026-10-04T02:15", "Australia/Lord_Howe", "2026-10-03T15:30:00.000Z"),
        ("2026-09-06T00:00", "America/Santiago", "2026-09-06T04:00:00.000Z"),
        ("2011-12-30T12:00", "Pacific/Apia", "2011-12-30T10:00:00.000Z"),
        # Overlaps: the first of the two.
        ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00.000Z"),
        ("2026-11-01T01:00", "America/New_York", "2026-11-01T05:00:00.000Z"),
        ("2026-04-05T01:45", "Australia/Lord_Howe", "2026-04-04T14:45:00.000Z"),
    ],
)
def test_a_wall_clock_time_is_one_instant(local: str, zone: str, instant: str) -> None:
    assert due_at({"local": local, "zone": zone}, "UTC") == instant
    assert overdue_at({"local": local, "zone": zone}, "UTC") == instant


@pytest.mark.parametrize(
    ("date", "zone", "due", "overdue"),
    [
        ("2026-11-22", "Europe/Berlin", "2026-11-22T08:00:00.000Z", "2026-11-22T23:00:00.000Z"),
        ("2026-03-29", "Europe/Berlin", "2026-03-29T07:00:00.000Z", "2026-03-29T22:00:00.000Z"),
        ("2026-11-22", "Pacific/Kiritimati", "2026-11-21T19:00:00.000Z", "2026-11-22T10:00:00.000Z"),
        ("2026-09-05", "America/Santiago", "2026-09-05T13:00:00.000Z", "2026-09-06T04:00:00.000Z"),
        ("2999-12-31", "UTC", "2999-12-31T09:00:00.000Z", "3000-01-01T00:00:00.000Z"),
    ],
)
def test_a_date_counts_from_nine_and_is_over_when_its_day_ends(date: str, zone: str, due: str, overdue: str) -> None:
    assert due_at({"date": date}, zone) == due
    assert overdue_at({"date": date}, zone) == overdue


def test_no_due_is_never() -> None:
    assert due_at(None, "UTC") is None
    assert overdue_at(None, "UTC") is None


@given(
    local=st.datetimes(
        min_value=datetime.fromisoformat("1970-01-03"), max_value=datetime.fromisoformat("2100-01-01")
    ).map(lambda when: when.replace(microsecond=0, fold=0)),
    zone=st.sampled_from(sorted(ZONES)),
)
def test_an_instant_shows_the_time_asked_for_or_the_first_after_a_gap(local: datetime, zone: str) -> None:
    instant = instant_of(local, zone)
    shown = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    assert shown >= local
    if shown != local:
        before = (instant - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        assert before < local


@given(
    st.datetimes(
        min_value=datetime.fromisoformat("1970-01-01"),
        max_value=datetime.fromisoformat("2999-12-31"),
        timezones=st.just(UTC),
    )
)
def test_instants_are_read_as_they_were_written_and_sort_as_text(when: datetime) -> None:
    text = instant_text(when)
    assert len(text) == 24
    assert when - parse_instant(text) < timedelta(milliseconds=1)
    assert instant_text(when + timedelta(milliseconds=1)) > text


def test_an_instant_without_an_offset_is_none() -> None:
    with pytest.raises(ValueError, match="offset"):
        parse_instant("2026-11-22T09:00:00")
    assert instant_text(parse_instant("2026-11-22T10:00:00.123456+01:00")) == "2026-11-22T09:00:00.123Z"


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2027-03-01T09:00:00Z", "2027-03-01T09:00:00.000Z"),
        ("2027-03-01t09:00:00z", "2027-03-01T09:00:00.000Z"),
        ("2027-03-01T09:00:00+05:30", "2027-03-01T03:30:00.000Z"),
        ("2027-03-01T09:00:00-00:00", "2027-03-01T09:00:00.000Z"),
        ("2027-03-01T09:00:00.1Z", "2027-03-01T09:00:00.100Z"),
        ("2027-03-01T09:00:00.123456789Z", "2027-03-01T09:00:00.123Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"),
        ("2016-12-31T15:59:60.5-08:00", "2017-01-01T00:00:00.500Z"),
    ],
)
def test_an_instant_is_read_as_rfc_3339_writes_it(text: str, instant: str) -> None:
    assert instant_text(read_instant(text)) == instant


@pytest.mark.parametrize(
    "text",
    [
        "2027-03-01T09:00:00",
        "2027-03-01T09:00Z",
        "2027-03-01 09:00:00Z",
        "2027-03-01x09:00:00Z",
        "2027-W09-1T09:00:00Z",
        "20270301T090000Z",
        "2027-03-01T09:00:00+0100",
        "2027-03-01T09:00:00+01",
        "2027-03-01T09:00:00,5Z",
        "2027-03-01T09:00:00.Z",
        "2027-03-01T09:00:00+25:00",
        "2027-03-01T09:00:00+01:60",
        "2027-03-01T24:00:00Z",
        "2027-03-01T09:00:61Z",
        "2027-03-01T09:00:60Z",
        "2027-02-29T09:00:00Z",
        "٢٠٢٧-03-01T09:00:00Z",
        "2027-03-01T09:00:00Z ",
        "now",
        "",
    ],
)
def test_nothing_else_is_an_instant(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_instant(text)
