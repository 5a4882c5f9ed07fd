"""The table `outbox` as consumers read it, and `inbox`, which says what each has handled above its watermark."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import orjson

from actors.events import whole as with_whole_task
from actors.replies import Json
from host.store.engine import Raw
from host.store.turns.watermarks import Watermark

BATCH_BYTES: Final = 2_000_000  # of bodies; ordinary batches stay far below
WHOLE_BYTES: Final = 10_000  # an event filled up to this size; the broker takes a batch of a hundred of them
_COLUMNS: Final = """o.position, o.event_id, o.type, o.user_id, o.actor_id, o.version, o.seq, o.body::text AS text,
    extract(epoch FROM clock_timestamp() - o.created_at)::float8 AS age_seconds"""


# The types that a consumer takes; None means every type, also those that only a newer version publishes.
Types: TypeAlias = Sequence[str] | None


def is_of(types: str) -> str:
    """Returns the SQL condition that row `o` of the outbox has one of the types; `types` is SQL for a value of Types."""
    return f"({types}::text[] IS NULL OR o.type = ANY({types}))"


def handled_by(consumer: str) -> str:
    """Returns the SQL condition that the consumer has row `o` of the outbox in its inbox; `consumer` is SQL.

    It does not use EXISTS: that becomes a join, and for a consumer that the statistics do not know yet a join that
    reads the consumer's whole inbox for each row.
    """
    look = f"SELECT true FROM inbox i WHERE i.consumer = {consumer} AND i.event_id = o.event_id"  # noqa: S608  our own names
    return f"coalesce(({look}), false)"


@dataclass(slots=True)
class Event:
    """A row of the outbox; `body` is its CloudEvent, `age_seconds` the time since its commit."""

    position: int
    id: str
    type: str
    user_id: str
    actor_id: str
    version: int
    seq: int
    body: dict[str, Any]
    age_seconds: float


async def unhandled(connection: Raw, consumer: str, types: Types, mark: Watermark, limit: int) -> list[Event]:
    """Returns the consumer's next rows up to `mark.top`, in the order of positions."""
    if mark.top <= mark.position:
        return []
    rows = await connection.fetch(_NEXT, consumer, mark.position, mark.top, types, limit, BATCH_BYTES)
    return [_event(row) for row in rows]


async def take_next(
    connection: Raw, consumer: str, types: Types, mark: Watermark, limit: int
) -> tuple[list[Event], int]:
    """Does `unhandled` and `take` in one statement; returns the events and the position up to which it has read."""
    if mark.top <= mark.position:
        return [], mark.top
    rows = await connection.fetch(_TAKE_NEXT, consumer, mark.position, mark.top, types, limit, BATCH_BYTES)
    return [_event(row) for row in rows if row["position"] is not None], rows[0]["read_to"]


# A batch is limited in rows and in text, and has one row at least; `found` shows whether the text limit cut it.
_NEXT: Final = f"""
SELECT * FROM (
  SELECT n.*, sum(octet_length(n.text)) OVER (ORDER BY n.position ROWS UNBOUNDED PRECEDING) AS bytes,
         row_number() OVER (ORDER BY n.position) AS number, count(*) OVER () AS found
  FROM (SELECT {_COLUMNS} FROM outbox o
        WHERE o.position > $2 AND o.position <= $3 AND {is_of("$4")} AND NOT {handled_by("$1")}
        ORDER BY o.position LIMIT $5) n)
WHERE bytes <= $6 OR number = 1 ORDER BY position"""  # noqa: S608  column names only

_TAKE_NEXT: Final = f"""
WITH next AS MATERIALIZED ({_NEXT}), taken AS (
  INSERT INTO inbox (consumer, event_id, position) SELECT $1, event_id, position FROM next ORDER BY event_id
  ON CONFLICT DO NOTHING RETURNING event_id)
SELECT n.*, r.read_to
FROM (SELECT CASE WHEN count(*) = $5 OR count(*) < max(found) THEN max(position) ELSE $3 END AS read_to FROM next) r
-- IS TRUE makes this a hash lookup: IN alone becomes a join that compares each row with each.
LEFT JOIN (SELECT * FROM next WHERE (event_id IN (SELECT event_id FROM taken)) IS TRUE) n ON true
ORDER BY n.position"""  # noqa: S608


