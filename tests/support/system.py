"""The real system for tests: `duely up` as a child process, in a folder of its own on free ports.

A system may start and stop many times on the same folder and port. Each stop proves that every process which it
started is gone.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import psutil

from host.runner.folder import DataFolder
from host.runner.postgres import EmbeddedPostgres
from host.settings import Settings
from tests.support.deadline import until

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("postgres", "placement", "scheduler", "daprd", "host")
START_SECONDS = 90.0
STOP_SECONDS = 10.0
_TAIL_LINES = 15


AnySystem = TypeVar("AnySystem", bound="System")


class SystemFailedError(AssertionError):
    """The system did not come up; the message holds its output and the ends of its logs."""


class System:
    """A system in its own folder. `start` and `stop` block; each test may use an event loop of its own in between."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self.data = DataFolder(folder / "data")
        self.output = folder / "up.log"
        self.port = free_port()
        self.settings = {"DUELY_RATE_LIMITS": "off", **(settings or {})}
        self.command: tuple[str, ...] = ("-m", "host.operator.cli", "up")
        self._process: subprocess.Popen[bytes] | None = None
        self._seen: dict[int, psutil.Process] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def inner_url(self) -> str:
        """Returns the inner address, with metrics and readiness, of its process or of the first web replica."""
        return "http://{}:{}".format(*Settings(port=self.port).inner_address)

    @property
    def inner_headers(self) -> dict[str, str]:
        """Returns the headers that the inner listeners ask for."""
        file = Settings(data_dir=self.data.path).inner_token_file
        return {"Authorization": f"Bearer {file.read_text().strip()}"} if file and file.exists() else {}

    @property
    def is_started(self) -> bool:
        return self._process is not None

    @property
    def runner(self) -> psutil.Process:
        assert self._process is not None, "not started"
        return psutil.Process(self._process.pid)

    @property
    def database_url(self) -> str:
        return EmbeddedPostgres(self.data.postgres).dsn()

    # --- start and stop

    def start(self, within_seconds: float = START_SECONDS) -> float:
        """Starts it; returns the seconds until the public port says that all is ready. Raises SystemFailedError."""
        began = time.monotonic()
        process = self.launch()
        try:
            until(lambda: self._ready_or_over(process), within_seconds, "ready", 0.1)
        except AssertionError as error:
            self.destroy()
            raise SystemFailedError(f"{error}\n{self.tails()}") from error
        if process.poll() is not None:
            raise SystemFailedError(f"`duely up` ended with {process.returncode}\n{self.tails()}")
        self._look_around()
        return time.monotonic() - began

    def launch(self) -> "subprocess.Popen[bytes]":
        """Starts it without waiting, for starts that are meant to fail; returns the runner's process."""
        self.output.parent.mkdir(parents=True, exist_ok=True)
        with self.output.open("ab") as output:
            # It gets a session of its own, so that Ctrl-C reaches pytest alone and the fixture stops the system.
            self._process = subprocess.Popen(
                [sys.executable, *self.command],
                cwd=ROOT,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self._process

    def environment(self) -> dict[str, str]:
        ours = {"DUELY_DATA_DIR": str(self.data.path), "DUELY_PORT": str(self.port), **self.settings}
        rest = {name: value for name, value in os.environ.items() if not name.startswith(("DUELY_", "DAPR_"))}
        return {**rest, **ours}

    def stop(self, how: signal.Signals = signal.SIGTERM) -> float:
        """Stops it; returns the seconds that took. Asserts that it ended within 10 s, with 0, and left no process."""
        assert self._process is not None, "not started"
        self._look_around()
        began = time.monotonic()
        self._process.send_signal(how)
        try:
            code = self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.destroy()
            raise AssertionError(f"still running {STOP_SECONDS:g} s after {how.name}\n{self.tails()}") from None
        seconds = time.monotonic() - began
        self._process = None
        self.assert_nothing_left()
        assert code == 0, f"ended with {code}\n{self.tails()}"
        return seconds

    def destroy(self) -> None:
        """Kills everything, for clean-up after a failure; never fails itself."""
        self._look_around()
        processes = [*self._seen.values(), *self._by_folder()]
        for process in processes:
            with contextlib.suppress(psutil.Error):
                process.kill()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        psutil.wait_procs(processes, timeout=5)
        self._seen.clear()

    def assert_nothing_left(self, within_seconds: float = 5.0) -> None:
        """Asserts that no process lives which it started, or which has this data folder in its environment."""
        _, alive = psutil.wait_procs([*self._seen.values(), *self._by_folder()], timeout=within_seconds)
        left = [f"{process.pid} {_command(process)}" for process in alive if process.is_running()]
        assert not left, "left behind: " + "; ".join(left)
        self._seen.clear()

    # --- its parts

    def pids(self) -> dict[str, int]:
        """Returns the pid of each part that runs now, as the runner has noted it."""
        running = self.data.noted_running()
        return {name: pid for name, pid in (running.parts if running else {}).items() if name in PARTS}

    def part(self, name: str) -> psutil.Process:
        self._look_around()
        return psutil.Process(self.pids()[name])

    def kill(self, name: str) -> int:
        """Kills the part with SIGKILL; returns the pid that it had."""
        process = self.part(name)
        process.kill()
        return process.pid

    def until_restarted(self, name: str, old_pid: int, within_seconds: float = 45) -> float:
        """Waits until the part runs under another pid and all is ready; returns the seconds that took."""
        began = time.monotonic()
        until(lambda: self.pids().get(name, old_pid) != old_pid, within_seconds, f"{name} started again")
        until(self.is_ready, within_seconds, f"ready again after {name}", 0.1)
        self._look_around()
        return time.monotonic() - began

    def is_ready(self) -> bool:
        return answers(f"{self.url}/health/ready")

    def cli(
        self, *arguments: str, typed: str | None = None, timeout_seconds: float = 60
    ) -> "subprocess.CompletedProcess[str]":
        """Runs a `duely` command against the same folder; `typed` is its standard input."""
        return subprocess.run(
            [sys.executable, "-m", "host.operator.cli", *arguments],
            cwd=ROOT,
            env=self.environment(),
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout_seconds,
        )

    # --- looking inside

    @contextlib.asynccontextmanager
    async def database(self) -> Any:
        """Opens a connection straight to its database."""
        connection = await asyncpg.connect(self.database_url)
        try:
            yield connection
        finally:
            await connection.close()

    def said(self) -> str:
        """Returns the output of `duely up` so far."""
        return self.output.read_text(errors="replace") if self.output.is_file() else ""

    def tails(self) -> str:
        """Returns the ends of its output and of every part's log."""
        logs = sorted(self.data.logs.glob("*.log")) if self.data.logs.is_dir() else []
        return "\n".join(f"--- {path.name}\n{_tail(path)}" for path in [self.output, *logs] if path.is_file())

    def _ready_or_over(self, process: "subprocess.Popen[bytes]") -> bool:
        return process.poll() is not None or self.is_ready()

    def _look_around(self) -> None:
        """Remembers every descendant, so that one that outlives its parent is still known."""
        with contextlib.suppress(psutil.Error, AssertionError):
            for process in [self.runner, *self.runner.children(recursive=True)]:
                self._seen[process.pid] = process

    def _by_folder(self) -> Iterator[psutil.Process]:
        """Gives every process with this data folder in its environment."""
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.pid != os.getpid() and process.environ().get("DUELY_DATA_DIR") == str(self.data.path):
                    yield process


@contextlib.contextmanager
def running(system: AnySystem, within_seconds: float = START_SECONDS) -> Generator[AnySystem]:
    """Starts the system for the length of the block; stops it at the end if it still runs, and proves that it is gone."""
    system.start(within_seconds)
    try:
        yield system
        if system.is_started:
            system.stop()
    finally:
        system.destroy()


def running_system(folder: Path, settings: Mapping[str, str] | None = None) -> AbstractContextManager[System]:
    """A `System` of its own in the folder, running for the length of the block."""
    return running(System(folder, settings))


@contextlib.contextmanager
def stopped_system(folder: Path) -> Generator[System]:
    """A system that the test itself starts; the end of the block kills whatever of it still runs."""
    system = System(folder)
    try:
        yield system
    finally:
        system.destroy()


def answers(url: str) -> bool:
    """Returns whether a GET of that address of this machine is answered with 200 within 2 s."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  our own port
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def free_port() -> int:
    """Returns a port below those that the kernel gives to outgoing connections, so that a restart finds it free again.

    Its inner port, from 19000 to 19999, is free too; no system has its public port there.
    """
    for number in range(1_000):
        port = 18_000 + (os.getpid() + number) % 1_000
        if all(is_free(each) for each in (port, Settings(port=port).inner_address[1])):
            return port
    raise AssertionError("no free port from 18000 to 19000")


def is_free(port: int) -> bool:
    with socket.socket() as probe, contextlib.suppress(OSError):
        probe.bind(("127.0.0.1", port))
        return True
    return False


def _tail(path: Path) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-_TAIL_LINES:])


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())[:120]
    except psutil.Error:
        return "gone"
