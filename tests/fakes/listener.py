"""A listener that reads a live stream from the wire, message by message, and a server in this process."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.types import ASGIApp


@dataclass
class Listener:
    """An open stream: the `status` and `headers` of the response, then one `next()` a message."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    rest: bytes = b""

    async def next(self, within_seconds: float = 5) -> dict[str, Any]:
        """Returns the fields of the next message with `data` parsed; {"comment": text} for a comment; {} at the end."""
        async with asyncio.timeout(within_seconds):
            while b"\n\n" not in self.rest:
                chunk = await self._chunk()
                if not chunk:
                    return {}
                self.rest += chunk
        block, self.rest = self.rest.split(b"\n\n", 1)
        fields: dict[str, Any] = {}
        for line in block.decode().split("\n"):
            name, _, value = line.partition(":")
            fields[name or "comment"] = value.strip()
        if "data" in fields:
            fields["data"] = json.loads(fields["data"])
        return fields

    async def close(self) -> None:
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()

    async def _chunk(self) -> bytes:
        size = int(await self.reader.readline() or b"0", 16)
        data = await self.reader.readexactly(size + 2)
        return data[:-2]


@dataclass
class Served:
    """An app on a port of this machine; `listen` opens a stream, which is closed with the app at the latest."""

    port: int
    listeners: list[Listener] = field(default_factory=list)

    async def listen(self, query: str = "", **headers: str) -> Listener:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        listener = Listener(reader, writer)
        self.listeners.append(listener)
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"GET /api/v1/stream{query} HTTP/1.1\r\nHost: duely.test\r\n{lines}\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        listener.status = int(head[0].split()[1])
        listener.headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        return listener


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncGenerator[Served]:
    """Serves the app until the end of the block."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, lifespan="off", log_config=None, ws="none", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    socket = config.bind_socket()
    task = asyncio.create_task(server.serve(sockets=[socket]))
    while not (server.started or task.done()):
        await asyncio.sleep(0.01)
    here = Served(int(socket.getsockname()[1]))
    try:
        yield here
    finally:
        for listener in here.listeners:
            await listener.close()
        server.should_exit = True
        await task
        socket.close()
