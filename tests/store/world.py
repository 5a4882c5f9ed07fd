"""Turns without a sidecar: the real rules decide, and the doc is saved as Dapr saves it."""

from typing import Any

import asyncpg

from actors import task as task_rules
from actors import user as user_rules
from actors.clock import instant_text
from actors.commands import Command, tick_command
from actors.doc import Doc
from actors.replies import Accepted, Decision, Refused, Reply
from host.gateway import Unavailable
from host.store.engine import Database, Raw
from tests.fakes.person import FakeClock, FakePerson

SAVE = """INSERT INTO dapr_state AS t (key, value, etag, expires_at) VALUES ($1, $2, gen_random_uuid(), NULL)
          ON CONFLICT (key) DO UPDATE SET value = excluded.value, etag = gen_random_uuid(), updated_at = now(),
          expires_at = NULL"""
RULES = {"TaskActor": task_rules.decide, "UserActor": user_rules.decide}


def key_of(actor_type: str, actor_id: str) -> str:
    return f"duely||{actor_type}||{actor_id}||doc"


class World:
    """A gateway, too: its calls go straight to the rules. `down` makes every call an outage."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        self.database, self.clock = database, clock
        self.down = False
        self.calls: list[tuple[str, str]] = []

    async def send(self, actor_type: str, actor_id: str, command: Command) -> Reply:
        self._reach(command.name, actor_id)
        async with self.database.raw() as connection:
            decision = await self.turn(connection, actor_type, actor_id, command)
        refused = decision if isinstance(decision, Refused) else None
        return Reply(ok=refused is None, value={}, error=refused)

    async def tick(self, actor_type: str, actor_id: str) -> None:
        self._reach("tick", actor_id)
        async with self.database.raw() as connection:
            await self.turn(connection, actor_type, actor_id, tick_command(actor_id, instant_text(self.clock.now())))

    async def arm(self, actor_type: str, actor_id: str) -> None:
        assert actor_type
        self._reach("arm", actor_id)

    def _reach(self, what: str, actor_id: str) -> None:
        if self.down:
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

    async def say(self, actor_id: str, command: Command, connection: Raw | None = None) -> Decision:
        actor_type = "UserActor" if command.name.endswith("User") else "TaskActor"
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
