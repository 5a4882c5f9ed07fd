"""Writing the read model of series, where a row never goes back; and which series a change of zone moves."""

from collections.abc import Mapping
from typing import Final

import orjson

from actors.replies import Json
from host.store.engine import Raw


async def upsert(connection: Raw, series: Mapping[str, Json]) -> None:
    """Brings the rows of series (by id, as events carry them) up to date; leaves out versions older than a row's."""
    rows = [row_of(series[series_id]) for series_id in sorted(series)]
    await connection.execute(_UPSERT, orjson.dumps(rows).decode())


_UPSERT: Final = """
INSERT INTO series AS s (id, user_id, version, status, title, next_at, created_at, updated_at, deleted_at, body)
SELECT * FROM json_to_recordset($1) AS x (id text, user_id text, version bigint, status text, title text,
  next_at timestamptz, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz, body json) ORDER BY id
ON CONFLICT (id) DO UPDATE SET version = excluded.version, status = excluded.status, title = excluded.title,
  next_at = excluded.next_at, updated_at = excluded.updated_at, deleted_at = excluded.deleted_at, body = excluded.body
WHERE s.version < excluded.version"""


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
