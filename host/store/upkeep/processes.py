"""Who runs: each process tells every few seconds that it does, and which version it is. The database's clock counts.

A form that only a newer version reads may be written once `all_read` says so. A process that was stopped for longer
than it takes to be gone does not count, and may come back: so a newer form must be one that it retries, or keeps.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from host.store.engine import Raw
from host.version import release_of

GONE_SECONDS: Final = 30.0  # unseen for so long
FORGOTTEN_SECONDS: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Process:
    """`id` is another one at each start, `host` the machine's or pod's name."""

    id: str
    role: str
    version: str
    app_id: str
    host: str
    pid: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A process that runs."""

    process: Process
    started_at: datetime
    seconds_ago: float


async def announce(connection: Raw, process: Process) -> None:
    """It runs now. What has not been seen for a day is forgotten."""
    await connection.execute(
        """WITH forgotten AS (
             DELETE FROM processes WHERE seen_at < clock_timestamp() - make_interval(secs => $7) AND id <> $1)
           INSERT INTO processes (id, role, version, app_id, host, pid) VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at""",
        process.id,
        process.role,
        process.version,
        process.app_id,
        process.host,
        process.pid,
        FORGOTTEN_SECONDS,
    )


async def leave(connection: Raw, process_id: str) -> None:
    """It ends: nobody need wait until it is gone."""
    await connection.execute("DELETE FROM processes WHERE id = $1", process_id)


async def living(connection: Raw) -> list[Seen]:
    """Those that are not gone, by role, the oldest first."""
    rows = await connection.fetch(
        """SELECT id, role, version, app_id, host, pid, started_at, seconds FROM (
             SELECT *, extract(epoch FROM clock_timestamp() - seen_at)::float8 AS seconds FROM processes)
           WHERE abs(seconds) < $1 -- else the clock was put back since, and who runs has not been seen by it yet
           ORDER BY role, started_at, id""",
        GONE_SECONDS,
    )
    return [Seen(Process(*row[:6]), row[6], row[7]) for row in rows]


async def oldest_version(connection: Raw) -> str | None:
    """Of those that run; None when nobody does."""
    return min((each.process.version for each in await living(connection)), key=release_of, default=None)


async def all_read(connection: Raw, version: str) -> bool:
    """Whether each process that runs is of that version or a newer one."""
    oldest = await oldest_version(connection)
    return oldest is not None and release_of(oldest) >= release_of(version)
