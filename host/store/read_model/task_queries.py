"""Reads of tasks: one by id, and lists with filters, sorts, pages and cursors, each in one statement and snapshot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from actors.fields import PRIORITIES, fold
from host.store.read_model.days import Midnight, midnight
from host.store.read_model.plain import plain_words
from host.store.read_model.tables import tasks, user_streams

Sort = Literal["due", "priority", "created", "updated", "title"]
_KEYS: Final[Mapping[Sort, ColumnElement[Any]]] = {
    "due": tasks.c.due_at,
    "priority": tasks.c.priority,
    "created": tasks.c.created_at,
    "updated": tasks.c.updated_at,
    "title": func.lower(tasks.c.title),
}
_INSTANT_SORTS: Final = frozenset({"due", "created", "updated"})
_MOST_WORDS: Final = 10


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks to list: `due_after` ≤ due < `due_before`, where a date means that day in the reader's zone."""

    now: datetime
    zone: str = "UTC"
    trash: bool = False
    status: str | None = None
    priorities: Sequence[str] = ()
    tags: Sequence[str] = ()
    due_after: date | datetime | None = None
    due_before: date | datetime | None = None
    undated: bool = False  # only those without a due
    overdue: bool | None = None
    search: str = ""
    series: str | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which part of a sorted list: from `offset`, or after the row with `after` = (sort key, id)."""

    sort: Sort
    descending: bool
    limit: int
    offset: int = 0
    after: tuple[Any, str] | None = None


@dataclass(frozen=True, slots=True)
class TaskList:
    """A page; `last` is the (sort key, id) to go on after, None at the end; `position` is that of the user's stream."""

    items: list[dict[str, Any]]
    total: int
    position: int
    last: tuple[Any, str] | None


async def find(connection: AsyncConnection, user_id: str, task_id: str) -> dict[str, Any] | None:
    """Returns the task as stored, from the list or the trash."""
    mine = and_(tasks.c.id == task_id, tasks.c.user_id == user_id, ~tasks.c.purged)
    body: dict[str, Any] | None = await connection.scalar(select(tasks.c.body).where(mine))
    return body


