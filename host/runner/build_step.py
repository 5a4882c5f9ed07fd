"""A step of a build that takes minutes: one start at a time, output in a log file, progress every ten seconds."""

import contextlib
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Generator, Mapping
from pathlib import Path

from host.console import Say
from host.runner.part import tethered

PROGRESS_SECONDS = 10
_POLL_SECONDS = 0.2


def run(
    command: tuple[str, ...], folder: Path, log: Path, env: Mapping[str, str], say_progress: Callable[[], None]
) -> int:
    """Returns the exit code. The command and all that it started end when this process is interrupted or killed."""
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_bytes(b"")
    process = tethered(command, log=log, env=env, folder=folder)
    next_progress = time.monotonic() + PROGRESS_SECONDS
    try:
        while (code := process.poll()) is None:
            time.sleep(_POLL_SECONDS)
            if time.monotonic() >= next_progress:
                next_progress += PROGRESS_SECONDS
                say_progress()
    except BaseException:
        _end(process)
        raise
    return code


def _end(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextlib.contextmanager
def locked(path: Path, doing: str, say: Say) -> Generator[None]:
    """Holds the lock file at `path`; says every ten seconds that another start holds it and is `doing` the same."""
    with path.open("w") as file:
        waited = 0.0
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if waited % PROGRESS_SECONDS < _POLL_SECONDS:
                    say(f"Another start is {doing}; waiting ({waited:.0f} s)")
                time.sleep(_POLL_SECONDS)
                waited += _POLL_SECONDS
        yield


def minutes(seconds: float) -> str:
    """Returns the seconds as minutes and seconds: 1:05."""
    return f"{seconds // 60:.0f}:{seconds % 60:02.0f}"
