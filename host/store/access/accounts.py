"""Accounts: email and password hash of everybody who may sign in. Names and zones stand in the read model of users."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from host.store.access.tables import accounts, sessions
from host.store.engine import Raw
from host.store.read_model.tables import tasks, usage, users
from host.store.read_model.usage_queries import Usage, usage_of


@dataclass(frozen=True, slots=True)
class Account:
    """`zone` is as given at sign-up, for a sign-up that was interrupted; the user's present zone is in the profile."""

    user_id: str
    email: str
    password_hash: str
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class AccountSummary:
    """An account as the operator lists it; `zone` is empty where the sign-up was interrupted."""

    email: str
    zone: str
    open_tasks: int
    stored: Usage
    created_at: datetime
    last_seen_at: datetime | None


def folded_email(email: str) -> str:
    """Returns the address as it is compared: without spaces around it, in small letters and NFC."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", email.strip()).casefold())


async def add(connection: AsyncConnection, account: Account, now: datetime) -> bool:
    """Returns False when that address has an account; of two sign-ups at once the unique index lets one through."""
    if await find_by_email(connection, account.email) is not None:  # also in another spelling, from an early release
        return False
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


async def find(connection: AsyncConnection, user_id: str) -> Account | None:
    return await _find(connection, accounts.c.user_id == user_id)


async def find_by_email(connection: AsyncConnection, email: str) -> Account | None:
    """Returns the account of the address as typed, else in today's spelling, else taken apart as early releases kept it."""
    typed, today = email.strip().casefold(), folded_email(email)
    for spelling in dict.fromkeys((typed, today, unicodedata.normalize("NFD", today))):
        if (account := await _find(connection, accounts.c.email == spelling)) is not None:
            return account
    return None


async def listed(connection: AsyncConnection) -> Sequence[AccountSummary]:
    """Returns every account, by email."""
    open_tasks = (
        select(func.count())
        .where(tasks.c.user_id == accounts.c.user_id, tasks.c.status == "open")
        .where(tasks.c.deleted_at.is_(None), ~tasks.c.purged)
        .scalar_subquery()
    )
    last_seen = select(func.max(sessions.c.last_seen_at)).where(sessions.c.user_id == accounts.c.user_id)
    own = (accounts.c.email, users.c.zone, open_tasks, accounts.c.created_at, last_seen.scalar_subquery())
    statement = (
        select(*own, usage.c.tasks, usage.c.series, usage.c.bytes)
        .outerjoin_from(accounts, users, users.c.id == accounts.c.user_id)
        .outerjoin(usage, usage.c.user_id == accounts.c.user_id)
        .order_by(accounts.c.email)
    )
    return [
        AccountSummary(email, zone or "", count, usage_of(stored), created_at, seen)
        for email, zone, count, created_at, seen, *stored in await connection.execute(statement)
    ]


async def same_emails(connection: Raw) -> list[list[str]]:
    """Returns the first ten groups of addresses that differ only in their spelling, as early releases kept them."""
    rows = await connection.fetch(
        """SELECT array_agg(email ORDER BY created_at) FROM accounts
           GROUP BY lower(normalize(email, NFC)) HAVING count(*) > 1 ORDER BY 1 LIMIT 10"""
    )
    return [list(row[0]) for row in rows]


async def set_password(connection: AsyncConnection, user_id: str, password_hash: str) -> None:
    await connection.execute(update(accounts).where(accounts.c.user_id == user_id).values(password_hash=password_hash))


async def _find(connection: AsyncConnection, condition: Any) -> Account | None:
    statement = select(accounts.c.user_id, accounts.c.email, accounts.c.password_hash, accounts.c.zone).where(condition)
    row = (await connection.execute(statement)).first()
    return Account(row.user_id, row.email, row.password_hash, row.zone) if row else None
