"""The table `versions`: by which rules something was stored."""

from host.store.engine import Raw


async def find(connection: Raw, name: str) -> str | None:
    value: str | None = await connection.fetchval("SELECT value FROM versions WHERE name = $1", name)
    return value


async def set_version(connection: Raw, name: str, value: str) -> None:
    await connection.execute(
        "INSERT INTO versions (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name,
        value,
    )
