"""Dapr's table `dapr_state`: the state rows of actors, and the one place that makes their keys.

In production only the sidecar writes these rows; `save` is for the simulation, which has no sidecar.
"""

from collections.abc import Collection
from typing import Any, Final

import orjson

from actors.doc import KEY
from host.store.engine import Raw

_APP_ID: Final = "duely"  # the sidecar prefixes each key with it

IS_DOC: Final = f"key LIKE '%||{KEY}'"
"""Condition on `dapr_state`: the row holds an actor's doc. Spelt as the partial triggers of migration 0001 spell it."""


def row_key(actor_type: str, actor_id: str, name: str = KEY) -> str:
    """Returns the key of the row in which the sidecar keeps that state of that actor."""
    return f"{_APP_ID}||{actor_type}||{actor_id}||{name}"


def row_key_sql(actor_type: str, actor_id: str) -> str:
    """Returns the SQL expression of the key of an actor's doc; both arguments are SQL expressions."""
    return f"'{_APP_ID}||' || {actor_type} || '||' || {actor_id} || '||{KEY}'"


def type_sql(key: str = "key") -> str:
    """Returns the SQL expression of the actor type in a key, itself an SQL expression."""
    return f"split_part({key}, '||', 2)"


def id_sql(key: str = "key") -> str:
    """Returns the SQL expression of the actor id in a key, itself an SQL expression."""
    return f"split_part({key}, '||', 3)"


async def states(connection: Raw, actor_type: str, actor_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Returns the committed states of these actors, by id; an actor that has never committed is left out."""
    ids = {row_key(actor_type, actor_id): actor_id for actor_id in actor_ids}
    rows = await connection.fetch("SELECT key, value FROM dapr_state WHERE key = ANY($1)", list(ids))
    return {ids[key]: orjson.loads(value)["state"] for key, value in rows}


async def read(connection: Raw, actor_type: str, actor_id: str, name: str) -> bytes:
    """Returns the value of the row; empty where there is no row."""
    value: bytes | None = await connection.fetchval(_READ, row_key(actor_type, actor_id, name))
    return value or b""


async def save(connection: Raw, actor_type: str, actor_id: str, name: str, value: bytes) -> None:
    """Writes the row as the sidecar does, through the same fence; raises what the database raises."""
    await connection.execute(_SAVE, row_key(actor_type, actor_id, name), value)


_READ: Final = "SELECT value FROM dapr_state WHERE key = $1 AND (expires_at IS NULL OR expires_at > now())"
_SAVE: Final = """INSERT INTO dapr_state (key, value, etag, expires_at) VALUES ($1, $2, gen_random_uuid(), NULL)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, etag = gen_random_uuid(), updated_at = now(),
    expires_at = NULL"""
