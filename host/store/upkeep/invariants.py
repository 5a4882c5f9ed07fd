"""Invariants over whole tables, each one query that names the breaches, in a transaction that sees one instant.

Waiting times are counted up to the start of the transaction, because the check may take longer than the grace.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from host.store.engine import Raw
from host.store.notify.reminder_ledger import STEPS
from host.store.read_model import tables
from host.store.turns.actor_state import row_key_sql
from host.store.turns.outbox import Types, handled_by, is_of
from host.store.upkeep.findings import GRACE, MOST, Breach, Findings, Mend

DELIVERY_GRACE: Final = timedelta(minutes=1)


async def _breaches(
    connection: Raw, found: Findings, query: str, arguments: Sequence[Any], breach: Callable[..., Breach]
) -> None:
    rows = await connection.fetch(f"SELECT * FROM ({query}) LIMIT {MOST}", *arguments)  # noqa: S608  our own queries
    found.breaches += [breach(*row) for row in rows]


async def _count(connection: Raw, found: Findings, invariant: str, table: str) -> None:
    found.count(invariant, await connection.fetchval(f"SELECT count(*) FROM {table}"))  # noqa: S608  our own names


# --- read model and tags ---------------------------------------------------------------------------------------------


async def rows_without_doc(connection: Raw, found: Findings) -> None:
    """Every row of the read model belongs to an actor."""

    def breach(kind: str, row_id: str) -> Breach:
        return Breach("read_model", f"{kind}:{row_id}", "it has a row and no document", Mend("project", (kind, row_id)))

    for kind, table in tables.OF_ACTOR.items():
        query = f"""SELECT '{kind}', t.id FROM {table} t WHERE NOT EXISTS (
                      SELECT FROM dapr_state s WHERE s.key = {row_key_sql(f"'{kind}'", "t.id")})"""  # noqa: S608  our own names
        await _breaches(connection, found, query, (), breach)
    orphans = (
        "SELECT DISTINCT 'TaskActor', task_id FROM reminders r WHERE NOT EXISTS (SELECT FROM tasks WHERE id = task_id)"
    )
    await _breaches(connection, found, orphans, (), breach)


async def tags(connection: Raw, found: Findings, users: Sequence[str] | None = None) -> None:
    """Every tag's count is the number of its tasks that are not in the trash; for all users, or for these."""
    query = "SELECT count(*) FROM tags WHERE $1::text[] IS NULL OR user_id = ANY($1)"
    found.count("tags", await connection.fetchval(query, users))

    def breach(user_id: str, folded: str, counted: int | None, actual: int | None) -> Breach:
        detail = f"the tag {folded} counts {counted or 0}, and {actual or 0} tasks have it"
        return Breach("tags", f"user:{user_id}", detail, Mend("tags", (user_id,)))

    query = """SELECT user_id, folded, t.count, n.count
        FROM (SELECT * FROM tags WHERE $1::text[] IS NULL OR user_id = ANY($1)) t FULL JOIN (
          SELECT user_id, f AS folded, count(*) AS count FROM tasks CROSS JOIN unnest(tags_folded) f
          WHERE deleted_at IS NULL AND NOT purged AND ($1::text[] IS NULL OR user_id = ANY($1))
          GROUP BY 1, 2) n USING (user_id, folded)
        WHERE t.count IS DISTINCT FROM n.count"""
    await _breaches(connection, found, query, (users,), breach)


# --- wakes, slots, deliveries ----------------------------------------------------------------------------------------


async def wakes(connection: Raw, found: Findings, now: datetime) -> None:
    """Every row belongs to an actor; none is overdue or unarmed for longer than the sweeper needs."""

    def breach(kind: str, actor_id: str, why: str) -> Breach:
        return Breach("wakes", f"{kind}:{actor_id}", why, Mend("wake", (kind, actor_id)))

    query = f"""SELECT actor_type, actor_id, CASE WHEN wake_at <= $1 THEN 'it should have woken at ' || wake_at
            ELSE 'its wake is not registered' END
        FROM wakes WHERE wake_at <= $1 OR (armed_at IS NULL AND set_at <= transaction_timestamp() - $2::interval)
        UNION ALL SELECT actor_type, actor_id, 'it has a wake and no document' FROM wakes w WHERE NOT EXISTS (
          SELECT FROM dapr_state s WHERE s.key = {row_key_sql("actor_type", "actor_id")})"""  # noqa: S608  our own names
    await _breaches(connection, found, query, (now - GRACE, GRACE), breach)


