"""The table `jobs`: daily work that was asked for, and whether it was done; after a crash it is done at once."""

from datetime import datetime

from host.store.engine import Raw


async def ask(connection: Raw, name: str, now: datetime) -> None:
    await connection.execute(
        """INSERT INTO jobs (name, asked_at) VALUES ($1, $2)
           ON CONFLICT (name) DO UPDATE SET asked_at = excluded.asked_at""",
        name,
        now,
    )


async def asked_at(connection: Raw, name: str) -> tuple[datetime | None, bool]:
    """Returns when the job was last asked for, and whether it is still to be done."""
    row = await connection.fetchrow(
        "SELECT asked_at, done_at IS NULL OR done_at < asked_at FROM jobs WHERE name = $1", name
    )
    return (None, False) if row is None else (row[0], row[1])


async def mark_done(connection: Raw, name: str, asked: datetime) -> None:
    """Notes that what was asked for at `asked` is done; a later request stays open."""
    await connection.execute("UPDATE jobs SET done_at = $2 WHERE name = $1", name, asked)
