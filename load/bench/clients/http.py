"""HTTP/1.1 over one kept connection: as little work per request as a fair load process can do."""

import asyncio
from typing import cast
from urllib.parse import urlsplit

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


class Connection(asyncio.Protocol):
    """A connection for one request at a time; answers must carry Content-Length."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._waiting: asyncio.Future[tuple[int, bytes]] | None = None
        self._body_from = 0
        self._need = 0

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Sends a request; returns status and body. Raises ConnectionError when the server hangs up."""
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError("the server closed the connection")
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._need and not self._read_head():
            return
        if len(self._buffer) >= self._need:
            status = int(self._buffer[9:12])
            body = bytes(self._buffer[self._body_from : self._need])
            del self._buffer[: self._need]
            self._need = 0
            if self._waiting is not None and not self._waiting.done():
                self._waiting.set_result((status, body))

    def _read_head(self) -> bool:
        end = self._buffer.find(_HEAD_END)
        if end < 0:
            return False
        head = bytes(self._buffer[:end]).lower()
        at = head.find(_LENGTH)
        length = 0 if at < 0 else int(head[at + len(_LENGTH) :].split(b"\r\n", 1)[0])
        self._body_from = end + len(_HEAD_END)
        self._need = self._body_from + length
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(exc or ConnectionResetError("the server closed the connection"))

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


async def connect(url: str) -> Connection:
    """Opens a connection to the host and port of the URL."""
    address = urlsplit(url)
    _, protocol = await asyncio.get_running_loop().create_connection(Connection, address.hostname, address.port)
    return protocol


def request(method: str, url: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """Returns the bytes of a request; its Host header is the URL's host and port."""
    address = urlsplit(url)
    path = address.path + (f"?{address.query}" if address.query else "")
    lines = [f"{method} {path} HTTP/1.1", f"Host: {address.netloc}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body
