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

from actors.series import rules as series
from actors.task import rules as task
from load.bench.bench import Bench
from load.bench.clients.http import connect, request
from load.bench.figures import VoidError, summary
from load.bench.fill import fill
from load.bench.phases.release import release
from load.bench.phases.reminders import (
    DELIVERED_SQL,
    FIRED_SQL,
    fired_line,
    lateness_line,
    milliseconds,
    text,
    wait_for,
)
from load.bench.phases.streams import write
from load.bench.report import Limit, Line, Section
from load.bench.seed import documents, seed
from load.bench.users import User, add_users

_SEED = 7305
_SEEDING_TIMEOUT_SECONDS = 600.0
_OCCURRENCE_TIMEOUT_SECONDS = 30.0
_QUIET_TIMEOUT_SECONDS = 300.0
_QUIET_SECONDS = 5.0
_QUIET = 0.2  # of a core, all parts together
_A_SECOND = 50
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
SELECT extract(epoch FROM made.created_at - slot.at)::float8 * 1000 AS late_ms
FROM unnest($1::text[], $2::timestamptz[]) AS slot (series_id, at)
JOIN outbox made ON made.body->'data'->'task'->>'series_id' = slot.series_id AND made.created_at >= slot.at
WHERE made.type = 'task.created' AND made.created_at >= $3  -- at the first slot: the bodies of all others are not read
"""
_BY_COMPLETION_SQL = """
SELECT extract(epoch FROM made.created_at - done.created_at)::float8 * 1000 AS late_ms
FROM outbox done JOIN outbox made ON made.body->'data'->'task'->>'series_id' = done.body->'data'->'task'->>'series_id'
WHERE done.type = 'task.completed' AND done.actor_id = ANY($1) AND made.type = 'task.created' AND made.actor_id <> done.actor_id
"""


async def run(bench: Bench, section: Section) -> None:
    users = await add_users(bench.system, bench.plan.scale_users)
    await section.add("seeding", _seeded(bench, users, section))
    await _until_quiet(bench)
    await section.add("lateness among them", _due(bench, users, section))
    await section.add("occurrences by slot", _by_slot(bench, users[0]))
    await section.add("occurrences by completion", _by_completion(bench, users))
    await section.add("people's release", release(bench))
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


async def _until_quiet(bench: Bench) -> None:
    """What is measured is among pending reminders, not while a hundred thousand actors, just armed, are let go again."""
    until, before = time.monotonic() + _QUIET_TIMEOUT_SECONDS, sum(bench.system.cpu_seconds().values())
    while time.monotonic() < until:
        await asyncio.sleep(_QUIET_SECONDS)
        after = sum(bench.system.cpu_seconds().values())
        if after - before < _QUIET * _QUIET_SECONDS:
            return
        before = after
    raise VoidError(f"the system was not quiet within {_QUIET_TIMEOUT_SECONDS:.0f} s after the seeding")


def _disk(data: Path) -> dict[str, int]:
    """Bytes by folder of the data folder."""
    return {
        folder.name: sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        for folder in sorted(data.iterdir())
        if folder.is_dir()
    }


async def _due(bench: Bench, users: Sequence[User], section: Section) -> list[Line]:
    """While others write at fixed times: due evenly over one second, as is required, and all at one instant."""
    lines: list[Line] = []
    for when, span in (("in one second", timedelta(seconds=1)), ("at one instant", timedelta())):
        what = f"{bench.plan.due} due {when} during {_A_SECOND} writes a second"
        rounds = [await _due_once(bench, users, span) for _ in range(bench.plan.scale_due_rounds)]
        fired, delivered = ([late for both in rounds for late in both[told]] for told in (0, 1))
        lines += [
            fired_line(bench, section, what, fired) if span else lateness_line(section, f"{what}: fired", fired),
            lateness_line(section, f"{what}: delivered", delivered),
        ]
        p99s = ", ".join(f"{summary(both[0])['p99']:.0f}" for both in rounds)
        section.notes.append(f"{what}: fired, p99 of each round: {p99s} ms.")
    return lines


async def _due_once(bench: Bench, users: Sequence[User], span: timedelta) -> tuple[list[float], list[float]]:
    """How late, in ms, each reminder fired and was delivered."""
    count = bench.plan.due
    due_at = int(time.time()) + bench.plan.seconds_before_due
    bodies = [_due_task(datetime.fromtimestamp(due_at, UTC) + span * number / count) for number in range(count)]
    ids = await fill(bench, bodies, users)
    if time.time() > due_at - 1:
        raise VoidError(f"the {count} tasks were not there one second before their reminders were due")
    await asyncio.sleep(due_at - 1 - time.time())
    tokens = [user.token for user in users]
    writing = asyncio.create_task(write(bench, tokens, _A_SECOND))
    fired, delivered = await wait_for(bench, FIRED_SQL, ids), await wait_for(bench, DELIVERED_SQL, ids)
    await writing
    if min(fired) < 0:
        raise VoidError(f"a reminder fired {-min(fired):.0f} ms early")
    return fired, delivered


def _due_task(at: datetime) -> dict[str, Any]:
    return {"title": "Water the plants", "reminders": [{"at": text(at)}]}


async def _by_slot(bench: Bench, user: User) -> list[Line]:
    """Series after their slots, which come at the rate of the completions, and all at one instant."""
    count, what = bench.plan.scale_slots, "next occurrence after a slot"
    late = await _slots(bench, user, [number // _A_SECOND for number in range(count)])
    line = Line(f"{what}, {_A_SECOND} a second", milliseconds(late))
    burst = await _slots(bench, user, [0] * count)
    return [
        bench.judged(line, summary(late)["p99"], OCCURRENCE_P99),
        Line(f"{what}, {count} at one instant", milliseconds(burst)),
    ]


async def _slots(bench: Bench, user: User, seconds: Sequence[int]) -> list[float]:
    """A series for each, whose slot comes so many seconds after the first: from the slot to the commit of the next task."""
    first = int(time.time()) + bench.plan.seconds_before_due
    slots = [datetime.fromtimestamp(first + later, UTC) for later in seconds]
    ids = await _seed_series(bench, user, [_series(number, slot) for number, slot in enumerate(slots)])
    await asyncio.sleep(max(0.0, first - 1 - time.time()))
    [[unarmed]] = await _rows(bench, _UNARMED_SQL, 1, ids)
    if unarmed:
        raise VoidError(f"{unarmed} of {len(ids)} series had no wake yet one second before their slot")
    return await _occurrences(bench, _BY_SLOT_SQL, ids, slots, slots[0])


async def _by_completion(bench: Bench, users: Sequence[User]) -> list[Line]:
    """Series after completion: from the commit of the completion to that of the next task."""
    count, user = bench.plan.scale_completions, users[0]
    ids = await _seed_series(bench, user, [_series(n, _in(timedelta(days=1)), "completion") for n in range(count)])
    tasks = await _first_tasks(bench, ids)
    await _complete(bench, user, tasks)
    late = await _occurrences(bench, _BY_COMPLETION_SQL, tasks)
    line = Line(f"next occurrence after a completion, {_A_SECOND} a second", milliseconds(late))
    return [bench.judged(line, summary(late)["p99"], OCCURRENCE_P99)]


async def _complete(bench: Bench, user: User, tasks: Sequence[str]) -> None:
    connection = await connect(bench.url("/tasks"))
    began = time.perf_counter()
    for number, task_id in enumerate(tasks):
        await asyncio.sleep(max(0.0, began + number / _A_SECOND - time.perf_counter()))
        url = bench.url(f"/tasks/{task_id}/complete")
        status, answer = await connection.ask(request("POST", url, {"Authorization": f"Bearer {user.token}"}))
        if status != _OK:
            raise VoidError(f"a completion was refused: {status} {answer[:200]!r}")
    connection.close()


async def _first_tasks(bench: Bench, ids: Sequence[str]) -> list[str]:
    rows = await _rows(bench, _FIRST_SQL, len(ids), ids)
    return [row["id"] for row in rows]


async def _occurrences(bench: Bench, sql: str, ids: Sequence[str], *arguments: Any) -> list[float]:
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
