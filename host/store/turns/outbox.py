"""The outbox as consumers read it, and who has handled what of it.

A watermark says: every row up to `position` is handled. Positions are handed out before the commit, so a reader may
see 6 while 5 is still on its way. Hence two steps: a batch notes in `seen` the highest position there was, and in
`seen_xid` its own transaction, which is younger than every transaction that drew a position up to `seen` (a turn
writes its state first, and so has its number before it draws positions). Once PostgreSQL's snapshot says that all
transactions before `seen_xid` have ended, a read that starts then misses no row up to `seen`. Rows above the watermark
are told apart by `inbox`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import orjson

from actors.events import whole as with_whole_task
from actors.replies import Json
from host.store.engine import Raw

_LOCK_SPACE: Final = 7_305  # first half of the advisory locks of consumers; the second is a hash of the name
WINDOW: Final = 5_000  # rows above a watermark among which the first that is too young is looked for
BATCH_BYTES: Final = 2_000_000  # of bodies; ordinary ones stay far below
UNPUBLISHED_SECONDS: Final = 0.5  # a row that is this old and not with the broker is not brought soon
WHOLE_BYTES: Final = 10_000  # a hundred of these are a batch that the broker takes
_COLUMNS: Final = """o.position, o.event_id, o.type, o.user_id, o.actor_id, o.version, o.seq, o.body::text AS text,
    extract(epoch FROM clock_timestamp() - o.created_at)::float8 AS age_seconds"""


# The types that a consumer takes; None is every one, also such as only a newer version makes.
Types: TypeAlias = Sequence[str] | None


def is_of(types: str) -> str:
    """The condition that the row `o` of the outbox is of one of the types, themselves SQL of the type Types."""
    return f"({types}::text[] IS NULL OR o.type = ANY({types}))"


def handled_by(consumer: str) -> str:
    """The condition that this consumer, itself SQL, has handled the row `o` of the outbox.

    No EXISTS: that becomes a join, and for a consumer that the statistics do not know yet one that reads everything it
    has handled, for each row anew.
    """
    look = f"SELECT true FROM inbox i WHERE i.consumer = {consumer} AND i.event_id = o.event_id"  # noqa: S608  our own names
    return f"coalesce(({look}), false)"


@dataclass(slots=True)
class Event:
    """One row of the outbox; `body` is its CloudEvent, `age_seconds` how long ago it was committed."""

    position: int
    id: str
    type: str
    user_id: str
    actor_id: str
    version: int
    seq: int
    body: dict[str, Any]
    age_seconds: float


@dataclass(slots=True)
class Watermark:
    """What the consumer has handled; `top` is the newest row that it may take now."""

    position: int
    seen: int
    settled: bool
    top: int


async def register(connection: Raw, consumer: str, *, from_now: bool) -> None:
    """The consumer's first watermark: at the newest row for a new effect, at the start for a new projection."""
    await connection.execute(
        """INSERT INTO watermarks (consumer, position, seen)
           SELECT $1, p, p FROM (SELECT CASE WHEN $2 THEN coalesce(max(position), 0) ELSE 0 END AS p FROM outbox)
           ON CONFLICT DO NOTHING""",
        consumer,
        from_now,
    )


async def watermark(connection: Raw, consumer: str, *, min_age_seconds: float = 0) -> Watermark | None:
    """Take the consumer's lock until the end of the transaction; None while another process has it or it is paused.

    A lock, and no row lock: that would give this transaction its number before it reads. What is read here may be
    older than the lock; that only means to read some rows again, and `advance` never goes back.

    With an age, `top` lies before the first row that is too young: near the watermark, as a rule. Else it is the newest
    row that is old enough, behind which lie all those of the last seconds. What the broker does not take is not left to
    it: whoever reads what he has just written waits for no more than 2 s.
    """
    row = await connection.fetchrow(
        f"""SELECT position, CASE WHEN foreign_xid THEN position ELSE seen END,
             foreign_xid OR seen_xid <= pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
             CASE WHEN $2 = 0 THEN (SELECT coalesce(max(position), 0) FROM outbox) ELSE coalesce(
               (SELECT position - 1 FROM (
                  SELECT o.position, o.created_at, o.published_at FROM outbox o
                  WHERE o.position > w.position ORDER BY o.position LIMIT $4) n
                WHERE created_at > clock_timestamp() - {_LEFT_TO_THE_BROKER}
                  AND created_at <= clock_timestamp() -- else the clock was set back: old enough, whenever it was
                ORDER BY position LIMIT 1),
               (SELECT position FROM outbox WHERE created_at <= clock_timestamp() - {_LEFT_TO_THE_BROKER}
                ORDER BY position DESC LIMIT 1), 0) END
           FROM (SELECT *, -- a number not given out yet is of the cluster that this one was restored from
                   seen_xid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS foreign_xid
                 FROM watermarks WHERE consumer = $1 AND paused_at IS NULL) w
           WHERE pg_try_advisory_xact_lock($3, hashtext($1))""",  # noqa: S608  our own words
        consumer,
        float(min_age_seconds),
        _LOCK_SPACE,
        WINDOW,
        UNPUBLISHED_SECONDS,
    )
    return Watermark(*row) if row else None


