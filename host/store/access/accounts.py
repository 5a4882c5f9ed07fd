"""Who may log in: email, password hash, and the profile that goes with them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from host.store.access.tables import accounts
from host.store.tables import users


@dataclass(frozen=True, slots=True)
class Account:
    """`zone` is what the sign-up gave, for one that was cut off; where the person lives now stands in the profile."""

    user_id: str
    email: str
    password_hash: str
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class UserRow:
    """A row of the read model of users."""

    id: str
    email: str
    name: str
    zone: str
    defaults: dict[str, Any]
    created_at: datetime
    version: int


USER_COLUMNS = (
    users.c.id,
    users.c.email,
    users.c.name,
    users.c.zone,
    users.c.defaults,
    users.c.created_at,
    users.c.version,
)


def user_row(row: Row[*tuple[Any, ...]]) -> UserRow:
    """From a row that holds USER_COLUMNS."""
    return UserRow(row.id, row.email or "", row.name or "", row.zone, row.defaults, row.created_at, row.version)


def folded_email(email: str) -> str:
    return email.strip().casefold()


async def add(connection: AsyncConnection, account: Account, now: datetime) -> bool:
    """False when that address has an account; two sign-ups at once end in one by the unique index."""
    statement = (
        insert(accounts)
        .values(
            user_id=account.user_id,
            email=folded_email(account.email),
            password_hash=account.password_hash,
            created_at=now,
            zone=account.zone,
        )
        .on_conflict_do_nothing(index_elements=[accounts.c.email])
        .returning(accounts.c.user_id)
    )
    return (await connection.execute(statement)).first() is not None


async def by_email(connection: AsyncConnection, email: str) -> Account | None:
    return await _one(connection, accounts.c.email == folded_email(email))


async def by_user(connection: AsyncConnection, user_id: str) -> Account | None:
    return await _one(connection, accounts.c.user_id == user_id)


async def set_password(connection: AsyncConnection, user_id: str, password_hash: str) -> None:
    await connection.execute(update(accounts).where(accounts.c.user_id == user_id).values(password_hash=password_hash))


async def find_user(connection: AsyncConnection, user_id: str) -> UserRow | None:
    statement = select(*USER_COLUMNS).where(users.c.id == user_id, users.c.deleted_at.is_(None))
    row = (await connection.execute(statement)).first()
    return user_row(row) if row else None


async def _one(connection: AsyncConnection, condition: Any) -> Account | None:
    statement = select(accounts.c.user_id, accounts.c.email, accounts.c.password_hash, accounts.c.zone).where(condition)
    row = (await connection.execute(statement)).first()
    return Account(row.user_id, row.email, row.password_hash, row.zone) if row else None
