"""The digest of the day: lists what is due and overdue, once the read model has passed the event that asks for it."""

from collections.abc import Callable, Sequence
from datetime import datetime

from typing_extensions import override

from actors.clock import Clock, instant_text
from actors.day_times import DAY, local_day
from actors.replies import Json
from host.consumers.handler import Handler, Outside
from host.notify import in_app, notifications
from host.store.engine import Database, Raw
from host.store.notify import digest_queries
from host.store.read_model.days import midnight
from host.store.turns import outbox
from host.store.turns.outbox import Event


class Digest(Handler):
    """The consumer of due digests, apart from the notifier so that a projector that is behind holds up no reminder."""

    outside = True

    def __init__(self, database: Database, clock: Clock, *, signal: Callable[[set[str]], None]) -> None:
        self._database = database
        self._clock = clock
        self._signal = signal

    @override
    async def before(self, events: Sequence[Event]) -> Outside:
        """Returns as done the events that the projector has passed; the others come again."""
        async with self._database.raw() as connection:
            passed = await outbox.passed(connection, "projector", [event.position for event in events])
        return Outside([event for event in events if event.position in passed])

    @override
    async def apply(self, connection: Raw, events: Sequence[Event]) -> None:
        """Sends the digests by user id, the order in which every transaction locks streams, to avoid a deadlock."""
        now = self._clock.now()
        for event in sorted(events, key=lambda event: event.user_id):
            await _send(connection, event.body["data"], now)

    @override
    def committed(self, events: Sequence[Event]) -> None:
        self._signal({event.user_id for event in events})


async def _send(connection: Raw, data: Json, now: datetime) -> None:
    """Sends the digest that the data of a `digest.due` event asks for, unless nothing is due."""
    user_id, zone = data["user_id"], data["user"]["zone"]
    notification = notifications.daily_digest(
        user_id,
        data["day"],
        zone,
        today=await digest_queries.ahead(connection, user_id, now, midnight(local_day(now, zone) + DAY, zone)),
        overdue=await digest_queries.overdue(connection, user_id, now),
        late_seconds=data["late_seconds"],
        created_at=instant_text(now),
    )
    if notification is not None:
        about = {name: data[name] for name in ("user_id", "correlation_id", "day", "late_seconds")}
        await in_app.send_digest(connection, about, notification, now)
