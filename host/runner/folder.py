"""The data folder: its layout, the lock that one runner holds on it, and the state file of a running Duely.

postgres/    the database                logs/      a file for each part
scheduler/   the scheduler's data        run/       lock, ports, state of the running system, token
kafka/       the embedded broker         archive/   old activity, unless DUELY_ARCHIVE_DIR is set
"""

import contextlib
import errno
import fcntl
import json
import os
import shutil
import tempfile
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from pwd import getpwuid
from typing import IO

import psutil

from host.console import OperatorError, Say

FREE_BYTES_TO_START = 200 * 1024 * 1024
_PROBE_BYTES = 64 * 1024
_LEFTOVER_SECONDS = 10
_LOCK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Running:
    """What runs, as written to run/state.json, which only its owner can read.

    parts: the pids of the parts that run, by name; names: of all parts that should run
    inner_token: the path of the token's file; "" where no token is asked for
    command_keys: the path of the file with the keys that sign commands
    """

    pid: int
    url: str
    sidecar: str
    app_port: int
    dapr_http_port: int
    dapr_grpc_port: int
    api_token: str = field(repr=False)
    inner_url: str = ""
    inner_token: str = ""
    command_keys: str = ""
    parts: Mapping[str, int] = field(default_factory=dict[str, int])
    names: Sequence[str] = field(default_factory=list[str])


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The layout of the folder, and the lock on it."""

    path: Path

    @property
    def postgres(self) -> Path:
        return self.path / "postgres"

    @property
    def scheduler(self) -> Path:
        return self.path / "scheduler"

    @property
    def kafka(self) -> Path:
        return self.path / "kafka"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def run(self) -> Path:
        return self.path / "run"

    @property
    def ports(self) -> Path:
        return self.run / "ports.json"

    def prepare(self) -> None:
        """Makes the folders that are missing; raises OperatorError when they cannot be written or the disk is full."""
        try:
            for folder in (self.path, self.scheduler, self.logs, self.run):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.run) as probe:
                probe.write(b"\0" * _PROBE_BYTES)
                probe.flush()
                os.fsync(probe.fileno())
        except OSError as error:
            raise OperatorError(why_unwritable(self.path, error)) from error
        free = shutil.disk_usage(self.path).free
        if free < FREE_BYTES_TO_START:
            raise OperatorError(
                f"The disk under {self.path} is full: {free >> 20} MB are free and "
                f"{FREE_BYTES_TO_START >> 20} MB are needed to start. Free some space, then start again."
            )

    @contextlib.contextmanager
    def locked(self) -> Generator[None]:
        """Holds the lock on the folder; raises OperatorError naming the runner that holds it."""
        with (self.run / "lock").open("a") as file:
            if not _lock(file, _LOCK_SECONDS):
                raise OperatorError(self._already_runs())
            try:
                yield
            finally:
                self.state_file.unlink(missing_ok=True)

    @property
    def state_file(self) -> Path:
        return self.run / "state.json"

    def note_running(self, running: Running) -> None:
        """Writes the state file."""
        write_private(self.state_file, json.dumps(asdict(running), indent=1))

    def noted_running(self) -> Running | None:
        """Returns the state file's content; it may be left from a runner that was killed. None where there is none."""
        try:
            return Running(**json.loads(self.state_file.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def require_running(self) -> Running:
        """Returns what runs now; raises OperatorError when nothing does."""
        running = self.noted_running() if self.is_held() else None
        if running is None:
            raise OperatorError(f"Duely does not run from {self.path}; start it with `duely up` first.")
        return running

    def is_held(self) -> bool:
        """Whether a runner holds the lock now."""
        try:
            with (self.run / "lock").open("a") as file:
                return not _lock(file)
        except OSError:
            return False

    def _already_runs(self) -> str:
        running = self.noted_running()
        who = f"pid {running.pid}, {running.url}" if running else "it is just starting"
        stop = f"`kill {running.pid}`" if running else "Ctrl-C"
        return (
            f"Duely already runs from {self.path} ({who}). Stop that one with Ctrl-C where it runs or with {stop}. "
            "A second one beside it needs its own DUELY_DATA_DIR and DUELY_PORT."
        )


def write_private(file: Path, text: str) -> None:
    """Writes a file whole or not at all; only its owner can read it."""
    partial = file.with_suffix(".partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(text)
    partial.replace(file)


def _lock(file: IO[str], seconds: float = 0) -> bool:
    """Takes the lock and returns whether that worked; `seconds` waits out a process that only looks (is_held)."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.05)
        else:
            return True


def end_leftovers(running: Running | None, say: Say) -> None:
    """Waits for the parts of a runner that was killed, which the kernel has told to stop; kills those that hang."""
    if running is None:
        return
    # By now a pid may belong to another program: a part is known by its command line.
    parts = [process for name, pid in running.parts.items() if (process := _part(name, pid))]
    if not parts:
        return
    say(f"Waiting for {', '.join(process.name() for process in parts)} of the last start, which was killed")
    _, alive = psutil.wait_procs(parts, timeout=_LEFTOVER_SECONDS)
    for process in alive:
        process.kill()
    psutil.wait_procs(alive, timeout=_LEFTOVER_SECONDS)


def _part(name: str, pid: int) -> psutil.Process | None:
    program = program_of(name)
    try:
        process = psutil.Process(pid)
        return process if any(program in word for word in process.cmdline()) else None
    except psutil.Error:
        return None


def program_of(name: str) -> str:
    """Returns a word in the command line of the part: `web-1` is one of our processes, `web-1-daprd` its sidecar."""
    kind = "daprd" if name.endswith("-daprd") else name.partition("-")[0]
    ours = dict.fromkeys(("host", "web", "actors", "consumers"), "web.serve")
    return {**ours, "migrations": "migrate"}.get(kind, kind)


def why_unwritable(path: Path, error: OSError) -> str:
    """Returns why nothing can be written below `path`, and what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk under {path} is full. Free some space, then start again."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        existing = next(folder for folder in (path, *path.parents) if os.path.exists(folder))  # noqa: PTH110  Path.exists raises here
        facts = existing.stat()
        return (
            f"No permission to write below {existing}: it belongs to {_user(facts.st_uid)} with mode "
            f"{facts.st_mode & 0o777:o}{', on a read-only file system' * (error.errno == errno.EROFS)}, and you are "
            f"{_user(os.geteuid())}. Give that user the folder, or choose another one with DUELY_DATA_DIR."
        )
    return f"The data folder {path} cannot be used: {error.strerror} ({error.filename})."


def _user(uid: int) -> str:
    try:
        return getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
