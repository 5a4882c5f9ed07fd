"""Rezone: after a user moves to another zone, or to another time for the digest, moves their open tasks and series without a zone of their own there too."""

import asyncio
from collections.abc import Sequence
from typing import Final

from actors.replies import Json
from host.consumers.follow_up import follow_up
from host.consumers.handler import Handler, Outside, about
from host.dapr.gateway import ActorBug, Actors, Unavailable
from host.store.engine import Database
from host.store.read_model import series_rows, task_rows
from host.store.turns import outbox, profiles
from host.store.turns.outbox import Event

AT_ONCE: Final = 8
SETTLE_SECONDS: Final = 3.0  # by then the read model has a task that was being created under the old zone


class Rezone(Handler):
    """The consumer of changed zones. The same event gives the same command ids, so a repeated command is applied once."""

    outside = True

    def __init__(self, database: Database, gateway: Actors, *, settle_seconds: float = SETTLE_SECONDS) -> None:
        self._database = database
        self._gateway = gateway
        self._settle_seconds = settle_seconds

    async def before(self, events: Sequence[Event]) -> Outside:
        """Moves what belongs to each user whose zone changed; raises Unavailable if an actor is away."""
        for event in events:
            if _moves(event.body["data"]["changed"]):
                await asyncio.sleep(max(0.0, self._settle_seconds - event.age_seconds))
                with about(event):
                    await self._rezone(event)
        return Outside(events)

    async def _rezone(self, event: Event) -> None:
        """Sends Rezone to each actor; raises Unavailable, or when all others have moved the bug of one.

        An event that comes late, as a dead letter does, may name a zone that the person has left again. It is ignored:
        a later event names the zone where they live now, and the time of their digest.
        """
        user = event.body["data"]["user"]
        async with self._database.raw() as connection:
            if not await outbox.passed(connection, "projector", [event.position]):
                raise Unavailable("the read model has not come so far yet")
            profile = (await profiles.read(connection, [event.user_id])).get(event.user_id)
            if profile is None or _place(profile.zone, profile.defaults) != _place(user["zone"], user["defaults"]):
                return
            tasks = await task_rows.tasks_that_follow(connection, event.user_id)
            series = await series_rows.series_that_follow(connection, event.user_id)
        actors = [*(("SeriesActor", series_id) for series_id in series), *(("TaskActor", task_id) for task_id in tasks)]
        bugs: list[ActorBug | None] = []
        for start in range(0, len(actors), AT_ONCE):
            bugs += await asyncio.gather(*(self._send(event, *actor) for actor in actors[start : start + AT_ONCE]))
        if bug := next(filter(None, bugs), None):
            raise bug

    async def _send(self, event: Event, actor_type: str, actor_id: str) -> ActorBug | None:
        """Returns the bug that the actor has. A refusal means that it is gone, in the trash or over, and needs no zone."""
        user = event.body["data"]["user"]
        zone, defaults = user["zone"], user["defaults"]
        command = follow_up(event, "rezone", actor_id, "Rezone", {"zone": zone}, zone=zone, defaults=defaults)
        try:
            await self._gateway.send(actor_type, actor_id, command)
        except ActorBug as bug:
            return bug
        return None


def _moves(changed: Json) -> bool:
    """Returns whether a change of the profile moves the days of tasks, or when people hear that one is over."""
    defaults = changed.get("defaults", {"old": {}, "new": {}})
    return "zone" in changed or defaults["old"].get("digest_at") != defaults["new"].get("digest_at")


def _place(zone: str, defaults: Json) -> tuple[str, str | None]:
    return zone, defaults.get("digest_at")
