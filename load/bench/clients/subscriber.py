"""A client that holds many event streams and notes when each task's event came in."""

import asyncio
import json
import sys
import time
from typing import Any, cast
from urllib.parse import urlsplit

import orjson
import uvloop

from load.bench.clients.http import request
from load.bench.clients.loop import cpu_seconds

_HEAD_END = b"\r\n\r\n"
_CONNECTS_AT_ONCE = 50
_CONNECT_TIMEOUT_SECONDS = 120


class Stream(asyncio.Protocol):
    """One stream, read line by line; the chunk sizes of HTTP stand on lines of their own and are skipped."""

    def __init__(self, seen: "Seen") -> None:
        self._seen = seen
        self._buffer = bytearray()
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        came_at = time.time()
        self._buffer += data
        if not self.opened.done() and not self._read_head():
            return
        while (end := self._buffer.find(b"\n")) >= 0:
            line = bytes(self._buffer[:end]).rstrip(b"\r")
            del self._buffer[: end + 1]
            if line.startswith(b"data:"):
                self._seen.note(line[5:], came_at)

    def _read_head(self) -> bool:
        end = self._buffer.find(_HEAD_END)
        if end < 0:
            return False
        if self._buffer[9:12] == b"200":
            self.opened.set_result(None)
        else:
            self.opened.set_exception(ConnectionError(f"the stream answered {bytes(self._buffer[:300])!r}"))
        del self._buffer[: end + len(_HEAD_END)]
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self._seen.closed += 1
        if not self.opened.done():
            self.opened.set_exception(exc or ConnectionResetError("the server closed the stream"))


class Seen:
    """Arrivals by task id: the instant of the task's `task.created`, as seconds since 1970."""

    def __init__(self) -> None:
        self.arrivals: dict[str, float] = {}
        self.closed = 0

    def note(self, data: bytes, came_at: float) -> None:
        message = orjson.loads(data)
        events = message.get("events", [message])
        for event in events:
            if event.get("type") == "task.created":
                self.arrivals.setdefault(event["task_id"], came_at)


async def run(order: dict[str, Any]) -> None:
    """Opens a stream for each token and prints {"open": n}; at a line on stdin prints what it saw, and ends.

    `order`: url, tokens.
    """
    seen = Seen()
    gate = asyncio.Semaphore(_CONNECTS_AT_ONCE)
    streams = await asyncio.wait_for(
        asyncio.gather(*(_open(order["url"], token, seen, gate) for token in order["tokens"])),
        _CONNECT_TIMEOUT_SECONDS,
    )
    _say({"open": len(streams)})
    await asyncio.to_thread(sys.stdin.readline)
    _say({"arrivals": seen.arrivals, "closed": seen.closed, "cpu_seconds": cpu_seconds()})


async def _open(url: str, token: str, seen: Seen, gate: asyncio.Semaphore) -> asyncio.Transport:
    address = urlsplit(url)
    async with gate:
        transport, stream = await asyncio.get_running_loop().create_connection(
            lambda: Stream(seen), address.hostname, address.port
        )
        headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
        cast("asyncio.Transport", transport).write(request("GET", url, headers))
        await stream.opened
    return cast("asyncio.Transport", transport)


def _say(message: dict[str, Any]) -> None:
    json.dump(message, sys.stdout)
    sys.stdout.write("\n")
    sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(run(json.loads(sys.stdin.readline())))
