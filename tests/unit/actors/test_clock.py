"""How late something comes."""

from datetime import UTC, datetime, timedelta

import pytest

from actors.clock import late_seconds

pytestmark = pytest.mark.unit
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "late"),
    [(timedelta(seconds=-1), None), (timedelta(seconds=5), None), (timedelta(seconds=5.9), 5), (timedelta(1), 86_400)],
)
def test_five_seconds_are_on_time_and_after_them_whole_seconds_count(after: timedelta, late: int | None) -> None:
    assert late_seconds(NOON + after, NOON) == late
