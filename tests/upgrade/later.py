"""Fields that a later release might store and no code of today knows, in the parts of a task's doc."""

from collections.abc import Mapping
from typing import Any

import orjson

DOC = "SELECT key, convert_from(value, 'UTF8') FROM dapr_state WHERE key LIKE '%||' || $1 || '||doc'"
_EVENT = "SELECT body::text FROM outbox WHERE actor_id = $1 AND version = $2 AND seq = 1"
MARK = {"by": "a later release", "list": [1, {"deep": True}]}


async def write(database: Any, task_id: str) -> None:
    """Writes a turn of such a release, with its event, straight into the store."""
    key, text = await database.fetchrow(DOC, task_id)
    doc = orjson.loads(text)
    event = orjson.loads(await database.fetchval(_EVENT, task_id, doc["version"]))
    version = doc["version"] = doc["state"]["version"] = doc["version"] + 1
    doc["command"] = None
    for part in _parts(doc).values():
        part["later"] = MARK
    data = event["data"]
    data |= {"version": version, "changed": {}, "command_id": None, "later": MARK}
    data["task"] |= {"version": version, "later": MARK}
    event |= {"id": f"TaskActor:{task_id}:{version}:1", "type": "task.updated"}
    doc["outbox"] = [event]
    await database.execute("UPDATE dapr_state SET value = $2 WHERE key = $1", key, orjson.dumps(doc))


async def lost(database: Any, task_id: str) -> list[str]:
    """Returns the parts of the task's doc that have lost such a field."""
    _, text = await database.fetchrow(DOC, task_id)
    parts = _parts(orjson.loads(text))
    return [f"{task_id} {name}" for name, part in parts.items() if part.get("later") != MARK]


def _parts(doc: Mapping[str, Any]) -> dict[str, Any]:
    state = doc["state"]
    return {"doc": doc, "state": state, "reminder": state["reminders"][0], "item": state["checklist"][0]}
