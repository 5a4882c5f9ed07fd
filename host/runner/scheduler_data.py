"""The scheduler's data (etcd): put aside when it is damaged. Nothing is lost, because every wake is in the database."""

import re
import shutil
from pathlib import Path

KEPT = 2  # damaged folders, for whoever wants to look into one
_LOG_BYTES = 512 * 1024
_START = "Starting dapr-scheduler "
# What etcd says of data that it cannot read: an error when it opens its log, a panic when it opens or reads a page.
_DAMAGED = re.compile(r"^panic: |failed to start embedded etcd: ", re.MULTILINE)
_ANOTHER_CAUSE = re.compile(
    r"no space left|disk quota|permission denied|read-only file system|address already in use|cannot assign|"
    r"too many open files|cannot allocate memory|out of memory",
    re.IGNORECASE,
)


def put_aside_if_damaged(folder: Path, log: Path) -> str:
    """Renames the folder when the last two starts of the scheduler failed on it; returns what was done, "" for nothing.

    The sweeper finds the new scheduler without its mark and has every wake registered again.
    """
    starts = _end_of(log).split(_START)[1:][-2:]
    if len(starts) < 2 or not all(map(_is_damaged, starts)) or not any(folder.iterdir()):  # noqa: PLR2004
        return ""
    aside = _free_name(folder)
    folder.rename(aside)
    folder.mkdir(mode=0o700)
    _forget_oldest(folder)
    return f"could not read its data: {aside} keeps that, and it starts anew; every wake is registered again"


def _is_damaged(start: str) -> bool:
    return bool(_DAMAGED.search(start)) and not _ANOTHER_CAUSE.search(start)


def _end_of(log: Path) -> str:
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _LOG_BYTES))
            return file.read().decode(errors="replace")
    except FileNotFoundError:
        return ""


def _aside(folder: Path) -> list[Path]:
    """Returns the folders that were put aside, the newest last."""
    found = folder.parent.glob(f"{folder.name}.damaged-*")
    return sorted(found, key=lambda path: int(path.name.rpartition("-")[2]))


def _free_name(folder: Path) -> Path:
    number = max((int(path.name.rpartition("-")[2]) for path in _aside(folder)), default=0) + 1
    return folder.with_name(f"{folder.name}.damaged-{number}")


def _forget_oldest(folder: Path) -> None:
    for old in _aside(folder)[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)
