"""The sweeper: arms the wakes that nobody armed, ticks actors whose wake is overdue, and guards the sentinel."""

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
    """The part of the gateway that the sweeper needs; both methods raise Unavailable or ActorBug."""

    async def tick(self, actor_type: str, actor_id: str) -> None:
        """Lets the actor do what is due."""

    async def arm(self, actor_type: str, actor_id: str) -> None:
        """Lets the actor register its wake with the scheduler."""


class Sweeper:
    """The chore that makes up for what the scheduler loses or delays.

    `sentinel_present` returns whether the scheduler still has its data, `plant_sentinel` writes the sentinel there. A
    wake that is `overdue` for so long is ticked here, and tried again after `try_again`. A wake that fails through a bug
    is tried after ever longer pauses, so that it costs the others nothing.
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
        sweep_seconds: float = SWEEP_SECONDS,
        rows_at_once: int = ROWS_AT_ONCE,
        forget_at_once: int = FORGET_AT_ONCE,
    ) -> None:
        self._database = database
        self._gateway = gateway
        self._clock = clock
        self._present = sentinel_present
        self._plant = plant_sentinel
        self._overdue = overdue
        self._try_again = try_again
        self._sweep_seconds = sweep_seconds
        self._rows_at_once = rows_at_once
        self._forget_at_once = forget_at_once
        self._swept_at: datetime | None = None

    async def run(self) -> None:
        """Runs until cancelled. Each part has a loop of its own: a scheduler that does not answer holds up the arming and
        the sentinel for seconds, and overdue wakes must not wait for that.
        """
        try:
            async with asyncio.TaskGroup() as loops:
                loops.create_task(self._repeated(self.tick_overdue, self._sweep_seconds))
                loops.create_task(self._repeated(self.arm_unarmed, self._sweep_seconds))
                loops.create_task(self._repeated(self.check_sentinel, SENTINEL_SECONDS))
                loops.create_task(self._repeated(self._count, COUNT_SECONDS))
        finally:  # another process sweeps now, and its numbers must not stand beside those of this one
            metrics.wakes_unarmed.set(0)
            metrics.wakes_overdue.set(0)
            metrics.wakes_failing.set(0)

    async def sweep(self) -> int:
        """Sweeps once for overdue and once for unarmed wakes; returns the larger of both counts."""
        return max(await self.tick_overdue(), await self.arm_unarmed())

    async def tick_overdue(self) -> int:
        """Ticks each actor whose wake is overdue; returns their number, 0 if none was reached."""
        now = self._clock.now()
        async with self._database.raw() as connection:
            if self._swept_at is None or now < self._swept_at:  # this program may do better, or the clock was put back
                await wakes.try_failing_again(connection)
            self._swept_at = now
            overdue = await wakes.take_overdue(
                connection,
                overdue_since=now - self._overdue,
                tried_before=now - self._try_again,
                now=now,
                limit=self._rows_at_once,
            )
        return await self._call_all("woken", self._gateway.tick, overdue)

    async def arm_unarmed(self) -> int:
        """Makes each actor register a wake that nobody registered; returns their number, 0 if none was reached."""
        now = self._clock.now()
        async with self._database.raw() as connection:
            unarmed = await wakes.take_unarmed(
                connection,
                grace_seconds=UNARMED_SECONDS,
                tried_before=now - self._try_again,
                now=now,
                limit=self._rows_at_once,
            )
        return await self._call_all("armed", self._gateway.arm, unarmed)

    async def check_sentinel(self) -> None:
        """Has every wake armed again if the sentinel is missing: a scheduler that lost its data has none of our wakes.

        A scheduler that cannot be asked has not lost anything yet.
        """
        try:
            present = await self._present()
        except Exception as error:  # noqa: BLE001  the scheduler client's own kinds of outage
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
        """Marks every wake as unarmed, in batches, so that turns and the arming go on; returns their number.

        If it is cut off, the next check starts it again: the sentinel is still missing.
        """
        forgotten = 0
        after: wakes.Actor | None = wakes.FIRST
        while after is not None:
            async with self._database.raw() as connection:
                count, after = await wakes.forget_armed(connection, after, self._forget_at_once)
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
        """Calls each actor, some at a time; those that do not answer or have a bug are tried again later.

        `done` is the word of the log for what was done. Returns the number of actors, 0 if none was reached.
        """
        free = asyncio.Semaphore(CALLS_AT_ONCE)
        faulty: list[Actor] = []

        async def one(actor: Actor) -> bool:
            async with free:
                try:
                    await call(*actor)
                except Unavailable:
                    return False
                except ActorBug as bug:
                    extra = {"actor_type": actor[0], "actor": actor[1], "fingerprint": bug.fingerprint}
                    log.warning("a wake failed through a bug and is tried again later", extra=extra)
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

    async def _repeated(self, step: Callable[[], Awaitable[int | None]], seconds: float) -> None:
        """Repeats the step until cancelled: at once while it finds full batches, later after an outage."""

        async def until_less_than_full() -> None:
            while (await step() or 0) >= self._rows_at_once:
                pass

        await repeat(until_less_than_full, seconds, max(seconds, OUTAGE_PAUSE_SECONDS), log, "a sweep failed")
