"""What the defences cost, as ratios in one run, alternately: `python -m load.defences`.

The guarded listener against the same one with uvicorn's own protocol; what signing and checking a command take.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

import psutil
import uvloop

from actors.clock import SystemClock
from host.keys.signatures import Signatures
from load.bench.clients.http import Connection, connect, request
from load.bench.system import free_port
from web.serve import server_of
from web.server.door import LOOPBACK, Door, Limits

PAIRS = 15
SECONDS = 1.0
CONNECTIONS = 8
LONGEST_START_SECONDS = 60.0
TASK = {"title": "Pay the rent", "tags": ["home"], "priority": "high", "due": {"date": "2026-12-01"}}
COMMAND = {
    "id": "0b9f7a52-7c7f-5a5e-9b0e-3f0a4f6f2d11", "name": "CreateTask", "body": TASK, "correlation_id": "c" * 32,
    "principal": {"kind": "user", "id": "a" * 36, "user_id": "a" * 36}, "zone": "Europe/Berlin",
}  # fmt: skip
HEAD = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]}


@dataclass(frozen=True)
class Run:
    """Requests in a second, and microseconds of the server's processor time for each."""

    rate: float
    micros: float


async def app(_scope: Any, _receive: Any, send: Any) -> None:
    """Answers at once, so that what is measured is the listener."""
    await send(HEAD)
    await send({"type": "http.response.body", "body": b"ok"})


def serve(kind: str, port: int) -> None:
    """Serves until it is ended."""
    guarded = server_of(app, "127.0.0.1", port, Door(Limits(), LOOPBACK))
    if kind == "plain":
        guarded.config.http = "httptools"
    uvloop.run(guarded.serve())


async def main() -> None:
    """Prints the table."""
    runs: dict[str, list[Run]] = {"guarded": [], "plain": []}
    ports = {kind: free_port() for kind in runs}
    servers = {
        kind: subprocess.Popen([sys.executable, "-m", "load.defences", kind, str(port)])  # noqa: ASYNC220  it only forks
        for kind, port in ports.items()
    }
    try:
        for pair in range(PAIRS):
            for kind in sorted(runs, reverse=pair % 2 == 1):
                runs[kind].append(await _requests(ports[kind], psutil.Process(servers[kind].pid)))
    finally:
        for server in servers.values():
            server.terminate()
            server.wait(10)
    _print(
        "requests a second, guarded over plain",
        [run.rate for run in runs["guarded"]],
        [run.rate for run in runs["plain"]],
    )
    _print(
        "µs a request, guarded over plain",
        [run.micros for run in runs["guarded"]],
        [run.micros for run in runs["plain"]],
    )
    _signatures()


async def _requests(port: int, server: psutil.Process) -> Run:
    connections = [await _connected(port) for _ in range(CONNECTIONS)]
    asked = request("GET", f"http://127.0.0.1:{port}/", {"accept": "*/*", "user-agent": "bench"})
    cpu, began = sum(server.cpu_times()[:2]), time.perf_counter()
    counts = await asyncio.gather(*(_ask(connection, asked, began + SECONDS) for connection in connections))
    seconds, used = time.perf_counter() - began, sum(server.cpu_times()[:2]) - cpu
    for connection in connections:
        connection.close()
    return Run(sum(counts) / seconds, used * 1e6 / sum(counts))


async def _connected(port: int) -> Connection:
    until = time.monotonic() + LONGEST_START_SECONDS
    while True:
        try:
            return await connect(f"http://127.0.0.1:{port}/")
        except ConnectionError:
            if time.monotonic() > until:
                raise
            await asyncio.sleep(0.1)


async def _ask(connection: Connection, asked: bytes, until: float) -> int:
    count = 0
    while time.perf_counter() < until:
        status, _ = await connection.ask(asked)
        assert status == 200  # noqa: PLR2004
        count += 1
    return count


def _signatures() -> None:
    signatures, receiver = Signatures([b"k" * 32], SystemClock()), ("TaskActor", "a" * 36)
    signed = signatures.sign(*receiver, COMMAND)
    assert signatures.fault_of(*receiver, signed) == ""
    for what, work in (
        ("sign", lambda: signatures.sign(*receiver, COMMAND)),
        ("check", lambda: signatures.fault_of(*receiver, signed)),
    ):
        print(f"µs to {what} a command, best of {PAIRS}: {min(_micros(work) for _ in range(PAIRS)):.1f}")


def _micros(work: Callable[[], Any], times: int = 20_000) -> float:
    began = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - began) * 1e6 / times


def _print(what: str, ours: list[float], others: list[float]) -> None:
    ratios = [one / other for one, other in zip(ours, others, strict=True)]
    print(
        f"{what}: {median(ours):.1f} and {median(others):.1f}, {median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
    )


if __name__ == "__main__":
    if len(sys.argv) == 3:  # noqa: PLR2004
        serve(sys.argv[1], int(sys.argv[2]))
    else:
        asyncio.run(main())
