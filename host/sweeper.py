"""The sweeper: reads what should wake when, arms what nobody armed, and wakes what is overdue. Run it under a leader."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Final, Protocol

from actors.clock import Clock
from host import metrics
from host.gateway import Unavailable
from host.store import wakes
from host.store.engine import Database, is_outage

log = logging.getLogger(__name__)

SWEEP_SECONDS: Final = 1.0
OUTAGE_PAUSE_SECONDS: Final = 2.0
UNARMED_SECONDS: Final = 3.0  # longer than a turn needs to register its own wake
OVERDUE: Final = timedelta(seconds=2)  # longer than the scheduler needs under load
ROWS_AT_ONCE: Final = 200
CALLS_AT_ONCE: Final = 16
SENTINEL_SECONDS: Final = 10.0
COUNT_SECONDS: Final = 10.0

Call = Callable[[str, str], Awaitable[None]]


class Waker(Protocol):
    """The gateway, as far as the sweeper needs it; raises Unavailable."""

    async def tick(self, actor_type: str, actor_id: str) -> None: ...

    async def arm(self, actor_type: str, actor_id: str) -> None: ...


class Sweeper:
    """`sentinel_present` tells whether the scheduler still has its data, `plant_sentinel` puts the mark (back) there."""

    def __init__(
        self,
        database: Database,
        gateway: Waker,
        clock: Clock,
        *,
        sentinel_present: Callable[[], Awaitable[bool]],
        plant_sentinel: Callable[[], Awaitable[None]],
    ) -> None:
        self._database = database
        self._gateway = gateway
        self._clock = clock
        self._present = sentinel_present
        self._plant = plant_sentinel

    async def run(self) -> None:
        """Ends only by cancellation; an outage is waited out."""
        loop = asyncio.get_running_loop()
        next_sentinel = next_count = loop.time()
        while True:
            pause = SWEEP_SECONDS
            try:
                if loop.time() >= next_sentinel:
                    next_sentinel = loop.time() + SENTINEL_SECONDS
                    await self.check_sentinel()
                if await self.sweep() >= ROWS_AT_ONCE:
                    pause = 0.0  # there is more of it
                if loop.time() >= next_count:
                    next_count = loop.time() + COUNT_SECONDS
                    await self._count()
            except Exception as error:
                if not is_outage(error):
                    log.exception("a sweep failed")
                pause = OUTAGE_PAUSE_SECONDS
            await asyncio.sleep(pause)

    async def sweep(self) -> int:
        """Wake what is overdue, then arm what is not armed; gives how many rows the larger of the two had."""
        now = self._clock.now()
        async with self._database.raw() as connection:
            overdue = await wakes.take_overdue(connection, overdue_since=now - OVERDUE, now=now, limit=ROWS_AT_ONCE)
            unarmed = await wakes.take_unarmed(connection, grace_seconds=UNARMED_SECONDS, now=now, limit=ROWS_AT_ONCE)
        woken = await _call_all(self._gateway.tick, overdue)
        armed = await _call_all(self._gateway.arm, unarmed)
        if woken < len(overdue) or armed < len(unarmed):
            missed = len(overdue) - woken + len(unarmed) - armed
            log.warning("actors could not be reached by the sweeper", extra={"missed": missed})
        elif overdue or unarmed:
            log.info("swept", extra={"woken": woken, "armed": armed})
        reached = woken + armed > 0
        return max(len(overdue), len(unarmed)) if reached else 0

    async def check_sentinel(self) -> None:
        """A scheduler that lost its data has none of our wakes. Not to be asked is no proof of that."""
        try:
            present = await self._present()
        except Exception as error:  # noqa: BLE001  the port's own kind of outage
            log.info("the scheduler cannot be asked for the sentinel", extra={"cause": repr(error)})
            return
        if present:
            return
        async with self._database.raw() as connection:
            forgotten = await wakes.forget_armed(connection)
        log.warning("the scheduler has no sentinel: every wake is registered again", extra={"wakes": forgotten})
        try:
            await self._plant()
        except Exception as error:  # noqa: BLE001  the next check finds it missing again
            log.warning("the sentinel could not be planted", extra={"cause": repr(error)})

    async def _count(self) -> None:
        async with self._database.raw() as connection:
            unarmed, overdue = await wakes.counts(
                connection, grace_seconds=UNARMED_SECONDS, overdue_since=self._clock.now() - OVERDUE
            )
        metrics.wakes_unarmed.set(unarmed)
        metrics.wakes_overdue.set(overdue)


async def _call_all(call: Call, actors: Sequence[tuple[str, str]]) -> int:
    """Call each actor, some at a time; gives how many answered. The others are tried again later."""
    free = asyncio.Semaphore(CALLS_AT_ONCE)

    async def one(actor_type: str, actor_id: str) -> bool:
        async with free:
            try:
                await call(actor_type, actor_id)
            except Unavailable:
                return False
            return True

    return sum(await asyncio.gather(*(one(*actor) for actor in actors)))
