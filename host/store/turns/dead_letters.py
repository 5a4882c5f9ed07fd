"""Dead letters: events that a consumer could not apply, put aside as handled, and asked to be tried again.

A letter is the one thing that says that its event is still to be applied: the inbox has it as handled, and the outbox
may have forgotten it. So whoever takes the letter away applies the event in the same transaction, and nobody else can.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from host.store.engine import Raw
from host.store.turns.outbox import Event

# What a series asked for stays asked for, whatever it says later.
NEVER_OVER: Final = ("recurrence.triggered", "recurrence.withdrawn", "series.split")
_COLUMNS: Final = "consumer, event_id, position, body, error, tries, at, replay_at"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """`replay_at` is when it was asked to be tried again; None when nobody has, or when that failed since."""

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
        """As the outbox had it; everything that a consumer asks for stands in the CloudEvent itself."""
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


async def listed(connection: Raw, consumer: str | None, event_ids: Sequence[str] | None = None) -> list[DeadLetter]:
    """All, or those of a consumer, or of these events; in the order in which they happened."""
    rows = await connection.fetch(
        f"""SELECT {_COLUMNS} FROM dead_letters
            WHERE ($1::text IS NULL OR consumer = $1) AND ($2::text[] IS NULL OR event_id = ANY($2))
            ORDER BY position, consumer""",  # noqa: S608  column names only
        consumer,
        event_ids,
    )
    return [DeadLetter(*row) for row in rows]


async def count_by_consumer(connection: Raw) -> dict[str, int]:
    rows = await connection.fetch("SELECT consumer, count(*) FROM dead_letters GROUP BY 1 ORDER BY 1")
    return {row[0]: row[1] for row in rows}


async def ask(connection: Raw, keys: Sequence[tuple[str, str]]) -> int:
    """Have these (consumer, event) tried again by whoever runs the consumers; gives how many there were."""
    status = await connection.execute(
        """UPDATE dead_letters d SET replay_at = clock_timestamp()
           FROM unnest($1::text[], $2::text[]) AS x (consumer, event_id)
           WHERE d.consumer = x.consumer AND d.event_id = x.event_id""",
        [key[0] for key in keys],
        [key[1] for key in keys],
    )
    return _count(status)


async def ask_anew(connection: Raw, code_version: str) -> int:
    """Have those tried once that another program could not apply; gives how many there were. What was wrong may be mended.

    What a task or a series said that may be over by now is left to a person: its actor has said more since, which
    recurrence has handled, or nobody can tell any more.
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
    """Those to be tried again now, in the order in which they happened; none of a consumer that is paused."""
    rows = await connection.fetch(
        f"""SELECT {_COLUMNS} FROM dead_letters d WHERE replay_at IS NOT NULL
              AND NOT EXISTS (SELECT FROM watermarks w WHERE w.consumer = d.consumer AND w.paused_at IS NOT NULL)
            ORDER BY position, consumer LIMIT $1""",  # noqa: S608  column names only
        limit,
    )
    return [DeadLetter(*row) for row in rows]


async def take(connection: Raw, letter: DeadLetter) -> bool:
    """Whether the event is this transaction's to apply; false when another one has, or it was dropped."""
    row = await connection.fetchrow(
        """DELETE FROM dead_letters WHERE consumer = $1 AND event_id = $2 AND replay_at IS NOT NULL
           RETURNING event_id""",
        *letter.key,
    )
    return row is not None


async def failed(connection: Raw, letter: DeadLetter, error: str, code_version: str) -> None:
    """It is at fault still; somebody has to ask anew, or another program comes."""
    await connection.execute(
        """UPDATE dead_letters
           SET error = $3, tries = tries + 1, at = clock_timestamp(), replay_at = NULL, code_version = $4
           WHERE consumer = $1 AND event_id = $2""",
        *letter.key,
        error[:2000],
        code_version,
    )


async def drop(connection: Raw, keys: Sequence[tuple[str, str]]) -> int:
    """Forget these for good; their effect never comes."""
    status = await connection.execute(
        """DELETE FROM dead_letters d USING unnest($1::text[], $2::text[]) AS x (consumer, event_id)
           WHERE d.consumer = x.consumer AND d.event_id = x.event_id""",
        [key[0] for key in keys],
        [key[1] for key in keys],
    )
    return _count(status)


def _count(status: str) -> int:
    return int(status.rpartition(" ")[2])
