"""Turns without a sidecar: the real rules decide, and the doc is saved as Dapr saves it."""

import asyncio
from collections import defaultdict
from typing import Any
from uuid import uuid4

import asyncpg

from actors import series as series_rules
from actors import task as task_rules
from actors import user as user_rules
from actors.clock import instant_text
from actors.commands import Command, tick_command
from actors.doc import Doc
from actors.replies import Accepted, Decision, Refused, Reply
from host.gateway import Unavailable
from host.store.commands import CommandLog
from host.store.engine import Database, Raw
from tests.fakes.person import FakeClock, FakePerson

SAVE = """INSERT INTO dapr_state AS t (key, value, etag, expires_at) VALUES ($1, $2, gen_random_uuid(), NULL)
          ON CONFLICT (key) DO UPDATE SET value = excluded.value, etag = gen_random_uuid(), updated_at = now(),
          expires_at = NULL"""
RULES = {"TaskActor": task_rules.decide, "UserActor": user_rules.decide, "SeriesActor": series_rules.decide}

_RECEIVERS = {"User": "UserActor", "Series": "SeriesActor", "Slot": "SeriesActor"}  # by how a command's name ends


def key_of(actor_type: str, actor_id: str) -> str:
    return f"duely||{actor_type}||{actor_id}||doc"


class World:
    """A gateway, too: its calls go straight to the rules. `down` makes every call an outage, `unreachable` some."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        self.database, self.clock = database, clock
        self.down = False
        self.unreachable: set[str] = set()
        self.tried = 0
        self.calls: list[tuple[str, str]] = []
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def send(self, actor_type: str, actor_id: str, command: Command) -> Reply:
        self._reach(command.name, actor_id)
        async with self._locks[actor_id]:
            known = await CommandLog(self.database).find(actor_id, command.id)
            if known is not None:
                assert known["hash"] == command.hash, "one id for two commands"
                return Reply.from_wire(known["reply"])
            async with self.database.raw() as connection:
                decision = await self.turn(connection, actor_type, actor_id, command)
        if isinstance(decision, Refused):
            return Reply(ok=False, value={}, error=decision)
        return Reply(ok=True, value=decision.reply)

    async def tick(self, actor_type: str, actor_id: str) -> None:
        self._reach("tick", actor_id)
        async with self.database.raw() as connection:
            await self.turn(connection, actor_type, actor_id, tick_command(actor_id, instant_text(self.clock.now())))

    async def arm(self, actor_type: str, actor_id: str) -> None:
        assert actor_type
        self._reach("arm", actor_id)

    def _reach(self, what: str, actor_id: str) -> None:
        self.tried += 1
        if self.down or actor_id in self.unreachable:
            raise Unavailable("down")
        self.calls.append((what, actor_id))

    async def turn(self, connection: Raw, actor_type: str, actor_id: str, command: Command) -> Decision:
        key = key_of(actor_type, actor_id)
        doc = Doc.read(await connection.fetchval("SELECT value FROM dapr_state WHERE key = $1", key) or b"")
        decision = RULES[actor_type](doc.state, doc.version, command, self.clock.now())
        if isinstance(decision, Accepted):
            await connection.execute(SAVE, key, doc.after(decision, command).written(decision.events))
        return decision

    async def create(self, person: FakePerson, connection: Raw | None = None, **body: Any) -> str:
        command = person.says("CreateTask", {"title": "Pay rent", **body})
        task_id = person.task_of(command)
        await self.say(task_id, command, connection)
        return task_id

    async def create_series(self, person: FakePerson, **body: Any) -> str:
        series_id = str(uuid4())
        await self.say(series_id, person.says("CreateSeries", {"id": series_id, **body}))
        return series_id

    async def say(self, actor_id: str, command: Command, connection: Raw | None = None) -> Decision:
        actor_type = next((kind for ending, kind in _RECEIVERS.items() if command.name.endswith(ending)), "TaskActor")
        if connection is not None:
            return await self.turn(connection, actor_type, actor_id, command)
        async with self.database.raw() as own:
            return await self.turn(own, actor_type, actor_id, command)

    async def rows(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        async with self.database.raw() as connection:
            found: list[asyncpg.Record] = await connection.fetch(query, *arguments)
        return found

    async def value(self, query: str, *arguments: Any) -> Any:
        async with self.database.raw() as connection:
            return await connection.fetchval(query, *arguments)
