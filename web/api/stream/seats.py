"""Who may listen: three live streams a user, of which the oldest gives way; a session's end ends its streams."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from host.metrics import stream_connections
from web.caller import Caller

MOST_STREAMS: Final = 3
End = Literal["replaced", "signed_out", "draining", "expired", "gone"]


@dataclass(eq=False, slots=True)
class Seat:
    """One live stream. `ended` says why it is to end; `wake` is called then.

    `gone`: its client has left. `expired`: it has lasted long enough, and is resumed soon.
    """

    caller: Caller
    signal: Callable[[], None]
    ended: End | None = None

    def end(self, why: End) -> None:
        if self.ended is None:
            self.ended = why
            self.signal()


class StreamSeats:
    """The live streams of this process."""

    def __init__(self) -> None:
        self._by_user: defaultdict[str, list[Seat]] = defaultdict(list)
        self._draining = False

    def take(self, caller: Caller, signal: Callable[[], None]) -> Seat:
        """A seat for the caller; the oldest of too many is told that it was replaced."""
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
        taken = self._by_user[seat.caller.user_id]
        taken.remove(seat)
        stream_connections.dec()
        if not taken:
            del self._by_user[seat.caller.user_id]

    def sign_out(self, credential: str) -> None:
        """End the streams of a session or token that is no longer good."""
        for seat in self._all():
            if seat.caller.credential == credential:
                seat.end("signed_out")

    def drain(self) -> None:
        """End all streams, each with its own time to come back, and every one that still comes."""
        self._draining = True
        for seat in self._all():
            seat.end("draining")

    def credentials(self) -> list[str]:
        """Of all who listen here, each once."""
        return list({seat.caller.credential for seat in self._all()})

    def taken(self, user_id: str) -> int:
        return len(self._by_user.get(user_id, ()))

    def _all(self) -> list[Seat]:
        return [seat for seats in self._by_user.values() for seat in seats]
