"""The table `watermarks`: how far each consumer has handled the outbox, and whether an operator has paused it.

A watermark says that the consumer has handled every row up to `position`. PostgreSQL gives out positions before the
commit, so a reader may see row 6 while row 5 is still on its way. Hence two steps: a batch notes in `seen` the highest
position that it saw, and in `seen_xid` the number of its own transaction. That number is higher than the number of any
transaction that drew a position up to `seen`, because a turn writes its state first and so has its number before it
draws positions. Once PostgreSQL's snapshot says that all transactions before `seen_xid` have ended, a read that starts
then misses no row up to `seen`, and `seen` becomes `position`. For rows above the watermark the table `inbox` says
which are handled.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from host.store.engine import Raw

WINDOW: Final = 5_000  # rows above a watermark that are searched for the first that is too young
UNPUBLISHED_SECONDS: Final = 0.5  # a row that has not reached the broker by this age will not arrive from it soon
_LOCK_SPACE: Final = 7_305  # first half of a consumer's advisory lock; the second half is a hash of its name


@dataclass(slots=True)
class Watermark:
    """How far a consumer is.

    `settled` says that every transaction that may still add rows up to `seen` has ended; `top` is the position of the
    newest row that the consumer may take now.
    """

    position: int
    seen: int
    settled: bool
    top: int


async def register(connection: Raw, consumer: str, *, from_now: bool) -> None:
    """Adds the consumer's first watermark: at the newest row (`from_now`, for effects), or before the first row."""
    await connection.execute(
        """INSERT INTO watermarks (consumer, position, seen)
           SELECT $1, p, p FROM (SELECT CASE WHEN $2 THEN coalesce(max(position), 0) ELSE 0 END AS p FROM outbox)
           ON CONFLICT DO NOTHING""",
        consumer,
        from_now,
    )


async def lock(connection: Raw, consumer: str, *, min_age_seconds: float = 0) -> Watermark | None:
    """Takes the consumer's lock until the transaction ends; None while another process has it or it is paused.

    It is an advisory lock: a row lock would give this transaction its number before it reads. The watermark read here
    may be older than the lock; then some rows are read again, and `advance` never goes back.

    With a minimum age, `top` stands before the first row that is too young, which as a rule is near the watermark. If
    none of the next WINDOW rows is too young, `top` is the newest row that is old enough. Rows that the broker has not
    taken after UNPUBLISHED_SECONDS count as old enough: users who read what they just wrote wait 2 s at most.
    """
    row = await connection.fetchrow(
        f"""SELECT position, CASE WHEN foreign_xid THEN position ELSE seen END,
             foreign_xid OR seen_xid <= pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
             CASE WHEN $2 = 0 THEN (SELECT coalesce(max(position), 0) FROM outbox) ELSE coalesce(
               (SELECT position - 1 FROM (
                  SELECT o.position, o.created_at, o.published_at FROM outbox o
                  WHERE o.position > w.position ORDER BY o.position LIMIT $4) n
                WHERE created_at > clock_timestamp() - {_LEFT_TO_THE_BROKER}
                  AND created_at <= clock_timestamp() -- else the clock was set back, and the row is old enough
                ORDER BY position LIMIT 1),
               (SELECT position FROM outbox WHERE created_at <= clock_timestamp() - {_LEFT_TO_THE_BROKER}
                ORDER BY position DESC LIMIT 1), 0) END
           FROM (SELECT *, -- a number not given out yet comes from the cluster that this one was restored from
                   seen_xid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS foreign_xid
                 FROM watermarks WHERE consumer = $1 AND paused_at IS NULL) w
           WHERE pg_try_advisory_xact_lock($3, hashtext($1))""",  # noqa: S608  our own names
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
    """Returns whether an operator has paused the consumer."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM watermarks WHERE consumer = $1 AND paused_at IS NOT NULL)", consumer
        )
    )


async def advance(connection: Raw, consumer: str, mark: Watermark, *, read_to: int) -> None:
    """Moves the watermark; this transaction has handled all rows up to `read_to` that it could see."""
    position = min(mark.seen, read_to) if mark.settled else mark.position
    await connection.execute(
        """UPDATE watermarks SET position = greatest(position, $2), seen = greatest(seen, $3),
             seen_xid = pg_current_xact_id()::text::bigint WHERE consumer = $1""",
        consumer,
        position,
        read_to,
    )


async def lag(connection: Raw) -> dict[str, int]:
    """Returns the number of rows above each consumer's watermark; 0 when the system is quiet."""
    rows = await connection.fetch(
        "SELECT consumer, (SELECT coalesce(max(position), 0) FROM outbox) - position FROM watermarks"
    )
    return {row[0]: max(0, row[1]) for row in rows}


@dataclass(frozen=True, slots=True)
class ConsumerState:
    """A consumer as an operator sees it: `behind` in events, `paused_at` by the database's clock, None if it runs."""

    name: str
    behind: int
    paused_at: datetime | None


async def states(connection: Raw) -> list[ConsumerState]:
    """Returns every consumer that has ever run here, by name."""
    rows = await connection.fetch(
        """SELECT consumer, greatest(0, (SELECT coalesce(max(position), 0) FROM outbox) - position), paused_at
           FROM watermarks ORDER BY consumer"""
    )
    return [ConsumerState(*row) for row in rows]


async def pause(connection: Raw, consumer: str) -> bool:
    """Pauses the consumer in every process, from its next batch on; False for one that has never run here."""
    return await _set_paused(connection, consumer, "coalesce(paused_at, clock_timestamp())")


async def resume(connection: Raw, consumer: str) -> bool:
    """Lets the consumer go on where it was; False for one that has never run here."""
    return await _set_paused(connection, consumer, "NULL")


async def _set_paused(connection: Raw, consumer: str, value: str) -> bool:
    status: str = await connection.execute(
        f"UPDATE watermarks SET paused_at = {value} WHERE consumer = $1",  # noqa: S608  one of the two above
        consumer,
    )
    return status.endswith(" 1")
