"""A TCP proxy that harms what goes through it on request; it is a process of its own, so that no load slows it.

`python -m tests.support.proxy '{"name": [port, "target"], …}'`; a target is `host:port` or the path of a socket. Each
line on stdin is `{"link": name, "mode": …, "seconds": delay}` and is answered by one line. The modes:

open       everything passes
partition  nothing passes in either direction, and no connection is closed; what was sent arrives when it is over
half_open  requests pass, their answers are lost, and no connection is closed until it is over
delay      everything passes, `seconds` late
buffer     each answer of HTTP is held back until it has ended; each connection serves one request
reset      every connection is cut by a reset, and so is each new one until it is over
"""

import asyncio
import json
import re
import socket
import struct
import sys
from asyncio import StreamReader, StreamWriter
from dataclasses import dataclass, field
from typing import Final

MODES: Final = ("open", "partition", "half_open", "delay", "buffer", "reset")
_CHUNK: Final = 65_536
_CONNECTION: Final = re.compile(rb"\r\nconnection:[^\r]*", re.IGNORECASE)
_RESET: Final = struct.pack("ii", 1, 0)  # linger for 0 s: the close is a reset


@dataclass(eq=False)
class Link:
    """A port that leads to a target."""

    target: str
    mode: str = "open"
    seconds: float = 0.0
    passed: int = 0  # bytes
    _open: asyncio.Event = field(default_factory=asyncio.Event)
    _writers: set[StreamWriter] = field(default_factory=set[StreamWriter])

    def set(self, mode: str, seconds: float = 0.0) -> None:
        assert mode in MODES, mode
        # A connection that lost bytes must not go on, and one that was open before must not get round the buffer.
        if mode in {"reset", "buffer"} or self.mode == "half_open":
            for writer in list(self._writers):
                _reset(writer)
        self.mode, self.seconds = mode, seconds
        if mode == "partition":
            self._open.clear()
        else:
            self._open.set()

    async def serve(self, port: int) -> asyncio.Server:
        self._open.set()
        return await asyncio.start_server(self._join, "127.0.0.1", port)

    async def _join(self, reader: StreamReader, writer: StreamWriter) -> None:
        if self.mode == "reset":
            _reset(writer)
            return
        self._writers.add(writer)
        far_writer = None
        try:
            await self._open.wait()
            far_reader, far_writer = await _dial(self.target)
            self._writers.add(far_writer)
            if self.mode == "buffer":
                far_writer.write(_for_one_answer(await reader.readuntil(b"\r\n\r\n")))
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pump(reader, far_writer))
                both.create_task(self._pump(far_reader, writer, answers=True))
        except (OSError, EOFError, ExceptionGroup, asyncio.CancelledError):
            pass
        finally:
            for end in (writer, far_writer):
                if end is not None:
                    self._writers.discard(end)
                    end.close()

    async def _pump(self, reader: StreamReader, writer: StreamWriter, *, answers: bool = False) -> None:
        """Passes bytes on until one end closes, and then raises, so that the other direction ends too."""
        size = -1 if answers and self.mode == "buffer" else _CHUNK
        while data := await reader.read(size):
            await self._open.wait()
            if self.mode == "delay":
                await asyncio.sleep(self.seconds)
            if self.mode == "half_open" and answers:
                continue
            self.passed += len(data)
            writer.write(data)
            await writer.drain()
        await self._open.wait()
        while self.mode == "half_open":
            await asyncio.sleep(0.1)
        raise ConnectionResetError("closed")


def _for_one_answer(head: bytes) -> bytes:
    """Returns the head of a request that asks for the end of the connection after the answer."""
    return _CONNECTION.sub(b"", head)[:-4] + b"\r\nConnection: close\r\n\r\n"


def _reset(writer: StreamWriter) -> None:
    ours = writer.get_extra_info("socket")
    if ours is not None and ours.family != socket.AF_UNIX:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()


async def _dial(target: str) -> tuple[StreamReader, StreamWriter]:
    if target.startswith("/"):
        return await asyncio.open_unix_connection(target)
    host, _, port = target.rpartition(":")
    return await asyncio.open_connection(host, int(port))


async def main(plan: dict[str, tuple[int, str]]) -> None:
    """Serves every link until stdin ends."""
    links = {name: Link(target) for name, (_, target) in plan.items()}
    servers = [await links[name].serve(port) for name, (port, _) in plan.items()]
    print("ready", flush=True)  # noqa: T201  the protocol
    reader = StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        order = json.loads(line)
        link = links[order["link"]]
        link.set(order["mode"], order.get("seconds", 0.0))
        print(json.dumps({"link": order["link"], "mode": link.mode, "passed": link.passed}), flush=True)  # noqa: T201
    for server in servers:
        server.close()


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(json.loads(sys.argv[1])))
