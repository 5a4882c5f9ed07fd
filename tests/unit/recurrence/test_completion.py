"""The slot after a completion: an interval later, at the wall-clock time of the start, always ahead."""

import pytest

from actors.recurrence.expansion import after_completion, next_after
from tests.unit.recurrence.series import at, names, series, slot

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("rule", "start", "slot_name", "completed", "expected"),
    [
        ("FREQ=DAILY;INTERVAL=3", "2026-02-01T09:00", "2026-02-01T09:00", "2026-02-10T21:30:00Z", "2026-02-13T09:00"),
        ("FREQ=WEEKLY", "2026-02-01T09:00", "2026-02-01T09:00", "2026-02-03T10:00:00Z", "2026-02-10T09:00"),
        ("FREQ=MONTHLY", "2026-01-15T09:00", "2026-01-15T09:00", "2026-01-31T10:00:00Z", "2026-02-28T09:00"),
        ("FREQ=YEARLY", "2027-01-15T09:00", "2027-01-15T09:00", "2028-02-29T10:00:00Z", "2029-02-28T09:00"),
        # 23:30 in UTC is the next day in Berlin.
        ("FREQ=DAILY", "2026-02-01", "2026-02-01", "2026-02-10T23:30:00Z", "2026-02-12"),
        # The hour stays the same through a night in which the clocks change.
        ("FREQ=DAILY", "2026-02-01T02:30", "2026-03-20T02:30", "2026-03-28T12:00:00Z", "2026-03-29T02:30"),
        # Completed long ahead of its time: the next slot still comes after it, so that none comes twice.
        ("FREQ=DAILY;INTERVAL=2", "2026-02-10T09:00", "2026-02-10T09:00", "2026-02-05T10:00:00Z", "2026-02-11T09:00"),
        ("FREQ=DAILY", "2026-02-10T09:00", "2026-02-10T09:00", "2025-02-05T10:00:00Z", "2026-02-11T09:00"),
    ],
)
def test_next_is_the_completion_and_the_interval(
    rule: str, start: str, slot_name: str, completed: str, expected: str
) -> None:
    recurrence = series(rule, start, mode="completion")
    after = after_completion(recurrence, slot(slot_name), at(completed), made=1)
    assert after == slot(expected)


def test_a_month_that_is_too_short_gives_its_last_day_whatever_is_said_of_ends_of_months() -> None:
    recurrence = series("FREQ=MONTHLY", "2026-01-15T09:00", mode="completion", month_end="skip")
    after = after_completion(recurrence, slot("2026-01-15T09:00"), at("2026-01-31T10:00:00Z"), made=1)
    assert after == slot("2026-02-28T09:00")


@pytest.mark.parametrize(
    ("rule", "completed", "expected"),
    [
        ("FREQ=HOURLY;INTERVAL=4", "2026-02-05T10:07:33Z", "2026-02-05T15:07"),
        ("FREQ=MINUTELY;INTERVAL=90", "2026-02-05T10:07:33Z", "2026-02-05T12:37"),
        # Hours pass while the clocks go back.
        ("FREQ=HOURLY;INTERVAL=2", "2026-10-24T23:30:00Z", "2026-10-25T02:30+01:00"),
        ("FREQ=HOURLY;INTERVAL=2", "2026-03-28T23:30:00Z", "2026-03-29T03:30"),
    ],
)
def test_hours_are_counted_from_the_minute_of_the_completion(rule: str, completed: str, expected: str) -> None:
    recurrence = series(rule, "2026-02-01T09:00", mode="completion")
    assert next_after(recurrence, at(completed), made=1) == slot(expected)
    assert next_after(series(rule + ";COUNT=1", "2026-02-01T09:00", mode="completion"), at(completed), made=1) is None
    assert next_after(series(rule + ";UNTIL=20260202", "2026-02-01T09:00", mode="completion"), at(completed), 1) is None


def test_hours_completed_ahead_of_time_come_after_their_slot() -> None:
    recurrence = series("FREQ=HOURLY;INTERVAL=4", "2026-02-01T09:00", mode="completion")
    after = after_completion(recurrence, slot("2026-02-01T09:00"), at("2026-02-01T03:30:00Z"), made=1)
    assert after == slot("2026-02-01T12:30")


def test_count_counts_every_slot_that_was() -> None:
    recurrence = series("FREQ=DAILY;COUNT=3", "2026-02-01T09:00", mode="completion")
    done = at("2026-02-05T10:00:00Z")
    assert after_completion(recurrence, slot("2026-02-04T09:00"), done, made=2) == slot("2026-02-06T09:00")
    assert after_completion(recurrence, slot("2026-02-04T09:00"), done, made=3) is None


def test_nothing_comes_after_until() -> None:
    recurrence = series("FREQ=DAILY;INTERVAL=7;UNTIL=20260210", "2026-02-01T09:00", mode="completion")
    first = slot("2026-02-01T09:00")
    assert after_completion(recurrence, first, at("2026-02-03T10:00:00Z"), made=1) == slot("2026-02-10T09:00")
    assert after_completion(recurrence, first, at("2026-02-04T10:00:00Z"), made=1) is None


def test_the_preview_completes_each_when_it_starts() -> None:
    recurrence = series("FREQ=MONTHLY;COUNT=4", "2026-01-31T09:00", mode="completion")
    assert [name[:10] for name in names(recurrence, 9)] == ["2026-01-31", "2026-02-28", "2026-03-28", "2026-04-28"]
    ends = series("FREQ=YEARLY", "2997-02-01", mode="completion")
    assert names(ends, 9) == ["2997-02-01", "2998-02-01", "2999-02-01"]


@pytest.mark.parametrize(
    ("rule", "start", "completed", "expected"),
    [
        ("FREQ=DAILY;INTERVAL=2", "2026-02-10T09:00", "2026-02-05T10:00:00Z", "2026-02-07T09:00"),
        ("FREQ=DAILY;INTERVAL=2", "2026-02-10T09:00", "2026-02-15T10:00:00Z", "2026-02-17T09:00"),
        ("FREQ=MONTHLY", "2026-01-15", "2026-01-31T10:00:00Z", "2026-02-28"),
    ],
)
def test_the_completion_alone_decides_when_the_next_one_is(
    rule: str, start: str, completed: str, expected: str
) -> None:
    assert next_after(series(rule, start, mode="completion"), at(completed), made=1) == slot(expected)
