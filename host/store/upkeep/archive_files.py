"""Files of the archive: gzipped lines of JSON, one a row, written whole or not at all, and read back."""

import gzip
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

import orjson

from host.store.read_model.activity_rows import chained

SUFFIX: Final = ".ndjson.gz"
_PARTIAL: Final = ".partial"
_LEVEL: Final = 6


HashOf = Callable[[bytes], str]  # takes a line; raises ValueError where the row is not the one that was hashed


class DamagedError(Exception):
    """A file of the archive is missing, truncated, or not what was written."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds: the number of rows, and the sha256 over their hashes in order."""

    rows: int
    digest: str


def entry_hash(line: bytes) -> str:
    """Returns the hash of an entry of activity, computed again from its body."""
    row = orjson.loads(line)
    if chained(row["prev_hash"], row["body"]) != row["hash"]:
        raise ValueError(f"another row at {row['user_id']} {row['position']} than was hashed")
    own_hash: str = row["hash"]
    return own_hash


def line_hash(line: bytes) -> str:
    """Returns the hash of a row that has none of its own."""
    return sha256(line).hexdigest()


class Writer:
    """Writes the file `name` in `folder`, under a temporary name until `finish`. Its methods block: use a thread."""

    def __init__(self, folder: Path, name: str, hash_of: HashOf = entry_hash) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Unique: a leader that was stopped and resumes after another took over must not rename the other's file.
        self.partial = folder / f".{name}.{token_hex(4)}{_PARTIAL}"
        self._final = folder / name
        descriptor = os.open(self.partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._raw = os.fdopen(descriptor, "wb")
        # Without time and name in the header, the same rows make the same file.
        self._file = gzip.GzipFile(fileobj=self._raw, filename="", mode="wb", compresslevel=_LEVEL, mtime=0)
        self._digest = sha256()
        self._rows = 0
        self._hash_of = hash_of

    def add(self, rows: Iterable[tuple[str, str]]) -> None:
        """Adds rows, given as (hash, JSON)."""
        for row_hash, line in rows:
            self._digest.update(row_hash.encode())
            self._file.write(line.encode() + b"\n")
            self._rows += 1

    def flush(self) -> Content:
        """Flushes the file to disk and reads it back; raises DamagedError if it does not hold what was added."""
        self._file.close()
        self._raw.flush()
        os.fsync(self._raw.fileno())
        self._raw.close()
        written = Content(self._rows, self._digest.hexdigest())
        if examined(self.partial, self._hash_of) != written:
            raise DamagedError(f"{self.partial} does not hold what was written")
        return written

    def finish(self, written: Content) -> None:
        """Gives the file its final name; a different file of that name, left by a crash, is put aside."""
        if self._final.exists() and not self._exists_with(written):
            self._final.rename(_aside(self._final))
        os.rename(self.partial, self._final)  # noqa: PTH104  a test stops here
        flush_folder(self._final.parent)

    def _exists_with(self, content: Content) -> bool:
        try:
            return examined(self._final, self._hash_of) == content
        except DamagedError:
            return False

    def abandon(self) -> None:
        """Removes the temporary file; after `finish` there is none."""
        with suppress(OSError):
            self._raw.close()
        self.partial.unlink(missing_ok=True)


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Yields the rows of a file in order; raises DamagedError."""
    for line in _lines(path):
        yield orjson.loads(line)


def _lines(path: Path) -> Iterator[bytes]:
    """Yields the lines of a file; raises DamagedError, also for an error that only a line shows."""
    try:
        with gzip.open(path, "rb") as lines:
            for line in lines:
                yield line.rstrip(b"\n")
    except (OSError, EOFError, ValueError) as error:
        raise DamagedError(f"{path} cannot be read: {error}") from error


def examined(path: Path, hash_of: HashOf = entry_hash) -> Content:
    """Reads the whole file and hashes each row again; raises DamagedError."""
    digest, rows = sha256(), 0
    for line in _lines(path):
        try:
            digest.update(hash_of(line).encode())
        except ValueError as error:
            raise DamagedError(f"{path} has {error}") from error
        rows += 1
    return Content(rows, digest.hexdigest())


def free_name(stem: str, taken: Collection[str]) -> str:
    """Returns `stem.ndjson.gz`, or the first of `stem-2.ndjson.gz`, … that is not taken."""
    names = (f"{stem}{number}{SUFFIX}" for number in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(name for name in names if name not in taken)


def remove_partial(folder: Path) -> None:
    """Removes files that a crash left half written."""
    for path in folder.glob(f".*{SUFFIX}*{_PARTIAL}"):
        path.unlink()


def flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _aside(path: Path) -> Path:
    names = (path.with_name(f"{path.name}.aside-{number}") for number in range(1, 1000))
    return next(name for name in names if not name.exists())
