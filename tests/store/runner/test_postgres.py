"""The embedded PostgreSQL keeps its data, ends with its runner, and says what is wrong."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from host.runner import postgres_account
from host.runner.postgres import EmbeddedPostgres, PostgresError

pytestmark = pytest.mark.store


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """One cluster for all of these tests, below a folder that only its owner may enter, as a home is."""
    home = Path(tempfile.mkdtemp(prefix="duely-home-"))
    yield home / "data" / "postgres"
    shutil.rmtree(home)


async def ask(dsn: str, query: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def test_a_second_start_finds_what_the_first_one_wrote(folder: Path) -> None:
    server = EmbeddedPostgres(folder, fsync=False)
    server.start()
    asyncio.run(ask(server.dsn(), "CREATE TABLE kept AS SELECT 7 AS x"))
    dsn = server.dsn()
    server.stop()
    assert not server.socket_dir.exists() or not any(server.socket_dir.iterdir())
    again = EmbeddedPostgres(folder, fsync=False)
    again.start()
    assert again.dsn() == dsn
    assert asyncio.run(ask(dsn, "SELECT x FROM kept")) == 7
    again.stop()


def test_nobody_gets_in_without_the_password_or_from_another_account(folder: Path) -> None:
    server = EmbeddedPostgres(folder, fsync=False)
    server.start()
    try:
        with pytest.raises(asyncpg.InvalidPasswordError):
            asyncio.run(ask(server.dsn().replace(server.password, "wrong"), "SELECT 1"))
        assert (folder / "password").stat().st_mode & 0o777 == 0o600
        assert server.socket_dir.stat().st_mode & 0o777 == 0o700
        assert server.process is not None
        assert psutil.Process(server.process.pid).uids().effective != 0
        assert folder.parent.parent.stat().st_mode & 0o777 == 0o700
    finally:
        server.stop()


@pytest.mark.parametrize(
    "content", [None, "", "garbled: \N{SNOWMAN}", "w" * 43], ids=["lost", "empty", "garbled", "wrong"]
)
def test_a_password_that_is_lost_or_wrong_is_mended_at_the_next_start(folder: Path, content: str | None) -> None:
    server = EmbeddedPostgres(folder, fsync=False)
    server.start()
    asyncio.run(ask(server.dsn(), "CREATE TABLE IF NOT EXISTS before AS SELECT 7 AS x"))
    server.stop()
    file = folder / "password"
    file.unlink() if content is None else file.write_text(content, encoding="utf-8")
    began = time.monotonic()
    again = EmbeddedPostgres(folder, fsync=False)
    again.start()
    try:
        assert time.monotonic() - began < 5
        assert asyncio.run(ask(again.dsn(), "SELECT x FROM before")) == 7
        assert len(again.password) == 43
        assert file.stat().st_mode & 0o777 == 0o600
        assert again.password not in again.log.read_text(errors="replace")
    finally:
        again.stop()


def test_it_ends_when_its_parent_is_killed_and_starts_again(folder: Path) -> None:
    program = f"""
import sys, time
from pathlib import Path
from host.runner.postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path({str(folder)!r}), fsync=False)
server.start()
print(server.process.pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        os.kill(parent.pid, signal.SIGKILL)
    server = EmbeddedPostgres(folder, fsync=False)
    server.start()  # waits for the old one
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    server.stop()


def test_a_stale_pid_file_of_another_program_does_not_hold_up_the_start(folder: Path) -> None:
    server = EmbeddedPostgres(folder, fsync=False)
    server.start()
    server.stop()
    (folder / "cluster" / "postmaster.pid").write_text(f"{os.getpid()}\n/elsewhere\n")
    server.start()
    server.stop()


def test_a_server_that_hangs_is_killed_in_time(folder: Path) -> None:
    server = EmbeddedPostgres(folder, fsync=False)
    server.start()
    assert server.process is not None
    process = server.process
    process.send_signal(signal.SIGSTOP)
    started = time.monotonic()
    server.stop()
    assert time.monotonic() - started < 6
    assert process.poll() is not None


def test_a_full_disk_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")._replace(free=1024)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(PostgresError, match=r"The disk under .* is full"):
        EmbeddedPostgres(folder).start()


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    tmp_path.joinpath("data").write_text("a file in the way")
    with pytest.raises(PostgresError, match=r"File exists|Not a directory"):
        EmbeddedPostgres(tmp_path / "data" / "postgres").start()


def test_a_server_that_does_not_start_shows_the_end_of_its_log(folder: Path) -> None:
    server = EmbeddedPostgres(folder, fsync=False)
    server.start()
    server.stop()
    with (folder / "cluster" / "postgresql.conf").open("a") as file:
        file.write("no_such_setting = 1\n")
    with pytest.raises(PostgresError, match="no_such_setting"):
        server.start()


def test_binaries_below_a_closed_home_are_copied_and_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_account, "_SHARED_COPIES", tmp_path)
    monkeypatch.setattr(postgres_account, "_open_to_all", lambda _path: False)
    other = postgres_account.Account(1, 1, {"user": 1})
    for _ in range(2):
        folder = postgres_account.binaries(other)
        assert folder.is_relative_to(tmp_path)
        assert b"PostgreSQL" in subprocess.check_output([folder / "initdb", "--version"])