_LEFT_TO_THE_BROKER: Final = (
    "make_interval(secs => CASE WHEN published_at IS NULL THEN least($2, $5::float8) ELSE $2 END)"
)


async def is_paused(connection: Raw, consumer: str) -> bool:
    """Whether the consumer is to take nothing now."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM watermarks WHERE consumer = $1 AND paused_at IS NOT NULL)", consumer
        )
    )


async def unhandled(connection: Raw, consumer: str, types: Types, mark: Watermark, limit: int) -> list[Event]:
    """The consumer's next rows, in position order."""
    if mark.top <= mark.position:
        return []
    rows = await connection.fetch(_NEXT, consumer, mark.position, mark.top, types, limit, BATCH_BYTES)
    return [_event(row) for row in rows]


async def take_next(
    connection: Raw, consumer: str, types: Types, mark: Watermark, limit: int
) -> tuple[list[Event], int]:
    """As `unhandled` and `take` in one: the next rows, noted as handled, and the position up to which it has read."""
    if mark.top <= mark.position:
        return [], mark.top
    rows = await connection.fetch(_TAKE_NEXT, consumer, mark.position, mark.top, types, limit, BATCH_BYTES)
    return [_event(row) for row in rows if row["position"] is not None], rows[0]["read_to"]


# The rows of a batch: so many, and so much text, but one at least; `found` tells when the text cut it.
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
-- IS TRUE keeps this a look into a hash: IN alone becomes a join that compares each row with each.
LEFT JOIN (SELECT * FROM next WHERE (event_id IN (SELECT event_id FROM taken)) IS TRUE) n ON true
ORDER BY n.position"""  # noqa: S608


async def with_earlier(connection: Raw, consumer: str, types: Types, event_ids: Sequence[str]) -> list[Event]:
    """Delivered events that are not handled yet, and before them what their actors said earlier: gaps are closed."""
    rows = await connection.fetch(
        f"""WITH last AS MATERIALIZED (
              SELECT actor_id, max(position) AS position FROM outbox WHERE event_id = ANY($2) GROUP BY 1)
            SELECT o.* FROM last CROSS JOIN LATERAL (
              SELECT {_COLUMNS} FROM outbox o
              -- By the actor's index: above the watermark (+ 0 hides it from an index) are thousands of rows of others.
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
    """Note the events as handled by this transaction; those that another one has handled are left out."""
    ordered = sorted(events, key=lambda event: event.id)  # one order for all, or two of these could wait on each other
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


async def advance(connection: Raw, consumer: str, mark: Watermark, *, read_to: int) -> None:
    """After all rows up to `read_to` that were to be seen are handled in this transaction."""
    position = min(mark.seen, read_to) if mark.settled else mark.position
    await connection.execute(
        """UPDATE watermarks SET position = greatest(position, $2), seen = greatest(seen, $3),
             seen_xid = pg_current_xact_id()::text::bigint WHERE consumer = $1""",
        consumer,
        position,
        read_to,
    )


async def bury(connection: Raw, consumer: str, event: Event, error: str, *, tries: int, code_version: str) -> None:
    """Put an event at fault aside, as handled; `code_version` is of the program that could not apply it."""
    if await take(connection, consumer, [event]):
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


async def whole(connection: Raw, events: Sequence[Json]) -> list[Json]:
    """The events as whoever does not read the outbox needs them: later ones of a turn with the whole task, too."""
    later = [_first_id(event) for event in events if event["data"].get("trimmed")]
    if not later:
        return list(events)
    rows = await connection.fetch("SELECT event_id, body::text FROM outbox WHERE event_id = ANY($1)", later)
    firsts = {row[0]: row[1] for row in rows}
    return [with_whole_task(event, firsts.get(_first_id(event)), WHOLE_BYTES) for event in events]


def _first_id(event: Json) -> str:
    """The id of the first event of its turn."""
    return f"{event['id'].rpartition(':')[0]}:1"


async def lag(connection: Raw) -> dict[str, int]:
    """Rows that each consumer has not passed for sure; a quiet system shows 0."""
    rows = await connection.fetch(
        """SELECT consumer, (SELECT coalesce(max(position), 0) FROM outbox) - position FROM watermarks"""
    )
    return {row[0]: max(0, row[1]) for row in rows}


async def waiting(connection: Raw, consumers: Mapping[str, Types], above: int) -> tuple[list[str], int]:
    """Of the consumers (name: the events it takes), those that have not handled every row above that position.

    And the newest position: when none waits and nobody else writes, the next look may start there.
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
    """The newest row there is; 0 for none."""
    position: int | None = await connection.fetchval("SELECT max(position) FROM outbox")
    return position or 0


async def passed(connection: Raw, consumer: str, positions: Sequence[int]) -> set[int]:
    """Those of the rows that the consumer has handled: below its watermark, or in its inbox."""
    rows = await connection.fetch(
        """SELECT p FROM unnest($2::bigint[]) p WHERE EXISTS (SELECT FROM watermarks WHERE consumer = $1 AND position >= p)
             OR EXISTS (SELECT FROM inbox WHERE consumer = $1 AND position = p)""",
        consumer,
        positions,
    )
    return {row[0] for row in rows}


async def dead_letter_count(connection: Raw) -> int:
    count: int = await connection.fetchval("SELECT count(*) FROM dead_letters")
    return count
