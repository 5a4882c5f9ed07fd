"""What a consumer is: a function on events inside a transaction, and what it may do before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from host.store.engine import Raw
from host.store.outbox import Event

Start = Literal["beginning", "now"]
TASK_EVENTS: Final = "task-events"  # every event
REMINDERS: Final = "reminders"  # copies of reminder.*
TASK_UPDATES: Final = "task-updates"  # whose activity grew: wakes the hubs of other processes
DEAD_LETTERS: Final = "dead-letters"  # copies of what was put aside


class Handler:
    """All three may be called again for the same events; only `apply` is undone when it fails."""

    outside: bool = False  # whether `before` does anything

    async def before(self, events: Sequence[Event]) -> Sequence[Event]:
        """Effects outside the database, each idempotent by its own key; no transaction is open.

        Gives the events that are done; the others come again.
        """
        return events

    async def apply(self, connection: Raw, events: Sequence[Event]) -> None:
        """Effects inside the one transaction that also notes the events as handled."""

    def committed(self, events: Sequence[Event]) -> None:
        """Tell whoever waits in this process; nothing may depend on it."""


@dataclass(frozen=True, slots=True)
class Consumer:
    """One row of the table: `types` are the events it takes, `start` where a new one begins."""

    name: str
    topic: str
    types: tuple[str, ...]
    start: Start
    handler: Handler
