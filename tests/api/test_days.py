"""One rule for days: lists, their counts, what is overdue and the digest of a reader, wherever a task is due.

web/ui/tests/views.test.ts holds the page to the same table.
"""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from actors.clock import instant_text
from actors.due import due_at
from host.store.notify import digest_queries
from host.store.read_model.days import midnight
from tests.fakes.world import World

pytestmark = pytest.mark.api

TASKS = "/api/v1/tasks"
ROWS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "days.json").read_text(encoding="utf-8"))
ZONES = tuple(ROWS[0]["on"])


async def filled(here: World, zone: str) -> httpx.AsyncClient:
    reader = await here.person(f"{zone.rpartition('/')[2]}@example.org", timezone=zone)
    for number, row in enumerate(ROWS):
        answer = await reader.post(TASKS, json={"title": str(number), "due": row["due"], "reminders": []})
        assert answer.status_code == 201, answer.text
    return reader


def on(day: date, zone: str) -> set[str]:
    return {str(number) for number, row in enumerate(ROWS) if row["on"][zone] == str(day)}


@pytest.mark.parametrize("zone", ZONES)
async def test_lists_counts_the_digest_and_what_is_overdue_agree_on_days(here: World, zone: str) -> None:
    reader = await filled(here, zone)
    for day in (date(2027, 3, number) for number in range(1, 5)):
        query = {"due_after": str(day), "due_before": str(day + timedelta(days=1))}
        listed = (await reader.get(TASKS, params=query)).json()
        assert {task["title"] for task in listed["items"]} == on(day, zone)
        assert listed["total"] == len(on(day, zone))
    await the_digest_lists(here, reader, date(2027, 3, 2), zone)
    await overdue_at_the_end_of(here, reader, date(2027, 3, 2), zone)


async def the_digest_lists(here: World, reader: httpx.AsyncClient, day: date, zone: str) -> None:
    """Asks just before the day begins, when nothing of it is overdue yet."""
    begins, ends = (midnight(day + timedelta(days=more), zone) for more in (0, 1))
    user_id, before = reader.headers["x-user-id"], begins.instant - timedelta(milliseconds=1)
    async with here.db.raw() as connection:
        found = await digest_queries.ahead(connection, user_id, before, ends)
    assert {title for title, *_ in found.tasks} == on(day, zone)


async def overdue_at_the_end_of(here: World, reader: httpx.AsyncClient, day: date, zone: str) -> None:
    """Asks at the end of the day, when all of it is overdue, and of the next one what is due at that instant."""
    ends = midnight(day + timedelta(days=1), zone).instant
    here.clock.move(seconds=(ends - here.clock.now()).total_seconds())
    overdue = (await reader.get(TASKS, params={"overdue": "true"})).json()
    late = {task["title"] for task in overdue["items"]}
    at_that_instant = {str(number) for number, row in enumerate(ROWS) if due_at(row["due"], zone) == instant_text(ends)}
    assert late - at_that_instant == on(day, zone) | on(day - timedelta(days=1), zone)
