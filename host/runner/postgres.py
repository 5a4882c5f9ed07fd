"""PostgreSQL as our own child: one cluster in a data folder, reached by a socket that only we can open."""

import ctypes
import os
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import psutil

from host.runner.postgres_account import Account, PostgresError, account, binaries

__all__ = ["EmbeddedPostgres", "PostgresError"]

OWNER: Final = "duely"
DATABASE: Final = "duely"
READY_SECONDS: Final = 30.0
FAST_STOP_SECONDS: Final = 4.0
_FREE_BYTES_TO_START: Final = 128 * 1024 * 1024
_LOG_TAIL_BYTES: Final = 4_000
_PR_SET_PDEATHSIG: Final = 1

SETTINGS: Final = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "1GB",
    "max_wal_senders": "0",
    "wal_level": "minimal",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",  # two cores, short queries: a parallel plan only steals from turns
    "autovacuum_naptime": "20s",  # the outbox grows from nothing to thousands of rows in less than a minute
    "autovacuum_vacuum_scale_factor": "0.05",
    # Where rows are very many an ANALYZE takes half a second of CPU; what is small is looked at often all the same.
    "autovacuum_analyze_scale_factor": "0.2",
    "log_checkpoints": "off",
    "log_min_messages": "warning",
    # Refused turns are PostgreSQL errors and every day's business: only what stops a session is worth a log line.
    "log_min_error_statement": "fatal",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class EmbeddedPostgres:
    """`start()` makes the cluster at first use and returns when it accepts connections; `stop()` ends it.

    Start it from a thread that lives as long as the server: the kernel ties the end of the child to that thread.
    `fsync=False` is for what may be lost: tests and simulations.
    """

    def __init__(self, folder: Path, *, log: Path | None = None, fsync: bool = True) -> None:
        self.folder = folder
        self.log = log or folder / "postgres.log"
        self.process: subprocess.Popen[Any] | None = None
        self._cluster = folder / "cluster"
        self._password_file = folder / "password"
        self._fsync = fsync

    @property
    def socket_dir(self) -> Path:
        return _socket_folder(self.folder / "socket", account())

    @property
    def password(self) -> str:
        return self._password_file.read_text(encoding="ascii").strip()

    def dsn(self, database: str = DATABASE) -> str:
        return f"postgresql://{OWNER}:{self.password}@/{database}?host={quote(str(self.socket_dir), safe='/')}"

    def start(self, *, timeout_seconds: float = READY_SECONDS) -> None:
        """Raise PostgresError, with the reason, when it is not ready in time; nothing runs then."""
        deadline = time.monotonic() + timeout_seconds
        self.prepare(deadline)
        self.spawn()
        try:
            self.wait_until_ready(deadline)
        except BaseException:
            self.stop()
            raise

    # The three steps of a start, for a runner that does not want to be blocked by all of it at once.

    def prepare(self, deadline: float) -> None:
        """Everything before the server runs: folder, password, the end of an old server, the cluster."""
        with _clear_errors(self.folder):
            self._prepare()
            _wait_for_old_server(self._cluster / "postmaster.pid", deadline)
            if not (self._cluster / "PG_VERSION").exists():
                self._init_cluster()

    def spawn(self) -> "subprocess.Popen[Any]":
        """Start the server; from a thread that outlives it. Does not wait for it."""
        with _clear_errors(self.folder):
            self.process = self._spawn()
        return self.process

    def wait_until_ready(self, deadline: float) -> None:
        self._wait_until_ready(deadline)
        self._create_database()

    def stop(self) -> None:
        """Ends within 5 s: sessions are cut and a checkpoint written; a server that hangs is killed."""
        process, self.process = self.process, None
        if process is not None:
            for sign, seconds in ((signal.SIGINT, FAST_STOP_SECONDS), (signal.SIGQUIT, 0.8), (signal.SIGKILL, 5.0)):
                process.send_signal(sign)
                try:
                    process.wait(seconds)
                    break
                except subprocess.TimeoutExpired:
                    continue
            shutil.rmtree(self.socket_dir, ignore_errors=True)

    def _prepare(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        free = shutil.disk_usage(self.folder).free
        if free < _FREE_BYTES_TO_START:
            raise PostgresError(
                f"The disk under {self.folder} is full: {free // 1024**2} MB are free, "
                f"{_FREE_BYTES_TO_START // 1024**2} MB are needed. Free some space and start again."
            )
        if not self._password_file.exists():
            descriptor = os.open(self._password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(32))

    def _init_cluster(self) -> None:
        """Under another name first: a cluster that was cut short is thrown away at the next start."""
        who, partial = account(), self.folder / "cluster.partial"
        shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(self._cluster, ignore_errors=True)
        partial.mkdir(mode=0o700)
        os.chown(partial, who.uid, who.gid)
        with _opened(partial) as folder, tempfile.TemporaryFile() as password:
            password.write(self.password.encode())
            password.flush()
            os.fchown(password.fileno(), who.uid, who.gid)
            result = subprocess.run(  # noqa: S603  our own binary
                [
                    *(str(binaries(who) / "initdb"), "-D", f"/dev/fd/{folder}", "-U", OWNER),
                    *("--auth=scram-sha-256", f"--pwfile=/dev/fd/{password.fileno()}", "--encoding=UTF8"),
                    *("--locale-provider=builtin", "--locale=C.UTF-8"),
                    *(() if self._fsync else ("--no-sync",)),
                ],
                pass_fds=(folder, password.fileno()),
                cwd="/",
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
                **who.popen,
            )
        if result.returncode:
            shutil.rmtree(partial, ignore_errors=True)
            raise PostgresError(_explain(f"initdb failed: {result.stderr.strip()}", self.folder))
        partial.rename(self._cluster)

    def _spawn(self) -> "subprocess.Popen[Any]":
        who = account()
        settings = SETTINGS | {"unix_socket_directories": str(self.socket_dir)}
        if not self._fsync:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        with _opened(self._cluster) as folder, self.log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603  our own binary
                [
                    *(str(binaries(who) / "postgres"), "-D", f"/dev/fd/{folder}"),
                    *(word for name, value in settings.items() for word in ("-c", f"{name}={value}")),
                ],
                pass_fds=(folder,),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is ours to hand on, after the parts that need it
                preexec_fn=_die_with(os.getpid()),  # noqa: PLW1509  one system call; see there
                **who.popen,
            )

    def _wait_until_ready(self, deadline: float) -> None:
        """By the status line in postmaster.pid, as pg_ctl does; ends with the server or the deadline."""
        process, pid_file = self.process, self._cluster / "postmaster.pid"
        while process is not None and process.poll() is None and time.monotonic() < deadline:
            try:
                lines = pid_file.read_text(encoding="ascii").splitlines()
            except FileNotFoundError:
                lines = []
            if len(lines) > 7 and lines[0] == str(process.pid) and lines[7].strip() == "ready":  # noqa: PLR2004
                return
            time.sleep(0.02)
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - _LOG_TAIL_BYTES))
            tail = log.read().decode(errors="replace").strip()
        raise PostgresError(_explain(f"PostgreSQL did not become ready; the end of {self.log}:\n{tail}", self.folder))

    def _create_database(self) -> None:
        """At every start, because the first one may have ended right after it made the cluster."""
        result = subprocess.run(  # noqa: S603  our own binary
            [str(binaries(account()) / "createdb"), "-h", str(self.socket_dir), "-U", OWNER, DATABASE],
            env={"PGPASSWORD": self.password},
            check=False,
            timeout=30,
            capture_output=True,
            text=True,
        )
        if result.returncode and "already exists" not in result.stderr:
            raise PostgresError(_explain(result.stderr.strip(), self.folder))


