"""Live streams: how soon a commit is heard, and what a stream that waits costs in memory."""

import asyncio
import time
from contextlib import AsyncExitStack
from datetime import datetime
from itertools import cycle, islice
from typing import Any

import orjson

from load.bench.bench import TASK, Bench, cpu_by_part
from load.bench.clients.http import connect, request
from load.bench.figures import VoidError, summary
from load.bench.load_process import Subscriber, subscriber
from load.bench.report import Limit, Line, Section
from load.bench.users import add_users

_CREATED = 201
# Below the ten messages a second from which one stream gets them in batches.
_RATE_TO_ONE_USER = 8
_RATE = 50
_WRITERS = 8
_SETTLE_SECONDS = 2.0

LATENCY_P50 = Limit(limit=50, smoke_limit=1000, at_most=True, unit=" ms")
LATENCY_P99 = Limit(limit=500, smoke_limit=5000, at_most=True, unit=" ms")
MEMORY = Limit(limit=56, smoke_limit=1000, at_most=True, unit=" KiB")

_COMMITTED_SQL = "SELECT actor_id, created_at FROM outbox WHERE actor_id = ANY($1) AND version = 1 AND seq = 1"


async def memory(bench: Bench, section: Section) -> None:
    """Runs first: a process that has already held many streams would show less."""
    tokens = [user.token for user in await add_users(bench.system, max(bench.plan.idle_streams))]
    with cpu_by_part(bench.system) as used:
        await asyncio.sleep(bench.plan.idle_seconds)
    shares = ", ".join(f"{part} {100 * seconds / bench.plan.idle_seconds:.1f} %" for part, seconds in used.items())
    section.notes.append(f"Of a core, with nobody there: {shares}.")
    before = bench.system.memory_bytes()["host"]
    held = 0
    async with AsyncExitStack() as opened:
        for wanted in bench.plan.idle_streams:
            streams = await opened.enter_async_context(subscriber(bench.url("/stream"), tokens[held:wanted]))
            opened.push_async_callback(_still_open, streams)
            held = wanted
            await asyncio.sleep(_SETTLE_SECONDS)
            host = bench.system.memory_bytes()["host"]
            each = (host - before) / held / 1024
            section.lines.append(bench.judged(Line(f"memory a stream, {held} idle", f"{each:.1f} KiB"), each, MEMORY))
            section.notes.append(f"The host: {host / 2**20:.0f} MiB with {held} streams.")


async def _still_open(streams: Subscriber) -> None:
    if (await streams.close())["closed"]:
        raise VoidError("streams were closed while they were idle")


async def latency(bench: Bench, section: Section) -> None:
    tokens = [user.token for user in await add_users(bench.system, max(bench.plan.stream_users))]
    for users in bench.plan.stream_users:
        await section.add(f"commit to stream, {users} users", _heard(bench, tokens[:users]))
    section.notes.append(
        "From the clock that the commit's transaction read in the database to the subscriber's read of the event;"
        f" {_RATE_TO_ONE_USER} creates a second to one user, {_RATE} to many, at fixed times."
    )


async def _heard(bench: Bench, tokens: list[str]) -> list[Line]:
    rate = _RATE if len(tokens) >= _RATE else _RATE_TO_ONE_USER
    async with subscriber(bench.url("/stream"), tokens) as streams:
        await asyncio.sleep(_SETTLE_SECONDS / 2)
        ids = await write(bench, tokens, rate)
        await asyncio.sleep(_SETTLE_SECONDS / 2)
        seen = await streams.close()
    missing = set(ids) - set(seen["arrivals"])
    if missing or seen["closed"]:
        raise VoidError(f"{len(missing)} of {len(ids)} events were not heard, {seen['closed']} streams were closed")
    committed = await _committed(bench, ids)
    took = summary([(seen["arrivals"][task] - committed[task].timestamp()) * 1000 for task in ids])
    what = f"commit to stream, {len(tokens)} users"
    heard = f"p50 {took['p50']:.1f} ms"
    tail = f"p99 {took['p99']:.1f}, max {took['max']:.1f} ms"
    return [
        bench.judged(Line(what, heard), took["p50"], LATENCY_P50),
        bench.judged(Line(what, tail), took["p99"], LATENCY_P99),
    ]


async def write(bench: Bench, tokens: list[str], rate: int) -> list[str]:
    """Creates at fixed times, whether the last one is answered or not; the ids."""
    count = int(rate * bench.plan.stream_seconds)
    began = time.perf_counter()
    plan = [(began + n / rate, token) for n, token in enumerate(islice(cycle(tokens), count))]
    lists = await asyncio.gather(*(_writer(bench, plan[n::_WRITERS]) for n in range(_WRITERS)))
    return [task_id for ids in lists for task_id in ids]


async def _writer(bench: Bench, plan: list[tuple[float, str]]) -> list[str]:
    url = bench.url("/tasks")
    connection = await connect(url)
    ids: list[str] = []
    body = orjson.dumps(TASK)
    for at, token in plan:
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        status, answer = await connection.ask(request("POST", url, {"Authorization": f"Bearer {token}"}, body))
        if status != _CREATED:
            raise VoidError(f"a task was refused: {status} {answer[:200]!r}")
        ids.append(orjson.loads(answer)["id"])
    connection.close()
    return ids


async def _committed(bench: Bench, ids: list[str]) -> dict[str, datetime]:
    connection: Any = await bench.system.connect()
    try:
        rows = await connection.fetch(_COMMITTED_SQL, ids)
        return {row["actor_id"]: row["created_at"] for row in rows}
    finally:
        await connection.close()
