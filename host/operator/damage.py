"""The message for a damaged page of the database: which table, and what to do."""

import asyncio
from typing import Final

from host.console import OperatorError
from host.store.engine import Database
from host.store.upkeep import damage
from host.store.upkeep.damage import Damaged
from host.store.upkeep.rebuild import TABLES

_LOOK_UP_SECONDS: Final = 10.0
_REBUILD: Final = "Run `duely rebuild`: it makes the table anew from the actors' state."
_RESTORE: Final = (
    "Stop Duely, put its data folder aside, and restore the newest backup into an empty one (`duely restore`). The folder "
    "that you put aside still has what is newer."
)
_DISK: Final = "A disk or memory has lost what was written: look at that first, or it happens again."


def error_of(dsn: str, error: Exception) -> OperatorError | None:
    """Returns the message for an error about a damaged page; None for any other error."""
    if not damage.is_damage(error):
        return None
    try:
        damaged = asyncio.run(asyncio.wait_for(_found(dsn, str(error)), _LOOK_UP_SECONDS))
    except Exception:  # noqa: BLE001  the catalogue may be damaged, too
        damaged = None
    return OperatorError(f"{_what(damaged)} ({error}). {_DISK} {_remedy(damaged)}")


async def _found(dsn: str, message: str) -> Damaged | None:
    connection = await Database(dsn).open_connection()
    try:
        return await damage.found(connection, message)
    finally:
        await connection.close()


def _what(damaged: Damaged | None) -> str:
    if damaged is None:
        return "The database is damaged"
    if damaged.index:
        return f"The index {damaged.index} of the table {damaged.table} is damaged"
    return f"The table {damaged.table} is damaged"


def _remedy(damaged: Damaged | None) -> str:
    if damaged and damaged.table in TABLES:
        return _REBUILD
    if damaged and damaged.index:
        return f"Then run `REINDEX INDEX {damaged.index}` in the database, which loses nothing."
    return _RESTORE
