"""The load processes: each is an interpreter of its own, so that its work is not counted as the bench's."""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from load.bench.figures import Loop

_EXTRA_SECONDS = 60.0
_LONGEST_LINE_BYTES = 1 << 24


async def run_client(name: str, order: dict[str, Any]) -> dict[str, Any]:
    """Runs the client `load.bench.clients.NAME` with this order; returns its answer.

    Raises RuntimeError when it ends with an error, and TimeoutError a minute after it should have ended.
    """
    process = await _start(name)
    try:
        limit = order["seconds"] + order["warm_seconds"] + _EXTRA_SECONDS
        out, _ = await asyncio.wait_for(process.communicate(json.dumps(order).encode()), limit)
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode != 0:
        raise RuntimeError(f"the load process {name} ended with {process.returncode}")
    result: dict[str, Any] = json.loads(out)
    return result


async def run_creates(order: dict[str, Any], what: str) -> tuple[Loop, list[str]]:
    """Runs the client `creates`; returns its loop and every acknowledged id, those of the warm-up too.

    Raises VoidError after an error.
    """
    with tempfile.NamedTemporaryFile("r", prefix="duely-acknowledged-") as acknowledged:
        result = await run_client("creates", {**order, "acknowledged": acknowledged.name})
        return Loop.from_json(result, what), acknowledged.read().split()


class Subscriber:
    """A process that holds streams open."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def close(self) -> dict[str, Any]:
        """Ends it; returns `arrivals` by task id (seconds since 1970), `closed` streams, and its `cpu_seconds`."""
        out, _ = await asyncio.wait_for(self._process.communicate(b"\n"), _EXTRA_SECONDS)
        seen: dict[str, Any] = json.loads(out)
        return seen


@asynccontextmanager
async def subscriber(url: str, tokens: list[str]) -> AsyncGenerator[Subscriber]:
    """Opens a stream for each token for the length of the block; raises RuntimeError when one cannot be opened."""
    process = await _start("subscriber")
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"url": url, "tokens": tokens}).encode() + b"\n")
        opened = json.loads(await asyncio.wait_for(process.stdout.readline(), 2 * _EXTRA_SECONDS) or b"{}")
        if opened.get("open") != len(tokens):
            raise RuntimeError(f"only {opened.get('open', 0)} of {len(tokens)} streams were opened")
        yield Subscriber(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _start(name: str) -> asyncio.subprocess.Process:
    command = (sys.executable, "-m", f"load.bench.clients.{name}")
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, limit=_LONGEST_LINE_BYTES)


def repository_root() -> Path:
    return Path(__file__).resolve().parents[2]
