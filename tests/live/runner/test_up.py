"""`duely up` with its real parts: one per folder, a clear error when it cannot start, no process left when it ends."""

import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.deadline import until
from tests.support.system import PARTS, System, stopped_system

pytestmark = [pytest.mark.live, pytest.mark.timeout(150)]


@pytest.fixture
def own(tmp_path: Path) -> Iterator[System]:
    with stopped_system(tmp_path / "own") as system:
        yield system


def said_by_a_start_that_fails(system: System, *arguments: str) -> str:
    done = system.cli("up", *arguments)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return done.stdout


def test_a_second_start_in_the_same_folder_names_the_first(system: System) -> None:
    said = said_by_a_start_that_fails(system)
    assert f"already runs from {system.data.path} (pid {system.runner.pid}, {system.url})" in said
    until(system.is_ready, 30, "the first goes on", 0.1)


def test_a_port_in_use_names_its_holder(own: System) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = said_by_a_start_that_fails(own, "--port", str(port))
    assert f"Port {port} on 127.0.0.1 is in use by pid {psutil.Process().pid}: " in said
    assert "DUELY_PORT" in said


def test_an_inner_port_in_use_names_its_holder(own: System) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        own.settings["DUELY_INNER_PORT"] = str(port := taken.getsockname()[1])
        said = said_by_a_start_that_fails(own)
    assert f"Port {port} on 127.0.0.1 is in use by pid {psutil.Process().pid}: " in said
    assert "DUELY_INNER_PORT" in said


def test_a_kill_of_the_runner_takes_every_part_with_it_and_the_next_start_finds_its_way(own: System) -> None:
    own.start()
    parts = [own.part(name) for name in PARTS]
    own.runner.kill()
    _, alive = psutil.wait_procs(parts, timeout=10)
    assert alive == []
    own.destroy()
    own.start()
    assert own.stop(signal.SIGINT) <= 10


def test_a_stop_in_the_middle_of_a_start_leaves_nothing(own: System) -> None:
    process = own.launch()
    until(lambda: "postgres" in own.pids(), 20, "the first parts run")
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    own.assert_nothing_left()


def test_a_database_that_cannot_be_reached_ends_the_start_with_the_reason(own: System) -> None:
    own.settings["DUELY_DATABASE_URL"] = "postgresql://nobody:nothing@127.0.0.1:1/duely"
    began = time.monotonic()
    said = said_by_a_start_that_fails(own)
    assert "migrations ended with code 1" in said
    assert "The database does not answer: [Errno 111] Connect call failed" in said
    assert time.monotonic() - began < 60
