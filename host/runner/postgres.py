"""The embedded PostgreSQL: a child process with its data in one folder and a socket that only its owner can open."""

import ctypes
import os
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

from host.runner import postgres_password
from host.runner.postgres_account import Account, PostgresError, account, binaries
from host.runner.postgres_password import PasswordRefusedError

__all__ = ["EmbeddedPostgres", "PasswordRefusedError", "PostgresError"]

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
    "max_parallel_workers_per_gather": "0",  # with two cores and short queries a parallel plan only takes time from turns
    "autovacuum_naptime": "20s",  # the outbox grows from nothing to thousands of rows in less than a minute
    "autovacuum_vacuum_scale_factor": "0.05",
    # On very many rows an ANALYZE takes half a second of CPU; small tables are analysed often all the same.
    "autovacuum_analyze_scale_factor": "0.2",
    "log_checkpoints": "off",
    "log_min_messages": "warning",
    # A refused turn is a PostgreSQL error and quite normal: only what ends a session is worth a log line.
    "log_min_error_statement": "fatal",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class EmbeddedPostgres:
    """One PostgreSQL server and its data.

    Start it from a thread that lives as long as the server: the kernel stops the child when that thread ends.
    `fsync=False` is for data that may be lost: tests and simulations.
    """

    def __init__(self, folder: Path, *, log: Path | None = None, fsync: bool = True) -> None:
        self.folder = folder
        self.log = log or folder / "postgres.log"
        self.process: subprocess.Popen[Any] | None = None
        self._cluster = folder / "cluster"
        self._password_file = folder / "password"
        self._fsync = fsync
        self._sets_password = False  # because that of the file is another one

    @property
    def socket_dir(self) -> Path:
        """The folder of the server's socket."""
        return _socket_folder(self.folder / "socket", account())

    @property
    def password(self) -> str:
        return self._password_file.read_text(encoding="ascii", errors="replace").strip()

    def dsn(self, database: str = DATABASE) -> str:
        """Returns the DSN of a database, with its password; raises OSError before the first `prepare`."""
        return f"postgresql://{OWNER}:{quote(self.password)}@/{database}?host={quote(str(self.socket_dir), safe='/')}"

    def start(self, *, timeout_seconds: float = READY_SECONDS) -> None:
        """Starts the server and returns when it accepts connections; the first start initialises its data.

        Raises PostgresError when it is not ready in time; nothing runs then.
        """
        deadline = time.monotonic() + timeout_seconds
        try:
            self._start(deadline)
        except PasswordRefusedError:
            self._start(deadline)

    def _start(self, deadline: float) -> None:
        self.prepare(deadline)
        self.spawn()
        try:
            self.wait_until_ready(deadline)
        except BaseException:
            self.stop()
            raise

    # The three steps of a start: the runner takes them one by one, because together they block too long.

    def prepare(self, deadline: float) -> None:
        """Makes folder, password and cluster, and waits for the end of an old server; raises PostgresError.

        A password that was lost, or refused by the start before, becomes the database's.
        """
        with _as_postgres_errors(self.folder):
            self._prepare()
            if self._sets_password:
                self.stop()  # the one that refused it
            _wait_for_old_server(self._cluster / "postmaster.pid", deadline)
            if not (self._cluster / "PG_VERSION").exists():
                self._init_cluster()
            elif self._sets_password:
                self._set_password()
            self._sets_password = False

    def spawn(self) -> "subprocess.Popen[Any]":
        """Starts the server and does not wait for it; must be called from a thread that outlives it."""
        with _as_postgres_errors(self.folder):
            self.process = self._spawn()
        return self.process

    def wait_until_ready(self, deadline: float) -> None:
        """Waits until the server accepts connections and has the database.

        Raises PostgresError, and PasswordRefusedError where the next start will mend it.
        """
        self._wait_until_ready(deadline)
        self._create_database()

    def stop(self) -> None:
        """Stops the server within 5 s: it ends all sessions and writes a checkpoint; if it hangs, it is killed."""
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
        self._sets_password |= postgres_password.keep(self._password_file)

    def _init_cluster(self) -> None:
        """Makes the cluster under another name first: one that was interrupted is thrown away at the next start."""
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

    def _set_password(self) -> None:
        with _opened(self._cluster) as folder:
            postgres_password.set_in_stopped(folder, OWNER, self.password, account())

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
                start_new_session=True,  # Ctrl-C in the terminal must not stop it before the parts that need it
                preexec_fn=_die_with(os.getpid()),  # noqa: PLW1509  one system call; see there
                **who.popen,
            )

    def _wait_until_ready(self, deadline: float) -> None:
        """Reads the status line in postmaster.pid, as pg_ctl does, until it says ready; raises PostgresError."""
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
        """Makes the database if need be, at every start: the first one may have been interrupted before this step."""
        result = subprocess.run(  # noqa: S603  our own binary
            [str(binaries(account()) / "createdb"), "-h", str(self.socket_dir), "-U", OWNER, DATABASE],
            env={"PGPASSWORD": self.password},
            check=False,
            timeout=30,
            capture_output=True,
            text=True,
        )
        if "password authentication failed" in result.stderr:
            self._sets_password = True
            raise PasswordRefusedError(f"does not know the password in {self._password_file}, and is given it")
        if result.returncode and "already exists" not in result.stderr:
            raise PostgresError(_explain(result.stderr.strip(), self.folder))


@contextmanager
def _opened(folder: Path) -> Generator[int]:
    """Yields a descriptor for a child: through /dev/fd it reaches a folder even below a home that it may not enter."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _as_postgres_errors(folder: Path) -> Generator[None]:
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
    """Returns a private folder with a short path, because that of a socket has at most 107 bytes.

    The file `note` keeps the path, so that it is the same at every start.
    """
    if note.exists():
        folder = Path(note.read_text(encoding="utf-8"))
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            facts = folder.lstat()
            if facts.st_uid == who.uid and facts.st_mode == stat.S_IFDIR | 0o700:
                return folder
        else:
            os.chown(folder, who.uid, who.gid)
            return folder
    folder = Path(tempfile.mkdtemp(prefix="duely-", dir="/tmp"))
    os.chown(folder, who.uid, who.gid)
    note.write_text(str(folder), encoding="utf-8")
    return folder


def _wait_for_old_server(pid_file: Path, deadline: float) -> None:
    """Waits while a server whose parent was killed writes its checkpoint, then removes its pid file.

    A stale pid file would make the next server refuse to start.
    """
    while _is_postgres(pid_file) and time.monotonic() < deadline:
        time.sleep(0.05)
    if _is_postgres(pid_file):
        raise PostgresError(f"Another PostgreSQL is still running in {pid_file.parent}.")
    pid_file.unlink(missing_ok=True)  # by now no process or another program has its pid


def _is_postgres(pid_file: Path) -> bool:
    try:
        process = psutil.Process(int(pid_file.read_text(encoding="ascii").split()[0]))
        return process.name() == "postgres" and process.status() != psutil.STATUS_ZOMBIE
    except (FileNotFoundError, psutil.NoSuchProcess, ValueError, IndexError):
        return False


def _die_with(parent: int) -> Callable[[], None] | None:
    """Returns what asks the kernel, between fork and exec, to shut the child down when this process dies in any way."""
    if sys.platform != "linux":
        return None
    prctl: Any = ctypes.CDLL(None).prctl  # looked up here, because nothing may be loaded after the fork

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask
