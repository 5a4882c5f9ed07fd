"""Damaged data of the scheduler is put aside after two starts that failed on it, and for no other cause."""

from pathlib import Path

import pytest

from host.runner.scheduler_data import KEPT, put_aside_if_damaged

pytestmark = pytest.mark.unit

START = 'level=info msg="Starting dapr-scheduler -- version 1.18.3"\n'
PANIC = "panic: failed to open database\n\ngoroutine 1 [running]:\nmain.main()\n"
FATAL = 'level=fatal msg="failed to start embedded etcd: walpb: crc mismatch"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = tmp_path / "scheduler"
    data.mkdir()
    (data / "db").write_text("damaged")
    return data


def put_aside(folder: Path, log: str) -> str:
    file = folder.parent / "scheduler.log"
    file.write_text(log)
    return put_aside_if_damaged(folder, file)


@pytest.mark.parametrize("end", [PANIC, FATAL])
def test_what_two_starts_could_not_read_is_put_aside(folder: Path, end: str) -> None:
    said = put_aside(folder, START + "cron is ready\n" + (START + end) * 2)
    assert "scheduler.damaged-1 keeps that" in said
    assert list(folder.iterdir()) == []
    assert (folder.parent / "scheduler.damaged-1" / "db").read_text() == "damaged"


@pytest.mark.parametrize(
    "log",
    [
        "",
        START + PANIC,
        START + "cron is ready\n" + START + PANIC,
        (START + PANIC) * 2 + START + "cron is ready\n",
        (START + 'level=fatal msg="failed to start embedded etcd: write: no space left on device"\n') * 2,
        (START + 'level=fatal msg="failed to start embedded etcd: listen tcp: bind: address already in use"\n') * 2,
        (START + 'level=fatal msg="failed to listen: bind: permission denied"\n') * 2,
    ],
)
def test_nothing_else_costs_the_data(folder: Path, log: str) -> None:
    assert put_aside(folder, log) == ""
    assert (folder / "db").exists()


def test_no_log_and_an_empty_folder_are_nothing_to_mend(folder: Path) -> None:
    assert put_aside_if_damaged(folder, folder.parent / "absent.log") == ""
    (folder / "db").unlink()
    assert put_aside(folder, (START + PANIC) * 2) == ""


def test_only_the_newest_damaged_folders_are_kept(folder: Path) -> None:
    for _ in range(12):
        (folder / "db").write_text("damaged again")
        assert put_aside(folder, (START + PANIC) * 2)
    kept = {path.name for path in folder.parent.glob("scheduler.damaged-*")}
    assert kept == {f"scheduler.damaged-{number}" for number in range(13 - KEPT, 13)}
