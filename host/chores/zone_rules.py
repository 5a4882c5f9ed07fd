"""Zone rules: after an update of tzdata, whoever's instants it moves counts them anew. Run it under a leader."""

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
TZDATA: Final = metadata.version("tzdata")  # actors.due reads the rules of this package alone

Target = tuple[str, str, str]  # actor type, actor id, user id


class ZoneRules:
    """`version` is that of the rules which this process counts with."""

    def __init__(self, database: Database, gateway: Actors, clock: Clock, *, version: str = TZDATA) -> None:
        self._database = database
        self._gateway = gateway
        self._clock = clock
        self._version = version
        self._partly = f"{version}, but for bugs of {code_version()}"  # another program asks everybody again
        self._bugs = 0
        self._top: int | None = None

    async def run(self) -> None:
        """Once, however often it must be tried; ends only by cancellation, as all loops of a leader do."""
        failure = "instants could not be counted anew"
        await repeat(self.check, REST.total_seconds(), RETRY_SECONDS, log, failure, passing=is_away)

    async def check(self) -> int:
        """How many actors were asked to count anew; 0 when the database was counted with these rules already."""
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
        log.info("counted with other zone rules", extra={"before": before, "after": self._version, "asked": asked})
        return asked

    async def _wait_for_the_read_model(self) -> None:
        """What was written under the rules of before must be seen; what comes now is counted with the new ones."""
        async with self._database.raw() as connection:
            if self._top is None:
                self._top = await outbox.top(connection)
            if self._top and not await outbox.passed(connection, "projector", [self._top]):
                raise Unavailable("the read model has not come so far yet")

    async def _tasks(self) -> int:
        asked, after = 0, ""
        while True:
            async with self._database.raw() as connection:
                rows = await zone_rules.dues(connection, after, ROWS_AT_ONCE)
            moved = [("TaskActor", row.task_id, row.user_id) for row in _moved(rows)]
            await self._ask(moved)
            asked += len(moved)
            if len(rows) < ROWS_AT_ONCE:
                return asked
            after = rows[-1].task_id

    async def _others(self) -> int:
        """Each of them finds out by itself whether anything moves."""
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
        """A refusal means that it is gone or in the trash, where it counts anew when it comes back."""
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
            told = {"actor_type": actor_type, "actor": actor_id, "fingerprint": bug.fingerprint}
            log.warning("an actor could not count its instants anew", extra=told)
            self._bugs += 1


def _moved(rows: Sequence[DueRow]) -> Iterator[DueRow]:
    for row in rows:
        counted = overdue_at(row.due, row.zone), due_at(row.due, row.zone)
        if counted != (instant_text(row.overdue_at), instant_text(row.due_at)):
            yield row
