"""The filler of plain texts: makes searches without accents find what was written before there were such searches."""

import asyncio
import logging
from datetime import timedelta
from typing import Final

from host.loops import repeat
from host.store.engine import Database
from host.store.upkeep import plain_texts

log = logging.getLogger(__name__)

ROWS_AT_ONCE: Final = 200  # a task has up to 80,000 characters
BREATH_SECONDS: Final = 0.1  # between pages, for those who write
RETRY_SECONDS: Final = 2.0
REST: Final = timedelta(days=1)


class PlainTexts:
    """The chore that makes the texts of all tasks and tags plain, once; it notes how far it has come."""

    def __init__(
        self, database: Database, *, rows_at_once: int = ROWS_AT_ONCE, breath_seconds: float = BREATH_SECONDS
    ) -> None:
        self._database = database
        self._rows_at_once = rows_at_once
        self._breath_seconds = breath_seconds

    async def run(self) -> None:
        """Runs until cancelled; waits out an outage."""
        await repeat(self.fill, REST.total_seconds(), RETRY_SECONDS, log, "texts could not be made plain")

    async def fill(self) -> int:
        """Makes what is left plain; returns the number of rows."""
        async with self._database.raw() as connection:
            after = await plain_texts.place(connection)
        if after is None:
            return 0
        filled = await self._tasks(after) + await self._tags()
        async with self._database.raw() as connection:
            await plain_texts.set_place(connection, None)
        log.info("every search takes no notice of accents now", extra={"filled": filled})
        return filled

    async def _tasks(self, after: str | None) -> int:
        filled = 0
        while after is not None:
            async with self._database.raw() as connection:
                accented, after = await plain_texts.accented_tasks(connection, after, self._rows_at_once)
                filled += await plain_texts.make_plain(connection, accented)
                if after is not None:
                    await plain_texts.set_place(connection, after)
            await asyncio.sleep(self._breath_seconds)
        return filled

    async def _tags(self) -> int:
        filled = 0
        while True:
            async with self._database.raw() as connection:
                named = await plain_texts.name_tags(connection, self._rows_at_once)
            if not named:
                return filled
            filled += named
            await asyncio.sleep(self._breath_seconds)
