"""How a due moves."""

from typing import Any

import pytest

from web.tools.tasks.dues import moved_by

pytestmark = pytest.mark.unit
BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("due", "days", "wanted"),
    [
        ({"date": "2026-02-27"}, 2, {"date": "2026-03-01"}),
        ({"date": "2026-03-01"}, -1, {"date": "2026-02-28"}),
        ({"local": "2026-12-31T23:30", "zone": BERLIN}, 1, {"local": "2027-01-01T23:30", "zone": BERLIN}),
        ({"local": "2026-03-28T02:30:15", "zone": None}, 1, {"local": "2026-03-29T02:30:15", "zone": None}),
    ],
)
def test_days_are_those_of_the_calendar(due: dict[str, Any], days: int, wanted: dict[str, Any]) -> None:
    assert moved_by(due, days) == wanted
