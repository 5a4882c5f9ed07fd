"""A client that writes the outbox rows of new tasks, as the trigger makes them, at a fixed rate or all at once."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from typing import Any
from uuid import uuid4

import asyncpg
import orjson
import uvloop

from actors.task import rules as task
from load.bench.bench import TASK
from load.bench.clients.loop import answer, cpu_seconds, order_from_stdin
from load.bench.seed import documents

_TICK_SECONDS = 0.02
_BATCH = 500
_COLUMNS = ("event_id", "actor_type", "actor_id", "version", "seq", "of", "user_id", "type", "body")
Row = tuple[str, str, str, int, int, int, str, str, str]


async def run(order: dict[str, Any]) -> dict[str, Any]:
    """Writes `count` events; returns the tasks' `ids`, `late_seconds` (of the latest write) and `cpu_seconds`.

    `order`: database_url, users (ids, in turn), count, rate (events a second; 0: as fast as possible).
    """
    rows = list(_rows(order["users"], order["count"]))
    connection: Any = await asyncpg.connect(order["database_url"])
    used = cpu_seconds()
    try:
        late = await (_paced(connection, rows, order["rate"]) if order["rate"] else _at_once(connection, rows))
    finally:
        await connection.close()
    return {
        "ids": [row[_COLUMNS.index("actor_id")] for row in rows],
        "late_seconds": late,
        "cpu_seconds": cpu_seconds() - used,
    }


def _rows(users: list[str], count: int) -> list[Row]:
    return [
        row
        for user in islice(cycle(users), count)
        for key, document in documents("TaskActor", task.decide, "CreateTask", user, [(str(uuid4()), TASK)])
        for row in _events(key, document)
    ]


def _events(key: str, document: bytes) -> Iterator[Row]:
    """Gives the rows that the trigger puts into the outbox for a document."""
    _, kind, actor, _ = key.split("||")
    state = orjson.loads(document)
    version, events = state["version"], state["outbox"]
    for seq, event in enumerate(events, start=1):
        event_id = f"{kind}:{actor}:{version}:{seq}"
        owner, body = event["data"]["user_id"], orjson.dumps(event).decode()
        yield (event_id, kind, actor, version, seq, len(events), owner, event["type"], body)


async def _write(connection: Any, rows: Sequence[Row]) -> None:
    """Writes one transaction; it has its number before it draws positions, as a turn has, for watermarks rely on that."""
    async with connection.transaction():
        await connection.execute("SELECT pg_current_xact_id()")
        await connection.copy_records_to_table("outbox", columns=_COLUMNS, records=rows)


async def _paced(connection: Any, rows: list[Row], rate: float) -> float:
    """Every 20 ms writes what is due, whatever the last write took; returns the seconds that the latest was late."""
    began, written, late = time.perf_counter(), 0, 0.0
    while written < len(rows):
        due = min(len(rows), int((time.perf_counter() - began) * rate) + 1)
        if due > written:
            await _write(connection, rows[written:due])
            late = max(late, time.perf_counter() - began - written / rate - _TICK_SECONDS)
            written = due
        await asyncio.sleep(_TICK_SECONDS - (time.perf_counter() - began) % _TICK_SECONDS)
    return late


async def _at_once(connection: Any, rows: list[Row]) -> float:
    for start in range(0, len(rows), _BATCH):
        await _write(connection, rows[start : start + _BATCH])
    return 0.0


if __name__ == "__main__":
    answer(uvloop.run(run(order_from_stdin())))
