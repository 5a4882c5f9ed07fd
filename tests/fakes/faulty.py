"""An actor with a bug: its stored state lacks what every rule of its type needs."""

from typing import Any

import orjson

from host.store.turns.actor_state import row_key


async def spoil(connection: Any, actor_type: str, actor_id: str) -> bytes:
    """Leaves only the id in the state, past the fence; returns the former doc, for `put_back`.

    The version goes up, so that the fence refuses the copy in a host's memory, which is then read again.
    """
    key = row_key(actor_type, actor_id)
    before: bytes = await connection.fetchval("SELECT value FROM dapr_state WHERE key = $1", key)
    doc = orjson.loads(before)
    await _write(connection, key, orjson.dumps({**doc, "version": doc["version"] + 1, "state": {"id": actor_id}}))
    return before


async def put_back(connection: Any, actor_type: str, actor_id: str, before: bytes) -> None:
    await _write(connection, row_key(actor_type, actor_id), before)


async def _write(connection: Any, key: str, value: bytes) -> None:
    async with connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")  # no triggers
        await connection.execute("UPDATE dapr_state SET value = $2 WHERE key = $1", key, value)
