"""HTTP/1.1 of a listener: uvicorn's, with a limit to what a client may send and to how long it may take.

The parser keeps a header until it ends, so what counts is what it was fed since it last handed something over.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from fcntl import ioctl
from math import inf
from struct import unpack
from termios import TIOCOUTQ
from typing import Any, Final

import httptools
from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from host.metrics import http_requests
from web.problems import ProblemError
from web.server import refusals
from web.server.door import Door
from web.server.refusals import FREE_PIECES, LONGEST_HEAD, LONGEST_PATH, MOST_HEADERS, PIECE_BYTES

_MOST_WAITING: Final = 16  # requests that are sent before the first is answered
_MOST_SWALLOWED: Final = 1024 * 1024  # bytes of a client that sends on after its answer
_VERSIONS: Final = frozenset({"1.0", "1.1"})
_HOST: Final = re.compile(rb"[A-Za-z0-9._~!$&'()*+,;=:%\[\]-]*")


class GuardedHttp(HttpToolsProtocol):
    """One connection. `read_by` is when the client must have sent what it began, or begun; `write_by` when it must
    have taken what waits for it.
    """

    parser: Any  # None once the connection is lost, and asked for nothing then

    def __init__(self, *args: Any, door: Door, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.read_by = self.write_by = inf
        self.url = b""
        self._door = door
        self._limits = door.limits
        self._running: RequestResponseCycle | None = None
        self._refusal: ProblemError | None = None
        self._is_head = self._is_body = self._is_ending = False
        self._unread = self._headers = self._size = self._pieces = self._swallowed = self._untaken = 0
        self._body_since = 0.0

    # --- the connection

    @override
    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        address = self.client[0] if self.client else None
        place = self._door.enter(self, address)
        if place != "taken":
            self._is_ending = True
            self._say(refusals.NO_PLACE[place])
            transport.close()
            return
        first = self._limits.keep_alive_seconds if self._door.is_exempt(address) else self._limits.head_seconds
        self.read_by = self.loop.time() + first

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._door.leave(self)
        super().connection_lost(exc)
        self._leave_the_app()

    @override
    def data_received(self, data: bytes) -> None:
        if len(data) <= LONGEST_HEAD - self._unread and not self._is_ending:
            self._take(data)
            return
        rest = memoryview(data)
        while rest and not self._is_ending:
            room = LONGEST_HEAD - self._unread
            self._take(rest[:room])
            rest = rest[room:]
        if self._is_ending:
            self._swallow(len(rest))

    @override
    def pause_writing(self) -> None:
        super().pause_writing()
        self._untaken = self._left()
        self.write_by = self.loop.time() + self._limits.slow_reader_seconds

    @override
    def resume_writing(self) -> None:
        super().resume_writing()
        self.write_by = inf

    # --- the parser

    @override
    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_head, self._headers = True, 0
        self.read_by = self.loop.time() + self._limits.head_seconds

    @override
    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers += 1
        if self._headers > MOST_HEADERS:
            self._stop(refusals.MANY_HEADERS)
        if self._is_head:  # else a trailer: nobody here asks for one, and the app has the headers already
            super().on_header(name, value)

    @override
    def on_headers_complete(self) -> None:
        version = self.parser.get_http_version()
        if version not in _VERSIONS:
            self._stop(refusals.MALFORMED)
        hosts = [value for name, value in self.headers if name == b"host"]
        if not _are_sane(hosts) and (hosts or version != "1.0"):
            self._stop(refusals.NO_HOST)
        if len(self.url) > LONGEST_PATH and self.url.find(b"?") not in range(LONGEST_PATH):
            self._stop(refusals.LONG_PATH)
        if len(self.pipeline) >= _MOST_WAITING:
            self._stop(refusals.MANY_WAITING)
        self._is_head, self._is_body, self._unread, self._size, self._pieces = False, True, 0, 0, 0
        self._body_since = self.loop.time()
        self.read_by = self._body_since + self._limits.head_seconds
        super().on_headers_complete()
        if self.parser.should_upgrade():  # to nothing that we speak; what follows is no request of ours
            self.cycle.keep_alive = False

    @override
    def on_body(self, body: bytes) -> None:
        self._unread = 0
        self._pieces += 1
        self._size += len(body)
        if self._pieces > FREE_PIECES + self._size // PIECE_BYTES:
            self._stop(refusals.MANY_PIECES)
        self.read_by = self._body_since + self._limits.head_seconds + self._size / self._limits.bytes_a_second
        super().on_body(body)

    @override
    def on_message_complete(self) -> None:
        self._is_body, self._unread, self.read_by = False, 0, inf
        super().on_message_complete()

    # --- the app

    @override
    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        task = self.loop.create_task(cycle.run_asgi(app))
        self.tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: Any) -> None:
        self.tasks.discard(task)
        if self.transport.is_closing():  # after an answer that was cut short: what waits may never be taken
            self.read_by = self.loop.time() + self._limits.slow_reader_seconds

    @override
    def on_response_complete(self) -> None:
        """As uvicorn's, without its timer, and with an end for a request that is answered before it was sent."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        elif self._is_body:
            self._linger()
        elif not self._is_head:
            self.read_by = self.loop.time() + self._limits.keep_alive_seconds

    # --- the end

    @override
    def shutdown(self) -> None:
        if self._is_ending:
            self.transport.abort()
        else:
            super().shutdown()

    def expire(self, now: float) -> None:
        """Ends what is over by `now`, unless it is we who keep the client waiting."""
        if self.write_by < now:
            self._look_at_reader(now)
        elif self._is_ending or self.transport.is_closing():
            self.transport.abort()
        elif self.flow.read_paused:
            self.read_by = now + self._limits.head_seconds
        elif self._is_head or self._is_body:
            self._refuse(refusals.TOO_SLOW)
        elif self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            self.transport.close()

    def _look_at_reader(self, now: float) -> None:
        left, seconds = self._left(), self._limits.slow_reader_seconds
        if left > self._untaken - self._limits.bytes_a_second * seconds:
            self.transport.abort()
        self._untaken, self.write_by = left, now + seconds

    def _left(self) -> int:
        """Returns how many bytes the client has not taken; the kernel holds megabytes of them."""
        number = self.transport.get_extra_info("socket").fileno()
        (queued,) = unpack("i", ioctl(number, TIOCOUTQ, b"\0" * 4)) if number >= 0 else (0,)
        return int(queued) + self.transport.get_write_buffer_size()

    def _take(self, data: bytes | memoryview) -> None:
        self._unread += len(data)
        try:
            with suppress(httptools.HttpParserUpgrade):  # the request itself is answered as any other
                self.parser.feed_data(data)
        except httptools.HttpParserError:
            self._refuse(self._refusal or refusals.MALFORMED)
            return
        if self._unread >= LONGEST_HEAD:
            self._refuse(
                refusals.LONG_URL if self._is_head and len(self.url) > LONGEST_HEAD // 2 else refusals.LONG_HEAD
            )

    def _stop(self, refusal: ProblemError) -> None:
        self._refusal = refusal
        raise httptools.HttpParserCallbackError(refusal.code)

    def _refuse(self, problem: ProblemError) -> None:
        """Answers with the problem, or with nothing where that would come into the middle of another answer."""
        self._is_ending = True
        if self._may_speak(self._running):
            self._say(problem)
            self._leave_the_app()
            self._linger()
        else:
            self._hold()

    def _may_speak(self, running: RequestResponseCycle | None) -> bool:
        if running is None or running.response_complete:
            return True
        return running is self.cycle and not self._is_head and not running.response_started

    def _say(self, problem: ProblemError) -> None:
        http_requests.labels("none", "none", str(problem.status)).inc()
        self.transport.write(refusals.written(problem))

    def _leave_the_app(self) -> None:
        """Tells every request of this connection that its client is gone; uvicorn tells the newest alone."""
        for cycle in (self._running, self.cycle, *(waiting for waiting, _ in self.pipeline)):
            if cycle is not None and not cycle.response_complete:
                cycle.disconnected, cycle.waiting_for_100_continue = True, False
                cycle.message_event.set()
        self.pipeline.clear()

    def _linger(self) -> None:
        """Says that nothing more comes and reads on for a moment: who closes on unread data takes the answer back."""
        self._is_ending = True
        self.read_by = self.loop.time() + self._limits.linger_seconds
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def _hold(self) -> None:
        """Keeps the client in its place for a moment and reads nothing more: let go, it would be back at once."""
        self._leave_the_app()
        self.flow.pause_reading()
        self.read_by = self.loop.time() + self._limits.linger_seconds

    def _swallow(self, size: int) -> None:
        self._swallowed += size
        if self._swallowed > _MOST_SWALLOWED:
            self.transport.abort()


def _are_sane(hosts: Sequence[bytes]) -> bool:
    return len(hosts) == 1 and _HOST.fullmatch(hosts[0]) is not None
