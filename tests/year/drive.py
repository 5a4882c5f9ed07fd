"""The driver: runs the planned year in the in-process world."""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import orjson

from actors.commands import Command, Principal, build_command
from actors.replies import Json
from host.simulation.clock import SimulatedClock
from host.simulation.world import World
from host.store.engine import Database
from tests.year.people import END, START, Step
from tests.year.plan import Plan

LINES_AT_ONCE = 16


@dataclass
class Lived:
    """The world after the year. `refused` are the commands that it refused; `seconds` is what it took on this machine."""

    world: World
    refused: list[str] = field(default_factory=list)
    seconds: float = 0.0

    async def rows(self, query: str, *arguments: Any) -> list[tuple[Any, ...]]:
        async with self.world.database.raw() as connection:
            return [tuple(row) for row in await connection.fetch(query, *arguments, timeout=120)]


@asynccontextmanager
async def lived(dsn: str, plan: Plan) -> AsyncGenerator[Lived]:
    """Runs the year, from the first of January to the last moment of December; its world is open during the block."""
    database = Database(dsn, raw_size=LINES_AT_ONCE, statement_timeout_seconds=120)
    await database.open()
    try:
        result = Lived(World(database, SimulatedClock(START)))
        began = time.monotonic()
        await _live(result, plan)
        result.seconds = time.monotonic() - began
        yield result
    finally:
        await database.close()


async def _live(result: Lived, plan: Plan) -> None:
    world = result.world
    await world.open()
    for person in plan.people:
        person.zone = person.home
        body = {"email": f"{person.id}@example.org", "zone": person.zone, "defaults": person.defaults}
        await world.send("UserActor", person.id, person.says("RegisterUser", body))
    for at, steps in groupby(plan.steps, key=lambda step: step.at):
        await world.run_to(at)
        await _take(result, list(steps))
    await world.run_to(END)


async def _take(result: Lived, steps: Sequence[Step]) -> None:
    lines: dict[str, list[Step]] = {}
    for step in steps:
        lines.setdefault(step.line, []).append(step)
    free = asyncio.Semaphore(LINES_AT_ONCE)

    async def follow(line: Sequence[Step]) -> None:
        async with free:
            for step in line:
                reply = await result.world.send(step.actor_type, step.actor_id, await _command(result, step))
                if reply.error is not None:
                    result.refused.append(f"{step.at} {step.name} {step.body} {step.actor_id}: {reply.error.detail}")

    await asyncio.gather(*(follow(line) for line in lines.values()))


async def _command(result: Lived, step: Step) -> Command:
    person = step.person
    if step.name == "PatchUser":
        person.zone = step.body.get("zone", person.zone)
        person.defaults = {**person.defaults, **step.body.get("defaults", {})}
    return build_command(
        step.name,
        await _undone(result, step) if step.name == "UndoSeries" else step.body,
        id=step.command_id,
        principal=Principal("user", person.id, person.id),
        correlation_id=step.command_id,
        zone=person.zone,
        defaults=person.defaults,
    )


async def _undone(result: Lived, step: Step) -> Json:
    """Returns the entry of the activity to undo, as the API finds it: what the named command changed in the series."""
    query = "SELECT body FROM activity WHERE user_id = $1 AND command_id = $2 AND type LIKE 'series.%'"
    texts = await result.rows(query, step.person.id, step.body["command_id"])
    entries = [orjson.loads(text)["data"] for (text,) in texts]
    return next({"version": data["version"], "changed": data["changed"]} for data in entries if data.get("changed"))
