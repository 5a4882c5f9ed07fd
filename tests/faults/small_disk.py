"""A disk of a few megabytes in memory, to be filled; mounting it needs root."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Generator
from pathlib import Path

import pytest


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int, *options: str) -> Generator[Path]:
    """Mounts an empty file system of that size at `folder`; skips the test where this user may not mount."""
    folder.mkdir(parents=True, exist_ok=True)
    words = ",".join((f"size={megabytes}m", "mode=0755", *options))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", words, "duely-test", str(folder)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"needs a small disk and cannot mount one: {mounted.stderr.strip()} (run as root)")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path, leave_bytes: int = 0) -> Path:
    """Writes a file that takes all free room but so many bytes; returns it."""
    ballast = folder / "ballast"
    with ballast.open("wb") as file:
        with contextlib.suppress(OSError):
            while (free := shutil.disk_usage(folder).free - leave_bytes) > 0:
                file.write(b"\0" * min(free, 1 << 20))
                file.flush()
        with contextlib.suppress(OSError):
            file.close()
    assert shutil.disk_usage(folder).free <= leave_bytes + os.sysconf("SC_PAGE_SIZE") * 4
    return ballast
