"""The table `dead_letters`: events that a consumer could not apply, put aside as handled until they are replayed.

Only the dead letter says that its event is still to be applied: the inbox has it as handled, and the outbox may have
lost it to the pruner. So the transaction that deletes the dead letter also applies the event, and no other can.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from host.store.engine import Raw
from host.store.turns import outbox
from host.store.turns.outbox import Event

# What these events of a series ask for stays valid, whatever the series does later.
NEVER_OVER: Final = ("recurrence.triggered", "recurrence.withdrawn", "series.split")
_COLUMNS: Final = "consumer, event_id, position, body, error, tries, at, replay_at"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """`replay_at` is when somebody asked for a replay; None when nobody has, or when the replay failed since."""

    consumer: str
    event_id: str
    position: int
    body: str
    error: str
    tries: int
    at: datetime
    replay_at: datetime | None

    @property
    def key(self) -> tuple[str, str]:
        return self.consumer, self.event_id

    def event(self) -> Event:
        """Returns the event as the outbox had it; the CloudEvent holds everything that a consumer reads."""
        body: dict[str, Any] = orjson.loads(self.body)
        data = body["data"]
        return Event(
            position=self.position,
            id=self.event_id,
            type=body["type"],
            user_id=data["user_id"],
            actor_id=body["subject"],
            version=data["version"],
            seq=data["seq"],
            body=body,
            age_seconds=0.0,
        )


async def add(connection: Raw, consumer: str, event: Event, error: str, *, tries: int, code_version: str) -> None:
    """Puts an event at fault aside, as handled; `code_version` is of the program that could not apply it."""
    if await outbox.take(connection, consumer, [event]):
        await connection.execute(
            """INSERT INTO dead_letters (consumer, event_id, position, body, error, tries, code_version, user_id)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING""",
            consumer,
            event.id,
            event.position,
            orjson.dumps(event.body).decode(),
            error[:2000],
            tries,
            code_version,
            event.user_id,
        )


async def listed(connection: Raw, consumer: str | None, event_ids: Sequence[str] | None = None) -> list[DeadLetter]:
    """Returns all dead letters, or those of a consumer or of some events, in the order of the outbox."""
    rows = await connection.fetch(
        f"""SELECT {_COLUMNS} FROM dead_letters
            WHERE ($1::text IS NULL OR consumer = $1) AND ($2::text[] IS NULL OR event_id = ANY($2))
            ORDER BY position, consumer""",  # noqa: S608  column names only
        consumer,
        event_ids,
    )
    return [DeadLetter(*row) for row in rows]


async def count(connection: Raw) -> int:
    total: int = await connection.fetchval("SELECT count(*) FROM dead_letters")
    return total


async def count_by_consumer(connection: Raw) -> dict[str, int]:
    rows = await connection.fetch("SELECT consumer, count(*) FROM dead_letters GROUP BY 1 ORDER BY 1")
    return {row[0]: row[1] for row in rows}


async def ask(connection: Raw, keys: Sequence[tuple[str, str]]) -> int:
    """Asks for the replay of these (consumer, event id); returns the number of dead letters found."""
    status = await connection.execute(
        """UPDATE dead_letters d SET replay_at = clock_timestamp()
           FROM unnest($1::text[], $2::text[]) AS x (consumer, event_id)
           WHERE d.consumer = x.consumer AND d.event_id = x.event_id""",
        [key[0] for key in keys],
        [key[1] for key in keys],
    )
    return _count(status)


async def ask_anew(connection: Raw, code_version: str) -> int:
    """Asks for one replay of those that another version of the program could not apply; returns their number.

    The new version may have the fix. For recurrence, an event that may be out of date is left to a person: its actor
    has published later events which recurrence has handled, or the outbox no longer has the event.
    """
    status = await connection.execute(
        """UPDATE dead_letters d SET replay_at = clock_timestamp()
           WHERE replay_at IS NULL AND code_version IS DISTINCT FROM $1 AND (
             consumer <> 'recurrence' OR body::json->>'type' = ANY($2) OR (
               EXISTS (SELECT FROM outbox WHERE event_id = d.event_id)
               AND NOT EXISTS (
                 SELECT FROM outbox o JOIN inbox i ON i.consumer = d.consumer AND i.event_id = o.event_id
                 WHERE o.actor_id = d.body::json->>'subject' AND o.position > d.position AND NOT EXISTS (
                   SELECT FROM dead_letters l WHERE l.consumer = d.consumer AND l.event_id = o.event_id))))""",
        code_version,
        NEVER_OVER,
    )
    return _count(status)


async def asked(connection: Raw, limit: int) -> list[DeadLetter]:
    """Returns those whose replay was asked for, in the order of the outbox; none of a paused consumer."""
    rows = await connection.fetch(
        f"""SELECT {_COLUMNS} FROM dead_letters d WHERE replay_at IS NOT NULL
              AND NOT EXISTS (SELECT FROM watermarks w WHERE w.consumer = d.consumer AND w.paused_at IS NOT NULL)
            ORDER BY position, consumer LIMIT $1""",  # noqa: S608  column names only
        limit,
    )
    return [DeadLetter(*row) for row in rows]


async def take(connection: Raw, letter: DeadLetter) -> bool:
    """Deletes the dead letter; True if this transaction is to apply the event, False if it was replayed or dropped."""
    row = await connection.fetchrow(
        """DELETE FROM dead_letters WHERE consumer = $1 AND event_id = $2 AND replay_at IS NOT NULL
           RETURNING event_id""",
        *letter.key,
    )
    return row is not None


async def failed(connection: Raw, letter: DeadLetter, error: str, code_version: str) -> None:
    """Notes that the replay failed; the next one needs a new request or another version of the program."""
    await connection.execute(
        """UPDATE dead_letters
           SET error = $3, tries = tries + 1, at = clock_timestamp(), replay_at = NULL, code_version = $4
           WHERE consumer = $1 AND event_id = $2""",
        *letter.key,
        error[:2000],
        code_version,
    )


async def drop(connection: Raw, keys: Sequence[tuple[str, str]]) -> int:
    """Deletes these for good, so that their events are never applied; returns their number."""
    status = await connection.execute(
        """DELETE FROM dead_letters d USING unnest($1::text[], $2::text[]) AS x (consumer, event_id)
           WHERE d.consumer = x.consumer AND d.event_id = x.event_id""",
        [key[0] for key in keys],
        [key[1] for key in keys],
    )
    return _count(status)


def _count(status: str) -> int:
    return int(status.rpartition(" ")[2])
