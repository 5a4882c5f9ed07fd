"""`duely backup` and `duely restore`: one file with all data, and the proof that it is complete.

The file is a tar of `manifest.json` and `database.dump` (pg_dump's own format). The manifest has the number of rows
and a sha256 of each table, taken at the same instant as the dump; a restore counts and hashes again. The scheduler's
data is not in it: the sweeper registers every wake again.
"""

import asyncio
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import click

from actors.clock import SystemClock, instant_text
from host.console import OperatorError
from host.operator.command_line import settings_of
from host.operator.database import errors_as_messages, opened
from host.runner.database import fresh_database
from host.runner.postgres_account import account, binaries
from host.settings import child_environment
from host.store.migrate import upgrade
from host.store.upkeep import rebuild, snapshot
from host.store.upkeep.snapshot import Fingerprint
from host.version import VERSION

FORMAT = 1
MANIFEST, DUMP = "manifest.json", "database.dump"
_ERROR_CHARACTERS = 800
_TOOL_SECONDS = 12 * 3600.0  # far more than the largest database takes; without a limit, a hung server blocks forever


@dataclass(frozen=True, slots=True)
class Manifest:
    """The contents of `manifest.json`: `schema` is the migration of the database, `tables` has the fingerprints by name."""

    format: int
    duely: str
    created_at: str
    schema: str
    dump_sha256: str
    tables: Mapping[str, Fingerprint]

    @property
    def proof(self) -> str:
        """One sha256 over the fingerprints of all tables."""
        canonical = json.dumps({name: asdict(table) for name, table in self.tables.items()}, sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def backup_command(data_dir: Path | None, file: Path) -> None:
    """Write a backup of all data to FILE.

    Duely may run meanwhile: the backup holds the data of one instant. It contains password hashes, so keep it private.
    """
    with opened(settings_of(data_dir)) as dsn:
        manifest = asyncio.run(backup(dsn, file.absolute(), SystemClock().now()))
    click.echo(f"{file}: {manifest.rows:,} rows in {len(manifest.tables)} tables, proof {manifest.proof}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--replace",
    is_flag=True,
    help="Also restore where there is a database: the embedded one is kept beside it, any other is cleared.",
)
@click.pass_obj
def restore_command(data_dir: Path | None, file: Path, replace: bool) -> None:
    """Restore the backup in FILE and prove it complete.

    The restored tables must have the rows and hashes that the backup names. Stop Duely first.
    """
    with errors_as_messages(), fresh_database(settings_of(data_dir), replace=replace) as dsn:
        manifest = asyncio.run(restore(dsn, file.absolute(), replace=replace))
    click.echo(f"Restored {manifest.rows:,} rows in {len(manifest.tables)} tables from {manifest.created_at}.")
    click.echo(f"Every table has the rows and the hash of the backup: proof {manifest.proof}")


async def backup(dsn: str, file: Path, now: datetime) -> Manifest:
    """Writes the file, complete or not at all, with the data of one instant.

    Raises OperatorError when the file exists, when the database is not Duely's, or when pg_dump fails.
    """
    if file.exists():  # noqa: ASYNC240  the command has this loop to itself
        raise OperatorError(f"{file} exists already; a backup never overwrites a file.")
    with tempfile.TemporaryDirectory(prefix=f".{file.name}-", dir=file.parent) as scratch:
        dump = Path(scratch) / DUMP
        async with snapshot.connected(dsn) as connection, snapshot.one_instant(connection) as instant:
            schema = await snapshot.schema(connection)
            if not schema:
                raise OperatorError("This database has no Duely data: there is nothing to back up.")
            left_out = ("--no-owner", "--no-acl", f"--exclude-schema={rebuild.SCHEMA}")
            _run(dsn, "pg_dump", f"--snapshot={instant}", "--format=custom", *left_out, f"--file={dump}")
            tables = await snapshot.fingerprints(connection)
        manifest = Manifest(FORMAT, VERSION, instant_text(now), schema, _sha256(dump), tables)
        (Path(scratch) / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1))
        complete = Path(scratch) / "complete"
        complete.touch(mode=0o600)  # it holds password hashes
        with tarfile.open(complete, "w") as archive:
            archive.add(Path(scratch) / MANIFEST, MANIFEST)
            archive.add(dump, DUMP)
        _flush(complete)
        complete.rename(file)
    return manifest


