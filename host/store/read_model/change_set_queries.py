"""Reads of change sets: the list, one with its entries, and what others have done since to what a set made."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, case, func, literal_column, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from host.store.read_model.activity_rows import CHANGES, PEOPLE
from host.store.read_model.tables import activity, change_sets, series, tasks

_CHANGE: Final = and_(activity.c.actor_kind.in_(PEOPLE), activity.c.type.in_(CHANGES))
# The actor that an entry is about, from the id of its event.
_ACTOR: Final[ColumnElement[str]] = func.split_part(activity.c.event_id, ":", 2)
_IS_OF_SERIES: Final[ColumnElement[bool]] = activity.c.event_id.like("SeriesActor:%")
# The canonical text has this only where the entry changed the due: quotes inside a text are escaped.
_MOVED: Final[ColumnElement[bool]] = and_(
    activity.c.type == "task.updated", activity.c.body.contains('"due":{"new":', autoescape=True)
)


@dataclass(frozen=True, slots=True)
class ChangeSetRow:
    """A set: `changes` counts its entries, `reverted_by` is the set that took it back and stands itself."""

    id: str
    kind: str
    actor_kind: str
    actor_id: str
    started_at: datetime
    last_at: datetime
    changes: int
    reverts: str | None
    reverted_by: str | None


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """An entry of a set that somebody asked for, without the task; `of_series` is the id of the task's series."""

    position: int
    type: str
    actor_id: str
    is_series: bool
    version: int
    changed: Mapping[str, Any]
    slot: str | None
    title: str | None
    of_series: str | None
    series: Mapping[str, Any] | None  # as it was made, of series.created


async def listed(
    connection: AsyncConnection, user_id: str, *, limit: int, offset: int = 0, after: tuple[str, str] | None = None
) -> Sequence[ChangeSetRow]:
    """Returns the user's sets, the last used first; `after` is the (last use, id) of the set to go on after."""
    place = tuple_(change_sets.c.last_at, change_sets.c.id)
    statement = _SETS.where(change_sets.c.user_id == user_id, change_sets.c.changes > 0)
    if after is not None:
        statement = statement.where(place < tuple_(datetime.fromisoformat(after[0]), after[1]))
    statement = statement.order_by(change_sets.c.last_at.desc(), change_sets.c.id.desc()).limit(limit).offset(offset)
    return [ChangeSetRow(*row) for row in await connection.execute(statement)]


async def count(connection: AsyncConnection, user_id: str) -> int:
    mine = (change_sets.c.user_id == user_id, change_sets.c.changes > 0)
    return (await connection.scalar(select(func.count()).select_from(change_sets).where(*mine))) or 0


async def find(connection: AsyncConnection, user_id: str, ids: Iterable[str]) -> dict[str, ChangeSetRow]:
    """Returns those of the sets that the user has, by id."""
    wanted = (change_sets.c.user_id == user_id, change_sets.c.id.in_(set(ids)), change_sets.c.changes > 0)
    return {row.id: ChangeSetRow(*row) for row in await connection.execute(_SETS.where(*wanted))}


async def things(
    connection: AsyncConnection, user_id: str, ids: Sequence[str]
) -> dict[str, list[tuple[str, bool, int]]]:
    """Returns for each set (type of entry, is of series, number of different things); a moved task is `task.moved`."""
    statement = (
        select(activity.c.change_set, activity.c.type, _MOVED, _IS_OF_SERIES, func.count(_ACTOR.distinct()))
        .where(activity.c.user_id == user_id, activity.c.change_set.in_(ids), _CHANGE)
        .group_by(activity.c.change_set, activity.c.type, _MOVED, _IS_OF_SERIES)
    )
    found: dict[str, list[tuple[str, bool, int]]] = {}
    for change_set, event_type, moved, is_series, number in await connection.execute(statement):
        found.setdefault(change_set, []).append(("task.moved" if moved else event_type, is_series, number))
    return found


async def changes_of(
    connection: AsyncConnection, user_id: str, change_set: str, *, limit: int, until: int | None = None
) -> Sequence[ChangeRow]:
    """Returns the entries of a set that somebody asked for, the newest first, up to the position `until`."""
    wanted = [activity.c.user_id == user_id, activity.c.change_set == change_set, _CHANGE]
    if until is not None:
        wanted.append(activity.c.position <= until)
    statement = select(*_CHANGE_COLUMNS).where(*wanted).order_by(activity.c.position.desc()).limit(limit)
    return [_change(row) for row in await connection.execute(statement)]


