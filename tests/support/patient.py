"""The standard policy of a client: who gets no answer or a 503 asks again, with the same key, at any address there is."""

import asyncio
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.client import CONSISTENCY, Caller, Json

GIVE_UP_SECONDS = 20.0
PAUSE_SECONDS = 0.25
_ASK_AGAIN = {429, 502, 503, 504}


class GaveUpError(AssertionError):
    """Asked again and again, and never told."""


@dataclass(slots=True)
class Patient:
    """One person at several addresses, as behind a load balancer. `urls()` are those that take requests now."""

    callers: dict[str, Caller]
    urls: Callable[[], Sequence[str]]
    give_up_seconds: float = GIVE_UP_SECONDS
    asked_again: int = 0
    longest_seconds: float = 0.0
    _next: int = field(default=0)

    @property
    def user_id(self) -> str:
        return next(iter(self.callers.values())).user_id

    async def write(self, method: str, path: str, body: Any = None) -> Json:
        """The answer of a write that was acknowledged; raises GaveUpError, or AssertionError for a refusal."""
        return await self._until_told(method, path, body, str(uuid.uuid4()))

    async def read(self, path: str, **query: Any) -> Json:
        return await self._until_told("GET", path, None, "", **query)

    async def _until_told(self, method: str, path: str, body: Any, key: str, **query: Any) -> Json:
        began, said = time.monotonic(), ""
        while time.monotonic() - began < self.give_up_seconds:
            pause = PAUSE_SECONDS
            try:
                answer = await self._send(method, path, body, key, query)
            except httpx.TransportError as error:
                said = repr(error)
            else:
                if answer.status_code not in _ASK_AGAIN:
                    assert answer.is_success, f"{method} {path} answered {answer.status_code}: {answer.text[:300]}"
                    self.longest_seconds = max(self.longest_seconds, time.monotonic() - began)
                    found: Json = answer.json()
                    return found
                said = f"{answer.status_code} {answer.text[:200]}"
                pause = min(float(answer.headers.get("Retry-After", pause)), 1.0)
            self.asked_again += 1
            await asyncio.sleep(pause)
        raise GaveUpError(f"{method} {path}: not told in {self.give_up_seconds:g} s; at last {said}")

    async def _send(self, method: str, path: str, body: Any, key: str, query: Any) -> httpx.Response:
        """At the next address in turn; what was written at one is seen at the other."""
        urls = self.urls()
        self._next += 1
        caller = self.callers[urls[self._next % len(urls)]]
        answer = await caller.send(method, path, body, key=key, **query)
        if token := answer.headers.get(CONSISTENCY):
            for each in self.callers.values():
                each.saw(token)
        return answer
