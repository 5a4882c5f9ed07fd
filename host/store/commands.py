"""The commands of the last day: what was answered, for a caller that asks again."""

from typing import Any

import orjson

from host.store.engine import Database


class CommandLog:
    """Looks a command up in the table that the fence fills."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, actor_id: str, command_id: str) -> dict[str, Any] | None:
        """`{hash, reply}` of a command that the actor has applied; None when it is not known."""
        async with self._database.raw() as connection:
            row = await connection.fetchrow(
                "SELECT body_hash, reply::text FROM commands WHERE actor_id = $1 AND command_id = $2",
                actor_id,
                command_id,
            )
        return {"hash": row[0], "reply": orjson.loads(row[1])} if row else None
