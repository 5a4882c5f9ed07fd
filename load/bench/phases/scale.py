"""Very many: 100,000 pending reminders and 10,000 series on one machine, and what is still on time among them."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from actors import series, task
from load.bench.bench import Bench
from load.bench.clients.http import connect, request
from load.bench.figures import VoidError, summary
from load.bench.fill import fill
from load.bench.phases.reminders import DELIVERED_SQL, FIRED_SQL, due_lines, milliseconds, text, wait_for
from load.bench.phases.streams import write
from load.bench.report import Limit, Line, Section
from load.bench.seed import documents, seed
from load.bench.users import User, add_users

_SEED = 7305
_SEEDING_TIMEOUT_SECONDS = 600.0
_OCCURRENCE_TIMEOUT_SECONDS = 30.0
_WRITES_A_SECOND = 50
_ZONE = "Europe/Berlin"
_CREATED, _OK = 201, 200
_MIB = 2**20

OCCURRENCE_P99 = Limit(limit=1000, smoke_limit=5000, at_most=True, unit=" ms")

_READY_SQL = """
SELECT (SELECT count(*) FROM tasks WHERE user_id = ANY($1)) AS tasks,
       (SELECT count(*) FROM series WHERE user_id = ANY($1) AND body->'awaited' IS NOT NULL) AS series,
       (SELECT count(*) FROM wakes WHERE armed_at IS NULL) AS unarmed
"""
_UNARMED_SQL = "SELECT count(*) FROM wakes WHERE actor_id = ANY($1) AND armed_at IS NULL"
_FIRST_SQL = "SELECT series_id, id FROM tasks WHERE series_id = ANY($1) AND status = 'open'"
_BY_SLOT_SQL = """
SELECT extract(epoch FROM created_at)::float8 * 1000 - $2 AS late_ms FROM outbox
WHERE type = 'task.created' AND body->'data'->'task'->>'series_id' = ANY($1) AND created_at >= to_timestamp($2 / 1000)
"""
_BY_COMPLETION_SQL = """
SELECT extract(epoch FROM made.created_at - done.created_at)::float8 * 1000 AS late_ms
FROM outbox done JOIN outbox made ON made.body->'data'->'task'->>'series_id' = done.body->'data'->'task'->>'series_id'
WHERE done.type = 'task.completed' AND done.actor_id = ANY($1) AND made.type = 'task.created' AND made.actor_id <> done.actor_id
"""


async def run(bench: Bench, section: Section) -> None:
    users = await add_users(bench.system, bench.plan.scale_users)
    await section.add("seeding", _seeded(bench, users, section))
    await section.add("lateness among them", _due(bench, users, section))
    for count in bench.plan.scale_slots:
        await section.add("occurrences by slot", _by_slot(bench, users, count))
    await section.add("occurrences by completion", _by_completion(bench, users))
    section.notes.append(
        f"Seeded as documents straight into the triggers, for {len(users)} users; from there on all is as always: read model, "
        "wakes registered by the sweeper, first occurrences by the consumer."
    )


async def _seeded(bench: Bench, users: Sequence[User], section: Section) -> list[Line]:
    plan, began = bench.plan, time.perf_counter()
    for user, tasks in _shares(users, plan.scale_reminders):
        await seed(bench, documents("TaskActor", task.decide, "CreateTask", user.id, _tasks(user, tasks)))
    for user, some in _shares(users, plan.scale_series):
        await _seed_series(bench, user, [_series(n, _in(timedelta(days=1 + n % 20))) for n in range(some)])
    written = time.perf_counter() - began
    await _until_ready(bench, users)
    settled = time.perf_counter() - began
    memory = ", ".join(f"{part} {size / _MIB:.0f}" for part, size in bench.system.memory_bytes().items())
    disk = ", ".join(f"{name} {size / _MIB:.0f}" for name, size in _disk(bench.system.data).items())
    section.notes += [f"Memory with all of them (MiB): {memory}.", f"Disk (MiB): {disk}."]
    what = f"{plan.scale_reminders} pending reminders and {plan.scale_series} series"
    return [Line(what, f"written in {written:.0f} s, all shown and armed after {settled:.0f} s")]


def _shares(users: Sequence[User], total: int) -> Iterator[tuple[User, int]]:
    each, rest = divmod(total, len(users))
    return ((user, each + (number < rest)) for number, user in enumerate(users))


def _tasks(user: User, count: int) -> Iterator[tuple[str, dict[str, Any]]]:
    chance = Random(f"{_SEED}/{user.id}")  # noqa: S311  no secret
    for number in range(count):
        at = _in(timedelta(minutes=chance.randint(24 * 60, 60 * 24 * 60)))
        yield (
            str(UUID(int=chance.getrandbits(128), version=4)),
            {"title": f"Water the plants {number}", "reminders": [{"at": text(at)}]},
        )


def _series(number: int, start: datetime, mode: str = "schedule") -> dict[str, Any]:
    local = start.astimezone(ZoneInfo(_ZONE)).replace(tzinfo=None).isoformat(timespec="seconds")
    return {
        "template": {"title": f"Water the plants, {number}"},
        "rule": "FREQ=DAILY",
        "start": {"local": local, "zone": _ZONE},
        "mode": mode,
    }


async def _seed_series(bench: Bench, user: User, bodies: Sequence[dict[str, Any]]) -> list[str]:
    chance = Random(f"{_SEED}/{user.id}/{bodies[0]['start']['local']}/{bodies[0]['mode']}")  # noqa: S311  no secret
    ids = [str(UUID(int=chance.getrandbits(128), version=4)) for _ in bodies]
    rows = documents("SeriesActor", series.decide, "CreateSeries", user.id, zip(ids, bodies, strict=True))
    await seed(bench, rows)
    return ids


async def _until_ready(bench: Bench, users: Sequence[User]) -> None:
    plan, until = bench.plan, time.monotonic() + _SEEDING_TIMEOUT_SECONDS
    connection = await bench.system.connect()
    try:
        while True:
            found = dict(await connection.fetchrow(_READY_SQL, [user.id for user in users]))
            if found["tasks"] >= plan.scale_reminders + plan.scale_series and not found["unarmed"]:
                return
            if time.monotonic() > until:
                raise VoidError(f"after {_SEEDING_TIMEOUT_SECONDS:.0f} s only {found}")
            await asyncio.sleep(1)
    finally:
        await connection.close()


def _disk(data: Path) -> dict[str, int]:
    """Bytes by folder of the data folder."""
    return {
        folder.name: sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        for folder in sorted(data.iterdir())
        if folder.is_dir()
    }


async def _due(bench: Bench, users: Sequence[User], section: Section) -> list[Line]:
    """As the reminders' phase has it, while others write at fixed times."""
    count = bench.plan.due
    due_at = int(time.time()) + bench.plan.seconds_before_due
    body = {"title": "Water the plants", "reminders": [{"at": text(datetime.fromtimestamp(due_at, UTC))}]}
    ids = await fill(bench, [body] * count, users)
    if time.time() > due_at - 1:
        raise VoidError(f"the {count} tasks were not there one second before their reminders were due")
    await asyncio.sleep(due_at - 1 - time.time())
    tokens = [user.token for user in users]
    writing = asyncio.create_task(write(bench, tokens, _WRITES_A_SECOND))
    fired, delivered = await wait_for(bench, FIRED_SQL, ids), await wait_for(bench, DELIVERED_SQL, ids)
    await writing
    what = f"{count} due at one instant during {_WRITES_A_SECOND} writes a second: "
    return due_lines(bench, section, what, fired, delivered)


