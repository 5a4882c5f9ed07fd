"""Personal access tokens of scripts and agents. The table holds only the hash of each token."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, case, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from host.store.access.tables import token_names, tokens
from host.store.read_model.tables import users
from host.store.read_model.user_queries import USER_COLUMNS, UserRow, user_row

_TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TokenRow:
    id: str
    user_id: str
    name: str
    scopes: tuple[str, ...]
    prefix: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LiveToken:
    """A token that has neither expired nor been revoked."""

    user: UserRow
    token_id: str
    scopes: tuple[str, ...]


async def add(connection: AsyncConnection, token: TokenRow, token_hash: str) -> None:
    await connection.execute(
        insert(tokens).values(
            id=token.id,
            user_id=token.user_id,
            name=token.name,
            scopes=list(token.scopes),
            prefix=token.prefix,
            token_hash=token_hash,
            created_at=token.created_at,
            expires_at=token.expires_at,
        )
    )
    await connection.execute(insert(token_names).values(id=token.id, user_id=token.user_id, name=token.name))


async def names(connection: AsyncConnection, user_id: str, ids: Iterable[str]) -> dict[str, str]:
    """Returns the names of those of the ids that are tokens of that user, or were until they were revoked."""
    statement = select(token_names.c.id, token_names.c.name).where(
        token_names.c.user_id == user_id, token_names.c.id.in_(set(ids))
    )
    return {row.id: row.name for row in await connection.execute(statement)}


async def joined_change_set(
    connection: AsyncConnection, token_id: str, new_id: str, now: datetime, gap: timedelta
) -> str | None:
    """Returns the change set of the token's last call if that is less than `gap` ago, else `new_id`; None: no such token.

    It is one statement, so that of two calls at once in two processes the second joins the first.
    """
    goes_on = tokens.c.change_set_at > now - gap
    chosen = case((goes_on, tokens.c.change_set), else_=new_id)
    last_at = func.greatest(tokens.c.change_set_at, now)
    statement = update(tokens).where(tokens.c.id == token_id).values(change_set=chosen, change_set_at=last_at)
    joined: str | None = await connection.scalar(statement.returning(tokens.c.change_set))
    return joined


async def count(connection: AsyncConnection, user_id: str) -> int:
    statement = select(func.count()).select_from(tokens).where(tokens.c.user_id == user_id)
    return (await connection.scalar(statement)) or 0


# Built once, because SQLAlchemy takes 0.3 ms for it.
_FIND = (
    select(*USER_COLUMNS, tokens.c.id.label("token_id"), tokens.c.scopes, tokens.c.last_used_at)
    .join_from(tokens, users, users.c.id == tokens.c.user_id)
    .where(
        tokens.c.token_hash == bindparam("token_hash"),
        or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > bindparam("now")),
        users.c.deleted_at.is_(None),
    )
)


async def find(connection: AsyncConnection, token_hash: str, now: datetime) -> LiveToken | None:
    """Returns the live token with that hash or None; notes at most once a minute that it was used."""
    row = (await connection.execute(_FIND, {"token_hash": token_hash, "now": now})).first()
    if row is None:
        return None
    if row.last_used_at is None or row.last_used_at < now - _TOUCH_EVERY:
        await connection.execute(update(tokens).where(tokens.c.id == row.token_id).values(last_used_at=now))
    return LiveToken(user_row(row), row.token_id, tuple(row.scopes))


async def listed(connection: AsyncConnection, user_id: str) -> Sequence[TokenRow]:
    """Returns the user's tokens, newest first."""
    statement = select(tokens).where(tokens.c.user_id == user_id).order_by(tokens.c.created_at.desc(), tokens.c.id)
    return [
        TokenRow(
            row.id,
            row.user_id,
            row.name,
            tuple(row.scopes),
            row.prefix,
            row.created_at,
            row.expires_at,
            row.last_used_at,
        )
        for row in await connection.execute(statement)
    ]


async def remove(connection: AsyncConnection, user_id: str, token_id: str) -> str | None:
    """Returns the hash that was removed; None when it is not one of that user's."""
    mine = (tokens.c.id == token_id) & (tokens.c.user_id == user_id)
    return await connection.scalar(delete(tokens).where(mine).returning(tokens.c.token_hash))


async def remove_all(connection: AsyncConnection, user_id: str) -> Sequence[str]:
    """Revokes all tokens of that user and returns their hashes."""
    return (
        await connection.scalars(delete(tokens).where(tokens.c.user_id == user_id).returning(tokens.c.token_hash))
    ).all()
