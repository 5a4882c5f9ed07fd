"""A folder in memory for data that a test run may lose: there PostgreSQL makes a database in a quarter of the time."""

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psutil

_MEMORY = Path("/dev/shm")  # noqa: S108  its folders are ours alone
_NAME = "duely-tests-"  # and the pid of its user
_ROOM_BYTES = 4 * 1024**3


@contextmanager
def folder_in_memory(otherwise: Path) -> Generator[Path]:
    """Yields a folder of this process that is gone afterwards; `otherwise`, on disk, where memory has too little room."""
    if not _has_room():
        yield otherwise
        return
    for left in _MEMORY.glob(f"{_NAME}*"):  # by a run that was killed
        if not psutil.pid_exists(int(left.name.removeprefix(_NAME))):
            shutil.rmtree(left, ignore_errors=True)
    folder = _MEMORY / f"{_NAME}{os.getpid()}"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _has_room() -> bool:
    if not os.access(_MEMORY, os.W_OK):
        return False
    return min(shutil.disk_usage(_MEMORY).free, psutil.virtual_memory().available) >= _ROOM_BYTES