async def of_ids(connection: AsyncConnection, user_id: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Returns by id those of the tasks that are the user's, as stored, from the list or the trash."""
    mine = and_(tasks.c.id.in_(ids), tasks.c.user_id == user_id, ~tasks.c.purged)
    return {row.id: row.body for row in await connection.execute(select(tasks.c.id, tasks.c.body).where(mine))}


async def titles(
    connection: AsyncConnection, user_id: str, wanted: TaskFilter, limit: int
) -> Sequence[tuple[str, str]]:
    """Returns (id, title) of tasks, by due and then by id."""
    statement = select(tasks.c.id, tasks.c.title).where(*_conditions(user_id, wanted))
    rows = await connection.execute(statement.order_by(tasks.c.due_at, tasks.c.id).limit(limit))
    return [(row.id, row.title) for row in rows]


async def existed(connection: AsyncConnection, user_id: str, task_id: str) -> bool:
    """Returns whether the user has or had that task; a purged one counts."""
    mine = select(tasks.c.id).where(tasks.c.id == task_id, tasks.c.user_id == user_id)
    return await connection.scalar(mine) is not None


async def ids_with_tag(connection: AsyncConnection, user_id: str, folded_tag: str) -> Sequence[str]:
    """Returns the ids of tasks with that tag that are not in the trash."""
    tagged = _has_tags([folded_tag])
    statement = select(tasks.c.id).where(
        tasks.c.user_id == user_id, tagged, ~tasks.c.purged, tasks.c.deleted_at.is_(None)
    )
    return (await connection.scalars(statement)).all()


async def listed(connection: AsyncConnection, user_id: str, wanted: TaskFilter, stretch: Stretch) -> TaskList:
    rows = (await connection.execute(list_statement(user_id, wanted, stretch))).all()
    items = [row for row in rows if row.id is not None]
    more = len(items) > stretch.limit
    items = items[: stretch.limit]
    last = (_key_text(items[-1].key), items[-1].id) if more else None
    return TaskList([row.body for row in items], rows[0].total, rows[0].position or 0, last)


def list_statement(user_id: str, wanted: TaskFilter, stretch: Stretch) -> Select[*tuple[Any, ...]]:
    """Returns a statement that gives at least one row, since each has total and position, even for an empty page."""
    matching = _conditions(user_id, wanted)
    total = select(func.count()).select_from(tasks).where(*matching).scalar_subquery()
    position = select(user_streams.c.position).where(user_streams.c.user_id == user_id).scalar_subquery()
    head = select(total.label("total"), position.label("position")).subquery()
    page = _page(matching, stretch).subquery()
    rows = select(head.c.total, head.c.position, page.c.id, page.c.key, page.c.body).join_from(
        head, page, true(), isouter=True
    )
    return rows.order_by(*_ordered(page.c.key, page.c.id, stretch))


def _page(matching: Sequence[ColumnElement[bool]], stretch: Stretch) -> Select[*tuple[Any, ...]]:
    key = _KEYS[stretch.sort]
    statement = select(tasks.c.id, key.label("key"), tasks.c.body).where(*matching)
    if stretch.after is not None:
        statement = statement.where(_beyond(key, stretch, *stretch.after))
    elif stretch.offset:
        statement = statement.offset(stretch.offset)
    return statement.order_by(*_ordered(key, tasks.c.id, stretch)).limit(stretch.limit + 1)


def _ordered(key: ColumnElement[Any], row_id: ColumnElement[str], stretch: Stretch) -> tuple[ColumnElement[Any], ...]:
    """Orders by key and id. Only due can be null: NULLS LAST would keep other indexes from being read backwards."""
    if not stretch.descending:
        return key.asc(), row_id.asc()
    return (key.desc().nulls_last() if stretch.sort == "due" else key.desc()), row_id.desc()


def _beyond(key: ColumnElement[Any], stretch: Stretch, last_key: Any, last_id: str) -> ColumnElement[bool]:
    """Returns the condition for rows after the last one; rows without a key stand at the end in both directions."""
    later_id = tasks.c.id < last_id if stretch.descending else tasks.c.id > last_id
    if last_key is None:
        return and_(key.is_(None), later_id)
    value = datetime.fromisoformat(last_key) if stretch.sort in _INSTANT_SORTS else last_key
    later = key < value if stretch.descending else key > value
    return or_(later, and_(key == value, later_id), key.is_(None))


def _key_text(key: Any) -> Any:
    return key.isoformat() if isinstance(key, datetime) else key


def _conditions(user_id: str, wanted: TaskFilter) -> list[ColumnElement[bool]]:
    in_trash = tasks.c.deleted_at.is_not(None) if wanted.trash else tasks.c.deleted_at.is_(None)
    conditions = [tasks.c.user_id == user_id, ~tasks.c.purged, in_trash, *_due(wanted), *_search(wanted.search)]
    if wanted.status is not None:
        conditions.append(tasks.c.status == wanted.status)
    if wanted.priorities:
        conditions.append(tasks.c.priority.in_([PRIORITIES.index(priority) for priority in wanted.priorities]))
    if wanted.tags:
        conditions.append(_has_tags([fold(tag) for tag in wanted.tags]))
    if wanted.series is not None:
        conditions.append(tasks.c.series_id == wanted.series)
    return conditions


def _has_tags(folded: Sequence[str]) -> ColumnElement[bool]:
    return tasks.c.tags_folded.bool_op("@>")(cast(folded, ARRAY(Text)))


def _due(wanted: TaskFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [tasks.c.due_at.is_(None)] if wanted.undated else []
    if wanted.due_after is not None:
        conditions += _due_after(wanted.due_after, wanted.zone)
    if wanted.due_before is not None:
        conditions += _due_before(wanted.due_before, wanted.zone)
    if wanted.overdue is not None:
        late = and_(tasks.c.status == "open", tasks.c.overdue_at <= wanted.now)
        conditions.append(late if wanted.overdue else ~func.coalesce(late, false()))
    return conditions


def _due_after(limit: date | datetime, zone: str) -> list[ColumnElement[bool]]:
    if isinstance(limit, datetime):
        return [tasks.c.due_at >= limit]
    begins = midnight(limit, zone)
    return [tasks.c.due_at >= begins.earliest, not_(_before(begins))]


def _due_before(limit: date | datetime, zone: str) -> list[ColumnElement[bool]]:
    if isinstance(limit, datetime):
        return [tasks.c.due_at < limit]
    begins = midnight(limit, zone)
    return [tasks.c.due_at < begins.latest, _before(begins)]


def _before(begins: Midnight) -> ColumnElement[bool]:
    """Returns the rule BEFORE_DAY; the caller adds a condition on `due_at` alone, for the index."""
    is_date = tasks.c.overdue_at != tasks.c.due_at
    return case((is_date, tasks.c.due_date < begins.day), else_=tasks.c.due_at < begins.instant)


def _search(text: str) -> list[ColumnElement[bool]]:
    """Returns the condition that the text contains every word, also inside a word; the trigram index helps."""
    return [or_(*map(_contains, dict.fromkeys(forms))) for forms in plain_words(text)[:_MOST_WORDS]]


def _contains(form: str) -> ColumnElement[bool]:
    return tasks.c.search.contains(form, autoescape=True)
