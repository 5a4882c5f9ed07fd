"""Quiet hours: when they end, across midnight and across the hours that a clock leaves out or repeats."""

import pytest

from actors.clock import instant_text, parse_instant
from actors.day_times import quiet_until

pytestmark = pytest.mark.unit

BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("now", "start", "end", "zone", "until"),
    [
        ("2026-11-22T20:59:59Z", "22:00", "07:00", BERLIN, None),
        ("2026-11-22T21:00:00Z", "22:00", "07:00", BERLIN, "2026-11-23T06:00:00.000Z"),
        ("2026-11-23T02:00:00Z", "22:00", "07:00", BERLIN, "2026-11-23T06:00:00.000Z"),
        ("2026-11-23T06:00:00Z", "22:00", "07:00", BERLIN, None),
        ("2026-11-22T12:30:00Z", "13:00", "15:00", BERLIN, "2026-11-22T14:00:00.000Z"),
        ("2026-11-22T14:00:00Z", "13:00", "15:00", BERLIN, None),
        ("2026-11-22T11:59:00Z", "13:00", "15:00", BERLIN, None),
        # To midnight, and from midnight.
        ("2026-11-22T22:59:00Z", "22:00", "00:00", BERLIN, "2026-11-22T23:00:00.000Z"),
        ("2026-11-22T23:00:00Z", "22:00", "00:00", BERLIN, None),
        ("2026-11-22T23:00:00Z", "00:00", "06:00", BERLIN, "2026-11-23T05:00:00.000Z"),
        # The night of the gap has an hour less, that of the overlap an hour more.
        ("2026-03-28T23:00:00Z", "22:00", "07:00", BERLIN, "2026-03-29T05:00:00.000Z"),
        ("2026-10-24T23:00:00Z", "22:00", "07:00", BERLIN, "2026-10-25T06:00:00.000Z"),
        # Quiet hours that lie in the gap do not exist that day; an end in it is where the gap ends.
        ("2026-03-29T01:00:00Z", "02:10", "02:50", BERLIN, None),
        ("2026-03-29T00:30:00Z", "01:00", "02:30", BERLIN, "2026-03-29T01:00:00.000Z"),
        ("2026-11-22T20:00:00Z", "22:00", "07:00", "Pacific/Auckland", None),
        ("2026-11-22T10:00:00Z", "22:00", "07:00", "Pacific/Auckland", "2026-11-22T18:00:00.000Z"),
    ],
)
def test_quiet_hours_end(now: str, start: str, end: str, zone: str, until: str | None) -> None:
    found = quiet_until(parse_instant(now), start, end, zone)
    assert (None if found is None else instant_text(found)) == until
