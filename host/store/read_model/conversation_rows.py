"""Writing the read model of conversations; a row never goes back to an older version."""

from collections.abc import Collection, Mapping
from typing import Final

import orjson

from actors.replies import Json
from host.store.engine import Raw
from host.store.turns import actor_state

_SAME: Final = ("id", "user_id", "version", "messages", "created_at", "updated_at", "deleted_at")


def row_of(conversation: Json) -> Json:
    """Returns the row of a conversation as events carry it; the title, which they do not carry, is missing."""
    run = conversation["run"] or {}
    return {
        **{name: conversation[name] for name in _SAME},
        "run_id": run.get("id"),
        "run_state": run.get("state"),
        "leased_until": run.get("leased_until"),
    }


async def upsert(connection: Raw, conversations: Mapping[str, Json], retitled: Collection[str]) -> None:
    """Brings the rows (by id) up to date; leaves out versions older than a row's.

    The titles of those in `retitled` are read from the docs of their actors, because no event carries one.
    """
    rows = [row_of(conversations[conversation_id]) for conversation_id in sorted(conversations)]
    await connection.execute(_UPSERT, orjson.dumps(rows).decode())
    if retitled:
        await connection.execute(_TITLE, sorted(retitled))


_UPSERT: Final = """
INSERT INTO conversations AS c (id, user_id, version, title, messages, run_id, run_state, leased_until, created_at,
  updated_at, deleted_at)
SELECT id, user_id, version, '', messages, run_id, run_state, leased_until, created_at, updated_at, deleted_at
FROM json_to_recordset($1) AS x (id text, user_id text, version bigint, messages integer, run_id text, run_state text,
  leased_until timestamptz, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz) ORDER BY id
ON CONFLICT (id) DO UPDATE SET version = excluded.version, messages = excluded.messages, run_id = excluded.run_id,
  run_state = excluded.run_state, leased_until = excluded.leased_until, updated_at = excluded.updated_at,
  deleted_at = excluded.deleted_at
WHERE c.version < excluded.version"""
_TITLE: Final = f"""
UPDATE conversations c SET title = convert_from(s.value, 'UTF8')::json->'state'->>'title'
FROM dapr_state s WHERE c.id = ANY($1) AND s.key = {actor_state.row_key_sql("'ConversationActor'", "c.id")}"""  # noqa: S608  our own names
