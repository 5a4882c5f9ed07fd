"""Which slot of a new rule each slot of the old one becomes."""

from typing import Any

import pytest

from actors.recurrence.expansion import Policies, Recurrence
from actors.recurrence.parsing import parse
from actors.replies import Refused
from actors.series.translation import TABLE, becomes, comes_again

pytestmark = pytest.mark.unit

KINDS = ("days", "times", "many", "counted")


def recurrence(rule: str = "FREQ=DAILY", start: str = "2026-11-23T09:00", mode: Any = "schedule") -> Recurrence:
    due = {"local": start, "zone": "Europe/Berlin"} if "T" in start else {"date": start}
    parsed = parse(rule, due, "Europe/Berlin", Policies(mode=mode))
    assert not isinstance(parsed, Refused), parsed
    return parsed


def test_every_pair_of_kinds_is_in_the_table() -> None:
    assert set(TABLE) == {(old, new) for old in KINDS for new in KINDS}


@pytest.mark.parametrize(
    ("old", "new", "name", "expected"),
    [
        (recurrence(), recurrence(start="2026-11-23T10:30"), "2026-11-25T09:00", "2026-11-25T10:30"),
        (recurrence(), recurrence(start="2026-11-23"), "2026-11-25T09:00", "2026-11-25"),
        (recurrence(start="2026-11-23"), recurrence(), "2026-11-25", "2026-11-25T09:00"),
        (recurrence(), recurrence("FREQ=WEEKLY;BYDAY=WE"), "2026-11-25T09:00", "2026-11-25T09:00"),
        (recurrence(), recurrence("FREQ=WEEKLY;BYDAY=TU"), "2026-11-25T09:00", None),
        (recurrence(), recurrence(start="2026-11-26T09:00"), "2026-11-25T09:00", None),
        (recurrence(), recurrence(mode="completion", start="2026-11-20T18:00"), "2026-11-25T09:00", "2026-11-25T18:00"),
        (recurrence(), recurrence(mode="completion", start="2026-11-20"), "2026-11-25T09:00", "2026-11-25"),
        (recurrence(mode="completion"), recurrence("FREQ=WEEKLY;BYDAY=WE"), "2026-11-25T09:00", "2026-11-25T09:00"),
        (recurrence(mode="completion"), recurrence("FREQ=WEEKLY;BYDAY=TU"), "2026-11-25T09:00", None),
        # One a day, and several a day.
        (recurrence(), recurrence("FREQ=DAILY;BYHOUR=9,15"), "2026-11-25T09:00", "2026-11-25T09:00"),
        (recurrence(), recurrence("FREQ=DAILY;BYHOUR=10,15"), "2026-11-25T09:00", "2026-11-25T10:00"),
        (recurrence(start="2026-11-23"), recurrence("FREQ=DAILY;BYHOUR=10,15"), "2026-11-25", "2026-11-25T10:00"),
        (recurrence("FREQ=DAILY;BYHOUR=9,15"), recurrence(), "2026-11-25T09:00", "2026-11-25T09:00"),
        (recurrence("FREQ=DAILY;BYHOUR=9,15"), recurrence(), "2026-11-25T15:00", None),
        (recurrence("FREQ=DAILY;BYHOUR=10,15"), recurrence(), "2026-11-25T15:00", "2026-11-25T09:00"),
        (recurrence("FREQ=DAILY;BYHOUR=9,15"), recurrence(start="2026-11-23"), "2026-11-25T15:00", "2026-11-25"),
        # Several a day: the same time, or the same place where all times are others.
        (recurrence("FREQ=DAILY;BYHOUR=9,15"), recurrence("FREQ=DAILY;BYHOUR=9,18"), "2026-11-25T15:00", None),
        (
            recurrence("FREQ=DAILY;BYHOUR=9,15"),
            recurrence("FREQ=DAILY;BYHOUR=9,18"),
            "2026-11-25T09:00",
            "2026-11-25T09:00",
        ),
        (
            recurrence("FREQ=DAILY;BYHOUR=9,15"),
            recurrence("FREQ=DAILY;BYHOUR=10,18"),
            "2026-11-25T15:00",
            "2026-11-25T18:00",
        ),
        (recurrence("FREQ=DAILY;BYHOUR=9,15"), recurrence("FREQ=DAILY;BYHOUR=8,10,18"), "2026-11-25T15:00", None),
        (None, recurrence("FREQ=DAILY;BYHOUR=9,15"), "2026-11-25T15:00", "2026-11-25T15:00"),
        (None, recurrence(start="2026-11-23T10:30"), "2026-11-25T09:00", "2026-11-25T10:30"),
        (None, recurrence(start="2026-11-23"), "2026-11-25T09:00", "2026-11-25"),
    ],
)
def test_a_slot_keeps_its_day(old: Recurrence | None, new: Recurrence, name: str, expected: str | None) -> None:
    assert becomes(old, new, name) == expected


@pytest.mark.parametrize(
    ("old", "new", "name", "expected"),
    [
        # A weekday that is dropped, and comes again at another time.
        (recurrence("FREQ=WEEKLY;BYDAY=TU"), recurrence(start="2026-11-23T10:30"), "2026-11-25T09:00", "2026-11-25T10:30"),
        # An hour that is dropped from a day that has others.
        (recurrence(), recurrence(start="2026-11-23T10:30"), "2026-11-25T15:00", None),
        (recurrence(), recurrence("FREQ=DAILY;BYHOUR=9,15"), "2026-11-25T15:00", "2026-11-25T15:00"),
        (recurrence(), recurrence(start="2026-11-23T10:30"), "2026-11-25T09:00", "2026-11-25T10:30"),
    ],
)  # fmt: skip
def test_a_slot_that_is_remembered_comes_again(
    old: Recurrence, new: Recurrence, name: str, expected: str | None
) -> None:
    assert comes_again(old, new, name) == expected
