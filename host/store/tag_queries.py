"""A user's tags: names as first written, with the number of tasks; and which tasks a change of one concerns."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from actors.commands import Command
from actors.fields import fold
from host.store.tables import commands, tags


async def listed(connection: AsyncConnection, user_id: str, prefix: str, limit: int) -> Sequence[tuple[str, int]]:
    """Most used first."""
    statement = (
        select(tags.c.name, tags.c.count)
        .where(tags.c.user_id == user_id, tags.c.count > 0, tags.c.folded.startswith(fold(prefix), autoescape=True))
        .order_by(tags.c.count.desc(), tags.c.folded)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in await connection.execute(statement)]


async def kept_ids(connection: AsyncConnection, user_id: str, command: Command, ids: Sequence[str]) -> list[str] | None:
    """The tasks that this change was first asked for, which are `ids` unless it is repeated; None for another change.

    Kept with the commands of the user's actor, for as long as those are.
    """
    row = {
        "actor_id": user_id,
        "command_id": command.id,
        "body_hash": command.hash,
        "reply": {"ids": list(ids)},
    }
    await connection.execute(insert(commands).values(row).on_conflict_do_nothing())
    known = select(commands.c.body_hash, commands.c.reply).where(
        commands.c.actor_id == user_id, commands.c.command_id == command.id
    )
    body_hash, reply = (await connection.execute(known)).one()
    return reply["ids"] if body_hash == command.hash else None
