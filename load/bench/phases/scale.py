"""Very many actors: 100,000 pending reminders and 10,000 series on one machine, and what is on time among them."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from actors.task import rules as task
from load.bench.api import create_many, create_paced
from load.bench.bench import Bench
from load.bench.figures import VoidError, summary
from load.bench.phases.occurrences import A_SECOND, by_completion, by_slot
from load.bench.phases.release import release
from load.bench.phases.reminders import fired_and_delivered, fired_line, lateness_line, text
from load.bench.report import Line, Section
from load.bench.seed import chance_of, documents, from_now, random_id, seed, seed_series, series_body
from load.bench.users import User, add_users
from load.bench.waiting import until

_SEEDING_TIMEOUT_SECONDS = 600.0
_QUIET_TIMEOUT_SECONDS = 300.0
_QUIET_SECONDS = 5.0
_QUIET = 0.2  # of one core, all parts together
_MIB = 2**20

_READY_SQL = """
SELECT (SELECT count(*) FROM tasks WHERE user_id = ANY($1)) AS tasks,
       (SELECT count(*) FROM series WHERE user_id = ANY($1) AND body->'awaited' IS NOT NULL) AS series,
       (SELECT count(*) FROM wakes WHERE armed_at IS NULL) AS unarmed
"""


async def run(bench: Bench, section: Section) -> None:
    """Seeds the actors and waits until the system idles; then measures reminders, occurrences and a release."""
    users = await add_users(bench.system, bench.plan.scale_users)
    await section.add("seeding", _seeded(bench, users, section))
    await _until_quiet(bench)
    await section.add("lateness among them", _due(bench, users, section))
    await section.add("occurrences by slot", by_slot(bench, users[0]))
    await section.add("occurrences by completion", by_completion(bench, users))
    await section.add("people's release", release(bench))
    section.notes.append(
        f"Seeded as documents straight into the triggers, for {len(users)} users; from there on all is as always: read model, "
        "wakes registered by the sweeper, first occurrences by the consumer."
    )


async def _seeded(bench: Bench, users: Sequence[User], section: Section) -> list[Line]:
    plan, began = bench.plan, time.perf_counter()
    for user, tasks in _shares(users, plan.scale_reminders):
        await seed(bench.system, documents("TaskActor", task.decide, "CreateTask", user.id, _tasks(user, tasks)))
    for user, some in _shares(users, plan.scale_series):
        await _seed_daily(bench, user, some)
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
    chance = chance_of(user.id)
    for number in range(count):
        at = from_now(timedelta(minutes=chance.randint(24 * 60, 60 * 24 * 60)))
        yield (
            random_id(chance),
            {"title": f"Water the plants {number}", "reminders": [{"at": text(at)}]},
        )


async def _seed_daily(bench: Bench, user: User, count: int) -> None:
    """Seeds series of that user whose first slots come over the next three weeks."""
    await seed_series(
        bench.system, user.id, [series_body(n, from_now(timedelta(days=1 + n % 20))) for n in range(count)]
    )


async def _until_ready(bench: Bench, users: Sequence[User]) -> None:
    tasks = bench.plan.scale_reminders + bench.plan.scale_series
    async with bench.system.database() as database:
        await until(
            lambda: database.fetchrow(_READY_SQL, [user.id for user in users]),
            lambda read: read["tasks"] >= tasks and not read["unarmed"],
            within_seconds=_SEEDING_TIMEOUT_SECONDS,
            pause_seconds=1,
            what=f"{tasks} tasks in the read model, and all wakes armed",
        )


async def _until_quiet(bench: Bench) -> None:
    """Waits until the system idles, for the actors that the sweeper has just armed are still being deactivated."""
    deadline, before = time.monotonic() + _QUIET_TIMEOUT_SECONDS, sum(bench.system.cpu_seconds().values())
    while time.monotonic() < deadline:
        await asyncio.sleep(_QUIET_SECONDS)
        after = sum(bench.system.cpu_seconds().values())
        if after - before < _QUIET * _QUIET_SECONDS:
            return
        before = after
    raise VoidError(f"the system was not quiet within {_QUIET_TIMEOUT_SECONDS:.0f} s after the seeding")


def _disk(data: Path) -> dict[str, int]:
    """Returns the bytes in each folder of the data folder."""
    return {
        folder.name: sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        for folder in sorted(data.iterdir())
        if folder.is_dir()
    }


async def _due(bench: Bench, users: Sequence[User], section: Section) -> list[Line]:
    """Measures reminders due within one second, which is judged, and all at one instant, while others write."""
    lines: list[Line] = []
    for when, span in (("in one second", timedelta(seconds=1)), ("at one instant", timedelta())):
        what = f"{bench.plan.due} due {when} during {A_SECOND} writes a second"
        rounds = [await _due_once(bench, users, span) for _ in range(bench.plan.scale_due_rounds)]
        fired, delivered = ([late for both in rounds for late in both[which]] for which in (0, 1))
        lines += [
            fired_line(bench, section, what, fired) if span else lateness_line(section, f"{what}: fired", fired),
            lateness_line(section, f"{what}: delivered", delivered),
        ]
        p99s = ", ".join(f"{summary(both[0])['p99']:.0f}" for both in rounds)
        section.notes.append(f"{what}: fired, p99 of each round: {p99s} ms.")
    return lines


async def _due_once(bench: Bench, users: Sequence[User], span: timedelta) -> tuple[list[float], list[float]]:
    """Returns how late, in ms, each reminder of one round fired and was delivered."""
    count = bench.plan.due
    due_at = int(time.time()) + bench.plan.seconds_before_due
    bodies = [_due_task(datetime.fromtimestamp(due_at, UTC) + span * number / count) for number in range(count)]
    ids = await create_many(bench, bodies, users)
    if time.time() > due_at - 1:
        raise VoidError(f"the {count} tasks were not there one second before their reminders were due")
    await asyncio.sleep(due_at - 1 - time.time())
    tokens = [user.token for user in users]
    writing = asyncio.create_task(create_paced(bench, tokens, A_SECOND))
    fired, delivered = await fired_and_delivered(bench, ids)
    await writing
    return fired, delivered


def _due_task(at: datetime) -> dict[str, Any]:
    return {"title": "Water the plants", "reminders": [{"at": text(at)}]}
