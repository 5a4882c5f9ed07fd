"""The live streams of a process: at most three a user, and none after the end of its session."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from host.metrics import stream_connections
from web.caller import Caller

MOST_STREAMS: Final = 3
End = Literal["replaced", "signed_out", "draining", "expired", "answered", "gone"]


@dataclass(frozen=True, slots=True)
class StreamTimes:
    """The times of live streams, in seconds.

    A stream that is idle for `heartbeat_seconds` gets a comment, and its credential is checked every `recheck_seconds`.
    It ends after a time between those in `life_seconds` and is resumed elsewhere, so that new replicas get their share.
    """

    heartbeat_seconds: float = 20.0
    recheck_seconds: float = 60.0
    life_seconds: tuple[float, float] = (3_600.0, 7_200.0)


@dataclass(eq=False, slots=True)
class Seat:
    """One live stream. `ended` says why it must end; `signal` is called when it is set.

    `gone`: the client has left. `expired`: the stream has lasted long enough; its client reconnects. `answered`: it was a poll.
    """

    caller: Caller
    signal: Callable[[], None]
    ended: End | None = None

    def end(self, why: End) -> None:
        """Ends the stream; the first reason stays."""
        if self.ended is None:
            self.ended = why
            self.signal()


class StreamSeats:
    """The seats of this process, by user."""

    def __init__(self) -> None:
        self._by_user: defaultdict[str, list[Seat]] = defaultdict(list)
        self._draining = False

    def take(self, caller: Caller, signal: Callable[[], None]) -> Seat:
        """Returns a seat for the caller; the oldest of too many ends as replaced."""
        seat = Seat(caller, signal)
        taken = self._by_user[caller.user_id]
        taken.append(seat)
        stream_connections.inc()
        for old in taken[:-MOST_STREAMS]:
            old.end("replaced")
        if self._draining:
            seat.end("draining")
        return seat

    def leave(self, seat: Seat) -> None:
        """Gives a seat back when its stream has ended."""
        taken = self._by_user[seat.caller.user_id]
        taken.remove(seat)
        stream_connections.dec()
        if not taken:
            del self._by_user[seat.caller.user_id]

    def sign_out(self, credential: str) -> None:
        """Ends the streams of a session or token that is no longer valid."""
        for seat in self._all():
            if seat.caller.credential == credential:
                seat.end("signed_out")

    def drain(self) -> None:
        """Ends all streams, and each that still comes; the clients reconnect elsewhere."""
        self._draining = True
        for seat in self._all():
            seat.end("draining")

    def credentials(self) -> list[str]:
        """Returns the credentials of all listeners, each once."""
        return list({seat.caller.credential for seat in self._all()})

    def taken(self, user_id: str) -> int:
        """Returns the number of the user's streams in this process."""
        return len(self._by_user.get(user_id, ()))

    def _all(self) -> list[Seat]:
        return [seat for seats in self._by_user.values() for seat in seats]
