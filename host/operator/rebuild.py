"""`duely rebuild`: rebuilds tasks, reminders, tags and series from the docs of the actors, beside the live tables.

The rebuild reads every doc once. Then it reads the docs again whose actors have committed events since, until few are
left, and those within the one transaction that swaps the tables. The projector keeps running, and only that transaction
makes it wait. Everything that the projector has written by then is in the new tables, too: either its event came after
the position from which the rebuild looks through the outbox again, or the doc had it when the rebuild read it.
"""

import asyncio
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import click
from asyncpg.exceptions import DeadlockDetectedError, LockNotAvailableError, PostgresError

from host.console import OperatorError, Say
from host.operator.command_line import json_option, json_text, settings_of
from host.operator.database import opened
from host.store.engine import Raw
from host.store.upkeep import rebuild as store
from host.store.upkeep.damage import is_damage

FEW: Final = 200  # docs that may be left for the transaction that makes everybody wait
GIVE_UP_SECONDS: Final = 120.0  # of waiting for a moment to swap
PAUSE_SECONDS: Final = 0.2
PROGRESS_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did: `strangers` counts rows that had no actor; everybody had to wait for `held_seconds`."""

    docs: int
    strangers: int
    seconds: float
    held_seconds: float


@click.command()
@json_option
@click.pass_obj
def rebuild_command(data_dir: Path | None, in_json: bool) -> None:
    """Rebuild the read model from the actors' state.

    This covers tasks, reminders, tags and series, but not activity, the reminder ledger and notifications. Duely may
    run meanwhile: the new tables are filled beside the live ones, which they replace in one short transaction. A rebuild
    that is cut off changes nothing.
    """
    with opened(settings_of(data_dir)) as dsn:
        done = asyncio.run(rebuild(dsn, lambda line: click.echo(line, err=in_json)))
    if in_json:
        click.echo(json_text(asdict(done)))
        return
    gone = f"; removed {done.strangers:,} rows that have no actor" if done.strangers else ""
    click.echo(f"Rebuilt {done.docs:,} tasks and series in {done.seconds:.1f} s{gone}.")


async def rebuild(dsn: str, say: Say, *, give_up_seconds: float = GIVE_UP_SECONDS) -> Rebuilt:
    """Rebuilds the read model; `say` prints progress.

    Raises OperatorError when another rebuild runs, when there is no moment to swap within `give_up_seconds`, or when
    the schema changes meanwhile. The live tables are then unchanged.
    """
    began = time.monotonic()
    async with store.connected(dsn) as connection:
        if not await store.alone(connection):
            raise OperatorError("Another rebuild is running.")
        if await store.clear(connection):
            say("Removed the remains of a rebuild that was cut off.")
        try:
            version = await store.schema_version(connection)
            since = await store.watermark(connection)
            await store.create(connection)
            docs = await _fill(connection, say)
            await store.index(connection)
            strangers, held = await _take_over(connection, since, version, say, give_up_seconds)
        except BaseException:
            if not connection.is_closed():
                await store.clear(connection)
            raise
    return Rebuilt(docs, strangers, time.monotonic() - began, held)


async def _fill(connection: Raw, say: Say) -> int:
    total, done, row_id, last_line = await store.doc_count(connection), 0, -1, time.monotonic()
    while row_id:
        docs, row_id = await store.next_docs(connection, row_id)
        await store.put(connection, docs)
        done += len(docs)
        if time.monotonic() - last_line > PROGRESS_SECONDS:
            last_line = time.monotonic()
            say(f"{done:,} of about {total:,} docs")
    return done


async def _take_over(connection: Raw, since: int, version: str, say: Say, give_up_seconds: float) -> tuple[int, float]:
    """Catches up and swaps; returns the number of strangers, and the seconds for which everybody had to wait."""
    deadline = time.monotonic() + give_up_seconds
    while time.monotonic() < deadline:
        here = await store.watermark(connection)
        left = await _catch_up(connection, since)
        since = here
        if left > FEW:
            continue
        strangers = await _look_at_live_tables(connection, say)
        held = await _swap(connection, since, version)
        if held is not None:
            say(f"Swapped the tables; reads and the projector waited for {held * 1000:.0f} ms.")
            return strangers, held
        await asyncio.sleep(PAUSE_SECONDS)
    raise OperatorError(
        f"There was no moment to swap within {give_up_seconds:.0f} s: a backup or a long read may hold the tables. "
        "Nothing has changed; try again later."
    )


async def _look_at_live_tables(connection: Raw, say: Say) -> int:
    """Keeps the spelling of tags and returns the number of strangers; damaged tables are replaced without either."""
    try:
        await store.keep_tag_names(connection)
        return await store.rows_without_actor(connection)
    except PostgresError as error:
        if not is_damage(error):
            raise
        say(f"A live table is damaged, so tags may be spelt as one of the tasks spells them ({error}).")
        return 0


async def _catch_up(connection: Raw, since: int) -> int:
    """Reads the docs again whose actors have committed events after that position; returns the number of docs."""
    actors = await store.behind(connection, since)
    for start in range(0, len(actors), store.DOCS_AT_ONCE):
        await store.put(connection, await store.docs_of(connection, actors[start : start + store.DOCS_AT_ONCE]))
    return len(actors)


async def _swap(connection: Raw, since: int, version: str) -> float | None:
    """Swaps the tables; returns the seconds for which everybody had to wait, or None when the tables were in use."""
    try:
        began = time.monotonic()
        async with connection.transaction():
            if not await store.lock(connection):
                return None
            if await store.schema_version(connection) != version:
                raise OperatorError("The schema was upgraded meanwhile. Nothing has changed; start the rebuild again.")
            await _catch_up(connection, since)
            await store.swap(connection)
        return time.monotonic() - began
    except (LockNotAvailableError, DeadlockDetectedError):
        return None
