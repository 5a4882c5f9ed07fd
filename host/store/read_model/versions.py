"""In which version each task and series of a user stands in the read model."""

from collections.abc import Sequence

from sqlalchemy import select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from host.store.read_model.tables import series, tasks


async def of(connection: AsyncConnection, user_id: str, ids: Sequence[str]) -> dict[str, int]:
    """Returns the versions by id of those tasks and series that the user has; what is purged or deleted has one, too."""
    statement = union_all(
        *(select(t.c.id, t.c.version).where(t.c.user_id == user_id, t.c.id.in_(ids)) for t in (tasks, series))
    )
    return {row.id: row.version for row in await connection.execute(statement)}
