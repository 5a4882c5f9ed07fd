"""A light reader of one live stream: it notes positions only, and reconnects with Last-Event-ID after every cut."""

import asyncio
import contextlib
from asyncio import StreamReader
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from tests.support.client import Caller
from tests.support.stream_reader import BackgroundReader

CONNECT_SECONDS: Final = 5.0
SILENCE_SECONDS: Final = 40.0
FIRST_RETRY_SECONDS: Final = 0.3
LONGEST_RETRY_SECONDS: Final = 2.0
_OK: Final = b" 200 "


class PositionReader(BackgroundReader):
    """A reader of one user's stream; `positions` grow in the order of their arrival. After a cut it tries the next address."""

    def __init__(self, urls: Sequence[str], caller: Caller, number: int) -> None:
        super().__init__()
        self.user_id = caller.user_id
        self.positions: list[int] = []
        self.resyncs: list[int] = []
        self.connects = 0
        self.replaced = 0
        self._urls = urls
        self._token = caller.token
        self._turn = number
        self._last_id = "0"

    @property
    def position(self) -> int:
        return max(int(self._last_id), self.positions[-1] if self.positions else 0)

    async def _read_for_ever(self) -> None:
        pause = FIRST_RETRY_SECONDS
        while True:
            heard = len(self.positions)
            with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError, ValueError):
                await self._read_once()
            pause = FIRST_RETRY_SECONDS if len(self.positions) > heard else min(pause * 2, LONGEST_RETRY_SECONDS)
            self._turn += 1
            await asyncio.sleep(pause)

    async def _read_once(self) -> None:
        url = urlsplit(self._urls[self._turn % len(self._urls)])
        async with asyncio.timeout(CONNECT_SECONDS):
            reader, writer = await asyncio.open_connection(url.hostname, url.port)
        try:
            head = (
                f"GET /api/v1/stream HTTP/1.1\r\nHost: {url.netloc}\r\nAccept: text/event-stream\r\n"
                f"Authorization: Bearer {self._token}\r\nLast-Event-ID: {self._last_id}\r\n\r\n"
            )
            writer.write(head.encode())
            async with asyncio.timeout(SILENCE_SECONDS):
                answer = await reader.readuntil(b"\r\n\r\n")
            if _OK in answer.split(b"\r\n", 1)[0]:
                self.connects += 1
                await self._messages(reader)
        finally:
            writer.close()

    async def _messages(self, reader: StreamReader) -> None:
        """Joins the chunks and splits them where a message ends; a message that a cut leaves incomplete is not heard."""
        left = b""
        while True:
            async with asyncio.timeout(SILENCE_SECONDS):
                size = int(await reader.readline(), 16)
                left += (await reader.readexactly(size + 2))[:-2]
            if size == 0:
                return
            *messages, left = left.split(b"\n\n")
            for message in messages:
                self._take(message)

    def _take(self, message: bytes) -> None:
        fields = dict(line.split(b": ", 1) for line in message.split(b"\n") if b": " in line and line[:1] != b":")
        event = fields.get(b"event", b"")
        data: dict[str, Any] = orjson.loads(fields[b"data"]) if b"data" in fields else {}
        if event == b"resync":
            self.resyncs.append(data["position"])
            self._last_id = str(data["position"])
        elif event == b"replaced":
            self.replaced += 1
        elif event == b"batch":
            self.positions += [item["position"] for item in data["events"]]
        elif b"id" in fields and event != b"hello":
            self.positions.append(data["position"])
        if b"id" in fields:
            self._last_id = fields[b"id"].decode()