async def _by_slot(bench: Bench, users: Sequence[User], count: int) -> list[Line]:
    """Series whose slot comes at one instant: when the task of the next slot is there."""
    slot_at = int(time.time()) + bench.plan.seconds_before_due
    start = datetime.fromtimestamp(slot_at, UTC)
    ids = await _seed_series(bench, users[0], [_series(n, start) for n in range(count)])
    await asyncio.sleep(max(0.0, slot_at - 1 - time.time()))
    [[unarmed]] = await _rows(bench, _UNARMED_SQL, 1, ids)
    if unarmed:
        raise VoidError(f"{unarmed} of {count} series had no wake yet one second before their slot")
    late = await _occurrences(bench, _BY_SLOT_SQL, ids, float(slot_at * 1000))
    line = Line(f"next occurrence after a slot, {count} at one instant", milliseconds(late))
    return [bench.judged(line, summary(late)["p99"], OCCURRENCE_P99)]


async def _by_completion(bench: Bench, users: Sequence[User]) -> list[Line]:
    """Series after completion: from the commit of the completion to that of the next task."""
    count, user = bench.plan.scale_completions, users[0]
    ids = await _seed_series(bench, user, [_series(n, _in(timedelta(days=1)), "completion") for n in range(count)])
    tasks = await _first_tasks(bench, ids)
    await _complete(bench, user, tasks)
    late = await _occurrences(bench, _BY_COMPLETION_SQL, tasks)
    line = Line(f"next occurrence after a completion, {_WRITES_A_SECOND} a second", milliseconds(late))
    return [bench.judged(line, summary(late)["p99"], OCCURRENCE_P99)]


async def _complete(bench: Bench, user: User, tasks: Sequence[str]) -> None:
    connection = await connect(bench.url("/tasks"))
    began = time.perf_counter()
    for number, task_id in enumerate(tasks):
        await asyncio.sleep(max(0.0, began + number / _WRITES_A_SECOND - time.perf_counter()))
        url = bench.url(f"/tasks/{task_id}/complete")
        status, answer = await connection.ask(request("POST", url, {"Authorization": f"Bearer {user.token}"}))
        if status != _OK:
            raise VoidError(f"a completion was refused: {status} {answer[:200]!r}")
    connection.close()


async def _first_tasks(bench: Bench, ids: Sequence[str]) -> list[str]:
    rows = await _rows(bench, _FIRST_SQL, len(ids), ids)
    return [row["id"] for row in rows]


async def _occurrences(bench: Bench, sql: str, ids: Sequence[str], *arguments: float) -> list[float]:
    return [row["late_ms"] for row in await _rows(bench, sql, len(ids), ids, *arguments)]


async def _rows(bench: Bench, sql: str, count: int, *arguments: Any) -> list[Any]:
    """As soon as there are so many; VoidError when there are more, or too few after half a minute."""
    until = time.monotonic() + _OCCURRENCE_TIMEOUT_SECONDS
    connection = await bench.system.connect()
    try:
        while True:
            rows: list[Any] = await connection.fetch(sql, *arguments)
            if len(rows) == count:
                return rows
            if len(rows) > count or time.monotonic() > until:
                raise VoidError(f"{len(rows)} of {count} in {_OCCURRENCE_TIMEOUT_SECONDS:.0f} s")
            await asyncio.sleep(0.25)
    finally:
        await connection.close()


def _in(span: timedelta) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + span
