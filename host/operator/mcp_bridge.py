"""Carries messages of MCP from lines to HTTP and back. It tries again where Duely is away, and nothing is done twice."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, BinaryIO, Final
from uuid import uuid4

import httpx2

_VERSION: Final = "io.modelcontextprotocol/protocolVersion"  # in `_meta`, since 2026-07-28
_LONGEST_LINE: Final = 512 * 1024
_AT_ONCE: Final = 8
_TIMEOUT_SECONDS: Final = 60.0
_PAUSES_SECONDS: Final = (0.5, 1, 2, 4, 8, 8, 8)  # between tries; a restart of Duely takes less than all of them
_LONGEST_PAUSE_SECONDS: Final = 10.0
_AGAIN: Final = frozenset({429, 502, 503, 504})
_PARSE_ERROR: Final = -32700
_FAILED: Final = -32000


class Bridge:
    """One client's way to Duely. A call that is sent again has the same Idempotency-Key."""

    def __init__(self, url: str, token: str, *, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._url = url
        self._session = str(uuid4())
        self._revision = ""  # that the handshake of an older client has settled
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream"}
        self._http = httpx2.AsyncClient(headers=headers, timeout=_TIMEOUT_SECONDS, transport=transport)

    async def close(self) -> None:
        await self._http.aclose()

    async def answer(self, line: bytes) -> bytes | None:
        """Returns the answer to a message, as a line; None for a notification."""
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            return _error(None, _PARSE_ERROR, "That line is no JSON.")
        if not isinstance(message, dict):
            return _error(None, _PARSE_ERROR, "That line is no single message.")
        response = await self._sent(line, self._headers(message))
        return self._read(message, response)

    def _headers(self, message: Mapping[str, Any]) -> dict[str, str]:
        """Returns what the HTTP of MCP wants to see beside the message."""
        params = message.get("params")
        params = params if isinstance(params, dict) else {}
        meta = params.get("_meta")
        own = str(meta.get(_VERSION, "")) if isinstance(meta, dict) else ""
        headers = {"Content-Type": "application/json", "Mcp-Method": str(message.get("method", ""))}
        if own or self._revision:
            headers["MCP-Protocol-Version"] = own or self._revision
        if named := params.get("name") or params.get("uri"):
            headers["Mcp-Name"] = str(named)
        if message.get("method") == "tools/call":
            headers["Idempotency-Key"] = f"{self._session}:{message.get('id')}"
        return {name: value for name, value in headers.items() if value.isascii() and value.isprintable()}

    async def _sent(self, line: bytes, headers: Mapping[str, str]) -> httpx2.Response | str:
        """Returns the response, or why there is none after all tries."""
        failure: httpx2.Response | str = ""
        for pause in (*_PAUSES_SECONDS, None):
            try:
                response = await self._http.post(self._url, content=line, headers=headers)
            except httpx2.TransportError as error:
                failure = f"Duely cannot be reached at {self._url} ({type(error).__name__})."
            else:
                if response.status_code not in _AGAIN:
                    return response
                failure = response
            if pause is not None:
                await asyncio.sleep(_asked_pause(failure) or pause)
        return failure

    def _read(self, message: Mapping[str, Any], response: httpx2.Response | str) -> bytes | None:
        if "id" not in message:
            return None
        if isinstance(response, str):
            return _error(message["id"], _FAILED, response)
        try:
            body = response.json()
        except ValueError:
            body = None
        if not isinstance(body, dict) or "jsonrpc" not in body:
            said = body.get("detail") if isinstance(body, dict) else None
            return _error(message["id"], _FAILED, said or f"Duely answered {response.status_code}.")
        if message.get("method") == "initialize":
            self._revision = str((body.get("result") or {}).get("protocolVersion", ""))
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


async def carried(bridge: Bridge, lines: BinaryIO, answers: BinaryIO) -> None:
    """Carries each line, several at once, until there are no more."""
    reader = asyncio.StreamReader(limit=_LONGEST_LINE)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), lines)
    room = asyncio.Semaphore(_AT_ONCE)

    async def carry(line: bytes) -> None:
        try:
            if (answer := await bridge.answer(line)) is not None:
                answers.write(answer + b"\n")
                answers.flush()
        finally:
            room.release()

    try:
        async with asyncio.TaskGroup() as group:
            while line := await reader.readline():
                if line.strip():
                    await room.acquire()
                    group.create_task(carry(line))
    finally:
        await bridge.close()


def _asked_pause(failure: httpx2.Response | str) -> float:
    """Returns how long the answer asks to wait, 0 where it does not say."""
    after = failure.headers.get("Retry-After", "") if isinstance(failure, httpx2.Response) else ""
    return min(float(after), _LONGEST_PAUSE_SECONDS) if after.isascii() and after.isdigit() else 0


def _error(id_: Any, code: int, message: str) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": id_, "error": {"code": code, "message": message}}).encode()
