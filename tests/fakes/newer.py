"""A turn of a newer version of Duely: its doc and events, as that version would save them."""

from typing import Any

import orjson

from actors.replies import Json
from host.store.engine import Database
from host.store.turns.actor_state import row_key

_SAVE = """INSERT INTO dapr_state AS t (key, value, etag) VALUES ($1, $2, gen_random_uuid())
           ON CONFLICT (key) DO UPDATE SET value = excluded.value, etag = gen_random_uuid(), updated_at = now()"""


async def newer_turn(
    database: Database,
    actor_type: str,
    state: Json,
    *types: str,
    at: str = "2026-11-22T12:00:00.000Z",
    **data: Any,
) -> None:
    """Saves the turn. `state` has id, user_id and version; each type becomes an event with `data` in it."""
    version, actor_id = state["version"], state["id"]
    common = {
        "user_id": state["user_id"],
        "version": version,
        "of": len(types),
        "actor": {"kind": "user", "id": state["user_id"], "device": "of a newer version"},
        "correlation_id": "a newer version",
        "command_id": f"newer-{actor_id}-{version}",
        "changed": {},
    }
    events = [
        {
            "specversion": "1.0",
            "id": f"{actor_type}:{actor_id}:{version}:{seq}",
            "source": f"/{actor_type}/{actor_id}",
            "type": kind,
            "subject": actor_id,
            "time": at,
            "datacontenttype": "application/json",
            "newerextension": "kept",
            "data": {**common, "seq": seq, **data},
        }
        for seq, kind in enumerate(types, start=1)
    ]
    doc = {"schema": 1, "version": version, "state": state, "wake": None, "command": None, "outbox": events}
    async with database.raw() as connection:
        await connection.execute(_SAVE, row_key(actor_type, actor_id), orjson.dumps(doc))
