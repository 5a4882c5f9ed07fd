"""A part: one process that the runner starts, waits for, starts again and stops."""

import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from host.runner import tether
from host.settings import child_environment

Process = subprocess.Popen[bytes]
# Returns what is still missing, in a few words; "" once the part can be used.
Ready = Callable[[], Awaitable[str]]


async def ready_at_once() -> str:
    """Returns "": the part can be used as soon as it runs."""
    return ""


def no_preparation() -> None:
    """Does nothing: the part needs no preparation."""


@dataclass(frozen=True, slots=True)
class Part:
    """One row of the table of parts.

    prepare: is called before each start, in a thread; it may block; what it returns is said
    spawn: starts the process and returns; is called in the main thread, to which the kernel ties the child
    (when one of them raises OperatorError or OSError, the start is tried again)
    after: the parts that must be ready before this one starts
    works: is asked each second once the part was ready; one that does not work for some time is restarted
    once: the process ends by itself; exit code 0 makes the part ready, any other fails the start
    stop_seconds: the time from `stop_signal` to a kill
    group: neighbours in the table with the same group are stopped together
    """

    name: str
    log: Path
    spawn: Callable[[], Process]
    prepare: Callable[[], str | None] = no_preparation
    ready: Ready = ready_at_once
    works: Ready | None = None
    ready_seconds: float = 30
    after: tuple[str, ...] = ()
    once: bool = False
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 2
    group: str = ""


def tethered(
    command: tuple[str, ...], *, log: Path, env: Mapping[str, str] | None = None, folder: Path | None = None
) -> Process:
    """Starts a command that gets SIGTERM when this process dies; its output is appended to `log`.

    It has a session of its own, so Ctrl-C in the terminal reaches only the runner, which stops the parts in order.
    """
    wrapped = (sys.executable, "-I", "-S", tether.__file__, str(int(signal.SIGTERM)), str(os.getpid()), *command)
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603  a row of the table of parts
            wrapped,
            cwd=folder,
            env=child_environment(env or {}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
