"""Sessions of people in browsers. The table holds only the hash of each session's secret."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from host.store.access.tables import sessions
from host.store.read_model.tables import users
from host.store.read_model.user_queries import USER_COLUMNS, UserRow, user_row

LIFE = timedelta(days=30)  # without a request
LONGEST_LIFE = timedelta(days=180)  # however much it is used
MOST_SESSIONS = 50  # of one user
_TOUCH_EVERY = timedelta(minutes=1)
_PUBLIC_ID_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class NewSession:
    token_hash: str
    user_id: str
    user_agent: str
    address: str


@dataclass(frozen=True, slots=True)
class SessionRow:
    id: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    user_agent: str
    address: str


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that has not ended; `user` is None until the read model shows a user who has just signed up."""

    user: UserRow | None


def public_id(token_hash: str) -> str:
    """Returns the id of a session in lists: the start of its hash, which is of no use for signing in."""
    return token_hash[:_PUBLIC_ID_CHARACTERS]


async def add(connection: AsyncConnection, session: NewSession, now: datetime) -> None:
    await connection.execute(
        insert(sessions).values(
            token_hash=session.token_hash,
            user_id=session.user_id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + LIFE,
            user_agent=session.user_agent,
            address=session.address,
        )
    )


async def remove_beyond_most(connection: AsyncConnection, user_id: str) -> Sequence[str]:
    """Removes what a user has beyond MOST_SESSIONS, those first that were unused for longest; returns their hashes."""
    oldest = (
        select(sessions.c.token_hash)
        .where(sessions.c.user_id == user_id)
        .order_by(sessions.c.last_seen_at.desc(), sessions.c.created_at.desc(), sessions.c.token_hash)
        .offset(MOST_SESSIONS)
    )
    statement = delete(sessions).where(sessions.c.token_hash.in_(oldest)).returning(sessions.c.token_hash)
    return (await connection.scalars(statement)).all()


# Built once, because SQLAlchemy takes 0.3 ms for it.
_FIND = (
    select(*USER_COLUMNS, sessions.c.last_seen_at, sessions.c.created_at.label("began_at"))
    .outerjoin_from(sessions, users, users.c.id == sessions.c.user_id)
    .where(
        sessions.c.token_hash == bindparam("token_hash"),
        sessions.c.expires_at > bindparam("now"),
        sessions.c.created_at > bindparam("began_after"),
        users.c.deleted_at.is_(None),
    )
)


async def find(connection: AsyncConnection, token_hash: str, now: datetime) -> LiveSession | None:
    """Returns the live session with that hash or None; notes at most once a minute that it was used."""
    row = (
        await connection.execute(_FIND, {"token_hash": token_hash, "now": now, "began_after": now - LONGEST_LIFE})
    ).first()
    if row is None:
        return None
    if row.last_seen_at < now - _TOUCH_EVERY:
        seen = update(sessions).where(sessions.c.token_hash == token_hash)
        await connection.execute(
            seen.values(last_seen_at=now, expires_at=min(now, row.began_at + LONGEST_LIFE - LIFE) + LIFE)
        )
    return LiveSession(user_row(row) if row.id is not None else None)


async def listed(connection: AsyncConnection, user_id: str, now: datetime) -> Sequence[SessionRow]:
    """Returns the user's live sessions, most recently used first."""
    statement = (
        select(sessions)
        .where(sessions.c.user_id == user_id, sessions.c.expires_at > now)
        .order_by(sessions.c.last_seen_at.desc(), sessions.c.token_hash)
    )
    return [_session(row) for row in await connection.execute(statement)]


async def remove(connection: AsyncConnection, token_hash: str) -> None:
    await connection.execute(delete(sessions).where(sessions.c.token_hash == token_hash))


async def remove_by_id(connection: AsyncConnection, user_id: str, session_id: str) -> Sequence[str]:
    """Returns the hash that was removed; nothing when it is not one of that user's."""
    mine = sessions.c.user_id == user_id
    named = func.left(sessions.c.token_hash, _PUBLIC_ID_CHARACTERS) == session_id
    return (await connection.scalars(delete(sessions).where(mine, named).returning(sessions.c.token_hash))).all()


async def remove_others(connection: AsyncConnection, user_id: str, kept: str) -> Sequence[str]:
    """Removes all sessions of the user but the one with the hash `kept`; returns the hashes removed."""
    others = (sessions.c.user_id == user_id) & (sessions.c.token_hash != kept)
    return (await connection.scalars(delete(sessions).where(others).returning(sessions.c.token_hash))).all()


def _session(row: Row[*tuple[Any, ...]]) -> SessionRow:
    return SessionRow(
        public_id(row.token_hash),
        row.created_at,
        row.last_seen_at,
        row.expires_at,
        row.user_agent or "",
        row.address or "",
    )
