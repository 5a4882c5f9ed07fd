"""The table `processes`: each process reports its version every few seconds. The database's clock counts.

A data format that only a newer version can read may be written once `all_read` is True. A process that was stopped for
longer than GONE_SECONDS does not count but may come back, so old versions must retry or keep what they cannot read.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from host.store.engine import Raw
from host.version import release_of

GONE_SECONDS: Final = 30.0  # without a report, a process counts as gone
FORGOTTEN_SECONDS: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Process:
    """A start of a process: `id` differs at each start, `host` is the name of the machine or pod."""

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
    """Notes that the process runs now; deletes processes that have not reported for a day."""
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
    """Removes a process that ends, so that nobody waits until it counts as gone."""
    await connection.execute("DELETE FROM processes WHERE id = $1", process_id)


async def living(connection: Raw) -> list[Seen]:
    """Returns the processes that are not gone, by role, oldest first."""
    rows = await connection.fetch(
        """SELECT id, role, version, app_id, host, pid, started_at, seconds FROM (
             SELECT *, extract(epoch FROM clock_timestamp() - seen_at)::float8 AS seconds FROM processes)
           WHERE abs(seconds) < $1 -- else the clock was put back, and the process has not reported since
           ORDER BY role, started_at, id""",
        GONE_SECONDS,
    )
    return [Seen(Process(*row[:6]), row[6], row[7]) for row in rows]


async def oldest_version(connection: Raw) -> str | None:
    """Returns the oldest version that runs; None when no process does."""
    return min((each.process.version for each in await living(connection)), key=release_of, default=None)


async def all_read(connection: Raw, version: str) -> bool:
    """Returns whether every process that runs has that version or a newer one."""
    oldest = await oldest_version(connection)
    return oldest is not None and release_of(oldest) >= release_of(version)
