"""Delivers every event again, twice and out of order, as a broker may: a process beside those of the system.

It reads lines of JSON on stdin with the present address of the system, delivers until stdin ends, and prints its counts.
Without a broker it runs the product's own consumers on the path of a broker's messages (`Catchup.deliver`): events that
it delivers first come out of order, and all others come again. With a broker it publishes the events again, and the
system's own consumers get them.
"""

import asyncio
import contextlib
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, TypeAlias

import orjson

from actors.clock import SystemClock
from host.consumers.catchup import Catchup
from host.consumers.table import topics_of
from host.consumers.wiring import wired
from host.dapr.client import SidecarActorClient, SidecarConnection
from host.dapr.gateway import Gateway
from host.dapr.publisher import SidecarPublisher
from host.keys.command_keys import signatures_from
from host.process import BROKER_COMPONENT
from host.store.engine import Database

POLL_SECONDS: Final = 0.1
AGAIN_SECONDS: Final = (1.0, 6.0)
ROWS: Final = 400
BATCH: Final = 60
_BACK: Final = 2_000  # positions that are read again, for a row may become visible after a later one


Deliver: TypeAlias = Callable[[list[str]], Awaitable[None]]


class Redelivery:
    """The deliveries of a run, across every restart of the system."""

    def __init__(self, seed: int) -> None:
        self.counts: Counter[str] = Counter()
        self._chance = random.Random(seed)
        self._again: list[tuple[float, str]] = []  # when, and which event
        self._known: dict[str, int] = {}
        self._top = 0

    async def run(self, address: dict[str, Any]) -> None:
        """Delivers until it is cancelled, or an outage raises; after that the system may have another address."""
        database = Database(address["database_url"], pool_size=2, raw_size=4)
        sidecar = SidecarConnection(address["grpc_port"], address["http_port"], address["token"])
        await database.open()
        try:
            deliver = (
                _publishing(database, sidecar)
                if address.get("broker")
                else _consuming(database, sidecar, address["command_keys"])
            )
            while True:
                fresh = await self._fresh(database)
                await self._deliver(deliver, fresh + self._due())
                await asyncio.sleep(POLL_SECONDS)
        finally:
            await sidecar.close()
            await database.close()

    async def _fresh(self, database: Database) -> list[str]:
        async with database.raw() as connection:
            rows = await connection.fetch(
                "SELECT position, event_id FROM outbox WHERE position > $1 ORDER BY position", self._top - _BACK
            )
        new = [row for row in rows if row[1] not in self._known][:ROWS]
        now = time.monotonic()
        for position, event_id in new:
            self._known[event_id] = position
            self._top = max(self._top, position)
            self._again.append((now + self._chance.uniform(*AGAIN_SECONDS), event_id))
        self._known = {name: place for name, place in self._known.items() if place > self._top - 2 * _BACK}
        return [row[1] for row in new]

    def _due(self) -> list[str]:
        now = time.monotonic()
        due = [event_id for at, event_id in self._again if at <= now]
        self._again = [item for item in self._again if item[0] > now]
        return due

    async def _deliver(self, deliver: Deliver, event_ids: list[str]) -> None:
        """Delivers the events in random order, in batches of random size."""
        self._chance.shuffle(event_ids)
        while event_ids:
            size = self._chance.randint(1, BATCH)
            batch, event_ids = event_ids[:size], event_ids[size:]
            try:
                await deliver(batch)
            except BaseException:
                self._again += [(time.monotonic() + 1, event_id) for event_id in batch + event_ids]
                raise
            self.counts["deliveries"] += len(batch)


def _consuming(database: Database, sidecar: SidecarConnection, command_keys: str) -> Deliver:
    """Returns a function that delivers to every consumer at once."""
    gateway = Gateway(SidecarActorClient(sidecar), signatures_from(Path(command_keys)))
    handlers = wired(database, SystemClock(), gateway)
    catchups = [Catchup(database, consumer) for consumer in handlers.consumers()]

    async def deliver(event_ids: list[str]) -> None:
        await asyncio.gather(*(catchup.deliver(event_ids) for catchup in catchups))

    return deliver


def _publishing(database: Database, sidecar: SidecarConnection) -> Deliver:
    """Returns a function that publishes to the relay's topics; it raises when the broker does not take all events."""
    publisher = SidecarPublisher(sidecar, BROKER_COMPONENT)

    async def deliver(event_ids: list[str]) -> None:
        async with database.raw() as connection:
            rows = await connection.fetch(
                "SELECT event_id, type, body::text AS text FROM outbox WHERE event_id = ANY($1)", event_ids
            )
        by_id = {row["event_id"]: row for row in rows}
        by_topic: dict[str, list[dict[str, Any]]] = {}
        for row in (by_id[event_id] for event_id in event_ids):
            for topic in topics_of(row["type"]):
                by_topic.setdefault(topic, []).append(orjson.loads(row["text"]))
        for topic, events in by_topic.items():
            if await publisher.publish(topic, events):
                raise OSError("the broker did not take all of it")

    return deliver


async def main(seed: int) -> None:
    """Delivers to the address of the newest line; a system that cannot be reached is tried again."""
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    redelivery = Redelivery(seed)
    running: asyncio.Task[None] | None = None
    while line := await lines.readline():
        if running is not None:
            await _ended(running)
        running = asyncio.create_task(_keep(redelivery, json.loads(line)))
    if running is not None:
        await _ended(running)
    print(json.dumps(redelivery.counts), flush=True)  # noqa: T201  the protocol


async def _keep(redelivery: Redelivery, address: dict[str, Any]) -> None:
    while True:
        try:
            await redelivery.run(address)
        except Exception as error:  # noqa: BLE001  the edge of the loop: errors are counted by their kind
            redelivery.counts[type(error).__name__] += 1
        await asyncio.sleep(0.5)


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
