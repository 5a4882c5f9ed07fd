"""How the consumers are put together: the handler behind each name of the table, and what it is given."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from actors.clock import Clock
from host.consumers import table
from host.consumers.handler import Consumer, Handler
from host.consumers.projector import Projector
from host.consumers.recurrence import OccurrenceMaker
from host.consumers.rezone import SETTLE_SECONDS, Rezone
from host.dapr.gateway import Actors
from host.notify.digest import Digest
from host.notify.notifier import Notifier
from host.store.engine import Database


class Handlers(NamedTuple):
    """By the names of the table; `_replace` puts another in the place of one."""

    projector: Handler
    notifier: Notifier
    recurrence: Handler
    rezone: Handler
    digest: Handler

    def consumers(self, topic_prefix: str = "") -> list[Consumer]:
        return table.consumers(self._asdict(), topic_prefix)

    def consumer(self, name: str) -> Consumer:
        return next(row for row in self.consumers() if row.name == name)


def _nobody(_news: object) -> None:
    """Nobody waits in this process."""


def wired(
    database: Database,
    clock: Clock,
    gateway: Actors,
    *,
    shown: Callable[[Mapping[str, int]], None] = _nobody,
    signal: Callable[[set[str]], None] = _nobody,
    types: Callable[[set[str]], None] = _nobody,
    settle_seconds: float = SETTLE_SECONDS,
) -> Handlers:
    """`shown`, `types`: of Projector; `wake` is told the users who have news; `settle_seconds`: of Rezone."""
    return Handlers(
        projector=Projector(shown=shown, signal=signal, types=types),
        notifier=Notifier(database, clock, signal=signal),
        recurrence=OccurrenceMaker(database, gateway),
        rezone=Rezone(database, gateway, settle_seconds=settle_seconds),
        digest=Digest(database, clock, signal=signal),
    )
