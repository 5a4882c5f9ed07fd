"""`duely simulate`: lets time pass on a copy of the data and prints what would happen."""

import asyncio
import re
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import click

from actors.clock import SystemClock, parse_instant
from host.console import OperatorError, Say
from host.operator.backup import backup, restore
from host.operator.command_line import say, settings_of
from host.operator.database import errors_as_messages, opened
from host.operator.timeline import Timeline
from host.runner.postgres import EmbeddedPostgres
from host.simulation.clock import SimulatedClock
from host.simulation.world import World
from host.store.engine import Database
from host.store.read_model import user_queries

MONTH: Final = timedelta(days=30)
_DURATION: Final = re.compile(r"(\d{1,5})([mhd])", re.ASCII)
_UNITS: Final = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


@click.command()
@click.option(
    "--from", "start", metavar="INSTANT", help="When the simulation begins: a day or an RFC 3339 instant (now)."
)
@click.option("--to", "end", metavar="INSTANT", help="When it ends (30 days later).")
@click.option("--step", default="1d", show_default=True, metavar="DURATION", help="The longest jump: 30m, 6h, 2d.")
@click.option(
    "--backup",
    "file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="A file written by `duely backup` to use instead of a copy of the present data.",
)
@click.pass_obj
def simulate_command(data_dir: Path | None, start: str | None, end: str | None, step: str, file: Path | None) -> None:
    """Simulate the time ahead on a copy of the data.

    This prints the reminders, the occurrences and the tasks that fall overdue, in seconds instead of days. The copy is
    in a database of its own, which is deleted at the end. The clock jumps from each instant at which something is
    due to the next, by at most --step.
    """
    with errors_as_messages(), tempfile.TemporaryDirectory(prefix="duely-copy-") as folder:
        try:
            begins, ends = (read_instant(text) if text else None for text in (start, end))
            longest = read_duration(step)
        except ValueError as error:
            raise click.ClickException(str(error)) from error
        copy = file or _copied(data_dir, Path(folder) / "copy")
        with scratch() as dsn:
            asyncio.run(rehearse(dsn, copy.absolute(), start=begins, end=ends, longest=longest, say=say))


def _copied(data_dir: Path | None, file: Path) -> Path:
    """Writes a backup of the present data into the file and returns the file."""
    with opened(settings_of(data_dir)) as dsn:
        asyncio.run(backup(dsn, file, SystemClock().now()))
    return file


def read_instant(text: str) -> datetime:
    """Returns the beginning of a day in UTC, or the instant of an RFC 3339 text; raises ValueError for anything else."""
    try:
        return parse_instant(f"{text}T00:00Z" if len(text) == len("2026-11-22") else text)
    except ValueError:
        raise ValueError(
            f"{text} is neither a day such as 2026-11-22 nor an instant such as 2026-11-22T09:00Z"
        ) from None


def read_duration(text: str) -> timedelta:
    """Returns the duration of `30m`, `6h` or `2d`, at least a minute; raises ValueError for anything else."""
    match = _DURATION.fullmatch(text)
    duration = int(match[1]) * _UNITS[match[2]] if match else timedelta(0)
    if not duration:
        raise ValueError(f"{text} is not a duration such as 30m, 6h or 2d")
    return duration


@contextmanager
def scratch() -> Generator[str]:
    """Yields the DSN of a PostgreSQL server of its own, which is deleted when the block ends."""
    with tempfile.TemporaryDirectory(prefix="duely-simulation-") as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres", fsync=False)
        server.start()
        try:
            yield server.dsn()
        finally:
            server.stop()


async def rehearse(
    dsn: str, file: Path, *, start: datetime | None, end: datetime | None, longest: timedelta, say: Say
) -> None:
    """Restores the backup into the empty database and lets time pass there.

    start: by default the instant of the backup; end: by default a month later; longest: the longest jump of the clock
    Raises OperatorError when time would begin before the backup, or end before it begins.
    """
    manifest = await restore(dsn, file, replace=False)
    taken = parse_instant(manifest.created_at)
    start = start or taken
    if start < taken:
        raise OperatorError(f"The data is from {manifest.created_at}: the simulation cannot begin before that.")
    until = end or start + MONTH
    if until <= start:
        raise OperatorError(f"--to is not after {start:%Y-%m-%dT%H:%M:%SZ}.")
    database = Database(dsn, statement_timeout_seconds=120)  # nobody waits for a simulation
    await database.open()
    try:
        say(await _play(database, start, until, longest, say))
    finally:
        await database.close()


async def _play(database: Database, start: datetime, until: datetime, longest: timedelta, say: Say) -> str:
    async with database.connect() as connection:
        timeline = Timeline(start, await user_queries.addresses(connection), say)
    world = World(database, SimulatedClock(start), timeline.show)
    await world.open()
    await world.run_to(until, longest)
    days = (until - start) / timedelta(days=1)
    return f"{timeline.summary()} in {days:g} days. This was a copy: your own data has not changed."
