"""Writing the read model of tasks, with their reminders and tags, many at once; a row never goes back."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import orjson

from actors.due import due_at
from actors.fields import PRIORITIES, fold
from actors.replies import Json
from host.store.engine import Raw
from host.store.read_model.plain import plain
from host.store.read_model.usage_rows import TASK_BYTES, Change

_RANK: Final = {name: rank for rank, name in enumerate(PRIORITIES)}
_UNKNOWN: Final = -1  # the rank of a priority that only a newer version knows; no filter matches it
_FROM_NINE_TO_THE_END: Final = timedelta(hours=15)  # a date is due from 09:00, and overdue when its day ends


class OvertakenError(Exception):
    """Another transaction wrote a row between our read and our write; the projector does the batch again."""


async def upsert_tasks(connection: Raw, tasks: Mapping[str, Json]) -> list[Change]:
    """Brings the rows of tasks (by id, as events carry them), their reminders and the counts of tags up to date.

    Leaves out versions older than a row's. Returns by how much their users store more. Raises OvertakenError.
    """
    heads = await _heads(connection, sorted(task_id for task_id, task in tasks.items() if task["version"] > 1))
    newer = [tasks[task_id] for task_id in sorted(tasks) if _is_newer(tasks[task_id], heads.get(task_id))]
    if not newer:
        return []
    rows = await connection.fetch(_UPSERT_TASKS, orjson.dumps([row_of(task) for task in newer]).decode())
    written: dict[str, bool] = {row[0]: row[1] for row in rows}
    newer = [task for task in newer if task["id"] in written or task["version"] > 1]
    if any(written.get(task["id"]) != (task["id"] not in heads) for task in newer):
        raise OvertakenError
    await _put_reminders(connection, newer)
    await _count_tags(connection, heads, newer)
    sizes: dict[str, int] = {row[0]: row[2] for row in rows}
    return [_change(task["user_id"], heads.get(task["id"]), sizes[task["id"]]) for task in newer]


class _Head(NamedTuple):
    """The row of a task: its version, its tags by folded name (none when the task is deleted) and its bytes."""

    version: int
    tags: dict[str, str]
    bytes: int


def _change(user_id: str, head: _Head | None, after: int) -> Change:
    before = head.bytes if head else 0
    return Change(user_id, (after > 0) - (before > 0), 0, after - before)


def _is_newer(task: Json, head: _Head | None) -> bool:
    """Returns True also for a first version, which has no head: if it has a row after all, the insert skips it."""
    return head is None or head.version < task["version"]


async def _heads(connection: Raw, task_ids: Sequence[str]) -> dict[str, _Head]:
    """Locks the rows, in the order of ids, until the transaction ends; returns them by id."""
    if not task_ids:
        return {}
    rows = await connection.fetch(
        f"""SELECT id, version, deleted_at IS NULL AND NOT purged, tags, tags_folded, {TASK_BYTES} FROM tasks
           WHERE id = ANY($1) ORDER BY id FOR UPDATE""",  # noqa: S608  our own names
        task_ids,
    )
    return {row[0]: _Head(row[1], dict(zip(row[4], row[3], strict=True)) if row[2] else {}, row[5]) for row in rows}


_UPSERT_TASKS: Final = f"""
INSERT INTO tasks AS t (id, user_id, version, title, description, priority, status, tags, tags_folded, due_date, due_at,
  overdue_at, created_at, updated_at, completed_at, deleted_at, purged, series_id, search, body)
SELECT id, user_id, version, title, description, priority, status, tags, tags_folded, due_date, due_at,
  overdue_at, created_at, updated_at, completed_at, deleted_at, purged, series_id, search, body
FROM json_to_recordset($1) AS x (id text, user_id text, version bigint, title text, description text,
  priority smallint, status text, tags text[], tags_folded text[], due_date date, due_at timestamptz,
  overdue_at timestamptz, created_at timestamptz, updated_at timestamptz, completed_at timestamptz,
  deleted_at timestamptz, purged boolean, series_id text, search text, body json)
ON CONFLICT (id) DO UPDATE SET version = excluded.version, title = excluded.title, description = excluded.description,
  priority = excluded.priority, status = excluded.status, tags = excluded.tags, tags_folded = excluded.tags_folded,
  due_date = excluded.due_date, due_at = excluded.due_at, overdue_at = excluded.overdue_at,
  updated_at = excluded.updated_at, completed_at = excluded.completed_at, deleted_at = excluded.deleted_at,
  purged = excluded.purged, series_id = excluded.series_id, search = excluded.search, body = excluded.body
