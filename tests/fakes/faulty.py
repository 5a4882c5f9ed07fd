"""An actor with a bug: its stored state lacks what every rule of its type looks for."""

from typing import Any

import orjson


async def spoil(connection: Any, actor_type: str, actor_id: str) -> bytes:
    """Leave only the id in the state, past the fence; gives the document as it was, for `put_back`.

    The version is the next, so that a copy in a host's memory is refused by the fence and read again.
    """
    key = _key(actor_type, actor_id)
    before: bytes = await connection.fetchval("SELECT value FROM dapr_state WHERE key = $1", key)
    doc = orjson.loads(before)
    await _write(connection, key, orjson.dumps({**doc, "version": doc["version"] + 1, "state": {"id": actor_id}}))
    return before


async def put_back(connection: Any, actor_type: str, actor_id: str, before: bytes) -> None:
    await _write(connection, _key(actor_type, actor_id), before)


async def _write(connection: Any, key: str, value: bytes) -> None:
    async with connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")  # no triggers
        await connection.execute("UPDATE dapr_state SET value = $2 WHERE key = $1", key, value)


def _key(actor_type: str, actor_id: str) -> str:
    return f"duely||{actor_type}||{actor_id}||doc"
