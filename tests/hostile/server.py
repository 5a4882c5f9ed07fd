"""The listener alone, in this process: its limits small, its app as slow, as long or as deaf as a test wants it."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from typing import Any

from starlette.types import Receive, Scope, Send

from tests.support.deadline import eventually
from web.serve import server_of
from web.server.door import LOOPBACK, Door, Limits

SMALL = Limits(
    connections_per_address=5,
    keep_alive_seconds=1,
    head_seconds=0.5,
    bytes_a_second=10_000,
    slow_reader_seconds=0.5,
    linger_seconds=0.3,
)


class App:
    """`/` answers at once, `/echo` what was sent, `/endless` for ever, `/slow` after a second and a half."""

    def __init__(self) -> None:
        self.headers: list[tuple[bytes, bytes]] = []
        self.open = self.calls = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.open += 1
        self.calls += 1
        try:
            await self._answer(scope["path"], scope, receive, send)
        finally:
            self.open -= 1

    async def _answer(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        body = b"ok"
        if path == "/echo":
            body = await _body(receive)
            if body is None:
                return
        if path == "/slow":
            await asyncio.sleep(1.5)
        self.headers = scope["headers"]
        await send({"type": "http.response.start", "status": 200, "headers": _length(path, body)})
        if path == "/endless":
            gone = asyncio.create_task(_gone(receive))
            while not gone.done():
                await send({"type": "http.response.body", "body": b"x" * 65_536, "more_body": True})
                await asyncio.sleep(0)
        await send({"type": "http.response.body", "body": body})


def _length(path: str, body: bytes) -> list[tuple[bytes, bytes]]:
    return [] if path == "/endless" else [(b"content-length", b"%d" % len(body))]


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _body(receive: Receive) -> Any:
    parts = []
    while (message := await receive())["type"] != "http.disconnect":
        parts.append(message["body"])
        if not message["more_body"]:
            return b"".join(parts)
    return None


class Running:
    """A server that runs: its port, its app, its door."""

    def __init__(self, port: int, app: App, door: Door) -> None:
        self.port = port
        self.app = app
        self.door = door

    def held(self) -> int:
        return len(self.door._connections)


@contextlib.asynccontextmanager
async def running(limits: Limits = SMALL, *, exempt: Any = LOOPBACK) -> AsyncGenerator[Running]:
    app, door = App(), Door(limits, exempt)
    server = server_of(app, "127.0.0.1", 0, door)
    task = asyncio.create_task(server.serve())
    try:
        await eventually(lambda: server.started, 5, "listens")
        yield Running(server.servers[0].sockets[0].getsockname()[1], app, door)
    finally:
        server.should_exit = True
        await asyncio.wait([task], timeout=5)