WHERE t.version < excluded.version
RETURNING id, xmax = 0 AS fresh, {TASK_BYTES}"""  # noqa: S608  our own names


def row_of(task: Json) -> Json:
    due, overdue_at = task["due"], task["overdue_at"]
    return {
        **task,
        "priority": _RANK.get(task["priority"], _UNKNOWN),
        "tags_folded": [fold(tag) for tag in task["tags"]],
        "due_date": (due.get("date") or due.get("local", "")[:10] or None) if due else None,
        "due_at": _due_at(due, overdue_at),
        "search": search_text(task),
        "body": task,
    }


def search_text(task: Json) -> str:
    """Returns all text that a search looks at, plain as the words of the search are."""
    parts = [task["title"], task["description"], *task["tags"], *(item["text"] for item in task["checklist"])]
    return plain("\n".join(part for part in parts if part))


def _due_at(due: Json | None, overdue_at: str | None) -> Any:
    """Returns the due instant; for a date it follows from the end of that day, as the event does not give the user's zone."""
    if due is None or due.get("zone"):
        return due_at(due, "UTC")
    if "date" not in due:  # a form of due that only a newer version knows
        return overdue_at
    if overdue_at is None:
        return f"{due['date']}T09:00:00Z"
    return (datetime.fromisoformat(overdue_at) - _FROM_NINE_TO_THE_END).isoformat()


async def _count_tags(connection: Raw, heads: Mapping[str, _Head], tasks: Sequence[Json]) -> None:
    counts: Counter[tuple[str, str]] = Counter()
    names: dict[tuple[str, str], str] = {}
    for task in tasks:
        before = heads[task["id"]].tags if task["id"] in heads else {}
        counted = task["deleted_at"] is None and not task["purged"]
        now = {fold(tag): tag for tag in task["tags"]} if counted else {}
        for folded in before.keys() ^ now.keys():
            key = (task["user_id"], folded)
            counts[key] += 1 if folded in now else -1
            names.setdefault(key, now.get(folded) or before[folded])
    changed = sorted(key for key, count in counts.items() if count)
    if not changed:
        return
    await connection.execute(
        """INSERT INTO tags (user_id, folded, name, count, plain)
           SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::text[])
           ON CONFLICT (user_id, folded) DO UPDATE SET count = tags.count + excluded.count""",
        [key[0] for key in changed],
        [key[1] for key in changed],
        [names[key] for key in changed],
        [counts[key] for key in changed],
        [plain(key[1]) for key in changed],
    )
    if min(counts.values()) < 0:
        await connection.execute(
            """DELETE FROM tags t USING unnest($1::text[], $2::text[]) AS x (user_id, folded)
               WHERE t.user_id = x.user_id AND t.folded = x.folded AND t.count <= 0""",
            [key[0] for key in changed],
            [key[1] for key in changed],
        )


async def _put_reminders(connection: Raw, tasks: Sequence[Json]) -> None:
    """Makes the rows of `reminders` the same as in these tasks; unchanged rows are not written."""
    reminders = [
        {"task_id": task["id"], "user_id": task["user_id"], **reminder}
        for task in tasks
        for reminder in task["reminders"]
    ]
    known = [task["id"] for task in tasks if task["version"] > 1]
    if known:
        await connection.execute(
            """DELETE FROM reminders WHERE task_id = ANY($1) AND NOT id = ANY($2)""",
            known,
            [reminder["id"] for reminder in reminders],
        )
    if reminders:
        await connection.execute(_UPSERT_REMINDERS, orjson.dumps(reminders).decode())


_UPSERT_REMINDERS: Final = """
INSERT INTO reminders AS r (task_id, id, user_id, status, offset_minutes, at, fire_at, firing, fired_at, late_seconds,
  acknowledged_at, snoozed_until)
SELECT * FROM json_to_recordset($1) AS x (task_id text, id text, user_id text, status text, offset_minutes integer,
  at timestamptz, fire_at timestamptz, firing integer, fired_at timestamptz, late_seconds float8,
  acknowledged_at timestamptz, snoozed_until timestamptz)
ON CONFLICT (task_id, id) DO UPDATE SET status = excluded.status, offset_minutes = excluded.offset_minutes,
  at = excluded.at, fire_at = excluded.fire_at, firing = excluded.firing, fired_at = excluded.fired_at,
  late_seconds = excluded.late_seconds, acknowledged_at = excluded.acknowledged_at,
  snoozed_until = excluded.snoozed_until
WHERE r IS DISTINCT FROM excluded"""


async def tasks_that_follow(connection: Raw, user_id: str) -> list[str]:
    """Returns the ids of the user's open tasks whose due has no zone of its own: their instants follow the user's zone."""
    rows = await connection.fetch(
        """SELECT id FROM tasks WHERE user_id = $1 AND status = 'open' AND NOT purged AND deleted_at IS NULL
           AND due_at IS NOT NULL AND body->'due'->>'zone' IS NULL ORDER BY id""",
        user_id,
    )
    return [row[0] for row in rows]
