"""The system under measurement: `duely up` in a folder of its own on free ports, stopped and removed afterwards."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil

from host.kafka_access import KafkaAccess
from host.settings import read_settings

READY_TIMEOUT_SECONDS = 90.0
FIRST_BUILD_TIMEOUT_SECONDS = 900.0
STOP_TIMEOUT_SECONDS = 15.0
_PARTS = ("postgres", "placement", "scheduler", "daprd")
_NO_SETTINGS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class System:
    """A running Duely: its addresses, and the processes that it consists of."""

    url: str
    database_url: str
    grpc_port: int
    http_port: int
    api_token: str
    runner: psutil.Process
    data: Path
    kafka: KafkaAccess  # how to reach its broker; empty where it has none

    def parts(self) -> dict[str, list[psutil.Process]]:
        """Returns the living processes by part, with the broker where there is one.

        PostgreSQL's backends count as PostgreSQL.
        """
        parts: dict[str, list[psutil.Process]] = {"host": [], **{part: [] for part in _PARTS}}
        for process in self.runner.children(recursive=True):
            part = _part_of(process)
            if part:
                parts.setdefault(part, []).append(process)
        return parts

    def cpu_seconds(self) -> dict[str, float]:
        """Returns the CPU seconds that each part has used so far; a parent's sum has those of its children that ended."""
        return {part: sum(_cpu(process) for process in processes) for part, processes in self.parts().items()}

    def memory_bytes(self) -> dict[str, int]:
        """Returns the memory of each part; pages that processes share are split among them."""
        return {part: sum(_memory(process) for process in processes) for part, processes in self.parts().items()}

    @asynccontextmanager
    async def database(self) -> AsyncGenerator[Any]:
        """Opens a connection to its database, for what the bench seeds and checks itself."""
        connection = await asyncpg.connect(self.database_url)
        try:
            yield connection
        finally:
            await connection.close()


@asynccontextmanager
async def running_system(settings: Mapping[str, str] = _NO_SETTINGS) -> AsyncGenerator[System]:
    """Starts a fresh Duely for the length of the block, and removes its folder afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="duely-bench-"))
    port = free_port()
    log = (folder / "up.log").open("wb")
    # Its own session, so that Ctrl-C reaches the bench alone and the bench stops what it started.
    up = subprocess.Popen(  # noqa: ASYNC220  it only forks
        [sys.executable, "-m", "host.operator.cli", "up"],
        env=_environment(folder / "data", port, settings),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        await _until_ready(url, up, folder / "up.log")
        yield _describe(url, psutil.Process(up.pid))
    finally:
        _stop(up)
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


def _environment(data: Path, port: int, settings: Mapping[str, str]) -> dict[str, str]:
    own = {
        "DUELY_DATA_DIR": str(data),
        "DUELY_PORT": str(port),
        "DUELY_INNER_PORT": str(free_port()),
        "DUELY_RATE_LIMITS": "off",
    }
    return {**os.environ, **own, **settings}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _until_ready(url: str, up: "subprocess.Popen[bytes]", log: Path) -> None:
    async with asyncio.timeout(FIRST_BUILD_TIMEOUT_SECONDS), httpx.AsyncClient() as client:
        while True:
            if up.poll() is not None:
                raise RuntimeError(f"duely up ended with {up.returncode}:\n{_tail(log)}")
            try:
                if (await client.get(f"{url}/health/ready")).is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.2)


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:]


def _describe(url: str, runner: psutil.Process) -> System:
    """Describes the running system by the environment of its host, which names database and sidecar."""
    host = next(process for process in runner.children(recursive=True) if _part_of(process) == "host")
    environ = host.environ()
    return System(
        url=url,
        database_url=environ["DUELY_DATABASE_URL"],
        grpc_port=int(environ["DAPR_GRPC_PORT"]),
        http_port=int(environ["DAPR_HTTP_PORT"]),
        api_token=environ.get("DAPR_API_TOKEN", ""),
        runner=runner,
        data=Path(environ["DUELY_DATA_DIR"]),
        kafka=read_settings(environ).kafka,
    )


def _part_of(process: psutil.Process) -> str | None:
    try:
        if "web.serve" in process.cmdline():
            return "host"
        if "kafka.Kafka" in process.cmdline():
            return "kafka"
        return next((part for part in _PARTS if process.name().startswith(part)), None)
    except psutil.Error:
        return None


def _cpu(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0


def _stop(up: "subprocess.Popen[bytes]") -> None:
    if up.poll() is None:
        up.send_signal(signal.SIGTERM)
    try:
        up.wait(STOP_TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        up.kill()
        up.wait()
