"""Live streams: how soon a commit is heard, and how much memory an idle stream costs."""

import asyncio
from contextlib import AsyncExitStack
from datetime import datetime

from load.bench.api import create_paced
from load.bench.bench import Bench, cpu_by_part
from load.bench.figures import VoidError, summary
from load.bench.load_process import Subscriber, subscriber
from load.bench.report import Limit, Line, Section
from load.bench.users import add_users

# This is below the ten messages a second from which a stream gets them in batches.
_RATE_TO_ONE_USER = 8
_RATE = 50
_SETTLE_SECONDS = 2.0

LATENCY_P50 = Limit(limit=50, smoke_limit=1000, at_most=True, unit=" ms")
LATENCY_P99 = Limit(limit=500, smoke_limit=5000, at_most=True, unit=" ms")
MEMORY = Limit(limit=56, smoke_limit=1000, at_most=True, unit=" KiB")

_COMMITTED_SQL = "SELECT actor_id, created_at FROM outbox WHERE actor_id = ANY($1) AND version = 1 AND seq = 1"


async def memory(bench: Bench, section: Section) -> None:
    """Measures the memory of idle streams. It runs first: a process that has held many streams before would show less."""
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
    """Measures the time from a commit until the stream of its user has the event, with one user and with many."""
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
        ids = await create_paced(bench, tokens, rate)
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


async def _committed(bench: Bench, ids: list[str]) -> dict[str, datetime]:
    async with bench.system.database() as database:
        rows = await database.fetch(_COMMITTED_SQL, ids)
    return {row["actor_id"]: row["created_at"] for row in rows}