async def with_earlier(connection: Raw, consumer: str, types: Types, event_ids: Sequence[str]) -> list[Event]:
    """Returns the delivered events that are unhandled, and all unhandled earlier events of their actors before them."""
    rows = await connection.fetch(
        f"""WITH last AS MATERIALIZED (
              SELECT actor_id, max(position) AS position FROM outbox WHERE event_id = ANY($2) GROUP BY 1)
            SELECT o.* FROM last CROSS JOIN LATERAL (
              SELECT {_COLUMNS} FROM outbox o
              -- Reads by the actor's index: + 0 hides the position from its index, which has thousands of rows of others.
              WHERE o.actor_id = last.actor_id AND o.position + 0 <= last.position
                AND o.position + 0 > (SELECT position FROM watermarks WHERE consumer = $1) AND {is_of("$3")}
                AND NOT {handled_by("$1")}
              OFFSET 0) o
            ORDER BY o.position""",  # noqa: S608  column names only
        consumer,
        event_ids,
        types,
    )
    return [_event(row) for row in rows]


def _event(row: Any) -> Event:
    position, event_id, kind, user_id, actor_id, version, seq, text, age, *_ = row
    return Event(position, event_id, kind, user_id, actor_id, version, seq, orjson.loads(text), age)


async def take(connection: Raw, consumer: str, events: Sequence[Event]) -> list[Event]:
    """Marks the events as handled by this transaction; returns those that no other transaction had handled."""
    ordered = sorted(
        events, key=lambda event: event.id
    )  # one order for all, or two transactions could wait for each other
    rows = await connection.fetch(
        """INSERT INTO inbox (consumer, event_id, position)
           SELECT $1, * FROM unnest($2::text[], $3::bigint[]) ON CONFLICT DO NOTHING RETURNING event_id""",
        consumer,
        [event.id for event in ordered],
        [event.position for event in ordered],
    )
    if len(rows) == len(events):
        return list(events)
    taken = {row[0] for row in rows}
    return [event for event in events if event.id in taken]


async def whole(connection: Raw, events: Sequence[Json]) -> list[Json]:
    """Returns events for readers without the outbox: later events of a turn carry the whole task as the first does."""
    later = [_first_id(event) for event in events if event["data"].get("trimmed")]
    if not later:
        return list(events)
    rows = await connection.fetch("SELECT event_id, body::text FROM outbox WHERE event_id = ANY($1)", later)
    firsts = {row[0]: row[1] for row in rows}
    return [with_whole_task(event, firsts.get(_first_id(event)), WHOLE_BYTES) for event in events]


def _first_id(event: Json) -> str:
    """Returns the id of the first event of this event's turn."""
    return f"{event['id'].rpartition(':')[0]}:1"


async def waiting(connection: Raw, consumers: Mapping[str, Types], above: int) -> tuple[list[str], int]:
    """Returns those of the consumers that have not handled every row above a position, and the newest position.

    `consumers` gives the types that each takes. When none waits and nobody else writes, the next call may start at
    the position returned.
    """
    row = await connection.fetchrow(
        f"""WITH fresh AS MATERIALIZED (SELECT position, event_id, type FROM outbox WHERE position > $2)
           SELECT ARRAY(
             SELECT c.consumer FROM json_to_recordset($1) AS c (consumer text, types text[]) JOIN watermarks w USING (consumer)
             WHERE EXISTS (SELECT FROM fresh o WHERE o.position > w.position AND {is_of("c.types")}
               AND NOT {handled_by("c.consumer")})),
           (SELECT coalesce(max(position), $2) FROM fresh)""",  # noqa: S608  our own names
        orjson.dumps([{"consumer": name, "types": types} for name, types in consumers.items()]).decode(),
        above,
    )
    return row[0], row[1]


async def top(connection: Raw) -> int:
    """Returns the position of the newest row; 0 if there is none."""
    position: int | None = await connection.fetchval("SELECT max(position) FROM outbox")
    return position or 0


async def passed(connection: Raw, consumer: str, positions: Sequence[int]) -> set[int]:
    """Returns those of the positions that the consumer has handled: below its watermark, or in its inbox."""
    rows = await connection.fetch(
        """SELECT p FROM unnest($2::bigint[]) p WHERE EXISTS (SELECT FROM watermarks WHERE consumer = $1 AND position >= p)
             OR EXISTS (SELECT FROM inbox WHERE consumer = $1 AND position = p)""",
        consumer,
        positions,
    )
    return {row[0] for row in rows}
