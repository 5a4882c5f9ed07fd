"""The table `outbox` as the relay reads it: rows that the broker does not have, and the topics that refused them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final, NamedTuple

import orjson

from actors.replies import Json
from host.store.engine import Raw


class Unpublished(NamedTuple):
    """A row that the broker lacks; `lacking` are the topics that refused it, None if it was never offered."""

    position: int
    event: Json
    lacking: list[str] | None


async def due(connection: Raw, limit: int, max_bytes: int, longest_pause: timedelta) -> list[Unpublished]:
    """Returns the next rows for the broker in order, up to `max_bytes` of text but at least one row.

    At most half of them were refused before, so that neither refused nor new rows wait until all others are through.
    `longest_pause` is the longest time for which `put_off` defers a row.
    """
    rows = await connection.fetch(_DUE, limit, max_bytes, longest_pause)
    return [Unpublished(row[0], orjson.loads(row[1]), row[2]) for row in rows]


# A pause that ends later than any that begins now began before the clock was put back, and is over. The condition is
# not "= '-infinity'": in the order of positions alone, PostgreSQL would read through a backlog of refused rows to find
# the first that was never offered.
_DUE: Final = """
WITH again AS MATERIALIZED (
  SELECT position FROM (
    SELECT position, publish_after FROM outbox WHERE published_at IS NULL AND publish_after > '-infinity'
    ORDER BY publish_after LIMIT $1 / 2)
  WHERE publish_after NOT BETWEEN clock_timestamp() AND clock_timestamp() + $3::interval),
next AS (
  SELECT position FROM again UNION ALL
  (SELECT position FROM outbox WHERE published_at IS NULL AND publish_after <= '-infinity'
   ORDER BY publish_after, position LIMIT $1 - (SELECT count(*) FROM again)))
SELECT position, text, refused_topics FROM (
  SELECT position, body::text AS text, refused_topics,
         sum(octet_length(body::text)) OVER (ORDER BY position) AS bytes, row_number() OVER (ORDER BY position) AS n
  FROM outbox WHERE position = ANY (ARRAY (SELECT position FROM next)))
WHERE n = 1 OR bytes <= $2 ORDER BY position"""


async def mark_published(connection: Raw, positions: Sequence[int]) -> None:
    await connection.execute(
        "UPDATE outbox SET published_at = clock_timestamp() WHERE position = ANY($1) AND published_at IS NULL",
        positions,
    )


async def put_off(connection: Raw, lacking: Mapping[int, Sequence[str]], longest_pause: timedelta) -> None:
    """Defers rows, given as position: refusing topics, by half of their age but `longest_pause` at most."""
    await connection.execute(
        # By = ANY: a join would read the whole outbox where the statistics do not know it yet.
        """UPDATE outbox SET refused_topics = string_to_array(($2::text[])[array_position($1, position)], ','),
             publish_after = clock_timestamp() + least(greatest(clock_timestamp() - created_at, interval '0') / 2, $3)
           WHERE position = ANY($1::bigint[]) AND published_at IS NULL""",
        list(lacking),
        [",".join(topics) for topics in lacking.values()],
        longest_pause,
    )


async def oldest_seconds(connection: Raw) -> float:
    """Returns the age of the oldest row that the broker lacks; 0 if there is none."""
    age = await connection.fetchval(
        """SELECT extract(epoch FROM clock_timestamp() - min(created_at))::float8 FROM outbox WHERE position IN (
             (SELECT position FROM outbox WHERE published_at IS NULL AND publish_after <= '-infinity'
              ORDER BY publish_after, position LIMIT 1),
             (SELECT min(position) FROM outbox WHERE published_at IS NULL AND publish_after > '-infinity'))"""
    )
    return age or 0.0
