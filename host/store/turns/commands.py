"""The table `commands`: the replies to the commands of the last day, for callers that ask again.

A command id is unique among the commands of all actors.
"""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from actors.replies import Json, Outage
from host.store.engine import Database, is_outage
from host.store.turns.tables import commands


class CommandLog:
    """The log of commands as a turn reads it; the fence's triggers fill the table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, command_id: str) -> Json | None:
        """Returns `{actor, hash, reply}` of a command that was applied, or None if it is unknown. Raises Outage."""
        try:
            row = await self._row(command_id)
        except Exception as error:
            if is_outage(error):
                raise Outage("the log of commands cannot be read") from error
            raise
        return {"actor": row[0], "hash": row[1], "reply": orjson.loads(row[2])} if row else None

    async def _row(self, command_id: str) -> Any:
        async with self._database.raw() as connection:
            return await connection.fetchrow(
                "SELECT actor_id, body_hash, reply::text FROM commands WHERE command_id = $1", command_id
            )


async def is_known(connection: AsyncConnection, command_id: str) -> bool:
    """Returns whether the command was applied."""
    return await connection.scalar(select(commands.c.command_id).where(commands.c.command_id == command_id)) is not None


async def known(connection: AsyncConnection, command_ids: Sequence[str]) -> set[str]:
    """Returns those of the commands that were applied."""
    found = select(commands.c.command_id).where(commands.c.command_id.in_(command_ids))
    return set((await connection.scalars(found)).all())


async def keep(connection: AsyncConnection, user_id: str, command_id: str, body_hash: str, reply: Json) -> Json | None:
    """Keeps the reply to a request to many actors, and returns the reply that was kept when it first came.

    Returns None when the id belongs to another request. The row counts as a command of the user's actor, and is
    pruned with those.
    """
    row = {"actor_id": user_id, "command_id": command_id, "body_hash": body_hash, "reply": reply}
    await connection.execute(insert(commands).values(row).on_conflict_do_nothing())
    statement = select(commands.c.actor_id, commands.c.body_hash, commands.c.reply)
    actor_id, known_hash, kept = (await connection.execute(statement.where(commands.c.command_id == command_id))).one()
    return kept if (actor_id, known_hash) == (user_id, body_hash) else None
