"""Reads of the activity log: newest first, by position."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from host.store.read_model.activity_partitions import month_of
from host.store.tables import activity, archives

# Of a row of `activity` that is a later event of a task's turn: the body of the turn's first, which has the whole task.
# The events of a turn are of one instant.
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
    """`actor` is a kind of actor or the id of one; `since` ≤ at < `until`."""

    types: Sequence[str] = ()
    actor: str | None = None
    task_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """`body` is the event as canonical text, `first` the first one of its turn where that is another."""

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


async def find(connection: AsyncConnection, user_id: str, position: int) -> ActivityRow | None:
    statement = select(*_ENTRY).where(activity.c.user_id == user_id, activity.c.position == position)
    row = (await connection.execute(statement)).first()
    return _entry(row) if row else None


async def archived_before(connection: AsyncConnection) -> datetime | None:
    """The instant before which whole months stand in the archive and not here; None while none does."""
    month = await connection.scalar(select(func.max(archives.c.month)).where(archives.c.kind == "activity"))
    return None if month is None else datetime.combine(month_of(month, 1), time(), UTC)


def _conditions(wanted: ActivityFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.types:
        found.append(activity.c.type.in_(wanted.types))
    if wanted.actor is not None:
        column = activity.c.actor_kind if wanted.actor in ACTOR_KINDS else activity.c.actor_id
        found.append(column == wanted.actor)
    if wanted.task_id is not None:
        found.append(activity.c.task_id == wanted.task_id)
    if wanted.since is not None:
        found.append(activity.c.at >= wanted.since)
    if wanted.until is not None:
        found.append(activity.c.at < wanted.until)
    if wanted.before is not None:
        found.append(activity.c.position < wanted.before)
    return found


def _entry(row: Row[*tuple[Any, ...]]) -> ActivityRow:
    return ActivityRow(*row)
