"""The leader: runs chores that only one process may run at a time, each while it holds that chore's lock in PostgreSQL."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from random import Random
from typing import Final

from host import metrics
from host.store.engine import Database, Raw, is_outage
from host.store.upkeep import leases

log = logging.getLogger(__name__)

ROUND_SECONDS: Final = 1.0
RETRY_SECONDS: Final = 1.0

Loop = Callable[[], Awaitable[None]]


class Leader:
    """The loop that runs each chore while this process has its lock, and ends it when the lock may be lost.

    A lock is a lease, even when this process is stopped: PostgreSQL ends a session that is silent for 5 s. One session
    holds the locks of all chores. Each chore has a lock of its own, so processes share the chores, and one that fails
    is tried elsewhere.
    """

    def __init__(self, database: Database, holder: str, chores: Mapping[str, Loop], chance: Random) -> None:
        """`holder` names this process to an operator who asks which process runs which chore."""
        self._database = database
        self._holder = holder
        self._chores = chores
        self._chance = chance
        self._running: dict[str, asyncio.Task[None]] = {}
        for name in chores:
            metrics.chore_held.labels(name).set(0)

    async def run(self) -> None:
        """Runs until cancelled; without the database it tries again every second."""
        while True:
            try:
                async with leases.session(self._database, self._holder) as connection:
                    await self._share(connection)
            except Exception as error:
                if is_outage(error):
                    log.warning("no longer leading", extra={"cause": repr(error)})
                else:
                    log.exception("the leader failed")
            await asyncio.sleep(RETRY_SECONDS)

    async def _share(self, connection: Raw) -> None:
        """Takes and watches the locks; ends by an exception when the session, and every lock with it, is gone.

        It looks at the chores one after another, in random order: a lone process has all of them within a second, and
        of two that start at once each gets some.
        """
        try:
            while True:
                for name in self._chance.sample(list(self._chores), len(self._chores)):
                    await asyncio.sleep(ROUND_SECONDS / len(self._chores))
                    await self._look_at(connection, name)
                await leases.ping(connection)
        finally:
            await self._end_all()

    async def _look_at(self, connection: Raw, name: str) -> None:
        task = self._running.get(name)
        if task is None and await leases.acquire(connection, name):
            log.info("leading", extra={"chore": name})
            metrics.chore_held.labels(name).set(1)
            self._running[name] = asyncio.ensure_future(self._chores[name]())
        elif task is not None and task.done():
            cause = None if task.cancelled() else task.exception()
            log.error("a chore ended by itself", exc_info=cause, extra={"chore": name})
            metrics.chore_held.labels(name).set(0)
            del self._running[name]
            await leases.release(connection, name)

    async def _end_all(self) -> None:
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        for name in self._running:
            metrics.chore_held.labels(name).set(0)
        self._running.clear()
