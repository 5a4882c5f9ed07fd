"""The response of a live stream, written for little memory: the request's own task sends, one more waits for the end."""

import asyncio
import logging
from contextlib import aclosing
from random import uniform
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from web.api.edge.app_state import AppState
from web.api.stream.listener import messages
from web.api.stream.seats import Seat
from web.caller import Caller

log = logging.getLogger(__name__)

_LONGEST_SEND_SECONDS: Final = 30.0
# A stream ends by itself after a time in between and is resumed where it was, so that new replicas get their share.
LIFE_SECONDS: Final = (3_600.0, 7_200.0)
_HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),
]


class EventStream(Response):
    """Subscribes when it is started, so that an outage is still a 503, and gives everything back at its end."""

    def __init__(
        self, state: AppState, caller: Caller, after: int | None, life_seconds: tuple[float, float] = LIFE_SECONDS
    ) -> None:
        super().__init__(media_type="text/event-stream")
        self._parts = state
        self._caller = caller
        self._after = after
        self._life_seconds = life_seconds

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        subscription = await self._parts.services.hub.subscribe(self._caller.user_id, self._after)
        seat = self._parts.seats.take(self._caller, subscription.interrupt)
        watch = asyncio.create_task(_until_gone(receive, seat))
        expiry = asyncio.get_running_loop().call_later(uniform(*self._life_seconds), seat.end, "expired")  # noqa: S311  no secret
        try:
            await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
            async with aclosing(messages(self._parts, seat, subscription)) as sent:
                async for body in sent:
                    async with asyncio.timeout(_LONGEST_SEND_SECONDS):
                        await send({"type": "http.response.body", "body": body, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        except TimeoutError:
            log.info("a listener that does not read is left")
        finally:
            watch.cancel()
            expiry.cancel()
            self._parts.seats.leave(seat)
            subscription.close()


async def _until_gone(receive: Receive, seat: Seat) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    seat.end("gone")
