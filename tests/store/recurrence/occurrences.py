"""Series as these tests create them, and the occurrences of a series as the actors know them."""

from typing import Any

import orjson

from host.consumers.catchup import Catchup
from tests.store.world import World

# Noon on 22 November: the first slot is tomorrow's.
DAILY = {"rule": "FREQ=DAILY", "start": {"local": "2026-11-22T09:00", "zone": "UTC"}}
CHORE = {"template": {"title": "Water the plants", "tags": ["home"]}, **DAILY}
AFTER_DONE = CHORE | {"mode": "completion"}


async def everything(loops: dict[str, Catchup]) -> None:
    """Runs projector and recurrence until neither has anything to do."""
    while sum([await loops[name].step() for name in ("projector", "recurrence")]):
        pass


async def tasks_of(world: World, series_id: str) -> list[tuple[str, str]]:
    """Returns (slot, state) of each occurrence that the actors know, by slot."""
    rows = await world.rows("SELECT value FROM dapr_state WHERE key LIKE '%TaskActor%'")
    states = [orjson.loads(row[0])["state"] for row in rows]
    return sorted((s["occurrence"]["slot"], _state(s)) for s in states if s["series_id"] == series_id)


def _state(task: dict[str, Any]) -> str:
    if task["purged"]:
        return "purged"
    return "trash" if task["deleted_at"] else str(task["status"])


async def series_of(world: World, series_id: str) -> dict[str, Any]:
    body: dict[str, Any] = orjson.loads(await world.value("SELECT body FROM series WHERE id = $1", series_id))
    return body


async def awaited(world: World, series_id: str) -> str:
    return str((await series_of(world, series_id))["awaited"]["task_id"])


async def replay(world: World) -> None:
    """Makes the recurrence consumer forget everything, so that it starts from the beginning."""
    await world.rows("DELETE FROM inbox WHERE consumer = 'recurrence'")
    await world.rows("UPDATE watermarks SET position = 0, seen = 0, seen_xid = 0 WHERE consumer = 'recurrence'")
