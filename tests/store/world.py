"""The actors in these tests: sends them commands, and reads what is then in the tables."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import asyncpg
from typing_extensions import override

from actors.commands import Command
from actors.replies import Reply
from host.store.engine import Database, Raw
from tests.fakes.gateway import FakeActors
from tests.fakes.person import FakeClock, FakePerson

_RECEIVERS = {"User": "UserActor", "Series": "SeriesActor", "Slot": "SeriesActor"}  # by how a command's name ends


class World(FakeActors):
    """Fake actors. Commands sent by `say` and `create` are not noted: notes hold only what the product sends."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        super().__init__(database, clock)
        self.clock = clock

    @override
    async def send(self, actor_type: str, actor_id: str, command: Command) -> Reply:
        reply = await super().send(actor_type, actor_id, command)
        assert reply.error is None or reply.error.code != "idempotency_mismatch", "one id for two commands"
        return reply

    async def create(self, person: FakePerson, connection: Raw | None = None, **body: Any) -> str:
        """Creates a task; on `connection`, the task is committed only when that connection's transaction is."""
        if connection is not None:
            within = World(_Within(connection), self.clock)
            await within.open()
            return await within.create(person, **body)
        command = person.says("CreateTask", {"title": "Pay rent", **body})
        task_id = person.task_of(command)
        await self.say(task_id, command)
        return task_id

    async def create_series(self, person: FakePerson, **body: Any) -> str:
        series_id = str(uuid4())
        await self.say(series_id, person.says("CreateSeries", {"id": series_id, **body}))
        return series_id

    async def say(self, actor_id: str, command: Command, actor_type: str | None = None) -> Reply:
        actor_type = actor_type or next(
            (kind for ending, kind in _RECEIVERS.items() if command.name.endswith(ending)), "TaskActor"
        )
        return await self.beneath.send(actor_type, actor_id, command)

    async def rows(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        async with self.database.raw() as connection:
            found: list[asyncpg.Record] = await connection.fetch(query, *arguments)
        return found

    async def value(self, query: str, *arguments: Any) -> Any:
        async with self.database.raw() as connection:
            return await connection.fetchval(query, *arguments)


class _Within(Database):
    """A database of one connection."""

    def __init__(self, connection: Raw) -> None:
        super().__init__("")
        self._connection = connection

    @override
    @asynccontextmanager
    async def raw(self) -> AsyncGenerator[Raw]:
        yield self._connection
