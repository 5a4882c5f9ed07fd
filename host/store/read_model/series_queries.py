"""Reads of series: one by id, lists by age, and the occurrences of one that are tasks already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, func, literal_column, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from actors.shapes import Series, Task
from host.store.read_model.task_queries import Stretch
from host.store.tables import series, tasks, user_streams

MOST_OCCURRENCES: Final = 500
_generation: Final[ColumnElement[int]] = literal_column("(tasks.body->'occurrence'->>'generation')::integer", Integer)


@dataclass(frozen=True, slots=True)
class SeriesList:
    """`last` is (created, id) to go on after, None at the end; `position` is the user's, in the same snapshot."""

    items: list[Series]
    total: int
    position: int
    last: tuple[Any, str] | None


async def find(connection: AsyncConnection, user_id: str, series_id: str) -> Series | None:
    """The series as stored, a deleted one included: its status says so."""
    mine = select(series.c.body).where(series.c.id == series_id, series.c.user_id == user_id)
    body: Series | None = await connection.scalar(mine)
    return body


async def listed(connection: AsyncConnection, user_id: str, status: str | None, stretch: Stretch) -> SeriesList:
    """Those of a status, else all but the deleted ones. `stretch` sorts by created, whatever it says."""
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
    found = [row for row in rows if row.id is not None]
    items = found[: stretch.limit]
    last = (items[-1].created_at.isoformat(), items[-1].id) if len(found) > stretch.limit else None
    return SeriesList([row.body for row in items], rows[0].total, rows[0].position or 0, last)


async def occurrences(
    connection: AsyncConnection, user_id: str, series_id: str, first: date, last: date, *, limit: int = MOST_OCCURRENCES
) -> Sequence[Task]:
    """The series' tasks whose slots are on these days, both included, by slot and generation.

    Of every generation, open or not, in the trash or purged: a body says which.
    """
    statement = (
        select(tasks.c.body)
        .where(
            tasks.c.series_id == series_id,
            tasks.c.user_id == user_id,
            tasks.c.slot >= first.isoformat(),
            tasks.c.slot < (last + timedelta(days=1)).isoformat(),
        )
        .order_by(tasks.c.slot, _generation)
        .limit(limit)
    )
    return (await connection.scalars(statement)).all()


async def done_of(connection: AsyncConnection, user_id: str, task_ids: Sequence[str]) -> set[str]:
    """Those of the tasks that are completed, in the trash or purged."""
    if not task_ids:
        return set()
    gone = or_(tasks.c.status == "completed", tasks.c.deleted_at.is_not(None), tasks.c.purged)
    statement = select(tasks.c.id).where(tasks.c.id.in_(task_ids), tasks.c.user_id == user_id, gone)
    return set((await connection.scalars(statement)).all())


async def open_of(connection: AsyncConnection, user_id: str, series_id: str) -> Sequence[str]:
    """The ids of all tasks of the series that are open and not in the trash, oldest first."""
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