async def slots(connection: Raw, found: Findings) -> None:
    """No slot has two open tasks. After completion a slot may have the name of one that is done."""
    await _count(connection, found, "slots", "tasks WHERE series_id IS NOT NULL")

    def breach(series_id: str, slot: str, tasks: list[str]) -> Breach:
        return Breach(
            "slots", f"SeriesActor:{series_id}", f"the slot {slot} has {len(tasks)} open tasks: {', '.join(tasks)}"
        )

    query = """SELECT series_id, slot, array_agg(id ORDER BY id) FROM tasks
        WHERE series_id IS NOT NULL AND slot IS NOT NULL AND status = 'open' AND deleted_at IS NULL AND NOT purged
        GROUP BY series_id, slot, body->'occurrence'->>'generation' HAVING count(*) > 1"""
    await _breaches(connection, found, query, (), breach)


async def deliveries(connection: Raw, found: Findings, now: datetime) -> None:
    """Every reminder that fired has its delivery; none that may go out waits for longer than a minute."""
    await _count(connection, found, "deliveries", "outbox WHERE type = 'reminder.fired'")

    def undelivered(event_id: str) -> Breach:
        return Breach("deliveries", event_id, "it fired, and nobody is told", Mend("requeue", ("notifier", event_id)))

    def waiting(reminder_id: str, firing: int, due_at: datetime) -> Breach:
        return Breach("deliveries", f"reminder:{reminder_id}", f"firing {firing} was to be told at {due_at}")

    query = f"""SELECT o.event_id FROM outbox o WHERE o.type = 'reminder.fired' AND {_handled("notifier")}
          AND NOT EXISTS (SELECT FROM deliveries d WHERE d.reminder_id = o.body->'data'->'reminder'->>'id'
            AND d.firing = (o.body->'data'->'reminder'->>'firing')::integer)"""  # noqa: S608  our own names
    await _breaches(connection, found, query, (), undelivered)
    query = "SELECT reminder_id, firing, due_at FROM deliveries WHERE status = 'pending' AND due_at <= $1"
    await _breaches(connection, found, query, (now - DELIVERY_GRACE,), waiting)


# --- events and activity ---------------------------------------------------------------------------------------------


def _handled(consumer: str) -> str:
    """Returns the SQL condition that the consumer has row `o` of the outbox in its inbox and did not put it aside."""
    return f"""{handled_by(f"'{consumer}'")}
        AND NOT EXISTS (SELECT FROM dead_letters l WHERE l.consumer = '{consumer}' AND l.event_id = o.event_id)"""


async def versions(connection: Raw, found: Findings) -> None:
    """In the outbox, every actor's versions have no gaps and every turn has all its events."""

    def breach(name: str, low: int, high: int, count: int) -> Breach:
        detail = f"of its versions {low} to {high} the outbox has {count} whole ones"
        return Breach("versions", name, detail)

    query = """SELECT name, min(version), max(version), sum(whole::integer) FROM (
          SELECT actor_type || ':' || actor_id AS name, version,
            count(*) = max(seq) - min(seq) + 1 AND max(seq) = max(of)
              AND (min(seq) = 1 OR version = min(version) OVER (PARTITION BY actor_type, actor_id)) AS whole
          FROM outbox GROUP BY actor_type, actor_id, version)
        GROUP BY name HAVING sum(whole::integer) <> max(version) - min(version) + 1"""
    await _breaches(connection, found, query, (), breach)


