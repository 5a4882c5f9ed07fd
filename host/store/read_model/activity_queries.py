"""Reads of the activity: pages for the API, newest first, and entries after a position for the live stream."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from host.store.engine import Raw
from host.store.read_model.activity_rows import CHANGES, PEOPLE
from host.store.read_model.tables import activity

# For a row of `activity` that is a later event of a task's turn: the body of the turn's first event, which has the
# whole task. All events of a turn have the same instant.
FIRST_OF_TURN: Final = """
  CASE WHEN activity.event_id LIKE 'TaskActor:%' AND activity.event_id NOT LIKE '%:1' THEN (
    SELECT first.body FROM activity first
    WHERE first.event_id = regexp_replace(activity.event_id, '[0-9]+$', '1') AND first.at = activity.at) END"""
ACTOR_KINDS: Final = frozenset({"user", "token", "agent", "reminder", "system"})
_ENTRY: Final[tuple[ColumnElement[Any], ...]] = (
    *(activity.c.position, activity.c.type, activity.c.at, activity.c.body, activity.c.hash),
    literal_column(FIRST_OF_TURN).label("first"),
)


@dataclass(frozen=True, slots=True)
class ActivityFilter:
    """What to list: `actor` is a kind of actor or the id of one; `since` ≤ at < `until`; positions below `before`."""

    types: Sequence[str] = ()
    actor: str | None = None
    task_id: str | None = None
    change_set: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """An entry: `body` is the event as canonical text, `first` the first event of its turn if that is another one."""

    position: int
    type: str
    at: datetime
    body: str
    hash: str
    first: str | None


async def listed(
    connection: AsyncConnection, user_id: str, wanted: ActivityFilter, limit: int
) -> Sequence[ActivityRow]:
    statement = (
        select(*_ENTRY)
        .where(activity.c.user_id == user_id, *_conditions(wanted))
        .order_by(activity.c.position.desc())
        .limit(limit)
    )
    return [_entry(row) for row in await connection.execute(statement)]


async def asked_before(connection: AsyncConnection, user_id: str, row: "ActivityRow", within: int) -> int | None:
    """Returns the position of the change by a person from which an entry follows, if it is among the `within` before it."""
    here, first = activity.alias("here"), activity.alias("first")
    statement = (
        select(first.c.position)
        .join_from(here, first, (first.c.user_id == here.c.user_id) & (first.c.correlation_id == here.c.correlation_id))
        .where(here.c.user_id == user_id, here.c.position == row.position)
        .where(first.c.position < row.position, first.c.position >= row.position - within)
        .where(first.c.actor_kind.in_(PEOPLE), first.c.type.in_(CHANGES))
        .order_by(first.c.position.desc())
        .limit(1)
    )
    position: int | None = await connection.scalar(statement)
    return position


async def find(connection: AsyncConnection, user_id: str, position: int) -> ActivityRow | None:
    statement = select(*_ENTRY).where(activity.c.user_id == user_id, activity.c.position == position)
    row = (await connection.execute(statement)).first()
    return _entry(row) if row else None


def _conditions(wanted: ActivityFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.types:
        conditions.append(activity.c.type.in_(wanted.types))
    if wanted.actor is not None:
        column = activity.c.actor_kind if wanted.actor in ACTOR_KINDS else activity.c.actor_id
        conditions.append(column == wanted.actor)
    if wanted.task_id is not None:
        conditions.append(activity.c.task_id == wanted.task_id)
    if wanted.change_set is not None:
        conditions.append(activity.c.change_set == wanted.change_set)
    if wanted.since is not None:
        conditions.append(activity.c.at >= wanted.since)
    if wanted.until is not None:
        conditions.append(activity.c.at < wanted.until)
    if wanted.before is not None:
        conditions.append(activity.c.position < wanted.before)
    return conditions


def _entry(row: Row[*tuple[Any, ...]]) -> ActivityRow:
    return ActivityRow(*row)


@dataclass(slots=True)
class StreamRow:
    """An entry for the live stream: `body` is the event as text, `first` the first event of its turn if another one.

    The sender keeps in `encoded` what it sends, once for all listeners.
    """

    position: int
    type: str
    body: str
    first: str | None
    encoded: bytes | None = None


async def newest_position(connection: Raw, user_id: str) -> int:
    """Returns the position of the user's newest entry; 0 if there is none."""
    position = await connection.fetchval("SELECT position FROM user_streams WHERE user_id = $1", user_id)
    return position or 0


async def holds(connection: Raw, user_id: str, position: int) -> bool:
    """Returns whether the table has that entry; older ones may be archived."""
    query = "SELECT EXISTS (SELECT FROM activity WHERE user_id = $1 AND position = $2)"
    exists: bool = await connection.fetchval(query, user_id, position)
    return exists


async def rows_after(connection: Raw, after: Mapping[str, int], limit: int) -> dict[str, list[StreamRow]]:
    """Returns for each user the entries above a position, in order, at most `limit` of each."""
    rows = await connection.fetch(
        f"""SELECT x.user_id, activity.position, activity.type, activity.body, {FIRST_OF_TURN}
           FROM unnest($1::text[], $2::bigint[]) AS x (user_id, after)
           CROSS JOIN LATERAL (SELECT position, type, body, event_id, at FROM activity
             WHERE user_id = x.user_id AND position > x.after ORDER BY position LIMIT $3) activity
           ORDER BY x.user_id, activity.position""",  # noqa: S608  our own columns
        list(after.keys()),
        list(after.values()),
        limit,
    )
    by_user: dict[str, list[StreamRow]] = {}
    for user_id, *row in rows:
        by_user.setdefault(user_id, []).append(StreamRow(*row))
    return by_user


async def grown(connection: Raw, after: Mapping[str, int]) -> Sequence[str]:
    """Returns those of the users whose streams have entries above their position."""
    rows = await connection.fetch(
        """SELECT s.user_id FROM unnest($1::text[], $2::bigint[]) AS x (user_id, after)
           JOIN user_streams s ON s.user_id = x.user_id WHERE s.position > x.after""",
        list(after.keys()),
        list(after.values()),
    )
    return [row[0] for row in rows]
