"""A long command: its output goes to a log, and a line of progress is due every ten seconds. Done by one at a time."""

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

HEARTBEAT_SECONDS = 10
_POLL_SECONDS = 0.2


def run(command: tuple[str, ...], folder: Path, log: Path, env: Mapping[str, str], beat: Callable[[], None]) -> int:
    """The exit code. The command and what it started end when we are interrupted or killed."""
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_bytes(b"")
    process = tethered(command, log=log, env=env, folder=folder)
    next_beat = time.monotonic() + HEARTBEAT_SECONDS
    try:
        while (code := process.poll()) is None:
            time.sleep(_POLL_SECONDS)
            if time.monotonic() >= next_beat:
                next_beat += HEARTBEAT_SECONDS
                beat()
    except BaseException:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        raise
    return code


@contextlib.contextmanager
def locked(path: Path, doing: str, say: Say) -> Generator[None]:
    """Holds the lock on `path`; while another start holds it, says so every ten seconds."""
    with path.open("w") as file:
        waited = 0.0
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if waited % HEARTBEAT_SECONDS < _POLL_SECONDS:
                    say(f"Another start is {doing}; waiting ({waited:.0f} s)")
                time.sleep(_POLL_SECONDS)
                waited += _POLL_SECONDS
        yield


def clock(seconds: float) -> str:
    """As 1:05."""
    return f"{seconds // 60:.0f}:{seconds % 60:02.0f}"
