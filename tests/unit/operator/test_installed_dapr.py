"""An installed Dapr that serves Duely is named; one that serves others, or our own build, is not."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from host.operator.installed_dapr import problems
from tests.support.deadline import until

pytestmark = pytest.mark.unit

LISTEN = "import socket,sys,time; s=socket.create_server(('127.0.0.1',0)); print(s.getsockname()[1],flush=True); time.sleep(60)"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., tuple[int, int]]]:
    """Starts a program that listens, under the name and in the folder of one of Dapr's; its pid and port."""
    started: list[subprocess.Popen[str]] = []

    def run(name: str, folder: Path, *arguments: str) -> tuple[int, int]:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(sys.executable, folder / name)
        (folder / name).chmod(0o755)
        command = [str(folder / name), "-I", "-S", "-c", LISTEN, *arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        return process.pid, int(process.stdout.readline())

    yield run
    for process in started:
        process.kill()
        process.communicate()


def test_one_that_serves_duely_is_named_with_its_ports(tmp_path: Path, start: Callable[..., tuple[int, int]]) -> None:
    pid, port = start("daprd", tmp_path / "dapr", "--app-id", "duely-web")
    other, _ = start("scheduler", tmp_path / "dapr")
    until(lambda: len(_about(pid, other)) == 2, 5, "both named")
    [ours] = _about(pid)
    assert f"daprd (pid {pid}) is of an installed Dapr: {port} answer every account" in ours


def test_one_that_serves_something_else_is_none_of_our_business(
    tmp_path: Path, start: Callable[..., tuple[int, int]]
) -> None:
    pid, _ = start("daprd", tmp_path / "dapr", "--app-id=another")
    assert _about(pid) == []


def test_a_sidecar_that_was_built_here_is_none(tmp_path: Path, start: Callable[..., tuple[int, int]]) -> None:
    pid, _ = start("daprd", tmp_path / "sidecar" / "0123456789abcdef", "--app-id", "duely")
    assert _about(pid) == []


def _about(*pids: int) -> list[str]:
    return [line for line in problems() if any(f"pid {pid})" in line for pid in pids)]
