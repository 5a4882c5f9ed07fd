"""Reads of users' profiles."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from host.store.read_model.tables import users


@dataclass(frozen=True, slots=True)
class UserRow:
    id: str
    email: str
    name: str
    zone: str
    defaults: dict[str, Any]
    created_at: datetime
    version: int


USER_COLUMNS: Final = (
    users.c.id,
    users.c.email,
    users.c.name,
    users.c.zone,
    users.c.defaults,
    users.c.created_at,
    users.c.version,
)


def user_row(row: Row[*tuple[Any, ...]]) -> UserRow:
    """Takes any row that holds USER_COLUMNS."""
    return UserRow(row.id, row.email or "", row.name or "", row.zone, row.defaults, row.created_at, row.version)


async def find(connection: AsyncConnection, user_id: str) -> UserRow | None:
    statement = select(*USER_COLUMNS).where(users.c.id == user_id, users.c.deleted_at.is_(None))
    row = (await connection.execute(statement)).first()
    return user_row(row) if row else None


async def addresses(connection: AsyncConnection) -> dict[str, tuple[str, str]]:
    """Returns (email, zone) of every user, by id."""
    rows = await connection.execute(select(users.c.id, users.c.email, users.c.zone))
    return {user_id: (email, zone) for user_id, email, zone in rows}
