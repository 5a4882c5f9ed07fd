"""The zone rules: after an update of tzdata, every actor whose instants it moves computes them again."""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta
from importlib import metadata
from typing import Final
from uuid import UUID, uuid5

from actors.clock import Clock, instant_text
from actors.commands import Principal, build_command
from actors.due import due_at, overdue_at
from host.dapr.gateway import ActorBug, Actors, Unavailable
from host.loops import is_away, repeat
from host.store.engine import Database
from host.store.notify import deliveries
from host.store.turns import outbox
from host.store.upkeep import zone_rules
from host.store.upkeep.zone_rules import DueRow
from host.version import code_version

log = logging.getLogger(__name__)

ROWS_AT_ONCE: Final = 1_000
CALLS_AT_ONCE: Final = 16
RETRY_SECONDS: Final = 2.0
REST: Final = timedelta(days=1)
TZDATA: Final = metadata.version("tzdata")  # the only package from which actors.due reads rules

Target = tuple[str, str, str]  # actor type, actor id, user id


class ZoneRules:
    """The chore that has actors compute their instants again if the database was written under other rules."""

    def __init__(
        self,
        database: Database,
        gateway: Actors,
        clock: Clock,
        *,
        version: str = TZDATA,
        code: str = "",
        rows_at_once: int = ROWS_AT_ONCE,
    ) -> None:
        """`version` is the version of the zone rules that this process uses, `code` of its program (default: found out)."""
        self._database = database
        self._gateway = gateway
        self._clock = clock
        self._version = version
        self._rows_at_once = rows_at_once
        self._partly = f"{version}, but for bugs of {code or code_version()}"  # another program asks everybody again
        self._bugs = 0
        self._top: int | None = None

    async def run(self) -> None:
        """Checks once a day, and after a failure again soon; runs until cancelled."""
        failure = "instants could not be computed again"
        await repeat(self.check, REST.total_seconds(), RETRY_SECONDS, log, failure, passing=is_away)

    async def check(self) -> int:
        """Asks actors to compute their instants again if the database was written under other rules.

        Returns the number of actors asked. Raises Unavailable if one is away, or the read model is behind.
        """
        async with self._database.raw() as connection:
            before = await zone_rules.version(connection)
        if before in {self._version, self._partly}:
            return 0
        self._bugs = 0
        await self._wait_for_the_read_model()
        asked = await self._tasks() + await self._others()
        async with self._database.raw() as connection:
            await deliveries.look_again(connection, self._clock.now())
            await zone_rules.set_version(connection, self._partly if self._bugs else self._version)
        log.info(
            "instants computed again under other zone rules",
            extra={"before": before, "after": self._version, "asked": asked},
        )
        return asked

    async def _wait_for_the_read_model(self) -> None:
        """Raises Unavailable until the read model has all that was written under the old rules.

        Whatever is written from now on is computed under the rules of this process.
        """
        async with self._database.raw() as connection:
            if self._top is None:
                self._top = await outbox.top(connection)
            if self._top and not await outbox.passed(connection, "projector", [self._top]):
                raise Unavailable("the read model has not come so far yet")

    async def _tasks(self) -> int:
        """Asks the open tasks whose instants move; returns their number."""
        asked, after = 0, ""
        while True:
            async with self._database.raw() as connection:
                rows = await zone_rules.dues(connection, after, self._rows_at_once)
            moved = [("TaskActor", row.task_id, row.user_id) for row in _moved(rows)]
            await self._ask(moved)
            asked += len(moved)
            if len(rows) < self._rows_at_once:
                return asked
            after = rows[-1].task_id

    async def _others(self) -> int:
        """Asks all active series, and users with a digest: each finds out by itself whether anything moves."""
        async with self._database.raw() as connection:
            series = await zone_rules.active_series(connection)
            users = await zone_rules.users_with_digest(connection)
        targets: list[Target] = [("SeriesActor", series_id, user_id) for series_id, user_id in series]
        targets += [("UserActor", user_id, user_id) for user_id in users]
        await self._ask(targets)
        return len(targets)

    async def _ask(self, targets: Sequence[Target]) -> None:
        for start in range(0, len(targets), CALLS_AT_ONCE):
            await asyncio.gather(*(self._send(*target) for target in targets[start : start + CALLS_AT_ONCE]))

    async def _send(self, actor_type: str, actor_id: str, user_id: str) -> None:
        """Sends one RecountTimes. A refusal means that the actor is gone, or in the trash and computes when it is restored."""
        command_id = str(uuid5(UUID(actor_id), f"tzdata {self._version} {instant_text(self._clock.now())}"))
        command = build_command(
            "RecountTimes",
            {},
            id=command_id,
            principal=Principal("system", "zone-rules", user_id),
            correlation_id=command_id,
            zone="UTC",
        )
        try:
            await self._gateway.send(actor_type, actor_id, command)
        except ActorBug as bug:
            extra = {"actor_type": actor_type, "actor": actor_id, "fingerprint": bug.fingerprint}
            log.warning("an actor could not compute its instants again", extra=extra)
            self._bugs += 1


def _moved(rows: Sequence[DueRow]) -> Iterator[DueRow]:
    """Yields the rows whose stored instants differ from those under the rules of this process."""
    for row in rows:
        computed = overdue_at(row.due, row.zone), due_at(row.due, row.zone)
        if computed != (instant_text(row.overdue_at), instant_text(row.due_at)):
            yield row
