"""A backup holds one instant of a database, and a restore proves that it brought back the same data."""

import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from host.console import OperatorError
from host.operator import backup
from host.runner.postgres import EmbeddedPostgres
from host.store.upkeep import snapshot

pytestmark = pytest.mark.store

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


async def run(dsn: str, statement: str, *arguments: Any) -> Any:
    async with snapshot.connected(dsn) as connection:
        return await connection.fetchval(statement, *arguments)


@pytest.fixture
async def full(database_url: str) -> str:
    """A database with data in several kinds of columns."""
    async with snapshot.connected(database_url) as connection:
        await connection.execute(
            r"""INSERT INTO accounts (user_id, email, password_hash, created_at)
               SELECT 'user-' || n, 'a' || n || '@example.org', E'line\nbreak\\tab\t', now() FROM generate_series(1, 300) n;
               INSERT INTO watermarks (consumer, position, seen, seen_xid) VALUES ('projector', 3, 5, 4000000000);
               INSERT INTO wakes (actor_type, actor_id, wake_at, armed_at) VALUES ('TaskActor', 'x', now(), now())"""
        )
    return database_url


@pytest.fixture
async def empty(postgres: EmbeddedPostgres, database_url: str) -> str:
    """Another database of the same server, with nothing in it."""
    name = "restored"
    await run(postgres.dsn("postgres"), f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await run(postgres.dsn("postgres"), f"CREATE DATABASE {name} TEMPLATE template0")
    return postgres.dsn(name)


async def test_a_restore_equals_the_backup_and_has_the_same_proof(full: str, empty: str, tmp_path: Path) -> None:
    written = await backup.backup(full, tmp_path / "file", NOW)
    assert written.tables["accounts"].rows == 300
    assert written.created_at == "2026-11-22T09:00:00.000Z"
    restored = await backup.restore(empty, tmp_path / "file", replace=False)
    assert restored.proof == written.proof
    assert await run(empty, "SELECT password_hash FROM accounts WHERE user_id = 'user-7'") == "line\nbreak\\tab\t"


async def test_a_copy_drops_what_is_true_for_the_old_server_only(full: str, empty: str, tmp_path: Path) -> None:
    await backup.backup(full, tmp_path / "file", NOW)
    await backup.restore(empty, tmp_path / "file", replace=False)
    assert await run(empty, "SELECT (position, seen, seen_xid) FROM watermarks") == (3, 5, 0)
    assert await run(empty, "SELECT armed_at FROM wakes") is None


async def test_what_is_written_after_the_instant_is_not_in_the_backup(full: str) -> None:
    async with snapshot.connected(full) as connection, snapshot.one_instant(connection):
        before = await snapshot.fingerprints(connection)
        await run(full, "DELETE FROM accounts WHERE user_id = 'user-1'")
        assert await snapshot.fingerprints(connection) == before
    async with snapshot.connected(full) as connection:
        after = await snapshot.fingerprints(connection)
    assert backup.differences(before, after) == ["accounts (300 rows, now 299 rows)"]


async def test_one_changed_character_changes_the_fingerprint(full: str) -> None:
    async with snapshot.connected(full) as connection:
        before = await snapshot.fingerprints(connection)
        await connection.execute("UPDATE accounts SET email = 'b1@example.org' WHERE user_id = 'user-1'")
        after = await snapshot.fingerprints(connection)
    assert backup.differences(before, after) == ["accounts (300 rows, now 300 rows)"]


async def test_a_database_with_data_is_refused_without_replace(full: str, tmp_path: Path) -> None:
    written = await backup.backup(full, tmp_path / "file", NOW)
    with pytest.raises(OperatorError, match="`--replace`"):
        await backup.restore(full, tmp_path / "file", replace=False)
    await run(full, "TRUNCATE accounts")
    assert (await backup.restore(full, tmp_path / "file", replace=True)).proof == written.proof
    assert await run(full, "SELECT count(*) FROM accounts") == 300


async def test_a_damaged_dump_is_refused_before_anything_is_dropped(full: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    await backup.backup(full, file, NOW)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(OperatorError, match="is damaged"):
        await backup.restore(full, file, replace=True)
    assert await run(full, "SELECT count(*) FROM accounts") == 300


@pytest.mark.parametrize("what", ["no dump", "half a dump"])
async def test_a_backup_without_all_of_its_dump_is_refused(full: str, empty: str, tmp_path: Path, what: str) -> None:
    file, partial = tmp_path / "file", tmp_path / "partial"
    await backup.backup(full, file, NOW)
    if what == "no dump":
        with tarfile.open(file) as whole, tarfile.open(partial, "w") as written:
            written.addfile(whole.getmember(backup.MANIFEST), whole.extractfile(backup.MANIFEST))
    else:
        partial.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(OperatorError, match="not a complete backup"):
        await backup.restore(empty, partial, replace=False)


@pytest.mark.parametrize("content", [b"", b"not a tar", b"\0" * 20_000])
async def test_a_file_that_is_no_backup_is_refused(empty: str, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(OperatorError, match="not a complete backup"):
        await backup.restore(empty, tmp_path / "file", replace=False)


async def test_a_backup_overwrites_nothing_and_is_for_its_owner_alone(full: str, empty: str, tmp_path: Path) -> None:
    await backup.backup(full, tmp_path / "file", NOW)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600
    with pytest.raises(OperatorError, match="never overwrites"):
        await backup.backup(full, tmp_path / "file", NOW)
    with pytest.raises(OperatorError, match="nothing to back up"):
        await backup.backup(empty, tmp_path / "other", NOW)
    assert {path.name for path in tmp_path.iterdir()} == {"file"}  # noqa: ASYNC240  nobody waits for this loop


async def test_a_tool_that_fails_says_why_and_never_shows_the_password(full: str, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="pg_dump failed") as failed:
        backup._run(full.replace("/test_", "/absent_"), "pg_dump", f"--file={tmp_path / 'x'}")
    assert "does not exist" in str(failed.value)
    assert str(urlsplit(full).password) not in str(failed.value)


async def test_a_tool_that_hangs_is_stopped(full: str, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="pg_dump was stopped"):
        backup._run(full, "pg_dump", f"--file={tmp_path / 'x'}", timeout_seconds=0)