async def activity(connection: Raw, found: Findings, actors: Sequence[str] | None = None) -> None:
    """Activity and ledger have every event that the projector has handled, and no version of an actor is missing.

    For all actors; or for these, as far back as the outbox goes.
    """
    if actors is None:
        await _count(connection, found, "activity", "activity")
    else:
        query = "SELECT count(*) FROM outbox WHERE actor_id = ANY($1)"
        found.count("activity", await connection.fetchval(query, actors))

    def missing(event_id: str) -> Breach:
        mend = Mend("requeue", ("projector", event_id))
        return Breach("activity", event_id, "it was applied, and the activity has it not", mend)

    def stepless(event_id: str) -> Breach:
        return Breach("activity", event_id, "it was applied, and the ledger has it not", Mend("ledger", (event_id,)))

    def gap(name: str, low: int, high: int, count: int) -> Breach:
        return Breach("activity", name, f"of its versions 1 to {high} the activity has {count}, from {low} on")

    handled = f"($1::text[] IS NULL OR o.actor_id = ANY($1)) AND {_handled('projector')}"
    query = f"""SELECT o.event_id FROM outbox o WHERE {handled}
        AND NOT EXISTS (SELECT FROM activity a WHERE a.event_id = o.event_id)"""  # noqa: S608  our own names
    await _breaches(connection, found, query, (actors,), missing)
    query = f"""SELECT o.event_id FROM outbox o WHERE o.type = ANY($2) AND {handled}
        AND coalesce(o.created_at >= $3, true) AND NOT EXISTS (
          SELECT FROM reminder_ledger l WHERE l.source = o.event_id)"""  # noqa: S608  our own names
    edge = await _edge(connection, "ledger")
    await _breaches(connection, found, query, (actors, list(STEPS), edge), stepless)
    if actors is not None:
        return
    query = """SELECT name, min(version), max(version), count(*) FROM (
          SELECT split_part(event_id, ':', 1) || ':' || split_part(event_id, ':', 2) AS name,
            split_part(event_id, ':', 3)::bigint AS version FROM activity
          WHERE split_part(event_id, ':', 1) = ANY($2) GROUP BY 1, 2)
        GROUP BY name HAVING count(*) <> max(version) - CASE WHEN $1 THEN min(version) ELSE 1 END + 1"""
    arguments = (await _edge(connection) is not None, list(tables.OF_ACTOR))
    await _breaches(connection, found, query, arguments, gap)


async def chain(
    connection: Raw, found: Findings, users: Sequence[str] | None = None, newest: int | None = None
) -> None:
    """Every user's positions have no gaps, and every hash follows from the entry and the one before.

    For all users, or for these; all entries, or the newest of each user. `duely activity verify` checks the archive.
    """

    def breach(user_id: str, position: int, why: str) -> Breach:
        return Breach("chain", f"user:{user_id}", f"at position {position}: {why}")

    edge = await _edge(connection)
    arguments = (edge, users, newest)
    found.count("chain", await connection.fetchval(f"SELECT count(*) FROM ({_ENTRIES}) e", *arguments))  # noqa: S608  our own names
    await _breaches(connection, found, _CHAIN, arguments, breach)
    await _breaches(connection, found, _HEADS, (edge, users), breach)


# $1: the instant up to which activity may be archived, where a chain may begin anywhere; $2: users; $3: entries of each.
_ENTRIES: Final = """
SELECT a.user_id, a.position, a.prev_hash, a.hash, coalesce(a.at < $1, false) AS at_edge,
  a.hash = encode(sha256(convert_to(a.prev_hash || a.body, 'UTF8')), 'hex') AS is_own
FROM activity a JOIN user_streams u ON u.user_id = a.user_id
WHERE ($2::text[] IS NULL OR a.user_id = ANY($2)) AND ($3::bigint IS NULL OR a.position > u.position - $3)"""

_CHAIN: Final = f"""
SELECT user_id, position, why FROM (
  SELECT user_id, position, CASE
      WHEN NOT is_own THEN 'the entry is not the one that was hashed'
      WHEN at_edge OR ($3 IS NOT NULL AND before IS NULL) THEN NULL
      WHEN before IS NULL AND (position > 1 AND $1 IS NULL OR position = 1 AND prev_hash <> '')
        THEN 'it is the first, and nothing was archived'
      WHEN position <> before + 1 THEN 'entries before it are missing'
      WHEN prev_hash <> hash_before THEN 'it does not follow on the entry before' END AS why
  FROM (SELECT *, lag(position) OVER w AS before, lag(hash) OVER w AS hash_before FROM ({_ENTRIES}) e
        WINDOW w AS (PARTITION BY user_id ORDER BY position)) e)
WHERE why IS NOT NULL ORDER BY user_id, position"""  # noqa: S608  our own names

_HEADS: Final = """
SELECT u.user_id, u.position, 'the stream says that this is its last entry'
FROM user_streams u LEFT JOIN LATERAL (
  SELECT a.position, a.hash FROM activity a WHERE a.user_id = u.user_id ORDER BY a.position DESC LIMIT 1) l ON true
WHERE ($2::text[] IS NULL OR u.user_id = ANY($2)) AND (l.position IS NOT NULL OR $1::timestamptz IS NULL)
  AND (u.position, u.hash) IS DISTINCT FROM (coalesce(l.position, 0), coalesce(l.hash, ''))"""


