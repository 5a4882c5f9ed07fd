"""A backup of a running system, restored to another folder, is the same system."""

import asyncio
import re
from pathlib import Path

import pytest

from tests.support.client import PASSWORD, Caller, instant
from tests.support.deadline import eventually
from tests.support.system import System

pytestmark = [pytest.mark.live, pytest.mark.timeout(150)]


@pytest.fixture
async def written(system: System, person: Caller, tmp_path: Path) -> tuple[Path, list[str], str]:
    """A backup taken while tasks are written, the ids of the tasks that were there before, and its output."""
    reminders = [{"at": instant(3600)}]
    ids = [(await person.create(f"Before {number}", reminders=reminders))["id"] for number in range(5)]
    file = tmp_path / "backup"

    async def write_on() -> None:
        for number in range(200):
            await person.create(f"Meanwhile {number}")

    writing = asyncio.create_task(write_on())
    done = await asyncio.to_thread(system.cli, "backup", str(file))
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    assert done.returncode == 0, done.stderr
    return file, ids, done.stdout


def proof(text: str) -> str:
    match = re.search(r"proof ([0-9a-f]{64})", text)
    assert match, text
    return match.group(1)


async def test_what_was_backed_up_lives_on_in_another_folder(
    system: System, person: Caller, written: tuple[Path, list[str], str], tmp_path: Path
) -> None:
    file, ids, output = written
    assert file.stat().st_mode & 0o777 == 0o600
    other = System(tmp_path / "other")
    try:
        done = await asyncio.to_thread(other.cli, "restore", str(file))
        assert done.returncode == 0, done.stderr
        assert proof(done.stdout) == proof(output)
        before = [await person.task(task_id) for task_id in ids]
        await asyncio.to_thread(other.start)
        async with Caller(other.url) as same:
            email = (await person.call("GET", "/me"))["email"]
            await same.call("POST", "/auth/login", {"email": email, "password": PASSWORD})
            assert [await same.task(task_id) for task_id in ids] == before
            # The consumers and wakes of the copy work in the new cluster.
            changed = await same.patch(ids[0], title="After the restore")
            assert (await same.task(ids[0]))["version"] == changed["version"]
        async with other.database() as connection:

            async def all_armed() -> bool:
                """Returns whether there are wakes, and the new scheduler has each of them."""
                query = "SELECT count(*) > 0 AND count(*) = count(armed_at) FROM wakes"
                return bool(await connection.fetchval(query))

            await eventually(all_armed, 20, "every wake is armed", 0.2)
        running = await asyncio.to_thread(other.cli, "restore", "--replace", str(file))
        assert running.returncode == 1
        assert "already runs" in running.stderr
        await asyncio.to_thread(other.stop)
        await asyncio.to_thread(_refused_with_the_old_data_kept, other, file)
    finally:
        other.destroy()


def _refused_with_the_old_data_kept(other: System, file: Path) -> None:
    refused = other.cli("restore", str(file))
    assert refused.returncode == 1
    assert "`--replace`" in refused.stderr
    damaged = other.data.path / "damaged"
    damaged.write_bytes(file.read_bytes()[:-20_000])
    failed = other.cli("restore", "--replace", str(damaged))
    assert failed.returncode == 1
    people = other.cli("user", "list")
    assert "open tasks" in people.stdout, people.stderr
    assert not list(other.data.path.glob("postgres.before-*"))
