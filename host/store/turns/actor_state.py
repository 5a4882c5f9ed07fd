"""The documents of actors as the sidecar's state store reads and writes them; writing is for a world without a sidecar."""

from collections.abc import Collection
from typing import Any, Final

import orjson

from actors.doc import KEY
from host.store.engine import Raw

_APP_ID: Final = "duely"  # the sidecar puts it before each key


async def states(connection: Raw, actor_type: str, actor_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """What is committed of these actors, by id; without those that have not committed anything yet."""
    ids = {_key(actor_type, actor_id, KEY): actor_id for actor_id in actor_ids}
    rows = await connection.fetch("SELECT key, value FROM dapr_state WHERE key = ANY($1)", list(ids))
    return {ids[key]: orjson.loads(value)["state"] for key, value in rows}


async def read(connection: Raw, actor_type: str, actor_id: str, name: str) -> bytes:
    """Empty where there is none."""
    value: bytes | None = await connection.fetchval(_READ, _key(actor_type, actor_id, name))
    return value or b""


async def save(connection: Raw, actor_type: str, actor_id: str, name: str, value: bytes) -> None:
    """Its upsert, with the fence behind it; raises what the database raises."""
    await connection.execute(_SAVE, _key(actor_type, actor_id, name), value)


def _key(actor_type: str, actor_id: str, name: str) -> str:
    return f"{_APP_ID}||{actor_type}||{actor_id}||{name}"


_READ: Final = "SELECT value FROM dapr_state WHERE key = $1 AND (expires_at IS NULL OR expires_at > now())"
_SAVE: Final = """INSERT INTO dapr_state (key, value, etag, expires_at) VALUES ($1, $2, gen_random_uuid(), NULL)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, etag = gen_random_uuid(), updated_at = now(),
    expires_at = NULL"""
