"""`duely simulate`: plays the time ahead on a copy of the data and says what would happen."""

import re
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from actors.clock import parse_instant
from host.console import OperatorError, Say
from host.operator.backup import restore
from host.operator.timeline import Timeline
from host.runner.postgres import EmbeddedPostgres
from host.simulation.clock import SimulatedClock
from host.simulation.world import World
from host.store.access import roster
from host.store.engine import Database

MONTH: Final = timedelta(days=30)
_STRETCH: Final = re.compile(r"(\d{1,5})([mhd])", re.ASCII)
_UNITS: Final = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def read_instant(text: str) -> datetime:
    """A day (its beginning in UTC) or an RFC 3339 instant; ValueError for anything else."""
    try:
        return parse_instant(f"{text}T00:00Z" if len(text) == len("2026-11-22") else text)
    except ValueError:
        raise ValueError(f"{text} is neither a day, as 2026-11-22, nor an instant, as 2026-11-22T09:00Z") from None


def read_stretch(text: str) -> timedelta:
    """`30m`, `6h` or `2d`, at least a minute; ValueError for anything else."""
    found = _STRETCH.fullmatch(text)
    stretch = int(found[1]) * _UNITS[found[2]] if found else timedelta(0)
    if not stretch:
        raise ValueError(f"{text} is no stretch of time, as 30m, 6h or 2d")
    return stretch


@contextmanager
def scratch() -> Generator[str]:
    """The DSN of a database of its own; when the block ends, nothing is left of it."""
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
    """Bring the backup into the empty database, and let time pass there: from its own instant, for a month, or as said."""
    manifest = await restore(dsn, file, replace=False)
    taken = parse_instant(manifest.created_at)
    start = start or taken
    if start < taken:
        raise OperatorError(f"The data is of {manifest.created_at}: time cannot begin before that.")
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
        timeline = Timeline(start, await roster.addresses(connection), say)
    world = World(database, SimulatedClock(start), timeline.tell)
    await world.open()
    await world.run_to(until, longest)
    days = (until - start) / timedelta(days=1)
    return f"{timeline.summary()} in {days:g} days. It was a copy: your own data is as it was."
