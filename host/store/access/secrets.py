"""The table `secrets`: keys that every replica shares and no restart changes."""

from base64 import b64decode, b64encode

from host.store.engine import Database


async def secret(database: Database, name: str, fresh: bytes) -> bytes:
    """Returns the key of that name; stores `fresh` as that key where there is none yet."""
    async with database.raw() as connection:
        await connection.execute(
            "INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", name, b64encode(fresh).decode()
        )
        value: str = await connection.fetchval("SELECT value FROM secrets WHERE name = $1", name)
    return b64decode(value)
