"""What was asked for at its hour, and whether it was done: so that a crash in between does not wait for the next night."""

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
    """When it was last asked for, and whether that is still to be done."""
    row = await connection.fetchrow(
        "SELECT asked_at, done_at IS NULL OR done_at < asked_at FROM jobs WHERE name = $1", name
    )
    return (None, False) if row is None else (row[0], row[1])


async def done(connection: Raw, name: str, asked: datetime) -> None:
    """What was asked for at that time is done; what was asked for since is not."""
    await connection.execute("UPDATE jobs SET done_at = $2 WHERE name = $1", name, asked)
