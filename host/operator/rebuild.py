"""What `duely rebuild` does: tasks, reminders, tags and series anew from what the actors keep, beside the live tables.

Every doc is read once; what its actor said since is read again, until hardly anything is left; and the rest within the
one transaction that swaps the tables. The projector goes on all the time and only that transaction holds it up. What
it had shown before then is in the new tables: it was said after the place from which the outbox is looked through
again, or it stood in the doc already when that was read.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from asyncpg.exceptions import DeadlockDetectedError, LockNotAvailableError

from host.console import OperatorError
from host.store.engine import Raw
from host.store.upkeep import rebuild as store

FEW: Final = 200  # docs that may be left for the transaction which holds everybody up
GIVE_UP_SECONDS: Final = 120.0  # of waiting for a moment to swap
PAUSE_SECONDS: Final = 0.2
PROGRESS_SECONDS: Final = 2.0

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """`strangers` are rows that no actor had; `held_seconds` is how long everybody was held up."""

    docs: int
    strangers: int
    seconds: float
    held_seconds: float


async def rebuild(dsn: str, say: Say) -> Rebuilt:
    """Raises OperatorError when it cannot be done now; the live tables are as they were then."""
    began = time.monotonic()
    async with store.connected(dsn) as connection:
        if not await store.alone(connection):
            raise OperatorError("Another rebuild is running.")
        if await store.clear(connection):
            say("Removed what a rebuild that was cut off had left.")
        try:
            version = await store.schema_version(connection)
            since = await store.watermark(connection)
            await store.create(connection)
            docs = await _fill(connection, say)
            await store.index(connection)
            strangers, held = await _take_over(connection, since, version, say)
        except BaseException:
            if not connection.is_closed():
                await store.clear(connection)
            raise
    return Rebuilt(docs, strangers, time.monotonic() - began, held)


async def _fill(connection: Raw, say: Say) -> int:
    total, done, row_id, told = await store.doc_count(connection), 0, -1, time.monotonic()
    while row_id:
        docs, row_id = await store.page(connection, row_id)
        await store.put(connection, docs)
        done += len(docs)
        if time.monotonic() - told > PROGRESS_SECONDS:
            told = time.monotonic()
            say(f"{done:,} of about {total:,} documents")
    return done


async def _take_over(connection: Raw, since: int, version: str, say: Say) -> tuple[int, float]:
    """Catch up and swap; gives the strangers, and how long everybody was held up."""
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while time.monotonic() < deadline:
        here = await store.watermark(connection)
        left = await _catch_up(connection, since)
        since = here
        if left > FEW:
            continue
        await store.keep_tag_names(connection)
        strangers = await store.strangers(connection)
        held = await _swap(connection, since, version)
        if held is not None:
            say(f"Swapped; reads and the projector waited for {held * 1000:.0f} ms.")
            return strangers, held
        await asyncio.sleep(PAUSE_SECONDS)
    raise OperatorError(
        f"There was no moment to swap within {GIVE_UP_SECONDS:.0f} s: a backup or a long read may hold the tables. "
        "Nothing was changed; try again later."
    )


async def _catch_up(connection: Raw, since: int) -> int:
    """Read again what was said after that position; gives how many docs that were."""
    actors = await store.behind(connection, since)
    for start in range(0, len(actors), store.PAGE):
        await store.put(connection, await store.docs_of(connection, actors[start : start + store.PAGE]))
    return len(actors)


async def _swap(connection: Raw, since: int, version: str) -> float | None:
    """How long everybody was held up; None when this was no moment for it."""
    try:
        began = time.monotonic()
        async with connection.transaction():
            if not await store.lock(connection):
                return None
            if await store.schema_version(connection) != version:
                raise OperatorError("The schema was upgraded meanwhile. Nothing was changed; start the rebuild again.")
            await _catch_up(connection, since)
            await store.swap(connection)
        return time.monotonic() - began
    except (LockNotAvailableError, DeadlockDetectedError):
        return None