def read_manifest(file: Path) -> Manifest:
    """Returns the manifest in the file; raises OperatorError when the file is no backup or of a newer format."""
    try:
        with tarfile.open(file) as archive:
            member = archive.extractfile(MANIFEST)
            fields = json.loads(member.read()) if member else {}
        tables = {name: Fingerprint(**table) for name, table in fields.pop("tables").items()}
        manifest = Manifest(**fields, tables=tables)
    except (OSError, tarfile.TarError, KeyError, ValueError, TypeError) as error:
        raise _incomplete(file, error) from error
    if manifest.format > FORMAT:
        raise OperatorError(f"{file} was written by Duely {manifest.duely}, which is newer than this one.")
    return manifest


def _extract_dump(file: Path, dump: Path) -> None:
    """Copies the bytes of the dump alone, so that a path or a link in a crafted tar has no effect."""
    try:
        with tarfile.open(file) as archive, dump.open("wb") as written:
            member = archive.extractfile(DUMP)
            if member is not None:  # else the member is no file; the empty dump fails the comparison of hashes
                shutil.copyfileobj(member, written)
    except (tarfile.TarError, KeyError) as error:
        raise _incomplete(file, error) from error


def _incomplete(file: Path, error: Exception) -> OperatorError:
    return OperatorError(f"{file} is not a complete backup of Duely: {error}.")


async def restore(dsn: str, file: Path, *, replace: bool) -> Manifest:
    """Fills the database and compares it with the manifest.

    Raises OperatorError when the file is damaged, when the database is not empty (unless `replace`), or when the result
    differs from the backup.
    """
    manifest = read_manifest(file)
    with tempfile.TemporaryDirectory() as scratch:
        dump = Path(scratch) / DUMP
        _extract_dump(file, dump)
        if _sha256(dump) != manifest.dump_sha256:
            raise OperatorError(f"{file} is damaged: the hash of its dump is not the one in its manifest.")
        async with snapshot.connected(dsn) as connection:
            if not await snapshot.is_empty(connection):
                if not replace:
                    raise OperatorError("The database is not empty. `--replace` drops its contents.")
                await snapshot.clear(connection)
        _run(dsn, "pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", "--no-acl", str(dump))
    async with snapshot.connected(dsn) as connection:
        differing = differences(manifest.tables, await snapshot.fingerprints(connection))
        if differing:
            raise OperatorError(f"The restored data differs from the backup: {', '.join(differing)}.")
        await snapshot.settle(connection)
    await upgrade(dsn)
    return manifest


def differences(before: Mapping[str, Fingerprint], now: Mapping[str, Fingerprint]) -> list[str]:
    """Returns a phrase for each table that is not the same on both sides, with both numbers of rows."""

    def rows(table: Fingerprint | None) -> str:
        return f"{table.rows} rows" if table else "missing"

    names = sorted({*before, *now})
    return [
        f"{name} ({rows(before.get(name))}, now {rows(now.get(name))})"
        for name in names
        if before.get(name) != now.get(name)
    ]


def _run(dsn: str, program: str, *arguments: str, timeout_seconds: float = _TOOL_SECONDS) -> None:
    """Runs one of PostgreSQL's own tools; the password goes by the environment, which other users cannot read."""
    parts = urlsplit(dsn)
    host = parts.netloc.rpartition("@")[2]
    user = f"{parts.username}@" if parts.username else ""
    command = [
        *(str(binaries(account()) / program), "--dbname", urlunsplit(parts._replace(netloc=user + host))),
        *arguments,
    ]
    env = child_environment({"PGPASSWORD": unquote(parts.password)} if parts.password else {})
    try:
        done = subprocess.run(  # noqa: S603  our own binary
            command, env=env, capture_output=True, text=True, check=False, timeout=timeout_seconds
        )
    except subprocess.TimeoutExpired as error:
        raise OperatorError(
            f"{program} was stopped: it did not finish within {timeout_seconds / 3600:g} hours."
        ) from error
    if done.returncode:
        raise OperatorError(f"{program} failed: {done.stderr.strip()[-_ERROR_CHARACTERS:]}")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
