"""The daily series that the tests of series begin with."""

from typing import Any

import httpx

from tests.fakes.schema import faults

SERIES = "/api/v1/series"
TASKS = "/api/v1/tasks"
BERLIN = "Europe/Berlin"
DAILY: dict[str, Any] = {
    "title": "Water the plants",
    "rule": "FREQ=DAILY",
    "start": {"local": "2026-11-23T09:00", "zone": BERLIN},
}


async def made(ada: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    """The daily series with other fields, as it is answered."""
    answer = await ada.post(SERIES, json={**DAILY, **fields})
    assert answer.status_code == 201, answer.text
    series: dict[str, Any] = answer.json()
    assert faults(series, "Series") == []
    return series
