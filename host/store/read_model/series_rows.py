"""Writing the read model of series, where a row never goes back; and which series a change of zone moves."""

from collections.abc import Mapping
from typing import Final

import orjson

from actors.replies import Json
from host.store.engine import Raw
from host.store.read_model.task_rows import OvertakenError
from host.store.read_model.usage_rows import SERIES_BYTES, Change


async def upsert(connection: Raw, series: Mapping[str, Json]) -> list[Change]:
    """Brings the rows of series (by id, as events carry them) up to date; leaves out versions older than a row's.

    Returns by how much their users store more. Raises OvertakenError.
    """
    before = await _sizes(connection, [series_id for series_id in series if series[series_id]["version"] > 1])
    states = [row_of(series[series_id]) for series_id in sorted(series)]
    rows = await connection.fetch(_UPSERT, orjson.dumps(states).decode())
    if any(fresh == (series_id in before) for series_id, fresh, _ in rows):
        raise OvertakenError
    return [_change(series[series_id]["user_id"], before.get(series_id, 0), after) for series_id, _, after in rows]


async def _sizes(connection: Raw, series_ids: list[str]) -> dict[str, int]:
    """Locks the rows until the transaction ends; returns their bytes by id."""
    if not series_ids:
        return {}
    query = f"SELECT id, {SERIES_BYTES} FROM series WHERE id = ANY($1) ORDER BY id FOR UPDATE"  # noqa: S608  our own names
    return dict(await connection.fetch(query, series_ids))


def _change(user_id: str, before: int, after: int) -> Change:
    return Change(user_id, 0, (after > 0) - (before > 0), after - before)


_UPSERT: Final = f"""
INSERT INTO series AS s (id, user_id, version, status, title, next_at, created_at, updated_at, deleted_at, body)
SELECT * FROM json_to_recordset($1) AS x (id text, user_id text, version bigint, status text, title text,
  next_at timestamptz, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz, body json) ORDER BY id
ON CONFLICT (id) DO UPDATE SET version = excluded.version, status = excluded.status, title = excluded.title,
  next_at = excluded.next_at, updated_at = excluded.updated_at, deleted_at = excluded.deleted_at, body = excluded.body
WHERE s.version < excluded.version
RETURNING id, xmax = 0 AS fresh, {SERIES_BYTES}"""  # noqa: S608  our own names


def row_of(series: Json) -> Json:
    awaited = series["awaited"]
    return {
        **{name: series[name] for name in _SAME},
        "title": series["template"]["title"],
        "next_at": awaited["at"] if awaited else None,
        "body": series,
    }


_SAME: Final = ("id", "user_id", "version", "status", "created_at", "updated_at", "deleted_at")


async def series_that_follow(connection: Raw, user_id: str) -> list[str]:
    """Returns the ids of the user's running series without a zone of their own, whose slots follow the user's zone."""
    rows = await connection.fetch(
        """SELECT id FROM series WHERE user_id = $1 AND status IN ('active', 'paused')
           AND body->'start'->>'zone' IS NULL ORDER BY id""",
        user_id,
    )
    return [row[0] for row in rows]
