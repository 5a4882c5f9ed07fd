"""The sweeper: reads what should wake when, arms what nobody armed, and wakes what is overdue. Run it under a leader."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from actors.clock import Clock
from host import metrics
from host.dapr.gateway import ActorBug, Unavailable
from host.loops import repeat
from host.store.engine import Database
from host.store.turns import wakes
from host.store.turns.wakes import Actor

log = logging.getLogger(__name__)

SWEEP_SECONDS: Final = 1.0
OUTAGE_PAUSE_SECONDS: Final = 2.0
UNARMED_SECONDS: Final = 3.0  # longer than a turn needs to register its own wake
OVERDUE: Final = timedelta(seconds=2)  # longer than the scheduler needs under load
TRY_AGAIN: Final = timedelta(seconds=2)  # longer than a call needs, or one sweep would repeat the one before
ROWS_AT_ONCE: Final = 200
CALLS_AT_ONCE: Final = 16
FORGET_AT_ONCE: Final = 2_000
SENTINEL_SECONDS: Final = 10.0
COUNT_SECONDS: Final = 10.0

Call = Callable[[str, str], Awaitable[None]]


class TickSender(Protocol):
    """The gateway, as far as the sweeper needs it; raises Unavailable or ActorBug."""

    async def tick(self, actor_type: str, actor_id: str) -> None: ...

    async def arm(self, actor_type: str, actor_id: str) -> None: ...


class Sweeper:
    """`sentinel_present` tells whether the scheduler still has its data, `plant_sentinel` puts the mark (back) there.

    A wake is `overdue` for so long before it is woken here, and is tried again after `try_again`; one that fails through
    a bug after ever longer, so that it costs the others nothing.
    """

    def __init__(
        self,
        database: Database,
        gateway: TickSender,
        clock: Clock,
        *,
        sentinel_present: Callable[[], Awaitable[bool]],
        plant_sentinel: Callable[[], Awaitable[None]],
        overdue: timedelta = OVERDUE,
        try_again: timedelta = TRY_AGAIN,
    ) -> None:
        self._database = database
        self._gateway = gateway
        self._clock = clock
        self._present = sentinel_present
        self._plant = plant_sentinel
        self._overdue = overdue
        self._try_again = try_again
        self._swept_at: datetime | None = None

    async def run(self) -> None:
        """Ends only by cancellation. Each chore has a loop of its own: a scheduler that does not answer holds up the
        arming and the sentinel for seconds, and what is overdue must not wait for that.
        """
        try:
            async with asyncio.TaskGroup() as chores:
                chores.create_task(_repeated(self.tick_overdue, SWEEP_SECONDS))
                chores.create_task(_repeated(self.arm_unarmed, SWEEP_SECONDS))
                chores.create_task(_repeated(self.check_sentinel, SENTINEL_SECONDS))
                chores.create_task(_repeated(self._count, COUNT_SECONDS))
        finally:  # another process sweeps now: what was true here must not stand beside what is true there
            metrics.wakes_unarmed.set(0)
            metrics.wakes_overdue.set(0)
            metrics.wakes_failing.set(0)

    async def sweep(self) -> int:
        """Both sweeps once; gives how many rows the larger of the two had."""
        return max(await self.tick_overdue(), await self.arm_unarmed())

    async def tick_overdue(self) -> int:
        """Let each actor whose wake is overdue do what is due; gives how many there were, 0 if none was reached."""
        now = self._clock.now()
        async with self._database.raw() as connection:
            if self._swept_at is None or now < self._swept_at:  # this program may do better; or the clock was put back
                await wakes.try_failing_again(connection)
            self._swept_at = now
            overdue = await wakes.take_overdue(
                connection,
                overdue_since=now - self._overdue,
                tried_before=now - self._try_again,
                now=now,
                limit=ROWS_AT_ONCE,
            )
        return await self._call_all("woken", self._gateway.tick, overdue)

    async def arm_unarmed(self) -> int:
        """Let each actor register the wake that nobody registered; gives as `wake_overdue` does."""
        now = self._clock.now()
        async with self._database.raw() as connection:
            unarmed = await wakes.take_unarmed(
                connection,
                grace_seconds=UNARMED_SECONDS,
                tried_before=now - self._try_again,
                now=now,
                limit=ROWS_AT_ONCE,
            )
        return await self._call_all("armed", self._gateway.arm, unarmed)

    async def check_sentinel(self) -> None:
        """A scheduler that lost its data has none of our wakes. Not to be asked is no proof of that."""
        try:
            present = await self._present()
        except Exception as error:  # noqa: BLE001  the port's own kind of outage
            log.info("the scheduler cannot be asked for the sentinel", extra={"cause": repr(error)})
            return
        if present:
            return
        log.warning("the scheduler has no sentinel: every wake is registered again")
        forgotten = await self._forget_armed()
        log.info("every wake counts as not registered", extra={"wakes": forgotten})
        try:
            await self._plant()
        except Exception as error:  # noqa: BLE001  the next check finds it missing again
            log.warning("the sentinel could not be planted", extra={"cause": repr(error)})

    async def _forget_armed(self) -> int:
        """In pages, so that turns and the arming go on. Cut off, it begins anew: the sentinel is still missing."""
        forgotten = 0
        after: wakes.Actor | None = wakes.FIRST
        while after is not None:
            async with self._database.raw() as connection:
                count, after = await wakes.forget_armed(connection, after, FORGET_AT_ONCE)
            forgotten += count
        return forgotten

    async def _count(self) -> None:
        async with self._database.raw() as connection:
            unarmed, overdue, failing = await wakes.counts(
                connection, grace_seconds=UNARMED_SECONDS, overdue_since=self._clock.now() - self._overdue
            )
        metrics.wakes_unarmed.set(unarmed)
        metrics.wakes_overdue.set(overdue)
        metrics.wakes_failing.set(failing)

    async def _call_all(self, done: str, call: Call, actors: Sequence[Actor]) -> int:
        """Call each actor, some at a time. The ones that do not answer or have a bug are tried again later."""
        free = asyncio.Semaphore(CALLS_AT_ONCE)
        faulty: list[Actor] = []

        async def one(actor: Actor) -> bool:
            async with free:
                try:
                    await call(*actor)
                except Unavailable:
                    return False
                except ActorBug as bug:
                    told = {"actor_type": actor[0], "actor": actor[1], "fingerprint": bug.fingerprint}
                    log.warning("a wake failed through a bug and is tried again later", extra=told)
                    faulty.append(actor)
                return True

        reached = sum(await asyncio.gather(*map(one, actors)))
        if faulty:
            async with self._database.raw() as connection:
                await wakes.note_bugs(connection, faulty)
        if reached < len(actors):
            log.warning("actors could not be reached by the sweeper", extra={"missed": len(actors) - reached})
        elif reached > len(faulty):
            log.info("swept", extra={done: reached - len(faulty)})
        return len(actors) if reached else 0


async def _repeated(chore: Callable[[], Awaitable[int | None]], seconds: float) -> None:
    """The chore for ever; at once again while it finds full batches, later after an outage."""

    async def until_less_than_full() -> None:
        while (await chore() or 0) >= ROWS_AT_ONCE:
            pass

    await repeat(until_less_than_full, seconds, max(seconds, OUTAGE_PAUSE_SECONDS), log, "a sweep failed")
