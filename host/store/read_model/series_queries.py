"""Reads of series: one by id, lists by age, and the tasks of a series."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, and_, func, literal_column, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from actors.fields import fold
from actors.shapes import Series, Task
from host.store.read_model.tables import series, tasks, user_streams
from host.store.read_model.task_queries import Stretch

MOST_OCCURRENCES: Final = 500
_generation: Final[ColumnElement[int]] = literal_column("(tasks.body->'occurrence'->>'generation')::integer", Integer)


@dataclass(frozen=True, slots=True)
class SeriesList:
    """A page; `last` is the (created, id) to go on after, None at the end; `position` is that of the user's stream."""

    items: list[Series]
    total: int
    position: int
    last: tuple[Any, str] | None


async def find(connection: AsyncConnection, user_id: str, series_id: str) -> Series | None:
    """Returns the series as stored; a deleted one has that status."""
    mine = select(series.c.body).where(series.c.id == series_id, series.c.user_id == user_id)
    body: Series | None = await connection.scalar(mine)
    return body


async def ids_with_tag(connection: AsyncConnection, user_id: str, folded_tag: str) -> list[str]:
    """Returns the ids of series that are not deleted and whose template has that tag, in any spelling."""
    tagged = series.c.body["template"]["tags"]
    mine = (series.c.user_id == user_id, series.c.status != "deleted", func.json_array_length(tagged) > 0)
    rows = await connection.execute(select(series.c.id, tagged).where(*mine).order_by(series.c.id))
    return [series_id for series_id, names in rows if folded_tag in map(fold, names)]


async def titles(connection: AsyncConnection, user_id: str, limit: int) -> list[tuple[str, str, str]]:
    """Returns (id, title, status) of series that are not deleted, the newest first."""
    mine = (series.c.user_id == user_id, series.c.status != "deleted")
    statement = select(series.c.id, series.c.title, series.c.status).where(*mine)
    rows = await connection.execute(statement.order_by(series.c.created_at.desc(), series.c.id.desc()).limit(limit))
    return [(row[0], row[1], row[2]) for row in rows]


async def of_ids(connection: AsyncConnection, user_id: str, ids: Sequence[str]) -> list[Series]:
    """Returns those of the series that are the user's, as stored, in the order of the ids; deleted ones, too."""
    statement = select(series.c.id, series.c.body).where(series.c.id.in_(ids), series.c.user_id == user_id)
    bodies = {row[0]: row[1] for row in await connection.execute(statement)}
    return [bodies[series_id] for series_id in ids if series_id in bodies]


async def waiting(connection: AsyncConnection, user_id: str, until: datetime, limit: int) -> Sequence[Series]:
    """Returns active series whose next slot is before `until`, the earliest first."""
    statement = select(series.c.body).where(
        series.c.user_id == user_id, series.c.status == "active", series.c.next_at < until
    )
    return (await connection.scalars(statement.order_by(series.c.next_at, series.c.id).limit(limit))).all()


async def listed(connection: AsyncConnection, user_id: str, status: str | None, stretch: Stretch) -> SeriesList:
    """Returns series of a status, or all that are not deleted; always sorted by creation, whatever `stretch` says."""
    matching = (series.c.user_id == user_id, series.c.status == status if status else series.c.status != "deleted")
    total = select(func.count()).select_from(series).where(*matching).scalar_subquery()
    position = select(user_streams.c.position).where(user_streams.c.user_id == user_id).scalar_subquery()
    head = select(total.label("total"), position.label("position")).subquery()
    page = select(series.c.id, series.c.created_at, series.c.body).where(*matching, *_beyond(stretch))
    page = page.order_by(*_ordered(series.c.created_at, series.c.id, stretch)).limit(stretch.limit + 1)
    part = (page if stretch.after is not None else page.offset(stretch.offset)).subquery()
    statement = (
        select(head.c.total, head.c.position, part.c.id, part.c.created_at, part.c.body)
        .join_from(head, part, true(), isouter=True)
        .order_by(*_ordered(part.c.created_at, part.c.id, stretch))
    )
    rows = (await connection.execute(statement)).all()
    present = [row for row in rows if row.id is not None]
    items = present[: stretch.limit]
    last = (items[-1].created_at.isoformat(), items[-1].id) if len(present) > stretch.limit else None
    return SeriesList([row.body for row in items], rows[0].total, rows[0].position or 0, last)


async def occurrences(
    connection: AsyncConnection, user_id: str, series_id: str, first: date, last: date, *, limit: int = MOST_OCCURRENCES
) -> Sequence[Task]:
    """Returns the series' tasks whose slots or dues are on these days, both included, by slot and generation.

    They include every generation, and completed, deleted and purged tasks; the body says which.
    """
    statement = (
        select(tasks.c.body)
        .where(
            tasks.c.series_id == series_id,
            tasks.c.user_id == user_id,
            or_(
                and_(tasks.c.slot >= first.isoformat(), tasks.c.slot < (last + timedelta(days=1)).isoformat()),
                tasks.c.due_date.between(first, last),
            ),
        )
        .order_by(tasks.c.slot, _generation)
        .limit(limit)
    )
    return (await connection.scalars(statement)).all()


async def done_of(connection: AsyncConnection, user_id: str, task_ids: Sequence[str]) -> set[str]:
    """Returns those of the tasks that are completed, in the trash or purged."""
    if not task_ids:
        return set()
    gone = or_(tasks.c.status == "completed", tasks.c.deleted_at.is_not(None), tasks.c.purged)
    statement = select(tasks.c.id).where(tasks.c.id.in_(task_ids), tasks.c.user_id == user_id, gone)
    return set((await connection.scalars(statement)).all())


async def open_of(connection: AsyncConnection, user_id: str, series_id: str) -> Sequence[str]:
    """Returns the ids of the series' open tasks that are not in the trash, oldest slot first."""
    is_open = (tasks.c.status == "open", tasks.c.deleted_at.is_(None), ~tasks.c.purged)
    mine = (tasks.c.series_id == series_id, tasks.c.user_id == user_id)
    statement = select(tasks.c.id).where(*mine, *is_open).order_by(tasks.c.slot, tasks.c.id)
    return (await connection.scalars(statement)).all()


def _beyond(stretch: Stretch) -> list[ColumnElement[bool]]:
    if stretch.after is None:
        return []
    created, last_id = stretch.after
    place, last = tuple_(series.c.created_at, series.c.id), tuple_(datetime.fromisoformat(created), last_id)
    return [place < last if stretch.descending else place > last]


def _ordered(key: ColumnElement[Any], row_id: ColumnElement[str], stretch: Stretch) -> tuple[ColumnElement[Any], ...]:
    if stretch.descending:
        return key.desc(), row_id.desc()
    return key.asc(), row_id.asc()
