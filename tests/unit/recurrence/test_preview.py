"""A preview shows what creating the series would make, and holds up nobody."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from actors.recurrence.expansion import Policies
from actors.replies import Refused
from actors.series.preview import preview

pytestmark = pytest.mark.unit
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
BERLIN = "Europe/Berlin"


def shown(rule: str, start: str, count: int = 5, zone: str = BERLIN, **policies: Any) -> dict[str, Any]:
    due = {"local": start, "zone": zone} if "T" in start else {"date": start}
    found = preview(rule, due, zone, Policies(**policies), count=count, now=NOON)
    assert isinstance(found, dict), found
    return found


def texts(found: dict[str, Any]) -> list[str]:
    return [slot.get("local") or slot["date"] for slot in found["occurrences"]]


def test_the_31st_of_each_month_is_clamped_or_skipped() -> None:
    found = shown("FREQ=MONTHLY", "2027-01-31T09:00", 3)
    assert found["sentence"] == "Every month on the 31st at 09:00, on the last day of shorter months"
    assert found["occurrences"][1] == {
        "local": "2027-02-28T09:00",
        "zone": BERLIN,
        "at": "2027-02-28T08:00:00.000Z",
        "shifted": False,
    }
    assert texts(shown("FREQ=MONTHLY", "2027-01-31T09:00", 2, month_end="skip")) == [
        "2027-01-31T09:00",
        "2027-03-31T09:00",
    ]


def test_a_start_that_the_clocks_leave_out_is_told_as_shifted() -> None:
    first, second = shown("FREQ=DAILY", "2027-03-28T02:30", 2)["occurrences"]
    assert (first["local"], first["at"], first["shifted"]) == ("2027-03-28T02:30", "2027-03-28T01:00:00.000Z", True)
    assert (second["at"], second["shifted"]) == ("2027-03-29T00:30:00.000Z", False)


def test_of_two_equal_times_the_first_is_meant_and_none_is_shifted() -> None:
    (only,) = shown("FREQ=DAILY", "2027-10-31T02:30", 1)["occurrences"]
    assert (only["at"], only["shifted"]) == ("2027-10-31T00:30:00.000Z", False)


def test_a_start_in_the_past_shows_what_is_still_ahead() -> None:
    assert texts(shown("FREQ=WEEKLY", "2020-01-06T09:00", 1)) == ["2026-11-23T09:00"]
    assert texts(shown("FREQ=DAILY;COUNT=3", "2026-11-21T13:30")) == ["2026-11-22T13:30", "2026-11-23T13:30"]


def test_of_days_today_is_ahead() -> None:
    assert texts(shown("FREQ=DAILY", "2026-11-01", 2)) == ["2026-11-22", "2026-11-23"]
    assert texts(shown("FREQ=DAILY", "2026-11-01", 1, zone="Pacific/Kiritimati")) == ["2026-11-23"]
    assert shown("FREQ=DAILY", "2026-11-22", 1)["occurrences"][0]["at"] == "2026-11-21T23:00:00.000Z"


def test_after_completion_the_dates_are_those_of_one_who_is_never_late() -> None:
    found = shown("FREQ=DAILY;INTERVAL=3;COUNT=3", "2026-11-20T09:00", mode="completion")
    assert found["sentence"] == "3 days after completion at 09:00, 3 times"
    assert texts(found) == ["2026-11-20T09:00", "2026-11-23T09:00", "2026-11-26T09:00"], "the first one is overdue"


@pytest.mark.parametrize("rule", ["FREQ=DAILY;COUNT=1", "FREQ=DAILY;UNTIL=20261121", "FREQ=YEARLY;INTERVAL=1000"])
def test_a_rule_without_a_future_is_refused(rule: str) -> None:
    found = preview(rule, {"date": "2026-11-20"}, BERLIN, Policies(), count=1, now=NOON)
    assert isinstance(found, Refused)
    assert [(error["pointer"], error["code"]) for error in found.extra["errors"]] == [("/rule", "never_yields")]


BY_INTERVAL = [
    ("FREQ=DAILY;COUNT=10000", "2026-11-22T02:30"),
    ("FREQ=DAILY", "1970-01-01T02:30"),
    ("FREQ=DAILY;INTERVAL=1000", "1970-01-01"),
    ("FREQ=MONTHLY;INTERVAL=7", "1970-01-31T02:30"),
    ("FREQ=YEARLY;INTERVAL=4", "1972-02-29T02:30"),
    ("FREQ=WEEKLY;INTERVAL=999", "1970-01-01T23:59:59"),
]
BY_DAY = [
    ("FREQ=MONTHLY;BYDAY=5SU,-5MO", "1970-01-01"),
    ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;INTERVAL=3", "1970-01-01T02:30"),
]


@pytest.mark.parametrize(
    ("mode", "rule", "start"),
    [("schedule", *case) for case in BY_INTERVAL + BY_DAY] + [("completion", *case) for case in BY_INTERVAL],
)
def test_fifty_dates_of_any_rule_cost_less_than_a_millisecond_each(mode: str, rule: str, start: str) -> None:
    spent = []
    for second in range(3):  # another start each time, so that no cache helps
        begun = time.thread_time()
        shown(rule, start[:-1] + str(second) if "T" in start else start, 50, mode=mode, month_end="skip")
        spent.append(time.thread_time() - begun)
    assert min(spent) < 0.05
