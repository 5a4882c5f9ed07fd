"""Reads of conversations: lists by the last message, one with all that was said, and the runs that nobody holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from host.store.engine import Raw
from host.store.read_model.tables import conversations
from host.store.turns import actor_state

Key = tuple[str, str]  # updated at, id


@dataclass(frozen=True, slots=True)
class ConversationRow:
    id: str
    title: str
    messages: int
    run_state: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ConversationList:
    """A page; `last` is the key to go on after, None at the end."""

    items: Sequence[ConversationRow]
    total: int
    last: Key | None


@dataclass(frozen=True, slots=True)
class LeftRun:
    """A run whose lease is over."""

    conversation_id: str
    user_id: str
    run_id: str


_c: Final = conversations.c
_COLUMNS: Final = (_c.id, _c.title, _c.messages, _c.run_state, _c.created_at, _c.updated_at)


async def listed(
    connection: AsyncConnection, user_id: str, limit: int, offset: int = 0, after: Key | None = None
) -> ConversationList:
    """Returns the user's conversations, the last talked in first, from `offset`, or after the row with that key."""
    mine = (_c.user_id == user_id, _c.deleted_at.is_(None))
    page = select(*_COLUMNS).where(*mine).order_by(_c.updated_at.desc(), _c.id).limit(limit + 1)
    if after is not None:
        page = page.where(_older(datetime.fromisoformat(after[0]), after[1]))
    rows = [ConversationRow(*row) for row in await connection.execute(page.offset(offset if after is None else 0))]
    last = (rows[limit - 1].updated_at.isoformat(), rows[limit - 1].id) if len(rows) > limit else None
    return ConversationList(rows[:limit], await count(connection, user_id), last)


def _older(at: datetime, last_id: str) -> Any:
    return (_c.updated_at < at) | ((_c.updated_at == at) & (_c.id > last_id))


async def count(connection: AsyncConnection, user_id: str) -> int:
    """Returns how many conversations the user has."""
    statement = select(func.count()).where(_c.user_id == user_id, _c.deleted_at.is_(None))
    return (await connection.scalar(statement)) or 0


async def find(connection: Raw, user_id: str, conversation_id: str) -> dict[str, Any] | None:
    """Returns the state of the conversation as its actor has it, with all that was said; None for a forgotten one."""
    states = await actor_state.states(connection, "ConversationActor", [conversation_id])
    state = states.get(conversation_id)
    return state if state is not None and state["user_id"] == user_id and state["deleted_at"] is None else None


async def said_since(connection: Raw, user_id: str, since: datetime) -> int:
    """Returns how many messages the user has said since then, in conversations that are forgotten, too."""
    query = "SELECT count(*) FROM activity WHERE user_id = $1 AND at > $2 AND type = 'conversation.said'"
    count: int = await connection.fetchval(query, user_id, since)
    return count


async def left_runs(connection: Raw, now: datetime, limit: int) -> list[LeftRun]:
    """Returns runs that go on and whose lease is over, the oldest first."""
    rows = await connection.fetch(
        """SELECT id, user_id, run_id FROM conversations WHERE run_id IS NOT NULL AND leased_until <= $1
           ORDER BY leased_until LIMIT $2""",
        now,
        limit,
    )
    return [LeftRun(*row) for row in rows]
