"""Actors without a sidecar: the real rules, with the real tables behind them, and switches for bad days."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson

from actors import series, task, user
from actors.clock import Clock, instant_text
from actors.commands import Command, tick_command
from actors.doc import Doc
from actors.replies import Accepted, Json, Refused, Reply, Unchanged
from host.gateway import Unavailable
from host.store.engine import Database

RULES: Mapping[str, Callable[..., Any]] = {
    "TaskActor": task.decide,
    "UserActor": user.decide,
    "SeriesActor": series.decide,
}
_SAVE = """INSERT INTO dapr_state (key, value) VALUES ($1, $2)
           ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = now()"""


class FakeActors:
    """`down` makes every call an outage, `unreachable` those to a type; `lose_reply` commits and then fails once; `sent` keeps the commands."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        on_commit: Callable[[], Awaitable[None]],
        locks: defaultdict[str, asyncio.Lock] | None = None,
    ) -> None:
        self.down = False
        self.unreachable = ""
        self.lose_reply = False
        self.sent: list[tuple[str, str, Command]] = []
        self._db = db
        self._clock = clock
        self._on_commit = on_commit
        self._locks = defaultdict(asyncio.Lock) if locks is None else locks

    async def send(self, actor_type: str, actor_id: str, command: Command) -> Reply:
        if self.down or actor_type == self.unreachable:
            raise Unavailable("switched off")
        self.sent.append((actor_type, actor_id, command))
        wire = orjson.loads(orjson.dumps(command.to_wire()))
        async with self._locks[actor_id]:
            reply = await self._turn(actor_type, actor_id, Command.from_wire(wire))
        await self._on_commit()
        if self.lose_reply:
            self.lose_reply = False
            raise Unavailable("the reply was lost")
        return Reply.from_wire(orjson.loads(orjson.dumps(reply)))

    def beneath(self) -> "FakeActors":
        """The same actors for a consumer, which itself is what follows a commit."""
        return FakeActors(self._db, self._clock, _nothing, self._locks)

    async def tick(self, actor_type: str, actor_id: str) -> None:
        async with self._locks[actor_id]:
            await self._turn(actor_type, actor_id, tick_command(actor_id, instant_text(self._clock.now())))
        await self._on_commit()

    async def _turn(self, actor_type: str, actor_id: str, command: Command) -> Json:
        key = f"duely||{actor_type}||{actor_id}||doc"
        async with self._db.raw() as connection:
            known = await connection.fetchrow(
                "SELECT body_hash, reply FROM commands WHERE actor_id = $1 AND command_id = $2", actor_id, command.id
            )
            if known is not None:
                return _known(known["body_hash"], orjson.loads(known["reply"]), command)
            doc = Doc.read(await connection.fetchval("SELECT value FROM dapr_state WHERE key = $1", key) or b"")
            decision = RULES[actor_type](doc.state, doc.version, command, self._clock.now())
            if isinstance(decision, Accepted):
                after = doc.after(decision, command)
                await connection.execute(_SAVE, key, after.written(decision.events))
                return {"ok": True, "value": decision.reply, "version": after.version}
        if isinstance(decision, Unchanged):
            return {"ok": True, "value": decision.reply, "version": doc.version}
        return _refusal(decision)


async def _nothing() -> None:
    pass


def _known(known_hash: str, reply: Json, command: Command) -> Json:
    if known_hash == command.hash:
        return reply
    return _refusal(Refused("idempotency_mismatch", "This Idempotency-Key came with another request before.", 422))


def _refusal(refused: Refused) -> Json:
    return Reply(ok=False, value={}, error=refused).to_wire()
