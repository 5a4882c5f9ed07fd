"""A full disk, at the start and later, and a data folder without permission: the error is clear, and nothing is lost."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.small_disk import fill, small_disk
from tests.support.client import signed_up
from tests.support.deadline import eventually, until
from tests.support.system import ROOT, System, stopped_system

pytestmark = [pytest.mark.faults, pytest.mark.timeout(150)]

ERROR_SECONDS = 15
# Enough for everything that a first start writes.
DISK_MEGABYTES = 900


@pytest.fixture
def own(tmp_path: Path) -> Iterator[System]:
    with stopped_system(tmp_path / "own") as system:
        yield system


def test_a_full_disk_at_the_start_is_named_with_a_remedy(own: System) -> None:
    with small_disk(own.data.path, 16):
        fill(own.data.path)
        process = own.launch()
        assert process.wait(ERROR_SECONDS) == 1
        said = own.said()
        assert f"The disk under {own.data.path} is full" in said
        assert "Free some space" in said
        assert "Traceback" not in said
        own.assert_nothing_left()


def test_a_folder_that_may_not_be_written_is_named_with_its_owner(own: System, tmp_path: Path) -> None:
    forbidden = tmp_path / "forbidden"
    forbidden.mkdir(mode=0o500)
    # Root may write anywhere unless it drops these capabilities.
    unprivileged = (
        ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"] if os.geteuid() == 0 else []
    )
    done = subprocess.run(
        [*unprivileged, sys.executable, "-m", "host.operator.cli", "up"],
        cwd=ROOT,
        env={**own.environment(), "DUELY_DATA_DIR": str(forbidden / "data")},
        capture_output=True,
        text=True,
        check=False,
        timeout=ERROR_SECONDS,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert f"No permission to write below {forbidden}" in said
    assert "mode 500" in said
    assert "DUELY_DATA_DIR" in said
    assert "Traceback" not in said


def test_a_read_only_disk_is_named(own: System) -> None:
    with small_disk(own.data.path, 16, "ro"):
        assert own.launch().wait(ERROR_SECONDS) == 1
        assert "read-only file system" in own.said()


async def test_a_disk_that_fills_up_stops_writes_only_until_there_is_room_again(own: System) -> None:
    with small_disk(own.data.path, DISK_MEGABYTES):
        await asyncio.to_thread(own.start)
        async with signed_up(own.url) as person:
            kept = [await person.create(f"Before {number}", reminders=[]) for number in range(20)]
            ballast = fill(own.data.path)

            async def write() -> bool:
                """Returns whether a write was refused, as it should be; keeps the task of one that was acknowledged."""
                answer = await person.send("POST", "/tasks", {"title": "On a full disk", "description": "x" * 20_000})
                if answer.is_success:
                    kept.append(answer.json())
                    return False
                assert answer.status_code == 503, answer.text
                assert answer.headers["Retry-After"]
                return True

            await eventually(write, 30, "a write is refused", 0)

            async def has_no_room_left() -> bool:
                """Fills what small writes still fit into; returns whether readiness has seen that none does."""
                answer = await person.send("POST", "/tasks", {"title": "On a full disk"})
                kept.extend([answer.json()] if answer.is_success else [])
                return not await asyncio.to_thread(own.is_ready)

            await eventually(has_no_room_left, 20, "readiness is red", 0.1)
            person.saw("eventual")  # what was written last may be saved and not shown yet
            assert await person.task(kept[0]["id"]) == kept[0], "existing tasks can be read"
            assert own.is_started
            await eventually(lambda: "is nearly full" in own.said(), 35, "the runner says why", 0.5)
            ballast.unlink()
            until(lambda: shutil.disk_usage(own.data.path).free > 50 << 20, 5, "room again")

            async def is_back() -> bool:
                answer = await person.send("POST", "/tasks", {"title": "After"})
                if answer.is_success:
                    kept.append(answer.json())
                return answer.is_success

            await eventually(is_back, 60, "writes go through again", 0.5)
            for task in kept:
                assert await person.task(task["id"]) == task
        await asyncio.to_thread(own.stop)
