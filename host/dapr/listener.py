"""The HTTP/1.1 listener on loopback that the sidecar calls; it hands each call straight to a function.

The request objects and tasks of a general server would cost half as much as the turn behind them.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus
from math import inf
from typing import cast

import httptools
from typing_extensions import override

LARGEST_BODY = 48 * 1024 * 1024  # bytes: a hundred of the largest events in base64; the body of a turn has 4 MB at most
LARGEST_HEAD = 64 * 1024  # bytes of a request beside its body: head, chunk extensions, trailers
MOST_HEADERS = 100
MOST_CONNECTIONS = 4_096  # the sidecar has one for each open call
LONGEST_CALL_SECONDS = 60.0  # until a request has come whole
_LOOK_SECONDS = 5.0  # between looks for requests that take longer
Headers = list[tuple[bytes, bytes]]
# From method, path, headers (names in lower case) and body to status and JSON.
Answer = Callable[[str, str, Headers, bytes], Awaitable[tuple[int, bytes]]]
# From path and headers to the bytes that the body may have; None refuses the caller before anything of it is kept.
Room = Callable[[str, Headers], int | None]


def room_for_anybody(_path: str, _headers: Headers) -> int:
    """Returns the largest size for every caller."""
    return LARGEST_BODY


class SidecarListener:
    """Listens on loopback until `should_exit` is set, then lets open calls end and closes the connections.

    Until then it never closes an idle connection: the next call of the sidecar would fail on it.
    """

    def __init__(self, answer: Answer, port: int, room: Room = room_for_anybody) -> None:
        self._answer = answer
        self._port = port
        self.room = room
        self._exit = asyncio.Event()
        self._connections: set[_Connection] = set()
        self._calls: set[asyncio.Task[None]] = set()

    @property
    def should_exit(self) -> bool:
        return self._exit.is_set()

    @should_exit.setter
    def should_exit(self, wanted: bool) -> None:
        if wanted:
            self._exit.set()

    async def serve(self) -> None:
        """Answers calls until `should_exit` is set; raises OSError when the port is taken."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", self._port, backlog=2048)
        try:
            await self._look_until_exit(loop)
            server.close()
            for connection in list(self._connections):
                connection.close_if_idle()
            while self._calls:
                await asyncio.wait(self._calls)
        finally:
            server.close()
            for connection in list(self._connections):
                connection.close()

    async def _look_until_exit(self, loop: asyncio.AbstractEventLoop) -> None:
        """Closes the connections whose request takes too long to come, until the exit is wanted."""
        while not self._exit.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_SECONDS):
                    await self._exit.wait()
            begun_before = loop.time() - LONGEST_CALL_SECONDS
            for connection in list(self._connections):
                connection.close_if_late(begun_before)

    def joined(self, connection: "_Connection") -> bool:
        """Takes the connection; False when there are too many."""
        if len(self._connections) >= MOST_CONNECTIONS:
            return False
        self._connections.add(connection)
        return True

    def left(self, connection: "_Connection") -> None:
        self._connections.discard(connection)

    def call(self, connection: "_Connection", method: str, path: str, headers: Headers, body: bytes) -> None:
        """Answers a call in a task of the listener: a turn must go on when its caller hangs up."""
        task = asyncio.get_running_loop().create_task(self._call(connection, method, path, headers, body))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def _call(self, connection: "_Connection", method: str, path: str, headers: Headers, body: bytes) -> None:
        try:
            connection.reply(*await self._answer(method, path, headers, body))
        except BaseException:
            connection.close()  # else the sidecar waits for ever for this answer
            raise
        finally:
            if self.should_exit:
                connection.close()


class _Connection(asyncio.Protocol):
    """A kept-alive connection, on which the sidecar waits for each answer before its next call.

    httptools calls the methods that begin with `on_`.
    """

    def __init__(self, listener: SidecarListener) -> None:
        self._listener = listener
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._url = b""
        self._headers: Headers = []
        self._body: list[bytes] = []
        self._room = 0  # bytes that may still come of this request
        self._is_asked = self._is_whole = False
        self._begun_at = inf  # when the request began that has not come whole

    def close_if_late(self, begun_before: float) -> None:
        if self._begun_at < begun_before:
            self.close()

    def close_if_idle(self) -> None:
        if not self._is_asked:
            self.close()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def reply(self, status: int, body: bytes) -> None:
        self._is_asked = self._is_whole = False
        if self._transport is not None and not self._transport.is_closing():
            head = b"HTTP/1.1 %d %b\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
            self._transport.write(head % (status, _PHRASES[status], len(body)) + body)

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        if not self._listener.joined(self):
            self._transport.abort()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._listener.left(self)

    @override
    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.close()
        # Counted in bytes that came, because the parser keeps a header or a trailer to itself until its end.
        self._room -= len(data)
        if self._room < 0:
            self.close()

    def on_message_begin(self) -> None:
        if self._is_whole:
            raise httptools.HttpParserCallbackError("a call before the answer to the one before it")
        self._is_asked, self._begun_at = True, asyncio.get_running_loop().time()
        self._url, self._headers, self._body, self._room = b"", [], [], LARGEST_HEAD

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(self._headers) >= MOST_HEADERS:
            raise httptools.HttpParserCallbackError("too many headers")
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        room = self._listener.room(self._path, self._headers)
        if room is None:
            self.reply(HTTPStatus.FORBIDDEN, b'{"message":"not the sidecar"}')
            self.close()
        self._room += room or 0

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        self._is_whole, self._begun_at = True, inf
        if self._transport is not None and not self._transport.is_closing():
            method = self._parser.get_method().decode()
            self._listener.call(self, method, self._path, self._headers, b"".join(self._body))

    @property
    def _path(self) -> str:
        return self._url.partition(b"?")[0].decode("latin-1")


_PHRASES = {status.value: status.phrase.encode() for status in HTTPStatus}
