"""Everyone who has an account, as the operator lists them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from host.store.access.tables import accounts, sessions
from host.store.tables import tasks, users


@dataclass(frozen=True, slots=True)
class AccountListed:
    """`zone` is empty for someone whose sign-up was cut off half way."""

    email: str
    zone: str
    open_tasks: int
    created_at: datetime
    last_seen_at: datetime | None


async def everyone(connection: AsyncConnection) -> Sequence[AccountListed]:
    open_tasks = (
        select(func.count())
        .where(tasks.c.user_id == accounts.c.user_id, tasks.c.status == "open")
        .where(tasks.c.deleted_at.is_(None), ~tasks.c.purged)
        .scalar_subquery()
    )
    last_seen = select(func.max(sessions.c.last_seen_at)).where(sessions.c.user_id == accounts.c.user_id)
    statement = (
        select(accounts.c.email, users.c.zone, open_tasks, accounts.c.created_at, last_seen.scalar_subquery())
        .outerjoin_from(accounts, users, users.c.id == accounts.c.user_id)
        .order_by(accounts.c.email)
    )
    return [
        AccountListed(email, zone or "", count, created_at, seen)
        for email, zone, count, created_at, seen in await connection.execute(statement)
    ]


async def addresses(connection: AsyncConnection) -> dict[str, tuple[str, str]]:
    """Email and zone of everyone who is known, by id."""
    rows = await connection.execute(select(users.c.id, users.c.email, users.c.zone))
    return {user_id: (email, zone) for user_id, email, zone in rows}
