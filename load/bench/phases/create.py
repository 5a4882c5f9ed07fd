"""Creates by our API, against the least that any task system must do and against a plain service."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import uuid4

from host.store.turns.actor_state import row_key
from load.bench.bench import Bench, cpu_by_part, cpu_text, in_turn
from load.bench.clients.http import connect
from load.bench.figures import Loop, VoidError, a_second, ratio, spread
from load.bench.load_process import run_client, run_creates
from load.bench.report import Limit, Line, Section, noise
from load.bench.system import free_port
from load.bench.waiting import until

_LEVEL_LIMIT_SECONDS = 5.0
_WARM_ACTORS = 200
_PLAIN_START_SECONDS = 30.0

AGAINST_PLAIN = Limit(limit=1.0, smoke_limit=0.2, at_most=False, unit=" x")

_COUNTS_SQL = """
SELECT (SELECT count(*) FROM dapr_state WHERE key = ANY($2)) AS state,
       (SELECT count(*) FROM tasks WHERE id = ANY($1)) AS tasks,
       (SELECT count(DISTINCT task_id) FROM activity WHERE user_id = $3 AND type = 'task.created' AND task_id = ANY($1))
         AS activity,
       (SELECT count(*) FROM activity WHERE user_id = $3 AND type = 'task.created' AND task_id = ANY($1)) AS rows
"""


class Runs:
    """The loops of each side, run by run, and what else was measured beside our creates."""

    def __init__(self) -> None:
        self.loops: dict[str, list[Loop]] = {"create": [], "plain": [], "ping": [], "ping_and_row": []}
        self.level_seconds: list[float] = []
        self.cpu: dict[str, float] = {}
        self.acknowledged = 0

    def rates(self, side: str) -> list[float]:
        return [loop.rate for loop in self.loops[side]]


async def run(bench: Bench, section: Section) -> None:
    """Measures pairs of creates, of the plain service and of the floors, and creates by the number of clients."""
    runs = Runs()
    async with plain_service(bench.system.database_url) as plain_url:
        sides = {
            "create": lambda: _create(bench, runs),
            "plain": lambda: _plain(bench, runs, plain_url),
            "ping": lambda: _actor(bench, runs, "ping"),
            "ping_and_row": lambda: _actor(bench, runs, "ping_and_row"),
        }
        for pair in range(bench.plan.pairs):
            for side in in_turn(list(sides), pair):
                await sides[side]()
    section.lines += _lines(bench, runs)
    section.notes += _notes(bench, runs)
    if bench.plan.sweep_workers:
        section.notes.append(await _sweep(bench))


async def _create(bench: Bench, runs: Runs) -> None:
    with cpu_by_part(bench.system) as used:
        loop, acknowledged = await run_creates(bench.create_order(bench.plan.create_seconds), "create")
        runs.level_seconds.append(await until_level(bench, acknowledged))
    runs.loops["create"].append(loop)
    runs.acknowledged += len(acknowledged)
    for part, seconds in used.items():
        runs.cpu[part] = runs.cpu.get(part, 0.0) + seconds


async def until_level(bench: Bench, acknowledged: list[str]) -> float:
    """Returns the seconds until each acknowledged task is there once in state, read model and activity.

    Raises VoidError after 5 s, or when one id was acknowledged twice.
    """
    if len(set(acknowledged)) != len(acknowledged):
        raise VoidError("create: one id was acknowledged twice")
    began = time.perf_counter()
    keys = [row_key("TaskActor", task_id) for task_id in acknowledged]
    expected = dict.fromkeys(("state", "tasks", "activity", "rows"), len(keys))
    async with bench.system.database() as database:

        async def counts() -> dict[str, int]:
            return dict(await database.fetchrow(_COUNTS_SQL, acknowledged, keys, bench.user_id))

        await until(
            counts,
            lambda read: read == expected,
            within_seconds=_LEVEL_LIMIT_SECONDS,
            pause_seconds=0.1,
            what=f"create: {len(keys)} acknowledged tasks once each",
        )
    return time.perf_counter() - began


async def _plain(bench: Bench, runs: Runs, url: str) -> None:
    order = bench.create_order(bench.plan.plain_seconds) | {"url": url, "headers": {}}
    loop, _ = await run_creates(order, "the plain service")
    runs.loops["plain"].append(loop)


async def _actor(bench: Bench, runs: Runs, kind: str) -> None:
    ids = [str(uuid4()) for _ in range(_WARM_ACTORS)]
    order = bench.actor_order(kind, ids, bench.plan.floor_seconds)
    runs.loops[kind].append(Loop.from_json(await run_client("actor_calls", order), kind))


async def _sweep(bench: Bench) -> str:
    rates: dict[int, float] = {}
    for workers in bench.plan.sweep_workers:
        loop, acknowledged = await run_creates(bench.create_order(bench.plan.sweep_seconds, workers), "create")
        await until_level(bench, acknowledged)
        rates[workers] = loop.rate
    best = max(rates, key=lambda workers: rates[workers])
    listed = ", ".join(f"{workers}: {rate:.0f}/s" for workers, rate in rates.items())
    return f"Creates by the number of clients: {listed}; the best is {best}."


def _lines(bench: Bench, runs: Runs) -> list[Line]:
    ours, plain = runs.rates("create"), runs.rates("plain")
    against_plain = ratio(ours, plain)
    floor = ratio(ours, runs.rates("ping_and_row"))
    create = a_second(ours)
    return [
        bench.judged(
            Line("create, against the plain service", create, a_second(plain), str(against_plain)),
            against_plain.middle,
            AGAINST_PLAIN,
        ),
        Line(
            "create, against a no-op call and one row",
            create,
            a_second(runs.rates("ping_and_row")),
            str(floor),
        ),
        Line("actor no-op", a_second(runs.rates("ping"))),
        *noise("a create run", ours),
        *noise("a plain run", plain),
    ]


def _notes(bench: Bench, runs: Runs) -> list[str]:
    loops = runs.loops["create"]
    p50, p99 = (spread([loop.latency[key] for loop in loops]).middle for key in ("p50", "p99"))
    plain99 = spread([loop.latency["p99"] for loop in runs.loops["plain"]]).middle
    late = max(runs.level_seconds)
    busy = max(loop.generator_load for side in runs.loops.values() for loop in side)
    return [
        f"{bench.plan.workers} clients, {bench.plan.pairs} pairs.",
        f"All {runs.acknowledged} acknowledged tasks stood once in state, read model and activity within {late:.1f} s.",
        f"Create took p50 {p50:.1f} ms, p99 {p99:.1f} ms (the plain service: p99 {plain99:.1f} ms).",
        f"CPU a create, consumers included: {cpu_text(runs.cpu, runs.acknowledged)}.",
        f"The load process used at most {100 * busy:.0f} % of a core.",
    ]


@asynccontextmanager
async def plain_service(database_url: str) -> AsyncGenerator[str]:
    """Starts the rival on the same PostgreSQL, in a schema of its own; gives the URL of its tasks."""
    port = free_port()
    process = subprocess.Popen(  # noqa: ASYNC220  it only forks
        [sys.executable, "-m", "load.bench.plain_service", str(port), database_url]
    )
    try:
        url = f"http://127.0.0.1:{port}/tasks"
        await asyncio.wait_for(_until_listening(url), _PLAIN_START_SECONDS)
        yield url
    finally:
        process.terminate()
        process.wait(10)


async def _until_listening(url: str) -> None:
    while True:
        try:
            (await connect(url)).close()
        except OSError:
            await asyncio.sleep(0.1)
        else:
            return
