"""Everything that the database has about the users of one run, read without the product's own code."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from actors.replies import Json


@dataclass(slots=True)
class Actor:
    """An actor's doc."""

    kind: str
    version: int
    state: Json


@dataclass(slots=True)
class Event:
    """A row of the outbox.

    reminder: of reminder.fired and reminder.snoozed
    slot: of recurrence.triggered
    task, changed: in the first event of a task's version, the task as it is now, and what the version has changed
    """

    actor_id: str
    version: int
    seq: int
    of: int
    user_id: str
    type: str
    command_id: str
    title: str | None = None
    reminder: Json | None = None
    slot: Json | None = None
    task_id: str = ""
    time: str = ""
    task: Json | None = None
    changed: Json = field(default_factory=dict[str, Any])


@dataclass(slots=True)
class ActivityRow:
    """A row of activity."""

    user_id: str
    position: int
    event_id: str
    prev_hash: str
    hash: str


@dataclass(slots=True)
class ReadModelRow:
    """A row of the read model."""

    version: int
    body: Json


@dataclass(slots=True)
class Stored:
    """`events` by event id; `shown` and `actors` by actor id; `ledger` counts the steps of each (reminder, firing)."""

    actors: dict[str, Actor] = field(default_factory=dict[str, Actor])
    events: dict[str, Event] = field(default_factory=dict[str, Event])
    commands: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    shown: dict[str, ReadModelRow] = field(default_factory=dict[str, ReadModelRow])
    activity: list[ActivityRow] = field(default_factory=list[ActivityRow])
    ledger: dict[tuple[str, int], dict[str, int]] = field(default_factory=dict[tuple[str, int], dict[str, int]])
    notified: dict[tuple[str, int], int] = field(
        default_factory=dict[tuple[str, int], int]
    )  # notifications of a firing
    last_event: dict[str, Json] = field(default_factory=dict[str, Json])  # by actor, the task in its last event
    dead_letters: list[str] = field(default_factory=list[str])
    now: float = 0.0  # when it was read, in seconds since 1970


_MINE = "SELECT DISTINCT actor_id FROM outbox WHERE user_id = ANY($1)"
_EVENTS = """
SELECT event_id, actor_id, version, seq, of, user_id, type, body->'data'->>'command_id' AS command_id,
  CASE WHEN seq = 1 AND actor_type = 'TaskActor' THEN body->'data'->'task'->>'title'
       WHEN seq = 1 THEN body->'data'->'series'->'template'->>'title' END AS title,
  CASE WHEN type IN ('reminder.fired', 'reminder.snoozed') THEN (body->'data'->'reminder')::text END AS reminder,
  CASE WHEN type = 'recurrence.triggered' THEN (body->'data'->'slot')::text END AS slot,
  coalesce(body->'data'->>'task_id', '') AS task_id, body->>'time' AS time,
  CASE WHEN seq = 1 AND actor_type = 'TaskActor' THEN (body->'data'->'task')::text END AS task,
  CASE WHEN seq = 1 AND actor_type = 'TaskActor' THEN (body->'data'->'changed')::text END AS changed
FROM outbox WHERE user_id = ANY($1)"""
_LAST = """
SELECT DISTINCT ON (actor_id) actor_id, version, (body->'data'->'task')::text AS task
FROM outbox WHERE user_id = ANY($1) AND actor_type = 'TaskActor' AND seq = 1 ORDER BY actor_id, version DESC"""
_SHOWN = """
SELECT id, version, body::text FROM tasks WHERE user_id = ANY($1)
UNION ALL SELECT id, version, body::text FROM series WHERE user_id = ANY($1)
UNION ALL SELECT id, version, '{}' FROM users WHERE id = ANY($1)"""
_LEDGER = """
SELECT reminder_id, firing, step, count(*) FROM reminder_ledger
WHERE user_id = ANY($1) AND step IN ('fired', 'delivered', 'cancelled', 'failed') GROUP BY 1, 2, 3"""
_NOTIFIED = """
SELECT reminder_id, firing, count(*) FROM notifications
WHERE user_id = ANY($1) AND kind = 'reminder' AND reminder_id IS NOT NULL GROUP BY 1, 2"""


async def read(database: Any, users: Sequence[str]) -> Stored:
    """Reads everything about these users; `database` is a connection without a statement timeout."""
    people = list(users)

    async def rows(sql: str) -> list[Any]:
        fetched: list[Any] = await database.fetch(sql, people, timeout=300)
        return fetched

    ledger: dict[tuple[str, int], dict[str, int]] = {}
    for reminder_id, firing, step, count in await rows(_LEDGER):
        ledger.setdefault((reminder_id, firing), {})[step] = count
    activity = await rows(
        "SELECT user_id, position, event_id, prev_hash, hash FROM activity WHERE user_id = ANY($1) ORDER BY 1, 2"
    )
    return Stored(
        actors=dict([_actor(row) for row in await rows(_ACTORS)]),
        events={row["event_id"]: _event(row) for row in await rows(_EVENTS)},
        commands={
            (row[0], row[1])
            for row in await rows(f"SELECT actor_id, command_id FROM commands WHERE actor_id IN ({_MINE})")
        },
        shown={row[0]: ReadModelRow(row[1], orjson.loads(row[2])) for row in await rows(_SHOWN)},
        activity=[ActivityRow(*row) for row in activity],
        ledger=ledger,
        notified={(row[0], row[1]): row[2] for row in await rows(_NOTIFIED)},
        last_event={row[0]: orjson.loads(row[2]) for row in await rows(_LAST) if row[2]},
        dead_letters=[f"{row[0]} {row[1]}: {row[2]}" for row in await database.fetch(_DEAD)],
        now=await database.fetchval("SELECT extract(epoch FROM now())::float8"),
    )


_ACTORS = f"""
SELECT split_part(key, '||', 2) AS kind, split_part(key, '||', 3) AS id, value FROM dapr_state
WHERE key LIKE '%||doc' AND split_part(key, '||', 3) IN ({_MINE})"""
_DEAD = "SELECT consumer, event_id, error FROM dead_letters"


def _actor(row: Any) -> tuple[str, Actor]:
    doc = orjson.loads(row["value"])
    return row["id"], Actor(row["kind"], doc["version"], doc["state"])


def _event(row: Any) -> Event:
    return Event(
        actor_id=row["actor_id"],
        version=row["version"],
        seq=row["seq"],
        of=row["of"],
        user_id=row["user_id"],
        type=row["type"],
        command_id=row["command_id"],
        title=row["title"],
        reminder=orjson.loads(row["reminder"]) if row["reminder"] else None,
        slot=orjson.loads(row["slot"]) if row["slot"] else None,
        task_id=row["task_id"],
        time=row["time"],
        task=orjson.loads(row["task"]) if row["task"] else None,
        changed=orjson.loads(row["changed"]) if row["changed"] else {},
    )
