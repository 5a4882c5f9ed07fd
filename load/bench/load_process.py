"""Starts the load processes: each its own interpreter, so that its work is not on the bench's account."""

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


async def run_client(name: str, order: dict[str, Any]) -> dict[str, Any]:
    """What the client `load.bench.clients.NAME` answered to `order`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        f"load.bench.clients.{name}",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
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
    """The loop and the ids that were acknowledged, those of the warm-up too; raises VoidError after an error."""
    with tempfile.NamedTemporaryFile("r", prefix="duely-acks-") as acks:
        result = await run_client("creates", {**order, "acks": acks.name})
        return Loop.from_json(result, what), acks.read().split()


class Subscriber:
    """A process that holds streams; `close` gives what it saw."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def close(self) -> dict[str, Any]:
        out, _ = await asyncio.wait_for(self._process.communicate(b"\n"), _EXTRA_SECONDS)
        seen: dict[str, Any] = json.loads(out)
        return seen


@asynccontextmanager
async def subscriber(url: str, tokens: list[str]) -> AsyncGenerator[Subscriber]:
    """A stream for each token, all open when the block begins."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "load.bench.clients.subscriber",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 24,
    )
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


def repository_root() -> Path:
    return Path(__file__).resolve().parents[2]
