"""A consumer: its handler, which applies events inside a transaction, and what that may do before and after."""

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
TASK_UPDATES: Final = "task-updates"  # users whose activity grew: signals the hubs of other processes
DEAD_LETTERS: Final = "dead-letters"  # copies of the events that were put aside
TRY_PAUSES_SECONDS: Final = (0.1, 0.5)  # after the first and second try of an event at fault; the third is the last


@dataclass(frozen=True, slots=True)
class Outside:
    """What became of effects outside the database.

    `done` are the events that succeeded, `given_up` those at fault, each with its error. All others come again.
    """

    done: Sequence[Event]
    given_up: Sequence[tuple[Event, Exception]] = ()


class Handler:
    """The three steps of handling events. Each may be called again for the same events; only a failed `apply` is undone."""

    outside: bool = False  # whether `before` does anything

    async def before(self, events: Sequence[Event]) -> Outside:
        """Has the effects outside the database, each idempotent by its own key; no transaction is open."""
        return Outside(events)

    async def apply(self, connection: Raw, events: Sequence[Event]) -> None:
        """Has the effects inside the transaction that also notes the events as handled."""

    def committed(self, events: Sequence[Event]) -> None:
        """Signals the commit to waiting parts of this process; nothing may depend on it."""


@dataclass(frozen=True, slots=True)
class Consumer:
    """One row of the table of consumers.

    `types` are the types of events that it takes, None for all; `start` is where a consumer without a watermark starts.
    """

    name: str
    topic: str
    types: tuple[str, ...] | None
    start: Start
    handler: Handler

    def takes(self, types: Iterable[str]) -> bool:
        """Returns whether it takes any of these types."""
        return self.types is None or not set(self.types).isdisjoint(types)


def about(*events: Event) -> AbstractContextManager[None]:
    """Returns the context for handling the events together: the user and the correlation id that all of them share."""
    users = {event.user_id for event in events}
    correlations = {event.body["data"].get("correlation_id", "") for event in events}
    return acting_for(*(shared.pop() if len(shared) == 1 else "" for shared in (users, correlations)))
