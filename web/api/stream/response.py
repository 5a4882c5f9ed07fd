"""The response of a live stream, made for little memory: the request's own task sends, and one more waits for its end."""

import asyncio
import logging
from contextlib import aclosing
from random import uniform
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from web.api.edge.app_state import AppState
from web.api.edge.middleware import IS_HEAD
from web.api.stream.listener import messages
from web.api.stream.seats import Seat
from web.caller import Caller

log = logging.getLogger(__name__)

_LONGEST_SEND_SECONDS: Final = 30.0
_HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),
]
_START: Final = {"type": "http.response.start", "status": 200, "headers": _HEADERS}


class EventStream(Response):
    """Subscribes when it starts, so that an outage is still a 503, and releases everything at its end."""

    def __init__(self, state: AppState, caller: Caller, after: int | None, poll_seconds: int | None = None) -> None:
        super().__init__(media_type="text/event-stream")
        self._state = state
        self._caller = caller
        self._after = after
        self._poll_seconds = poll_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if IS_HEAD in scope:
            await send({**_START})
            return
        subscription = await self._state.services.hub.subscribe(self._caller.user_id, self._after)
        seat = self._state.seats.take(self._caller, subscription.interrupt)
        watch = asyncio.create_task(_until_gone(receive, seat))
        life_seconds = uniform(*self._state.stream_times.life_seconds)  # noqa: S311  no secret
        expiry = asyncio.get_running_loop().call_later(life_seconds, seat.end, "expired")
        try:
            await send({**_START})
            async with aclosing(messages(self._state, seat, subscription, self._poll_seconds)) as sent:
                async for body in sent:
                    async with asyncio.timeout(_LONGEST_SEND_SECONDS):
                        await send({"type": "http.response.body", "body": body, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        except TimeoutError:
            log.info("a listener does not read; its stream is ended")
        finally:
            watch.cancel()
            expiry.cancel()
            self._state.seats.leave(seat)
            subscription.close()


async def _until_gone(receive: Receive, seat: Seat) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    seat.end("gone")
