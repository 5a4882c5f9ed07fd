"""The pruner: deletes rows that have served their time, empties old trash, makes partitions, and counts what users store."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from actors.clock import Clock, instant_text
from actors.commands import Principal, build_command
from host import metrics
from host.consumers.table import CONSUMERS
from host.dapr.gateway import ActorBug, Actors
from host.loops import is_away, repeat
from host.store.engine import Database, Raw
from host.store.read_model import activity_partitions, usage_rows
from host.store.turns import dead_letters, watermarks
from host.store.upkeep import prune

log = logging.getLogger(__name__)

PRUNE_SECONDS: Final = 60.0
OUTAGE_PAUSE_SECONDS: Final = 10.0
BATCHES_AT_ONCE: Final = 20
BREATH_SECONDS: Final = 0.2  # between batches, for those who write
PURGES_AT_ONCE: Final = 1_000
USERS_AT_ONCE: Final = 1_000
OUTBOX_AGE: Final = timedelta(days=7)
TRASH_AGE: Final = timedelta(days=30)
USAGE_AGE: Final = timedelta(days=1)
AGES: Final = {
    "commands": timedelta(hours=24),
    "sessions": timedelta(0),
    "plans": timedelta(0),
    "rate_counts": timedelta(0),
    "notifications": timedelta(days=90),
    "deliveries": timedelta(days=90),
}


class Pruner:
    """The chore that deletes, table by table and batch by batch, so that nobody who writes waits for it."""

    def __init__(
        self,
        database: Database,
        gateway: Actors,
        clock: Clock,
        *,
        broker: bool,
        rows_at_once: int = prune.ROWS_AT_ONCE,
        batches_at_once: int = BATCHES_AT_ONCE,
        breath_seconds: float = BREATH_SECONDS,
    ) -> None:
        """`broker`: whether rows of the outbox must be published before they may go.

        A pass deletes at most `batches_at_once` batches of `rows_at_once` rows from each table.
        """
        self._database = database
        self._gateway = gateway
        self._clock = clock
        self._broker = broker
        self._rows_at_once = rows_at_once
        self._batches_at_once = batches_at_once
        self._breath_seconds = breath_seconds

    async def run(self) -> None:
        """Runs until cancelled; waits out an outage."""
        try:
            await repeat(
                self._until_little_is_left, PRUNE_SECONDS, OUTAGE_PAUSE_SECONDS, log, "pruning failed", passing=is_away
            )
        finally:  # another process prunes now, and its numbers must not stand beside those of this one
            metrics.dead_letters.set(0)
            metrics.outbox_pending.set(0)

    async def _until_little_is_left(self) -> None:
        while await self.prune():
            pass

    async def prune(self) -> bool:
        """Prunes every table once; returns whether some table may have more to prune than one pass deletes."""
        now = self._clock.now()
        async with self._database.raw() as connection:
            for name in await activity_partitions.ensure(connection, now):
                log.info("partition made", extra={"partition": name})
        removed = {table: await self._by_age(table, age) for table, age in AGES.items()}
        removed["outbox"] = await self._outbox()
        if any(removed.values()):
            log.info("pruned", extra=removed)
        await self.empty_trash()
        counted = await self._count_usage(now)
        await self._count()
        return counted == USERS_AT_ONCE or max(removed.values()) >= self._batches_at_once * self._rows_at_once

    async def _outbox(self) -> int:
        """Prunes the outbox, each batch from where the one before ended; returns the number of rows removed."""
        before, names, above = self._clock.now() - OUTBOX_AGE, list(CONSUMERS), 0

        async def remove(connection: Raw) -> int:
            nonlocal above
            removed, above = await prune.outbox(
                connection, names, above=above, before=before, needs_broker=self._broker, limit=self._rows_at_once
            )
            return removed

        return await self._in_batches(remove)

    async def _by_age(self, table: str, age: timedelta) -> int:
        before = self._clock.now() - age
        return await self._in_batches(
            lambda connection: prune.by_age(connection, table, before, limit=self._rows_at_once)
        )

    async def _in_batches(self, remove: Callable[[Raw], Awaitable[int]]) -> int:
        """Removes batches until one is not full, but not for ever: other tables have their turn.

        Returns the number of rows removed.
        """
        total = 0
        for _ in range(self._batches_at_once):
            async with self._database.raw() as connection:
                removed = await remove(connection)
            total += removed
            if removed < self._rows_at_once:
                break
            await asyncio.sleep(self._breath_seconds)
        return total

    async def empty_trash(self) -> None:
        """Purges tasks that were deleted long ago, by commands: only the actor may say that a task is gone.

        The same deletion of the same task gives the same command id, so that a repeated command is applied once.
        """
        before = self._clock.now() - TRASH_AGE
        async with self._database.raw() as connection:
            old = await prune.trash(connection, deleted_before=before, limit=PURGES_AT_ONCE)
        for task_id, user_id, deleted_at in old:
            command_id = str(uuid5(UUID(task_id), f"purge:{instant_text(deleted_at)}"))
            command = build_command(
                "PurgeTask",
                {},
                id=command_id,
                principal=Principal("system", "pruner", user_id),
                correlation_id=command_id,
                zone="UTC",
            )
            try:
                await self._gateway.send("TaskActor", task_id, command)
            except ActorBug as bug:  # it stays in the trash, and the others go
                log.warning("a task could not be purged", extra={"actor": task_id, "fingerprint": bug.fingerprint})

    async def _count_usage(self, now: datetime) -> int:
        """Counts anew what users store who were not counted for a day, which mends what the projector did not see.

        Such are an upgrade, a repair and a rebuild. Returns the number of users.
        """
        async with self._database.raw() as connection:
            await usage_rows.remove_deleted(connection)
            users = await usage_rows.uncounted(connection, now - USAGE_AGE, USERS_AT_ONCE)
            for user_id in users:
                await usage_rows.recount(connection, user_id, now)
        return len(users)

    async def _count(self) -> None:
        async with self._database.raw() as connection:
            lag = await watermarks.lag(connection)
            metrics.dead_letters.set(await dead_letters.count(connection))
        metrics.outbox_pending.set(max(lag.values(), default=0))
