"""A client's retry policy: without an answer, or with a 503, it sends the same write with the same key to the next address."""

import asyncio
import itertools
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.client import CONSISTENCY, Caller, Json

GIVE_UP_SECONDS = 20.0
PAUSE_SECONDS = 0.25
_LONGEST_PAUSE_SECONDS = 1.0


class GaveUpError(AssertionError):
    """No certain answer came in time."""


@dataclass(slots=True)
class Patient:
    """One person at several addresses, as behind a load balancer.

    callers: the person's caller at each address
    urls: returns the addresses that take requests now
    retried: the statuses after which it asks again
    """

    callers: dict[str, Caller]
    urls: Callable[[], Sequence[str]]
    give_up_seconds: float = GIVE_UP_SECONDS
    retried: frozenset[int] = frozenset({429, 502, 503, 504})
    _turns: "itertools.count[int]" = field(default_factory=itertools.count)

    async def write(self, method: str, path: str, body: Any = None) -> Json:
        """Returns the answer to an acknowledged write; raises GaveUpError, or AssertionError for a refusal."""
        key, last = str(uuid.uuid4()), "nothing"
        deadline = time.monotonic() + self.give_up_seconds
        while time.monotonic() < deadline:
            pause = PAUSE_SECONDS
            try:
                answer = await self._send(method, path, body, key)
            except httpx.TransportError as error:
                last = repr(error)
            else:
                if answer.status_code not in self.retried:
                    assert answer.is_success, f"{method} {path} answered {answer.status_code}: {answer.text[:300]}"
                    acknowledged: Json = answer.json()
                    return acknowledged
                last = f"{answer.status_code} {answer.text[:200]}"
                pause = min(float(answer.headers.get("Retry-After", pause)), _LONGEST_PAUSE_SECONDS)
            await asyncio.sleep(pause)
        raise GaveUpError(f"{method} {path}: no certain answer in {self.give_up_seconds:g} s; the last was {last}")

    async def _send(self, method: str, path: str, body: Any, key: str) -> httpx.Response:
        """Sends it to the next address in turn; each address is shown what was written at the others."""
        urls = self.urls()
        answer = await self.callers[urls[next(self._turns) % len(urls)]].send(method, path, body, key=key)
        if token := answer.headers.get(CONSISTENCY):
            for caller in self.callers.values():
                caller.saw(token)
        return answer
