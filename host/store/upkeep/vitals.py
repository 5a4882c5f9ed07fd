"""What `duely doctor` reads from the database: versions, progress of consumers, what waits."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from asyncpg.exceptions import InterfaceError, PostgresError

from host.store.access import accounts
from host.store.engine import Database
from host.store.turns import dead_letters, outbox_publishing, wakes, watermarks
from host.store.upkeep import leases, processes
from host.store.upkeep.processes import Seen

GRACE_SECONDS: Final = 10.0  # by then the sweeper has acted
# No connection, no permission, or no schema yet.
UNREADABLE: Final = (OSError, TimeoutError, PostgresError, InterfaceError)


@dataclass(frozen=True, slots=True)
class Vitals:
    """The state of the database and of what runs on it; `lag` is in events, by consumer."""

    postgresql: str
    schema: str
    lag: dict[str, int]
    paused: list[str]  # consumers
    oldest_waiting_seconds: float
    oldest_unpublished_seconds: float
    wakes_unarmed: int
    wakes_overdue: int
    wakes_failing: int
    next_wake: datetime | None
    dead_letters: dict[str, int]  # by consumer
    chores: dict[str, str]  # the process (host and pid) that runs each, "" for none
    users: int
    tasks: int
    series: int  # active only
    bytes: int
    processes: list[Seen] = field(default_factory=list[Seen])
    same_emails: list[list[str]] = field(default_factory=list[list[str]])  # accounts whose addresses look the same


async def read(dsn: str, now: datetime) -> Vitals:
    """Reads all vitals; raises one of UNREADABLE when the database cannot answer."""
    connection = await Database(dsn).open_connection()
    try:
        row = await connection.fetchrow(
            """SELECT current_setting('server_version'),
                      (SELECT string_agg(version_num, ', ') FROM alembic_version),
                      (SELECT count(*) FROM users WHERE deleted_at IS NULL),
                      (SELECT count(*) FROM tasks WHERE NOT purged),
                      (SELECT count(*) FROM series WHERE status = 'active'),
                      pg_database_size(current_database()),
                      coalesce((SELECT extract(epoch FROM clock_timestamp() - min(created_at))::float8 FROM outbox
                                WHERE position > (SELECT min(position) FROM watermarks)), 0)"""
        )
        unarmed, overdue, failing = await wakes.counts(
            connection, grace_seconds=GRACE_SECONDS, overdue_since=now - timedelta(seconds=GRACE_SECONDS)
        )
        return Vitals(
            postgresql=row[0],
            schema=row[1] or "none",
            lag=await watermarks.lag(connection),
            paused=[state.name for state in await watermarks.states(connection) if state.paused_at],
            oldest_waiting_seconds=row[6],
            oldest_unpublished_seconds=await outbox_publishing.oldest_seconds(connection),
            wakes_unarmed=unarmed,
            wakes_overdue=overdue,
            wakes_failing=failing,
            next_wake=await wakes.next_wake(connection),
            dead_letters=await dead_letters.count_by_consumer(connection),
            chores=await leases.holders(connection, leases.CHORES),
            users=row[2],
            tasks=row[3],
            series=row[4],
            bytes=row[5],
            processes=await processes.living(connection),
            same_emails=await accounts.same_emails(connection),
        )
    finally:
        await connection.close()
