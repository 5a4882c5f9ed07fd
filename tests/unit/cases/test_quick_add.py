"""What a case of quick add compares."""

from typing import Any

import pytest

from tests.cases.quick_add import differences

pytestmark = pytest.mark.unit

CASE: dict[str, Any] = {
    "lang": "en",
    "now": "2026-11-30T10:00",
    "zone": "Europe/Berlin",
    "text": "Bins every other tuesday 9am #home #Out !low remind me 1h before remind me 2h before",
    "expect": {
        "title": "Bins",
        "due": {"local": "2026-12-01T09:00"},
        "priority": "low",
        "tags": ["Out", "home"],
        "reminders": [{"offset_minutes": 120}, {"offset_minutes": 60}],
        "recurrence": {"rule": "RRULE:INTERVAL=2;FREQ=WEEKLY", "mode": "schedule"},
    },
}


def test_order_and_spelling_are_no_difference() -> None:
    assert differences(CASE) == []


@pytest.mark.parametrize(
    ("field", "right"),
    [
        ("title", "bins"),
        ("due", {"date": "2026-12-01"}),
        ("due", None),
        ("priority", None),
        ("tags", ["home"]),
        ("tags", ["out", "home"]),
        ("reminders", None),
        ("reminders", []),
        ("recurrence", None),
        ("recurrence", {"rule": "FREQ=WEEKLY;BYDAY=TU", "mode": "schedule"}),
        ("recurrence", {"rule": "FREQ=WEEKLY;INTERVAL=2", "mode": "completion"}),
        ("recurrence", {"rule": "FREQ=WEEKLY;INTERVAL=2;COUNT=900", "mode": "schedule"}),
        ("list", "Home"),
    ],
)
def test_what_differs_is_named(field: str, right: Any) -> None:
    expected = {**CASE["expect"], field: right}
    case = {**CASE, "expect": {name: value for name, value in expected.items() if value is not None}}
    assert [line.split(" is ")[0] for line in differences(case)] == [field]


def test_no_reminder_is_not_nothing_said() -> None:
    case = {**CASE, "text": "Bins", "expect": {"title": "Bins"}}
    assert differences(case) == []
    assert differences({**case, "expect": {"title": "Bins", "reminders": []}}) == ["reminders is None, not []"]