async def _edge(connection: Raw, kind: str = "activity") -> datetime | None:
    """Returns the instant up to which activity, or the ledger, may be archived; None when none is.

    It includes an hour more: files go by time, and around midnight of the first of a month a later position may come
    before an earlier one.
    """
    if await connection.fetchval("SELECT to_regclass('archives') IS NULL"):
        return None
    edge: datetime | None = await connection.fetchval(
        "SELECT (max(month) + interval '1 month 1 hour') AT TIME ZONE 'UTC' FROM archives WHERE kind = $1", kind
    )
    return edge


# --- outbox ----------------------------------------------------------------------------------------------------------


async def outbox(connection: Raw, found: Findings, consumers: Mapping[str, Types], *, broker: bool) -> None:
    """Every consumer (name: the types it takes) has handled all events older than the grace, and skipped none."""
    await _count(connection, found, "outbox", "outbox")

    for name, types in consumers.items():

        def waits(count: int, seconds: float, paused: bool, name: str = name) -> Breach:
            why = " and is paused" if paused else ""
            return Breach("outbox", f"consumer:{name}", f"{count} events wait, the oldest for {seconds:.0f} s{why}")

        def skipped(event_id: str, name: str = name) -> Breach:
            return Breach(
                "outbox", event_id, f"{name} has passed it without taking it", Mend("requeue", (name, event_id))
            )

        await _breaches(connection, found, _WAITING, (name, types, GRACE.total_seconds()), waits)
        await _breaches(connection, found, _SKIPPED, (name, types), skipped)
    if broker:

        def unpublished(count: int, seconds: float) -> Breach:
            return Breach("outbox", "broker", f"{count} events are unpublished, the oldest for {seconds:.0f} s")

        await _breaches(connection, found, _UNPUBLISHED, (GRACE.total_seconds(),), unpublished)


async def oldest_waiting_seconds(connection: Raw, consumer: str, types: Types) -> float:
    """Returns the age of the oldest event that the consumer has not handled; 0 if there is none."""
    row = await connection.fetchrow(_WAITING, consumer, types, 0.0)
    return row[1] if row else 0.0


async def waiting_deliveries(connection: Raw, now: datetime) -> int:
    """Returns the number of deliveries that have waited for longer than a minute since they might go out."""
    count: int = await connection.fetchval(
        "SELECT count(*) FROM deliveries WHERE status = 'pending' AND due_at <= $1", now - DELIVERY_GRACE
    )
    return count


async def users_after(connection: Raw, user_id: str, limit: int) -> list[str]:
    """Returns the next users with a stream after an id, by id."""
    rows = await connection.fetch(
        "SELECT user_id FROM user_streams WHERE user_id > $1 ORDER BY user_id LIMIT $2", user_id, limit
    )
    return [row[0] for row in rows]


_WAITING: Final = f"""
SELECT * FROM (
  SELECT count(*), extract(epoch FROM transaction_timestamp() - min(o.created_at))::float8 AS seconds,
         bool_or(w.paused_at IS NOT NULL)
  FROM watermarks w JOIN outbox o ON o.position > w.position AND {is_of("$2")}
  WHERE w.consumer = $1 AND NOT {handled_by("$1")})
WHERE seconds > $3"""  # noqa: S608  our own names
_SKIPPED: Final = f"""
SELECT o.event_id FROM watermarks w JOIN outbox o ON o.position <= w.position AND {is_of("$2")}
WHERE w.consumer = $1 AND o.position >= (SELECT min(i.position) FROM inbox i WHERE i.consumer = $1)
  AND NOT {handled_by("$1")}"""  # noqa: S608  our own names
_UNPUBLISHED: Final = """
SELECT * FROM (SELECT count(*), extract(epoch FROM transaction_timestamp() - min(created_at))::float8 AS seconds
  FROM outbox WHERE published_at IS NULL) WHERE seconds > $1"""


async def dead_letters(connection: Raw, found: Findings) -> None:
    """There are no dead letters: the effect of each is missing until it is replayed or dropped."""
    await _count(connection, found, "dead_letters", "dead_letters")

    def breach(consumer: str, event_id: str, error: str) -> Breach:
        return Breach("dead_letters", event_id, f"{consumer} could not apply it: {error}")

    query = "SELECT consumer, event_id, left(error, 200) FROM dead_letters ORDER BY position"
    await _breaches(connection, found, query, (), breach)
