"""A reader of the live stream, as a browser is one: it parses SSE, keeps its place, and reconnects after a cut."""

import asyncio
import contextlib
import json
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import httpx

_FIRST_RETRY_SECONDS = 0.2
_SILENCE_SECONDS = 40.0


@dataclass(frozen=True, slots=True)
class Heard:
    """One event; `at` is when it was heard. A `batch` is heard as its single events."""

    type: str
    data: dict[str, Any]
    at: datetime

    @property
    def position(self) -> int:
        return int(self.data["position"])


class BackgroundReader(ABC):
    """A loop of reading that runs for the length of an `async with`."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._read_for_ever())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    @abstractmethod
    async def _read_for_ever(self) -> None: ...


class StreamReader(BackgroundReader):
    """A reader of one stream; `heard` grows while it is open.

    hellos: the number of connections that were let in
    refused: the statuses of those that were not
    """

    def __init__(self, url: str, headers: dict[str, str], after: int | None = None) -> None:
        super().__init__()
        self.heard: list[Heard] = []
        self.hellos = 0
        self.resyncs: list[int] = []
        self.replaced = 0
        self.refused: list[int] = []
        self.last_id = "" if after is None else str(after)
        self._url = url
        self._headers = headers
        self._news = asyncio.Condition()

    def move(self, url: str) -> None:
        """Makes it reconnect at that address when the connection is cut."""
        self._url = url

    @property
    def positions(self) -> list[int]:
        return [item.position for item in self.heard]

    async def connected(self, within_seconds: float = 10, times: int = 1) -> None:
        """Waits until it was let in so many times."""
        await self._wait(lambda: self.hellos >= times, within_seconds, f"{times} hello")

    async def hear(
        self, event_type: str, within_seconds: float, task_id: str = "", *, after: int = 0, times: int = 1
    ) -> Heard:
        """Waits for `times` events of that type (about that task, behind that position); returns the last of them."""

        def matching() -> list[Heard]:
            return [
                item
                for item in self.heard
                if item.type == event_type
                and (not task_id or item.data.get("task_id") == task_id)
                and item.position > after
            ]

        await self._wait(lambda: len(matching()) >= times, within_seconds, f"{event_type} {task_id}")
        return matching()[times - 1]

    async def reach(self, position: int, within_seconds: float) -> None:
        await self._wait(lambda: self.position >= position, within_seconds, f"position {position}")

    @property
    def position(self) -> int:
        return max(self.positions, default=0)

    async def _wait(self, check: Callable[[], bool], within_seconds: float, what: str) -> None:
        assert self._task is not None
        try:
            async with asyncio.timeout(within_seconds), self._news:
                await self._news.wait_for(check)
        except TimeoutError:
            types = [f"{item.position} {item.type}" for item in self.heard[-15:]]
            refused = f"; refused with {self.refused[-15:]}" if self.refused else ""
            raise AssertionError(f"{what} not heard within {within_seconds:g} s; heard {types}{refused}") from None

    async def _read_for_ever(self) -> None:
        retry = _FIRST_RETRY_SECONDS
        timeout = httpx.Timeout(5.0, read=_SILENCE_SECONDS)
        async with httpx.AsyncClient(timeout=timeout) as http:
            while True:
                began = time.monotonic()
                with contextlib.suppress(httpx.HTTPError):
                    await self._read_once(http)
                # Without a growing pause, a server that cuts at once would be asked in a tight loop.
                retry = _FIRST_RETRY_SECONDS if time.monotonic() - began > 1 else min(retry * 2, 2.0)
                await asyncio.sleep(retry)

    async def _read_once(self, http: httpx.AsyncClient) -> None:
        headers = {**self._headers, "Accept": "text/event-stream"}
        if self.last_id:
            headers["Last-Event-ID"] = self.last_id
        async with http.stream("GET", self._url, headers=headers) as answer:
            if answer.status_code != httpx.codes.OK:
                self.refused.append(answer.status_code)
                return
            async for fields in _messages(answer.aiter_lines()):
                await self._take(fields)

    async def _take(self, fields: dict[str, str]) -> None:
        now = datetime.now(UTC)
        event = fields.get("event", "message")
        data = json.loads(fields["data"]) if fields.get("data") else {}
        if fields.get("id"):
            self.last_id = fields["id"]
        async with self._news:
            if event == "hello":
                self.hellos += 1
                self.last_id = self.last_id or str(data["position"])
            elif event == "resync":
                self.resyncs.append(int(data["position"]))
                self.last_id = str(data["position"])
            elif event == "replaced":
                self.replaced += 1
            elif event == "batch":
                self.heard += [Heard(item["type"], item, now) for item in data["events"]]
            else:
                self.heard.append(Heard(event, data, now))
            self._news.notify_all()


async def _messages(lines: AsyncIterator[str]) -> AsyncIterator[dict[str, str]]:
    """Gives the fields of each message; comments are heartbeats and are left out."""
    fields: dict[str, str] = {}
    async for line in lines:
        if not line:
            if "data" in fields:  # a message without data, such as one with a `retry` alone, is none
                yield fields
            fields = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            fields[name] = f"{fields[name]}\n{value}" if name == "data" and name in fields else value
