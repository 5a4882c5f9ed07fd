"""Writing the read model of users; a row never goes back to an older version."""

from collections.abc import Mapping

import orjson

from actors.replies import Json
from host.store.engine import Raw


async def upsert(connection: Raw, users: Mapping[str, Json]) -> None:
    """Brings the rows of users (by id, as events carry them) up to date; leaves out versions older than a row's."""
    await connection.execute(
        """INSERT INTO users AS u (id, version, email, zone, name, defaults, created_at, updated_at, deleted_at)
           SELECT * FROM json_to_recordset($1) AS x (id text, version bigint, email text, zone text, name text,
             defaults json, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz) ORDER BY id
           ON CONFLICT (id) DO UPDATE SET version = excluded.version, email = excluded.email, zone = excluded.zone,
             name = excluded.name, defaults = excluded.defaults, updated_at = excluded.updated_at,
             deleted_at = excluded.deleted_at
           WHERE u.version < excluded.version""",
        orjson.dumps(list(users.values())).decode(),
    )
