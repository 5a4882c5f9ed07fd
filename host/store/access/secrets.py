"""Keys that the database keeps, so that every replica has the same and a restart changes none."""

from base64 import b64decode, b64encode

from host.store.engine import Database


async def secret(database: Database, name: str, fresh: bytes) -> bytes:
    """The key of that name; `fresh` becomes it where there is none yet."""
    async with database.raw() as connection:
        await connection.execute(
            "INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", name, b64encode(fresh).decode()
        )
        value: str = await connection.fetchval("SELECT value FROM secrets WHERE name = $1", name)
    return b64decode(value)
