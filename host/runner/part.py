"""A part of the machine: one process that the runner starts, waits for, starts again and stops."""

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
# What is still missing, in a few words; "" once the part can be used.
Ready = Callable[[], Awaitable[str]]


async def at_once() -> str:
    """For a part that can be used as soon as it runs."""
    return ""


def nothing() -> None:
    """For a part that needs no preparation."""


@dataclass(frozen=True, slots=True)
class Part:
    """One row of the table of parts.

    prepare: what must be done before each start; may block, runs in a thread
    spawn: starts the process and returns; runs in the main thread, to which the kernel ties the child
    (both raise OperatorError or OSError; that start is then tried again)
    after: the parts that must be ready before this one starts
    once: it runs to its end; exit 0 makes it ready, anything else fails the start
    stop_seconds: how long it has after `stop_signal` before it is killed
    group: parts of one group that stand side by side in the table are stopped together
    """

    name: str
    log: Path
    spawn: Callable[[], Process]
    prepare: Callable[[], None] = nothing
    ready: Ready = at_once
    ready_seconds: float = 30
    after: tuple[str, ...] = ()
    once: bool = False
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 2
    group: str = ""


def tethered(
    command: tuple[str, ...], *, log: Path, env: Mapping[str, str] | None = None, folder: Path | None = None
) -> Process:
    """Start a command that is told to stop when we die, whose output goes into its log file.

    It is a session of its own: Ctrl-C in the terminal is ours to hand on, in our order.
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
