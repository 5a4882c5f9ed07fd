"""Writing the activity: each user's stream has positions without gaps, and a chain of hashes over its entries."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple

import orjson

from actors.clock import parse_instant
from host.store.engine import Raw

FIRST: Final = (0, "")
PEOPLE: Final = frozenset({"user", "token", "agent"})  # kinds of actors who ask; what others do follows from it
# Types of entries that are a change which somebody has asked for, and not what that brings about.
CHANGES: Final = frozenset(
    {f"task.{what}" for what in ("created", "updated", "completed", "reopened", "deleted", "restored", "purged")}
    | {f"series.{what}" for what in ("created", "updated", "paused", "resumed", "stopped", "deleted", "split")}
    | {f"recurrence.{what}" for what in ("skipped", "unskipped", "moved")}
    | {"reminder.snoozed"}
)


class Entry(NamedTuple):
    """One entry of one user's stream; `body` is the event as canonical text."""

    user_id: str
    at: datetime
    event_id: str
    type: str
    task_id: str | None
    version: int
    actor_kind: str
    actor_id: str
    correlation_id: str | None
    command_id: str | None
    change_set: str | None
    body: str


_COLUMNS: Final = (*Entry._fields, "position", "prev_hash", "hash")


def entry_of(event: dict[str, Any]) -> Entry:
    """Returns the entry of one of our CloudEvents."""
    data = event["data"]
    actor = data["actor"]
    return Entry(
        user_id=data["user_id"],
        at=parse_instant(event["time"]),
        event_id=event["id"],
        type=event["type"],
        task_id=data.get("task_id"),
        version=data["version"],
        actor_kind=actor["kind"],
        actor_id=actor["id"],
        correlation_id=data.get("correlation_id"),
        command_id=data.get("command_id"),
        change_set=(data.get("cause") or {}).get("change_set"),
        body=canonical(event),
    )


def canonical(event: dict[str, Any]) -> str:
    """Returns the same text for the same event, whichever way it came: keys in order, no spaces."""
    return orjson.dumps(event, option=orjson.OPT_SORT_KEYS).decode()


def chained(prev_hash: str, body: str) -> str:
    return sha256(f"{prev_hash}{body}".encode()).hexdigest()


async def append(connection: Raw, entries: Sequence[Entry]) -> None:
    """Adds the entries in the order given; locks the streams of their users until the transaction ends."""
    if not entries:
        return
    heads = await lock(connection, {entry.user_id for entry in entries})
    rows: list[tuple[Any, ...]] = []
    for entry in entries:
        position, prev_hash = heads[entry.user_id]
        own_hash = chained(prev_hash, entry.body)
        heads[entry.user_id] = (position + 1, own_hash)
        rows.append((*entry, position + 1, prev_hash, own_hash))
    await connection.copy_records_to_table("activity", columns=_COLUMNS, records=rows)
    users = sorted(heads)
    await connection.execute(
        """UPDATE user_streams s SET position = x.position, hash = x.hash
           FROM unnest($1::text[], $2::bigint[], $3::text[]) AS x (user_id, position, hash)
           WHERE s.user_id = x.user_id""",
        users,
        [heads[user][0] for user in users],
        [heads[user][1] for user in users],
    )


async def lock(connection: Raw, users: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Locks the streams and returns position and hash of each user's newest entry.

    It locks in the order of user ids, so that two transactions never wait for each other.
    """
    wanted = sorted(users)
    query = "SELECT user_id, position, hash FROM user_streams WHERE user_id = ANY($1) ORDER BY user_id FOR UPDATE"
    rows = await connection.fetch(query, wanted)
    if len(rows) < len(wanted):
        await connection.execute(
            """INSERT INTO user_streams (user_id, position, hash)
               SELECT unnest($1::text[]), $2, $3 ON CONFLICT DO NOTHING""",
            wanted,
            *FIRST,
        )
        rows = await connection.fetch(query, wanted)
    return {row[0]: (row[1], row[2]) for row in rows}


async def broken_at(connection: Raw, user_id: str) -> int | None:
    """Returns the first position at which the user's chain breaks; None when it is whole.

    Entries before the oldest one in the table are archived; the check begins at that one.
    """
    expected: int | None = None
    last = FIRST
    async with connection.transaction():
        query = "SELECT position, body, prev_hash, hash FROM activity WHERE user_id = $1 ORDER BY position"
        async for position, body, prev_hash, own_hash in connection.cursor(query, user_id, prefetch=500):
            gap = expected is not None and (position != expected or prev_hash != last[1])
            if gap or chained(prev_hash, body) != own_hash:
                return int(position)
            last, expected = (position, own_hash), position + 1
        head = await connection.fetchrow("SELECT position, hash FROM user_streams WHERE user_id = $1", user_id)
    if head is not None and expected is not None and tuple(head) != last:
        return last[0] + 1
    return None