@contextmanager
def _opened(folder: Path) -> Generator[int]:
    """A descriptor to hand to a child: by /dev/fd it reaches the folder even below a home that is closed to it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _clear_errors(folder: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise PostgresError(_explain(f"{error.strerror}: {error.filename or folder}", folder)) from error


def _explain(message: str, folder: Path) -> str:
    if "No space left on device" in message:
        return f"The disk under {folder} is full. Free some space and start again.\n{message}"
    if "Permission denied" in message or "Operation not permitted" in message:
        return f"No permission to write below {folder}. Give it to the user who starts Duely.\n{message}"
    return message


def _socket_folder(note: Path, who: Account) -> Path:
    """A short path (a socket's may have 107 bytes), ours alone, and the same one at every start, by `note`."""
    if note.exists():
        folder = Path(note.read_text(encoding="utf-8"))
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            found = folder.lstat()
            if found.st_uid == who.uid and found.st_mode == stat.S_IFDIR | 0o700:
                return folder
        else:
            os.chown(folder, who.uid, who.gid)
            return folder
    folder = Path(tempfile.mkdtemp(prefix="duely-", dir="/tmp"))
    os.chown(folder, who.uid, who.gid)
    note.write_text(str(folder), encoding="utf-8")
    return folder


def _wait_for_old_server(pid_file: Path, deadline: float) -> None:
    """A server whose parent was killed is still writing its checkpoint; a stale file would refuse the start."""
    while _is_postgres(pid_file) and time.monotonic() < deadline:
        time.sleep(0.05)
    if _is_postgres(pid_file):
        raise PostgresError(f"Another PostgreSQL is still running in {pid_file.parent}.")
    pid_file.unlink(missing_ok=True)  # its number is free again or another program's


def _is_postgres(pid_file: Path) -> bool:
    try:
        process = psutil.Process(int(pid_file.read_text(encoding="ascii").split()[0]))
        return process.name() == "postgres" and process.status() != psutil.STATUS_ZOMBIE
    except (FileNotFoundError, psutil.NoSuchProcess, ValueError, IndexError):
        return False


def _die_with(parent: int) -> Callable[[], None] | None:
    """Asks the kernel, between fork and exec, for a fast shutdown of the child when we die, however that happens."""
    if sys.platform != "linux":
        return None
    prctl: Any = ctypes.CDLL(None).prctl  # looked up before the fork: nothing may be loaded after it

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask
