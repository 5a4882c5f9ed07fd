"""The diagnosis of `duely doctor`: parts, versions, addresses, lag of the consumers, disk use and problems."""

import json
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from host.operator import installed_dapr
from host.readiness import WORKS
from host.runner import checkout, ports, sidecar
from host.runner.database import embedded
from host.runner.folder import DataFolder, Running
from host.runner.probe import http_get, http_ok
from host.runner.up import LOW_DISK_BYTES
from host.settings import Settings, cache_dir, reachable_address
from host.store.upkeep import vitals
from host.store.upkeep.vitals import Vitals
from host.version import VERSION

LAG_EVENTS = 1000
BROKER_LAG_SECONDS = 10
_OK, _UNAUTHORIZED = 200, 401


@dataclass(frozen=True, slots=True)
class Listener:
    """An address on which a part listens; other machines can reach it when `beyond`."""

    part: str
    use: str
    protocol: str
    address: str
    port: int
    beyond: bool


@dataclass(slots=True)
class Diagnosis:
    """Everything that the doctor found; `problems` is empty for a healthy system.

    parts: the state of each part by name; disk: sizes in bytes by folder
    readiness: the answer of /health/ready; watched: the address of metrics and readiness, and the file of its token
    """

    versions: dict[str, str]
    url: str = ""
    parts: dict[str, str] = field(default_factory=dict[str, str])
    listeners: list[Listener] = field(default_factory=list[Listener])
    readiness: dict[str, Any] = field(default_factory=dict[str, Any])
    watched: dict[str, str] = field(default_factory=dict[str, str])
    vitals: Vitals | None = None
    disk: dict[str, int] = field(default_factory=dict[str, int])
    problems: list[str] = field(default_factory=list[str])

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def database_url(settings: Settings) -> str:
    """Returns the DSN of the database that answers now; "" when nothing runs or it belongs to another user."""
    folder = DataFolder(settings.data_dir)
    if settings.database_url or not folder.is_held():
        return settings.database_url
    try:
        return embedded(folder).dsn()
    except OSError:
        return ""


async def examine(settings: Settings, database_url: str, now: datetime) -> Diagnosis:
    """Examines the parts, the data and the disk; `database_url` is "" when no database runs."""
    folder = DataFolder(settings.data_dir)
    report = Diagnosis(_versions())
    running = folder.noted_running() if folder.is_held() else None
    if running is None:
        report.problems.append(f"Nothing runs from {folder.path}: start it with `duely up`.")
    else:
        await _look_at_parts(report, folder, running)
    if running and not database_url:
        report.problems.append(
            f"The password of the database cannot be read: {folder.postgres / 'password'}. If the file is gone, stop "
            "Duely and start it again, which mends it; if it belongs to another account, run this as that account."
        )
    if database_url:
        await _look_at_data(report, settings, database_url, now)
    _look_at_disk(report, folder, settings.archive)
    report.problems.extend(installed_dapr.problems())
    return report


def _versions() -> dict[str, str]:
    build = sidecar.find(checkout.SIDECAR_SOURCE, cache_dir())
    dapr = f"{sidecar.VERSION} ({build.folder})" if build else "not built yet"
    return {"duely": VERSION, "python": sys.version.split()[0], "dapr": dapr}


async def _look_at_parts(report: Diagnosis, folder: DataFolder, running: Running) -> None:
    report.url = running.url
    uses = {port: name for name, port in ports.remembered_in(folder.ports).items()} | {
        _address(running.url)[1]: "page and API",
        _address(running.inner_url)[1]: "metrics and readiness",
    }
    for name in running.names:
        process = _process(running.parts.get(name))
        report.parts[name] = _described(process) if process else "does not run"
        if process is None:
            report.problems.append(f"{name} does not run; its log is {folder.logs / name}.log.")
        else:
            report.listeners.extend(_listeners(name, process, uses))
    await ask(report, running)


async def ask(report: Diagnosis, running: Running) -> None:
    """Asks for liveness and readiness at the addresses that `duely up` noted: its settings may differ from ours."""
    report.watched = {"address": running.inner_url, "token": running.inner_token or "none needed"}
    host, port = _address(running.url)
    if await http_ok(port, "/health/live", host):
        report.problems.append(f"The page does not answer at {running.url}.")
    try:
        await _ask_readiness(report, running)
    except (OSError, ValueError) as error:
        report.problems.append(f"Readiness cannot be read at {running.inner_url}: {error or type(error).__name__}.")


async def _ask_readiness(report: Diagnosis, running: Running) -> None:
    host, port = _address(running.inner_url)
    status, body = await http_get(port, "/health/ready", host, _token(running))
    if status == _UNAUTHORIZED:
        raise PermissionError(f"it refuses the token in {running.inner_token}")
    report.readiness = json.loads(body)
    if status != _OK:
        checks = report.readiness.get("parts", {}).items()
        failed = ", ".join(f"{check}: {answer}" for check, answer in checks if answer not in WORKS)
        report.problems.append(f"Duely is not ready: {failed}.")


def _token(running: Running) -> str:
    return Path(running.inner_token).read_text().strip() if running.inner_token else ""


async def _look_at_data(report: Diagnosis, settings: Settings, database_url: str, now: datetime) -> None:
    try:
        state = report.vitals = await vitals.read(database_url, now)
    except vitals.UNREADABLE as error:
        report.problems.append(f"The database does not answer: {error or type(error).__name__}.")
        return
    report.versions |= {"postgresql": state.postgresql, "schema": state.schema}
    _judge(report, state, has_broker=settings.broker != "none")


def _judge(report: Diagnosis, state: Vitals, *, has_broker: bool) -> None:
    for consumer, lag in state.lag.items():
        if lag > LAG_EVENTS:
            report.problems.append(f"The consumer {consumer} is {lag} events behind.")
    if has_broker and state.oldest_unpublished_seconds > BROKER_LAG_SECONDS:
        report.problems.append(f"The broker is {state.oldest_unpublished_seconds:.0f} s behind.")
    if report.url and (state.wakes_overdue or state.wakes_unarmed):
        report.problems.append(f"{state.wakes_overdue} wakes are overdue and {state.wakes_unarmed} unarmed.")
    idle = [name for name, holder in state.chores.items() if not holder and (name != "relay" or has_broker)]
    if report.url and idle:
        report.problems.append(f"No process runs {', '.join(idle)}.")
    if state.wakes_failing:
        report.problems.append(
            f"{state.wakes_failing} wakes fail through a bug: the log of the host names each fingerprint."
        )
    for consumer, letters in state.dead_letters.items():
        report.problems.append(
            f"{consumer} could not apply {letters} events: `duely dead-letters list --consumer {consumer}` says why. "
            "They are tried again automatically after an upgrade; "
            f"`duely dead-letters replay --all --consumer {consumer}` tries them now."
        )
    for emails in state.same_emails:
        report.problems.append(
            f"{' and '.join(map(ascii, emails))} look the same and are {len(emails)} accounts; each logs in as it signed up."
        )
    for consumer in state.paused:
        report.problems.append(
            f"The consumer {consumer} is paused; `duely pause-consumer {consumer} --resume` resumes it."
        )


def _look_at_disk(report: Diagnosis, folder: DataFolder, archive: Path) -> None:
    if not folder.path.is_dir():
        return
    parts = {path.name: path for path in (folder.postgres, folder.scheduler, folder.kafka, folder.logs)}
    report.disk = {name: _size(path) for name, path in {**parts, "archive": archive}.items() if path.is_dir()}
    report.disk["free"] = shutil.disk_usage(folder.path).free
    if report.disk["free"] < LOW_DISK_BYTES:
        report.problems.append(f"The disk under {folder.path} is nearly full.")


def _address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return reachable_address(parts.hostname or ""), parts.port or 0


def _process(pid: int | None) -> psutil.Process | None:
    try:
        process = psutil.Process(pid) if pid else None
        return process if process and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.Error:
        return None


def _described(process: psutil.Process) -> str:
    """Returns the pid, the memory including that of the children, and whether the process is stopped."""
    memory = sum(_memory(member) for member in [process, *process.children(recursive=True)])
    stopped = ", stopped" if process.status() == psutil.STATUS_STOPPED else ""
    return f"pid {process.pid}, {memory >> 20} MB{stopped}"


def _memory(process: psutil.Process) -> int:
    """Returns bytes; of memory that processes share, only this one's share counts, where we may read that."""
    try:
        return int(process.memory_full_info().pss)
    except psutil.AccessDenied:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def _listeners(part: str, process: psutil.Process, uses: dict[int, str]) -> Iterator[Listener]:
    try:
        connections = process.net_connections(kind="inet")
    except psutil.Error:
        return
    for connection in connections:
        is_tcp = connection.type == socket.SOCK_STREAM
        if not connection.laddr or connection.raddr or (is_tcp and connection.status != psutil.CONN_LISTEN):
            continue
        address, port = connection.laddr
        use = uses.get(port, "") if is_tcp else "name lookup in the local network (mDNS)"
        beyond = not ip_address(address).is_loopback
        yield Listener(part, use, "tcp" if is_tcp else "udp", address, port, beyond)


def _size(folder: Path) -> int:
    total = 0
    for file in folder.rglob("*"):
        try:
            total += file.lstat().st_blocks * 512
        except OSError:  # deleted meanwhile
            continue
    return total
