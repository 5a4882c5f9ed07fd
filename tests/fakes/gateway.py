"""Actors without a sidecar: real turns over the real tables, and switches for failures."""

import asyncio
from collections.abc import Awaitable, Callable

from actors.clock import Clock
from actors.commands import Command
from actors.ports import Activations, Ports
from actors.replies import Reply
from host.bugs import BugLog
from host.dapr.gateway import ActorBug, Gateway, Unavailable
from host.keys.doorkeeper import Doorkeeper
from host.simulation.sidecar import SimulatedSidecar
from host.store.engine import Database
from host.store.turns.commands import CommandLog
from tests.fakes.signing import signatures


async def _nothing() -> None:
    """Nothing follows a commit."""


class FakeActors:
    """The gateway. `down` makes every call an outage, `unreachable` those to a type or an id; calls to those in `faulty`
    meet a bug; `lose_reply` commits and then fails once. `sent` keeps the commands, `calls` what was asked of whom, `tried` counts both and outages.
    """

    def __init__(self, database: Database, clock: Clock, on_commit: Callable[[], Awaitable[None]] = _nothing) -> None:
        self.database = database
        self.down = False
        self.unreachable: set[str] = set()
        self.faulty: set[str] = set()
        self.lose_reply = False
        self.tried = 0
        self.calls: list[tuple[str, str]] = []
        self.sent: list[tuple[str, str, Command]] = []
        self._on_commit = on_commit
        signing = signatures()
        self._ports = Ports(
            clock,
            CommandLog(database),
            on_commit=_forget,
            note_armed=_forget,
            on_bug=BugLog().note,
            fault_of=Doorkeeper(signing).fault_of,
        )
        self._sidecar = SimulatedSidecar(database)
        self._activations: Activations
        self.beneath = Gateway(self._sidecar, signing)  # the same actors without switches, and nothing follows a commit

    async def open(self) -> None:
        """Makes the actors callable."""
        self._activations = await self._sidecar.host(self._ports)

    async def send(self, actor_type: str, actor_id: str, command: Command) -> Reply:
        self._reach(actor_type, actor_id, command.name)
        self.sent.append((actor_type, actor_id, command))
        reply = await self.beneath.send(actor_type, actor_id, command)
        await self._on_commit()
        if self.lose_reply:
            self.lose_reply = False
            raise Unavailable("the reply was lost")
        return reply

    async def tick(self, actor_type: str, actor_id: str) -> None:
        self._reach(actor_type, actor_id, "tick")
        await self.beneath.tick(actor_type, actor_id)
        await self._on_commit()

    async def arm(self, actor_type: str, actor_id: str) -> None:
        self._reach(actor_type, actor_id, "arm")
        await self.beneath.arm(actor_type, actor_id)

    def lock_of(self, actor_type: str, actor_id: str) -> asyncio.Lock:
        """Returns the lock of the actor; whoever holds it keeps every turn of the actor waiting."""
        return self._activations.lock_of(actor_type, actor_id)

    def _reach(self, actor_type: str, actor_id: str, what: str) -> None:
        self.tried += 1
        if self.down or not self.unreachable.isdisjoint((actor_type, actor_id)):
            raise Unavailable("switched off")
        if not self.faulty.isdisjoint((actor_type, actor_id)):
            raise ActorBug(actor_type, "a bug of the test")
        self.calls.append((what, actor_id))


def _forget(*_notes: object) -> None:
    """There is no scheduler, and what follows a commit is called by `send` and `tick`."""
