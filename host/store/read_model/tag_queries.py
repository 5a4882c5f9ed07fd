"""Reads of a user's tags."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from actors.fields import fold
from host.store.read_model.plain import plain
from host.store.read_model.tables import tags


async def listed(connection: AsyncConnection, user_id: str, prefix: str, limit: int) -> Sequence[tuple[str, int]]:
    """Returns (name as first written, number of tasks), most used first; a tag without a plain name yet by its accents."""
    begins = or_(
        tags.c.plain.startswith(plain(prefix), autoescape=True), tags.c.folded.startswith(fold(prefix), autoescape=True)
    )
    statement = (
        select(tags.c.name, tags.c.count)
        .where(tags.c.user_id == user_id, tags.c.count > 0, begins)
        .order_by(tags.c.count.desc(), tags.c.folded)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in await connection.execute(statement)]
