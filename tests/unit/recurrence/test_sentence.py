"""The sentence of a rule."""

from typing import Literal

import pytest

from actors.recurrence.sentence import sentence
from tests.unit.recurrence.series import series

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("rule", "start", "expected"),
    [
        ("FREQ=DAILY", "2026-01-31T09:00", "Every day at 09:00"),
        ("FREQ=DAILY;INTERVAL=3;COUNT=10", "2026-01-31", "Every 3 days, 10 times"),
        ("FREQ=DAILY;COUNT=1", "2026-01-31T09:00:30", "Every day at 09:00:30, once"),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;UNTIL=20270331",
            "2026-01-31T09:00",
            "Every 2 weeks on Monday and Thursday at 09:00, until 31 March 2027",
        ),
        ("FREQ=WEEKLY", "2026-01-31", "Every week on Saturday"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-01-31", "Every week from Monday to Friday"),
        ("FREQ=WEEKLY;BYDAY=MO,WE,FR", "2026-01-31", "Every week on Monday, Wednesday and Friday"),
        ("FREQ=WEEKLY;INTERVAL=2;WKST=SU", "2026-01-31", "Every 2 weeks on Saturday, weeks starting on Sunday"),
        ("FREQ=MONTHLY", "2026-01-15", "Every month on the 15th"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "2026-01-15T18:30", "Every month on the last day at 18:30"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=1,2,3,11,22,-1,-2",
            "2026-01-15",
            "Every month on the 1st, 2nd, 3rd, 11th, 22nd, last day and 2nd last day",
        ),
        ("FREQ=MONTHLY;BYDAY=2TU,-1FR", "2026-01-15", "Every month on the second Tuesday and last Friday"),
        ("FREQ=MONTHLY;INTERVAL=3;BYDAY=-2MO", "2026-01-15", "Every 3 months on the second last Monday"),
        ("FREQ=YEARLY", "2026-11-22T09:00", "Every 22 November at 09:00"),
        ("FREQ=YEARLY;INTERVAL=2", "2026-11-22", "Every 2 years on 22 November"),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "2026-11-22", "Every year on the fourth Thursday of November"),
        (
            "FREQ=YEARLY;BYMONTH=3,6;BYMONTHDAY=1,-1",
            "2026-11-22",
            "Every year on the 1st and last day of March and June",
        ),
        ("FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=30", "2026-11-22", "Every 30 June"),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "2026-01-31", "Every week from Monday to Friday"),
        ("FREQ=DAILY;INTERVAL=3;BYMONTH=1", "2026-01-31", "Every 3 days in January"),
        ("FREQ=WEEKLY;BYDAY=MO;BYMONTH=6,7", "2026-01-31T09:00", "Every week on Monday in June and July at 09:00"),
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=-1", "2026-01-31", "Every month on the last Tuesday"),
        ("FREQ=MONTHLY;BYDAY=MO", "2026-01-31", "Every month on every Monday"),
        ("FREQ=MONTHLY;BYDAY=MO,2TU", "2026-01-31", "Every month on every Monday and second Tuesday"),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1",
            "2026-01-31",
            "Every month from Monday to Friday, only the first and last of these in each month",
        ),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "2026-01-31", "Every month on the 13th if that is a Friday"),
        ("FREQ=YEARLY;BYMONTHDAY=15", "2026-01-31", "Every year on the 15th of each month"),
        (
            "FREQ=YEARLY;BYWEEKNO=20,-1;WKST=SU",
            "2026-01-31",
            "Every year in week 20 and the last week, weeks starting on Sunday",
        ),
        ("FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO", "2026-01-31", "Every year in week 53 on Monday"),
        ("FREQ=YEARLY;BYYEARDAY=1,100", "2026-01-31", "Every year on the 1st and 100th day of the year"),
        ("FREQ=YEARLY;BYYEARDAY=-1", "2026-01-31", "Every year on the last day of the year"),
        ("FREQ=YEARLY;BYDAY=20MO", "2026-01-31", "Every year on the 20th Monday of the year"),
        ("FREQ=DAILY;BYHOUR=9,21", "2026-01-31T09:00", "Every day at 09:00 and 21:00"),
        ("FREQ=DAILY;BYHOUR=9,21", "2026-01-31", "Every day"),
        (
            "FREQ=DAILY;BYHOUR=8,9,10,11,12,13,14",
            "2026-01-31T09:30",
            "Every day at 08:30, 09:30 and so on to 14:30",
        ),
        ("FREQ=HOURLY;INTERVAL=4", "2026-01-31T09:00", "Every 4 hours from 09:00 on"),
        ("FREQ=MINUTELY;INTERVAL=90;COUNT=6", "2026-01-31T09:00", "Every 90 minutes from 09:00 on, 6 times"),
        (
            "FREQ=HOURLY;BYMINUTE=0,30;BYDAY=SA,SU",
            "2026-01-31T09:00",
            "Every hour on Saturday and Sunday at minutes 0 and 30",
        ),
        ("FREQ=HOURLY;INTERVAL=2;BYHOUR=9,11", "2026-01-31T09:00", "Every 2 hours in the hours 9 and 11"),
        (
            "FREQ=DAILY\nRDATE:20260203T183000\nEXDATE:20260201T090000,20260202T090000",
            "2026-01-31T09:00",
            "Every day at 09:00, also on 3 February 2026 at 18:30, except on 1 February 2026 and 2 February 2026",
        ),
        (
            "FREQ=DAILY\nEXDATE;VALUE=DATE:20260201,20260202,20260203,20260204",
            "2026-01-31",
            "Every day, except on 4 dates",
        ),
        ("FREQ=HOURLY;UNTIL=20261031T235959Z", "2026-01-31T09:00", "Every hour from 09:00 on, until 1 November 2026"),
        # An end between two slots is given as the last day that may have one.
        ("FREQ=DAILY;UNTIL=20260205T075959Z", "2026-01-31T09:00", "Every day at 09:00, until 4 February 2026"),
        ("FREQ=DAILY;UNTIL=99991231", "2026-01-31", "Every day"),
    ],
)
def test_a_rule_is_said_in_plain_english(rule: str, start: str, expected: str) -> None:
    assert sentence(series(rule, start)) == expected


@pytest.mark.parametrize(
    ("rule", "start", "month_end", "expected"),
    [
        ("FREQ=MONTHLY", "2026-01-31", "clamp", "Every month on the 31st, on the last day of shorter months"),
        ("FREQ=MONTHLY", "2026-01-31", "skip", "Every month on the 31st, not in shorter months"),
        ("FREQ=YEARLY", "2028-02-29T09:00", "clamp", "Every 29 February at 09:00, on 28 February in other years"),
        ("FREQ=YEARLY", "2028-02-29", "skip", "Every 29 February, in leap years only"),
    ],
)
def test_the_sentence_says_what_happens_where_a_day_is_missing(
    rule: str, start: str, month_end: Literal["clamp", "skip"], expected: str
) -> None:
    assert sentence(series(rule, start, month_end=month_end)) == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=DAILY", "1 day after completion at 09:00"),
        ("FREQ=HOURLY;INTERVAL=4", "4 hours after completion"),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=5", "2 weeks after completion at 09:00, 5 times"),
        ("FREQ=MONTHLY;UNTIL=20270331", "1 month after completion at 09:00, until 31 March 2027"),
    ],
)
def test_after_completion_is_said_so(rule: str, expected: str) -> None:
    assert sentence(series(rule, "2026-01-31T09:00", mode="completion")) == expected
