"""The log files of the parts: rotated, and read when a part fails.

Parts write straight into their file, because a stopped runner must not block them. So rotation copies a file and
truncates it; the part goes on appending.
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
    """Moves the content of each file that is too long to `.1`, that of `.1` to `.2`, and so on; deletes the oldest."""
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
    """Returns the last lines, indented for a message; "" where there is no file."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(f"    {line[:_LINE_CHARACTERS]}" for line in text.splitlines()[-lines:])