async def changed_by_others(
    connection: AsyncConnection, user_id: str, made: Mapping[str, int], besides: Sequence[str]
) -> dict[str, list[Mapping[str, Any]]]:
    """Returns what people have changed in tasks since the positions at which they were made, oldest first, by task.

    Leaves out what belongs to one of the sets `besides`.
    """
    if not made:
        return {}
    own = activity.c.change_set.in_(besides)
    statement = (
        select(activity.c.task_id, activity.c.position, _member("changed"))
        .where(
            activity.c.user_id == user_id,
            activity.c.task_id.in_(made),
            _CHANGE,
            activity.c.type.like("task.%"),
            or_(activity.c.change_set.is_(None), ~own),
        )
        .order_by(activity.c.position)
    )
    found: dict[str, list[Mapping[str, Any]]] = {}
    for task_id, position, changed in await connection.execute(statement):
        if position > made[task_id] and changed:
            found.setdefault(task_id, []).append(changed)
    return found


async def first_task(connection: AsyncConnection, user_id: str, series_id: str) -> str | None:
    """Returns the id of the task of no series with which the series began, if it did."""
    first_turn = [f"SeriesActor:{series_id}:1:{number}" for number in range(1, 51)]
    statement = select(activity.c.task_id).where(
        activity.c.event_id.in_(first_turn),
        activity.c.user_id == user_id,
        activity.c.type == "recurrence.taken-up",
        _member("taken_from", text=True).is_(None),
    )
    found: str | None = await connection.scalar(statement)
    return found


async def bodies(connection: AsyncConnection, user_id: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Returns the tasks and series of these ids as stored."""
    found: dict[str, dict[str, Any]] = {}
    for table in (tasks, series):
        mine = select(table.c.id, table.c.body).where(table.c.id.in_(ids), table.c.user_id == user_id)
        found |= {row.id: row.body for row in await connection.execute(mine) if row.body}
    return found


async def staying(
    connection: AsyncConnection, user_id: str, series_id: str, open_ids: Sequence[str], limit: int
) -> Sequence[dict[str, Any]]:
    """Returns those tasks of a series that are completed or among `open_ids` and not in the trash, by slot."""
    stays = or_(tasks.c.status == "completed", tasks.c.id.in_(open_ids))
    here = (tasks.c.user_id == user_id, tasks.c.series_id == series_id, tasks.c.deleted_at.is_(None), ~tasks.c.purged)
    statement = select(tasks.c.body).where(*here, stays).order_by(tasks.c.slot, tasks.c.id).limit(limit)
    return (await connection.scalars(statement)).all()


def _member(path: str, *, text: bool = False) -> ColumnElement[Any]:
    """Returns a member of the data of the event of an entry."""
    return literal_column(f"(activity.body::json {'#>>' if text else '#>'} '{{data,{path}}}')")


_revert = change_sets.alias("revert")
_undone = change_sets.alias("undone")
_STANDS: Final = ~(
    select(_undone.c.id)
    .where(_undone.c.user_id == _revert.c.user_id, _undone.c.reverts == _revert.c.id, _undone.c.changes > 0)
    .exists()
)
_REVERTED_BY: Final = (
    select(_revert.c.id)
    .where(_revert.c.user_id == change_sets.c.user_id, _revert.c.reverts == change_sets.c.id, _revert.c.changes > 0)
    .where(_STANDS)
    .order_by(_revert.c.last_at.desc())
    .limit(1)
    .scalar_subquery()
)
_SETS: Final = select(
    change_sets.c.id,
    change_sets.c.kind,
    change_sets.c.actor_kind,
    change_sets.c.actor_id,
    change_sets.c.started_at,
    change_sets.c.last_at,
    change_sets.c.changes,
    change_sets.c.reverts,
    _REVERTED_BY,
)
_CHANGE_COLUMNS: Final = (
    activity.c.position,
    activity.c.type,
    _ACTOR,
    _IS_OF_SERIES,
    activity.c.version,
    _member("changed"),
    _member("slot,slot", text=True),
    func.coalesce(_member("task,title", text=True), _member("series,template,title", text=True)),
    _member("task,series_id", text=True),
    case((activity.c.type == "series.created", _member("series"))),
)


def _change(row: Row[*tuple[Any, ...]]) -> ChangeRow:
    position, event_type, actor_id, is_series, version, changed, slot, title, of_series, made = row
    return ChangeRow(
        position,
        event_type,
        actor_id,
        is_series,
        version,
        changed or {},
        slot,
        title,
        None if is_series else of_series,
        made,
    )
