"""What a consumer is: a function on events inside a transaction, and what it may do before and after."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, Literal

from actors.context import acting_for
from host.store.engine import Raw
from host.store.turns.outbox import Event

Start = Literal["beginning", "now"]
TASK_EVENTS: Final = "task-events"  # every event
REMINDERS: Final = "reminders"  # copies of reminder.*
TASK_UPDATES: Final = "task-updates"  # whose activity grew: wakes the hubs of other processes
DEAD_LETTERS: Final = "dead-letters"  # copies of what was put aside
TRY_PAUSES_SECONDS: Final = (0.1, 0.5)  # after the first and second try of an event at fault; the third is the last


@dataclass(frozen=True, slots=True)
class Outside:
    """What became of effects outside: the events that are done, and those given up as at fault, with why.

    The others come again.
    """

    done: Sequence[Event]
    given_up: Sequence[tuple[Event, Exception]] = ()


class Handler:
    """All three may be called again for the same events; only `apply` is undone when it fails."""

    outside: bool = False  # whether `before` does anything

    async def before(self, events: Sequence[Event]) -> Outside:
        """Effects outside the database, each idempotent by its own key; no transaction is open."""
        return Outside(events)

    async def apply(self, connection: Raw, events: Sequence[Event]) -> None:
        """Effects inside the one transaction that also notes the events as handled."""

    def committed(self, events: Sequence[Event]) -> None:
        """Tell whoever waits in this process; nothing may depend on it."""


@dataclass(frozen=True, slots=True)
class Consumer:
    """One row of the table: `types` are the events it takes, None for every one; `start` is where a new one begins."""

    name: str
    topic: str
    types: tuple[str, ...] | None
    start: Start
    handler: Handler

    def takes(self, types: Iterable[str]) -> bool:
        """Whether it takes any of these."""
        return self.types is None or not set(self.types).isdisjoint(types)


def about(*events: Event) -> AbstractContextManager[None]:
    """The context of what is done for them together: the user and the correlation id that all of them share."""
    users = {event.user_id for event in events}
    correlations = {event.body["data"].get("correlation_id", "") for event in events}
    return acting_for(*(shared.pop() if len(shared) == 1 else "" for shared in (users, correlations)))
