"""The simulated world: real turns, triggers, consumers and sweeps in one process, on a clock that moves when all is quiet."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from secrets import token_bytes
from typing import Final

from typing_extensions import override

from actors.clock import SystemClock
from actors.commands import Command
from actors.ports import Ports
from actors.replies import Reply
from host.bugs import BugLog
from host.chores.pruner import Pruner
from host.chores.sweeper import Sweeper
from host.consumers.catchup import Catchup
from host.consumers.projector import Projector
from host.consumers.wiring import wired
from host.dapr.gateway import Gateway
from host.keys.doorkeeper import Doorkeeper
from host.keys.signatures import Signatures
from host.notify.in_app import IN_APP
from host.simulation.clock import SimulatedClock
from host.simulation.sidecar import SimulatedSidecar
from host.store.engine import Database
from host.store.notify import deliveries
from host.store.turns import outbox, wakes
from host.store.turns.commands import CommandLog
from host.store.turns.outbox import Event

MAX_ROUNDS: Final = 2_000  # at one instant; more than any backlog needs
DAY: Final = timedelta(days=1)
NEVER: Final = datetime.max.replace(tzinfo=UTC)

OnEvents = Callable[[Sequence[Event]], None]


class RestlessError(Exception):
    """Something stays due at one instant: the tick of an actor does not do what it was woken for."""


class World:
    """Takes commands by `send`; `run_to` moves the clock from each instant at which something is due to the next.

    It registers no reminders and has no channel but the in-app one, so nothing leaves the database. `on_events` gets
    every event once, in the order of the outbox. No other process may use the database.
    """

    def __init__(self, database: Database, clock: SimulatedClock, on_events: OnEvents | None = None) -> None:
        self.clock = clock
        self.database = database
        self._sidecar = SimulatedSidecar(database)
        self._signatures = Signatures([token_bytes(32)], SystemClock())
        self.gateway = Gateway(self._sidecar, self._signatures)
        projector = _WatchedProjector(on_events or _ignore)
        handlers = wired(database, clock, self.gateway, settle_seconds=0)._replace(projector=projector)
        self._notifier = handlers.notifier
        self._catchups = {consumer.name: Catchup(database, consumer) for consumer in handlers.consumers()}
        self._types = {name: catchup.consumer.types for name, catchup in self._catchups.items()}
        self.stops = 0  # instants at which the clock has stood
        self._behind = set(self._catchups)
        self._handled_to = 0
        self._next = (NEVER, NEVER)  # wake and delivery, as `settle` read them last
        self._sweeper = Sweeper(
            database,
            self.gateway,
            clock,
            sentinel_present=_sentinel_present,
            plant_sentinel=_plant_nothing,
            overdue=timedelta(0),
            try_again=timedelta(0),
        )
        self._pruner = Pruner(database, self.gateway, clock, broker=False)

    async def open(self) -> None:
        """Registers the actors and the consumers; does at once what a copied database had yet to do."""
        ports = Ports(
            clock=self.clock,
            commands=CommandLog(self.database),
            on_commit=self._on_commit,
            note_armed=_ignore_armed,
            on_bug=BugLog().note,
            fault_of=Doorkeeper(self._signatures).fault_of,
        )
        await self._sidecar.host(ports)
        for catchup in self._catchups.values():
            await catchup.step()
        await self.settle()

    async def send(self, actor_type: str, actor_id: str, command: Command) -> Reply:
        """Sends a command through the gateway and returns the reply; `settle` does what follows from it."""
        return await self.gateway.send(actor_type, actor_id, command)

    async def run_to(self, until: datetime, longest: timedelta = DAY) -> None:
        """Lets time pass until then: from each due instant to the next, by at most `longest`; settles at each stop."""
        await self.settle()
        while (now := self.clock.now()) < until:
            await self._jump(min(now + longest, until))
            await self.settle()

    async def settle(self) -> None:
        """Works until nothing is due now and no consumer has an event left; raises RestlessError if that never ends."""
        for _ in range(MAX_ROUNDS):
            if self._behind:
                await self._consume()
            elif not await self._do_what_is_due() and await self._is_quiet():
                return
        raise RestlessError(f"something stays due at {self.clock.now()}")

    async def _is_quiet(self) -> bool:
        """Returns whether every event has been handled; marks the consumers that have not handled one as behind."""
        async with self.database.raw() as connection:
            waiting, newest = await outbox.waiting(connection, self._types, self._handled_to)
        self._behind.update(waiting)
        self._handled_to = self._handled_to if waiting else newest
        return not waiting

    async def _jump(self, latest: datetime) -> None:
        before = self.clock.now()
        self.clock.move_to(min(latest, *self._next))
        self.stops += 1
        if self.clock.now().date() != before.date():
            await self._begin_day()

    async def _begin_day(self) -> None:
        """Deactivates actors, empties the trash and steps every consumer, once a day.

        A consumer moves its watermark when a step finds nothing to do, and otherwise steps only when there is something.
        """
        await self._sidecar.deactivate_all()
        await self._pruner.empty_trash()
        for catchup in self._catchups.values():
            await catchup.step()

    async def _do_what_is_due(self) -> bool:
        now = self.clock.now()
        wake, delivery = self._next = await self._next_due()
        if wake <= now:
            await self._sweeper.tick_overdue()
        if delivery <= now:
            await self._notifier.release()
        return min(wake, delivery) <= now

    async def _next_due(self) -> tuple[datetime, datetime]:
        """Returns the instants of the next wake and of the next in-app delivery; NEVER where there is none."""
        async with self.database.raw() as connection:
            wake = await wakes.next_wake(connection)
            delivery = await deliveries.next_due(connection, IN_APP)
        return wake or NEVER, delivery or NEVER

    async def _consume(self) -> None:
        """Steps the consumers that are behind; the projector first, because others wait for it."""
        if "projector" in self._behind:
            self._behind.discard("projector")
            while await self._catchups["projector"].step():
                pass
        behind, self._behind = self._behind, set()
        async with asyncio.TaskGroup() as steps:
            for name in behind:
                steps.create_task(self._catchups[name].step())

    def _on_commit(self, types: set[str]) -> None:
        self._behind.update(name for name, catchup in self._catchups.items() if catchup.consumer.takes(types))


class _WatchedProjector(Projector):
    """The projector, which handles every event and so can pass each one on."""

    def __init__(self, on_events: OnEvents) -> None:
        super().__init__(on_readable=_ignore, signal=_ignore, on_projected=_ignore)
        self._on_events = on_events

    @override
    def committed(self, events: Sequence[Event]) -> None:
        super().committed(events)
        self._on_events(events)


def _ignore(_news: object) -> None:
    """Nobody waits in this process."""


def _ignore_armed(_actor_type: str, _actor_id: str, _wake: str) -> None:
    """There is no scheduler with which a wake could be armed."""


async def _sentinel_present() -> bool:
    return True


async def _plant_nothing() -> None:
    pass
