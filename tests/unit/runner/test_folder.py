"""The data folder: refused with a reason, locked by one runner, and cleared of what a killed runner left."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from host.console import OperatorError
from host.runner import folder
from host.runner.folder import DataFolder, Running

pytestmark = pytest.mark.unit

RUNNING = Running(1, "http://127.0.0.1:8080", "x", app_port=2, dapr_http_port=3, dapr_grpc_port=4, api_token="secret")


def test_the_layout_is_made_and_closed_to_others(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "a" / "data")
    data.prepare()
    assert {path.name for path in data.path.iterdir()} == {"scheduler", "logs", "run"}
    assert data.path.stat().st_mode & 0o777 == 0o700


def test_a_second_runner_is_refused_with_pid_and_address_of_the_first(tmp_path: Path) -> None:
    data = DataFolder(tmp_path)
    data.prepare()
    with data.locked():
        data.note_running(RUNNING)
        assert data.is_held()
        with pytest.raises(
            OperatorError, match=r"already runs(.|\n)*pid 1, http://127.0.0.1:8080(.|\n)*DUELY_DATA_DIR"
        ):
            data.locked().__enter__()
    assert not data.is_held()
    assert data.noted_running() is None


def test_the_lock_of_a_killed_runner_is_free_again(tmp_path: Path) -> None:
    data = DataFolder(tmp_path)
    data.prepare()
    script = (
        "import fcntl, sys, time; f = open(sys.argv[1], 'a'); fcntl.flock(f, 2); print(1, flush=True); time.sleep(60)"
    )
    other = subprocess.Popen([sys.executable, "-c", script, str(data.run / "lock")], stdout=subprocess.PIPE)
    assert other.stdout is not None
    other.stdout.readline()
    assert data.is_held()
    other.kill()
    other.wait()
    other.stdout.close()
    with data.locked():
        pass


def test_the_state_file_is_read_back_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    data = DataFolder(tmp_path)
    data.prepare()
    data.note_running(RUNNING)
    assert data.noted_running() == RUNNING
    assert data.state_file.stat().st_mode & 0o777 == 0o600
    data.state_file.write_text(json.dumps({"pid": 1}))
    assert data.noted_running() is None


def test_a_part_that_outlived_its_runner_is_ended_and_a_stranger_with_its_pid_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "_LEFTOVER_SECONDS", 0.2)
    ours = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "scheduler"])
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    said: list[str] = []
    running = Running(1, "", "", 2, 3, 4, "", parts={"scheduler": ours.pid, "daprd": stranger.pid, "host": 2**22 + 1})
    folder.end_leftovers(running, said.append)
    ours.wait(5)
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()
    assert len(said) == 1


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.ENOSPC, "The disk under .* is full"),
        (errno.EDQUOT, "The disk under .* is full"),
        (errno.EACCES, "No permission to write below .* it belongs to"),
        (errno.EROFS, "read-only file system"),
        (errno.EIO, "cannot be used"),
    ],
)
def test_a_folder_that_cannot_be_written_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, says: str
) -> None:
    def fail(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OperatorError, match=says):
        DataFolder(tmp_path).prepare()


def test_a_disk_with_no_room_is_refused_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "FREE_BYTES_TO_START", 1 << 60)
    with pytest.raises(OperatorError, match="MB are free"):
        DataFolder(tmp_path).prepare()


def test_a_replica_and_its_sidecar_are_known_by_their_programs() -> None:
    names = ("host", "web-1", "consumers-2", "actors-1-daprd", "daprd", "scheduler", "migrations")
    assert [folder.program_of(name) for name in names] == [
        *("web.serve", "web.serve", "web.serve"),
        *("daprd", "daprd", "scheduler", "migrate"),
    ]
