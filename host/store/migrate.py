"""Migrates a database to the newest schema: `await upgrade(dsn)`."""

from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from host.store.engine import SCRIPTS, Database

MIGRATION_TIMEOUT_SECONDS: Final = 600
LOCK: Final = 7_305_001  # the advisory lock of the one process that migrates


async def upgrade(dsn: str) -> None:
    """Runs all missing migrations in one transaction; several processes may call it at once. Raises database errors."""
    database = Database(dsn, pool_size=1, statement_timeout_seconds=MIGRATION_TIMEOUT_SECONDS)
    try:
        async with database.engine.connect() as connection:
            await connection.run_sync(_upgrade)
    finally:
        await database.close()


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
