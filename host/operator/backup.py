"""One file with everything worth keeping, and the proof that it is whole: `duely backup`, `duely restore`.

The file is a tar of `manifest.json` and `database.dump` (pg_dump's own format). The manifest has the number of rows
and a sha256 of each table, taken at the same instant as the dump; a restore counts and hashes again. The scheduler's
data is not in it: the sweeper registers every wake anew.
"""

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

from actors.clock import instant_text
from host.console import OperatorError
from host.runner.postgres_account import account, binaries
from host.settings import child_environment
from host.store.migrate import upgrade
from host.store.upkeep import rebuild, snapshot
from host.store.upkeep.snapshot import Fingerprint
from host.version import VERSION

FORMAT = 1
MANIFEST, DUMP = "manifest.json", "database.dump"
_ERROR_CHARACTERS = 800
_TOOL_HOURS = 12  # far more than the largest database takes; a server that hangs is not waited for without end


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says about itself."""

    format: int
    duely: str
    created_at: str
    schema: str
    dump_sha256: str
    tables: Mapping[str, Fingerprint]

    @property
    def proof(self) -> str:
        """One hash for all tables."""
        canonical = json.dumps({name: asdict(table) for name, table in self.tables.items()}, sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())


async def backup(dsn: str, file: Path, now: datetime) -> Manifest:
    """Write the file, whole or not at all; what is written meanwhile is not in it."""
    if file.exists():  # noqa: ASYNC240  a command of its own; nobody waits for this loop
        raise OperatorError(f"{file} is there already; a backup never overwrites.")
    with tempfile.TemporaryDirectory(prefix=f".{file.name}-", dir=file.parent) as scratch:
        dump = Path(scratch) / DUMP
        async with snapshot.connected(dsn) as connection, snapshot.one_instant(connection) as instant:
            schema = await snapshot.schema(connection)
            if not schema:
                raise OperatorError("This database holds no Duely: there is nothing to back up.")
            left_out = ("--no-owner", "--no-acl", f"--exclude-schema={rebuild.SCHEMA}")
            _run(dsn, "pg_dump", f"--snapshot={instant}", "--format=custom", *left_out, f"--file={dump}")
            tables = await snapshot.fingerprints(connection)
        manifest = Manifest(FORMAT, VERSION, instant_text(now), schema, _sha256(dump), tables)
        (Path(scratch) / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1))
        whole = Path(scratch) / "whole"
        whole.touch(mode=0o600)  # it holds password hashes
        with tarfile.open(whole, "w") as archive:
            archive.add(Path(scratch) / MANIFEST, MANIFEST)
            archive.add(dump, DUMP)
        _flush(whole)
        whole.rename(file)
    return manifest


def read_manifest(file: Path) -> Manifest:
    """What the file says that it holds; raises OperatorError when it is no backup."""
    try:
        with tarfile.open(file) as archive:
            member = archive.extractfile(MANIFEST)
            found = json.loads(member.read()) if member else {}
        tables = {name: Fingerprint(**table) for name, table in found.pop("tables").items()}
        manifest = Manifest(**found, tables=tables)
    except (OSError, tarfile.TarError, KeyError, ValueError, TypeError) as error:
        raise _not_whole(file, error) from error
    if manifest.format > FORMAT:
        raise OperatorError(f"{file} was written by Duely {manifest.duely}, which is newer than this one.")
    return manifest


def _extract_dump(file: Path, dump: Path) -> None:
    """Its bytes alone: whatever else a tar may say of a member, such as where it goes, is not asked."""
    try:
        with tarfile.open(file) as archive, dump.open("wb") as written:
            member = archive.extractfile(DUMP)
            if member is not None:  # else it is no file, and the empty one that is left has another hash
                shutil.copyfileobj(member, written)
    except (tarfile.TarError, KeyError) as error:
        raise _not_whole(file, error) from error


def _not_whole(file: Path, error: Exception) -> OperatorError:
    return OperatorError(f"{file} is not a whole backup of Duely: {error}.")


async def restore(dsn: str, file: Path, *, replace: bool) -> Manifest:
    """Fill the database and prove that it equals the backup; raises OperatorError when it does not."""
    manifest = read_manifest(file)
    with tempfile.TemporaryDirectory() as scratch:
        dump = Path(scratch) / DUMP
        _extract_dump(file, dump)
        if _sha256(dump) != manifest.dump_sha256:
            raise OperatorError(f"{file} is damaged: its dump is not the one that its manifest names.")
        async with snapshot.connected(dsn) as connection:
            if not await snapshot.is_empty(connection):
                if not replace:
                    raise OperatorError("The database is not empty. `--replace` drops what is there.")
                await snapshot.clear(connection)
        _run(dsn, "pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", "--no-acl", str(dump))
    async with snapshot.connected(dsn) as connection:
        differing = differences(manifest.tables, await snapshot.fingerprints(connection))
        if differing:
            raise OperatorError(f"What was restored differs from the backup: {', '.join(differing)}.")
        await snapshot.settle(connection)
    await upgrade(dsn)
    return manifest


def differences(told: Mapping[str, Fingerprint], found: Mapping[str, Fingerprint]) -> list[str]:
    """Each table that is not the same on both sides, with both numbers of rows."""

    def rows(table: Fingerprint | None) -> str:
        return f"{table.rows} rows" if table else "missing"

    names = sorted({*told, *found})
    return [
        f"{name} ({rows(told.get(name))}, now {rows(found.get(name))})"
        for name in names
        if told.get(name) != found.get(name)
    ]


def _run(dsn: str, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own tools; the password goes by the environment, which other users cannot read."""
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
            command, env=env, capture_output=True, text=True, check=False, timeout=_TOOL_HOURS * 3600
        )
    except subprocess.TimeoutExpired as error:
        raise OperatorError(f"{program} was ended: it was not ready after {_TOOL_HOURS} hours.") from error
    if done.returncode:
        raise OperatorError(f"{program} failed: {done.stderr.strip()[-_ERROR_CHARACTERS:]}")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
