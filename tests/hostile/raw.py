"""A client that sends whatever it likes, byte by byte, and sees what comes back and how the connection ends."""

import asyncio
from types import TracebackType
from typing import Self

GET = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
LONGEST_SECONDS = 25.0


class Raw:
    """Use as `async with Raw(port) as client`."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __aenter__(self) -> Self:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.writer.transport.abort()

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def send_for_ever(self, part: bytes, most: int = 64 * 1024 * 1024) -> int:
        """Returns how many bytes the other side and the kernels between took before the connection broke."""
        sent = 0
        while sent < most and not self.reader.at_eof() and not self.writer.transport.is_closing():
            self.send(part)
            try:
                await asyncio.wait_for(self.writer.drain(), LONGEST_SECONDS)
            except ConnectionError:
                break
            sent += len(part)
            await asyncio.sleep(0)
        return sent

    async def answer(self) -> tuple[int, bytes]:
        """Returns status and body of one answer; (0, b"") where the connection ended without one."""
        try:
            head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), LONGEST_SECONDS)
        except (asyncio.IncompleteReadError, ConnectionError):
            return 0, b""
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if line)
        body = await self.reader.readexactly(int(fields.get(b"content-length", b"0")))
        return int(head.split(b" ", 2)[1]), body

    async def ended(self, within_seconds: float = LONGEST_SECONDS) -> float:
        """Returns how long it took until the other side closed; what came before that is dropped."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with asyncio.timeout(within_seconds):
            try:
                while await self.reader.read(65_536):
                    pass
            except ConnectionError:
                pass
        return loop.time() - began
