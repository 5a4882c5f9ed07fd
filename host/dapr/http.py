"""Actor calls and actor state over kept-alive HTTP connections to the sidecar, for a third of the CPU that gRPC costs."""

import asyncio
from typing import cast

import httptools
from typing_extensions import override

CALL_SECONDS = 5.0
STATE_SECONDS = 3.0
MOST_FREE = 64  # further ones, opened by a burst, are closed: each is an open file here and in the sidecar
_OK, _NO_CONTENT = 200, 204


class SidecarError(OSError):
    """The sidecar answered with an error; the message is its status and text."""


class SidecarHttp:
    """A pool of connections: each open request has its own, and the one used last is reused first.

    Every method raises OSError: a SidecarError, a lost connection, or TimeoutError.
    """

    def __init__(self, port: int, api_token: str = "") -> None:
        self._port = port
        self._free: list[_Connection] = []
        token = f"dapr-api-token: {api_token}\r\n" if api_token else ""
        self._head = f" HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{token}Content-Type: application/json\r\nContent-Length: "

    async def call(self, actor_type: str, actor_id: str, method: str, body: bytes) -> bytes:
        """Calls a method of an actor and returns what it returned."""
        return await self._ask("PUT", f"{_path(actor_type, actor_id)}/method/{method}", body, CALL_SECONDS)

    async def save(self, actor_type: str, actor_id: str, operations: bytes) -> None:
        """Commits the state operations, a JSON array as the sidecar takes them, in one transaction."""
        await self._ask("POST", f"{_path(actor_type, actor_id)}/state", operations, STATE_SECONDS)

    async def read(self, actor_type: str, actor_id: str, key: str) -> bytes:
        """Returns the value, b"" where there is none."""
        return await self._ask("GET", f"{_path(actor_type, actor_id)}/state/{key}", b"", STATE_SECONDS)

    def close(self) -> None:
        """Closes the connections that are not in use."""
        while self._free:
            self._free.pop().abort()

    async def _ask(self, verb: str, path: str, body: bytes, seconds: float) -> bytes:
        connection = await self._take()
        try:
            status, answer = await connection.ask(
                f"{verb} {path}{self._head}{len(body)}\r\n\r\n".encode() + body, seconds
            )
        except BaseException:
            connection.abort()  # its answer may still come, and would be taken for the answer to the next request
            raise
        if connection.is_open and len(self._free) < MOST_FREE:
            self._free.append(connection)
        else:
            connection.abort()
        if status == _OK:
            return answer
        if status == _NO_CONTENT:
            return b""
        raise SidecarError(f"{status} {answer[:500].decode(errors='replace')}")

    async def _take(self) -> "_Connection":
        while self._free:
            connection = self._free.pop()
            if connection.is_open:
                return connection
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(STATE_SECONDS):
            _, connection = await loop.create_connection(_Connection, "127.0.0.1", self._port)
        return connection


def _path(actor_type: str, actor_id: str) -> str:
    assert actor_id.isascii(), "an actor id is a uuid"  # noqa: S101
    return f"/v1.0/actors/{actor_type}/{actor_id}"


class _Connection(asyncio.Protocol):
    """One request at a time. httptools calls the methods that begin with `on_`."""

    def __init__(self) -> None:
        self.is_open = False
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._limit: asyncio.TimerHandle | None = None
        self._body = b""

    def ask(self, request: bytes, seconds: float) -> "asyncio.Future[tuple[int, bytes]]":
        """Returns status and body, or fails after `seconds`. Uses a plain timer: asyncio.timeout costs four times that."""
        assert self._transport is not None  # noqa: S101  a bug: not connected yet
        loop = asyncio.get_running_loop()
        self._answer = loop.create_future()
        self._limit = loop.call_later(seconds, self._fail, TimeoutError(f"no answer of the sidecar in {seconds:g} s"))
        self._transport.write(request)
        return self._answer

    def abort(self) -> None:
        self.is_open = False
        if self._limit is not None:
            self._limit.cancel()
        if self._transport is not None:
            self._transport.abort()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self.is_open = True

    @override
    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(ConnectionError(f"the sidecar did not answer in HTTP: {error}"))
            self.abort()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        self._fail(ConnectionResetError("the sidecar closed the connection"))

    def on_message_begin(self) -> None:
        self._body = b""

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        if self._parser.get_status_code() < _OK:  # an interim status: the answer follows
            return
        if not self._parser.should_keep_alive() or self._answer is None or self._answer.done():
            self.is_open = False  # its last answer, or one to no request: do not reuse it
        if self._answer is not None and not self._answer.done():
            if self._limit is not None:
                self._limit.cancel()
            self._answer.set_result((self._parser.get_status_code(), self._body))

    def _fail(self, error: OSError) -> None:
        if self._limit is not None:
            self._limit.cancel()
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)
