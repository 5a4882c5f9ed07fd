"""`duely simulate` prints what would happen to a copy, and leaves the original alone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from host.console import OperatorError
from host.operator.backup import backup
from host.operator.simulate import read_duration, read_instant, rehearse
from host.runner.postgres import EmbeddedPostgres
from host.simulation.clock import SimulatedClock
from host.simulation.world import World
from host.store.engine import Database
from host.store.upkeep import snapshot
from tests.fakes.person import FakePerson

pytestmark = pytest.mark.store

START = datetime(2027, 3, 26, 12, tzinfo=UTC)


@pytest.fixture
async def file(database: Database, tmp_path: Path) -> Path:
    """A backup of somebody's data: one task of tomorrow, and a series over a change of the clocks."""
    world, person = World(database, SimulatedClock(START)), FakePerson()
    await world.open()
    register = {"email": "ada@example.org", "zone": person.zone, "defaults": person.defaults}
    await world.send("UserActor", person.id, person.says("RegisterUser", register))
    task = person.says("CreateTask", {"title": "Pay rent", "due": {"date": "2027-03-27"}})
    await world.send("TaskActor", person.task_of(task), task)
    series = {
        "id": person.id,
        "template": {"title": "Water plants", "reminders": [{"offset_minutes": 0}]},
        "rule": "FREQ=DAILY;COUNT=2",
        "start": {"local": "2027-03-27T09:00", "zone": person.zone},
    }
    await world.send("SeriesActor", person.id, person.says("CreateSeries", series))
    await world.settle()
    await backup(database.dsn, tmp_path / "file", START)
    return tmp_path / "file"


@pytest.fixture
async def empty(postgres: EmbeddedPostgres) -> str:
    """Another database of the same server, with nothing in it."""
    async with snapshot.connected(postgres.dsn("postgres")) as connection:
        await connection.execute("DROP DATABASE IF EXISTS rehearsed WITH (FORCE)")
        await connection.execute("CREATE DATABASE rehearsed TEMPLATE template0")
    return postgres.dsn("rehearsed")


async def simulated(dsn: str, file: Path, start: str, end: str) -> list[str]:
    lines: list[str] = []
    day = timedelta(days=1)
    await rehearse(dsn, file, start=read_instant(start), end=read_instant(end), longest=day, say=lines.append)
    return lines


async def test_it_prints_what_would_happen_in_the_local_time_of_each_person(file: Path, empty: str) -> None:
    at = "Europe/Berlin  ada@example.org  "
    *lines, summary = await simulated(empty, file, "2027-03-26T12:00Z", "2027-03-30")
    assert summary.startswith("occurrence: 1, overdue: 3, reminder: 3, series end: 1 in 3.5 days.")
    assert [line[:16] for line in lines] == sorted(line[:16] for line in lines)
    assert sorted(lines) == [
        f"2027-03-27 08:30  {at}reminder    Pay rent, due 2027-03-27",
        f"2027-03-27 09:00  {at}occurrence  Water plants, due 2027-03-28 09:00 (Europe/Berlin)",
        f"2027-03-27 09:00  {at}overdue     Water plants, due 2027-03-27 09:00 (Europe/Berlin)",
        f"2027-03-27 09:00  {at}reminder    Water plants, due 2027-03-27 09:00 (Europe/Berlin)",
        f"2027-03-28 09:00  {at}overdue     Pay rent, due 2027-03-27",
        f"2027-03-28 09:00  {at}overdue     Water plants, due 2027-03-28 09:00 (Europe/Berlin)",
        f"2027-03-28 09:00  {at}reminder    Water plants, due 2027-03-28 09:00 (Europe/Berlin)",
        f"2027-03-28 09:00  {at}series end  Water plants",
    ]


async def test_the_original_does_not_change(database: Database, file: Path, empty: str) -> None:
    async with snapshot.connected(database.dsn) as connection:
        before = await snapshot.fingerprints(connection)
        await simulated(empty, file, "2027-03-26T12:00Z", "2027-03-30")
        assert await snapshot.fingerprints(connection) == before


async def test_a_time_before_the_copy_or_an_end_before_the_start_is_refused(file: Path, empty: str) -> None:
    with pytest.raises(OperatorError, match="cannot begin before"):
        await simulated(empty, file, "2027-03-25", "2027-03-30")
    async with snapshot.connected(empty) as connection:
        await snapshot.clear(connection)
    with pytest.raises(OperatorError, match="--to is not after"):
        await simulated(empty, file, "2027-03-28", "2027-03-28")


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-02-30", "2026-11-22T09:00"])
def test_what_is_not_an_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="neither a day"):
        read_instant(text)


@pytest.mark.parametrize("text", ["", "2", "0d", "2w", "-1d", "1.5h"])
def test_what_is_not_a_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        read_duration(text)
