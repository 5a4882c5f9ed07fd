"""Wiring: builds the handler behind each name of the table of consumers from what it needs."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from actors.clock import Clock
from host.consumers import table
from host.consumers.handler import Consumer, Handler
from host.consumers.occurrences import OccurrenceMaker
from host.consumers.projector import Projector
from host.consumers.rezone import SETTLE_SECONDS, Rezone
from host.dapr.gateway import Actors
from host.notify.digest import Digest
from host.notify.notifier import Notifier
from host.store.engine import Database


class Handlers(NamedTuple):
    """The handlers by the names of the table; `_replace` exchanges one."""

    projector: Handler
    notifier: Notifier
    recurrence: Handler
    rezone: Handler
    digest: Handler

    def consumers(self, topic_prefix: str = "") -> list[Consumer]:
        """Returns all consumers, in the order of the table."""
        return table.consumers(self._asdict(), topic_prefix)

    def consumer(self, name: str) -> Consumer:
        """Returns the consumer of that name."""
        return next(row for row in self.consumers() if row.name == name)


def _ignore(_news: object) -> None:
    """Nobody waits in this process."""


def wired(
    database: Database,
    clock: Clock,
    gateway: Actors,
    *,
    on_readable: Callable[[Mapping[str, int]], None] = _ignore,
    signal: Callable[[set[str]], None] = _ignore,
    on_projected: Callable[[set[str]], None] = _ignore,
    settle_seconds: float = SETTLE_SECONDS,
) -> Handlers:
    """Returns all handlers. `signal` gets the users of whom more can be read; `settle_seconds` is of Rezone.

    `on_readable` and `on_projected` are those of Projector.
    """
    return Handlers(
        projector=Projector(on_readable=on_readable, signal=signal, on_projected=on_projected),
        notifier=Notifier(database, clock, signal=signal),
        recurrence=OccurrenceMaker(database, gateway),
        rezone=Rezone(database, gateway, settle_seconds=settle_seconds),
        digest=Digest(database, clock, signal=signal),
    )
