"""The log file of each part: kept small, and read back when a part fails.

Parts write straight into their file, not through the runner: a stopped runner must not block them. So rotation
copies and truncates; parts append, and go on at the new end.
"""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

KEEP_BYTES = 10 * 1024 * 1024
KEEP_FILES = 3
_TAIL_BYTES = 8192
_LINE_CHARACTERS = 400


def rotate(paths: Iterable[Path], keep_bytes: int = KEEP_BYTES) -> None:
    """Move what is too long to `.1`, what was there to `.2`, and so on; the oldest goes."""
    for path in paths:
        if not path.is_file() or path.stat().st_size < keep_bytes:
            continue
        for number in range(KEEP_FILES - 1, 0, -1):
            older = path.with_name(f"{path.name}.{number}")
            if older.is_file():
                older.replace(path.with_name(f"{path.name}.{number + 1}"))
        shutil.copyfile(path, path.with_name(f"{path.name}.1"))
        os.truncate(path, 0)


def tail(path: Path, lines: int = 8) -> str:
    """The last lines, indented, for a message."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(f"    {line[:_LINE_CHARACTERS]}" for line in text.splitlines()[-lines:])
