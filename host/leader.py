"""The leader: runs loops that only one process may run, while it holds a lock in PostgreSQL."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from host.store import leases
from host.store.engine import Database, Raw, is_outage

log = logging.getLogger(__name__)

PING_SECONDS: Final = 1.0
RETRY_SECONDS: Final = 1.0

Loop = Callable[[], Awaitable[None]]


class Leader:
    """`loops` run while this process leads; they end when the lock may be lost, and start again with it.

    The lock is a lease, even when this process is stopped: PostgreSQL ends a session that is silent for 5 s.
    """

    def __init__(self, database: Database, name: str, loops: Sequence[Loop]) -> None:
        self.leads = False
        self._database = database
        self._name = name
        self._loops = loops

    async def run(self) -> None:
        """Ends only by cancellation: without the lock, or without the database, it tries again each second."""
        while True:
            try:
                async with leases.session(self._database) as connection:
                    if await leases.acquire(connection, self._name):
                        await self._lead(connection)
            except Exception as error:
                if not is_outage(error):
                    log.exception("a loop of the leader failed", extra={"leader": self._name})
                else:
                    log.warning("no longer the leader", extra={"leader": self._name, "cause": repr(error)})
            await asyncio.sleep(RETRY_SECONDS)

    async def _lead(self, connection: Raw) -> None:
        """Ends with the first thing that ends: a ping that fails, a loop that fails, our own cancellation."""
        log.info("leading", extra={"leader": self._name})
        tasks = [asyncio.ensure_future(loop()) for loop in self._loops]
        tasks.append(asyncio.ensure_future(_keep(connection)))
        self.leads = True
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            self.leads = False
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _keep(connection: Raw) -> None:
    """Ends by an exception: the session, and the lock with it, is gone."""
    while True:
        await asyncio.sleep(PING_SECONDS)
        await leases.ping(connection)
