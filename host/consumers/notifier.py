"""The notifier: a fired reminder becomes one notification in the app; many late ones become one digest."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from actors.clock import Clock, instant_text, parse_instant
from host import metrics, notices
from host.consumers.handler import Handler
from host.store import deliveries, ledger, streams
from host.store.deliveries import Delivery
from host.store.engine import Database, Raw, is_outage
from host.store.outbox import Event

log = logging.getLogger(__name__)

Json = dict[str, Any]

IN_APP: Final = "in_app"
HOLD: Final = timedelta(seconds=3)  # late firings come in a bunch: wait for the rest of it
MOST_SINGLES: Final = 20
POLL_SECONDS: Final = 0.5
OUTAGE_PAUSE_SECONDS: Final = 2.0
USERS_AT_ONCE: Final = 100


class Notifier(Handler):
    """As a consumer it delivers what is on time and holds what is late; `run` delivers what was held."""

    def __init__(self, database: Database, clock: Clock, *, wake: Callable[[set[str]], None]) -> None:
        self._database = database
        self._clock = clock
        self._wake = wake

    async def apply(self, connection: Raw, events: Sequence[Event]) -> None:
        now = self._clock.now()
        fired = [_delivery(event.body, now) for event in events if event.type == "reminder.fired"]
        if fired:
            fresh = await deliveries.add(connection, fired)
            on_time = [d for d in fired if d.late_seconds is None and (d.reminder_id, d.firing) in fresh]
            await _send(connection, on_time, now)
        overdue = [event for event in events if event.type == "task.overdue"]
        if overdue:
            await deliveries.notify(connection, [(e.user_id, None, notices.overdue(e.body)) for e in overdue])
        answered = [_answered(event.body) for event in events if event.type in _ANSWERS]
        if answered:
            await deliveries.acknowledge(connection, answered)

    def committed(self, events: Sequence[Event]) -> None:
        metrics.reminders_fired.inc(sum(event.type == "reminder.fired" for event in events))
        self._wake({event.user_id for event in events})

    async def run(self) -> None:
        """Deliver what was held long enough. Ends only by cancellation; an outage is waited out."""
        while True:
            pause = POLL_SECONDS
            try:
                await self.release()
            except Exception as error:
                if not is_outage(error):
                    log.exception("held reminders could not be delivered")
                pause = OUTAGE_PAUSE_SECONDS
            await asyncio.sleep(pause)

    async def release(self) -> None:
        """Each user in a transaction: one whose delivery fails holds up nobody else's, and raises at the end."""
        failed: list[Exception] = []
        async with self._database.raw() as connection:
            for user_id in await deliveries.users_due(connection, IN_APP, self._clock.now(), USERS_AT_ONCE):
                try:
                    await self._release(connection, user_id)
                except Exception as error:
                    if is_outage(error):
                        raise
                    failed.append(error)
        if failed:
            raise ExceptionGroup("some users", failed)

    async def _release(self, connection: Raw, user_id: str) -> None:
        async with connection.transaction():
            held = await deliveries.hold(connection, IN_APP, user_id)
            if len(held) > MOST_SINGLES:
                await _send_digest(connection, held, self._clock.now())
            else:
                await _send(connection, held, self._clock.now())
        self._wake({user_id})


_ANSWERS: Final = frozenset({"reminder.acknowledged", "reminder.snoozed"})


def _answered(event: Json) -> tuple[str, int, str]:
    """The last firing that is answered: a snoozed reminder names the next one already."""
    reminder = event["data"]["reminder"]
    return reminder["id"], reminder["firing"] - (event["type"] == "reminder.snoozed"), event["time"]


def _delivery(event: Json, now: datetime) -> Delivery:
    data = event["data"]
    reminder, task, late = data["reminder"], data["task"], data["late_seconds"]
    return Delivery(
        reminder_id=reminder["id"],
        firing=reminder["firing"],
        channel=IN_APP,
        user_id=data["user_id"],
        task_id=data["task_id"],
        due_at=now if late is None else now + HOLD,
        late_seconds=late,
        version=data["version"],
        title=task["title"],
        body=f"Due {notices.due_text(task['due'])}" if task["due"] else "",
        correlation_id=data["correlation_id"],
        fired_at=parse_instant(reminder["fired_at"]),
    )


async def _send(connection: Raw, sent: Sequence[Delivery], now: datetime) -> None:
    """One notification each."""
    if not sent:
        return
    told: list[tuple[str, int | None, Json]] = []
    entries: list[streams.Entry] = []
    for delivery in sent:
        notice = notices.reminder(
            reminder_id=delivery.reminder_id,
            firing=delivery.firing,
            task_id=delivery.task_id,
            title=delivery.title,
            body=delivery.body,
            late_seconds=delivery.late_seconds,
            created_at=instant_text(now),
        )
        told.append((delivery.user_id, delivery.firing, notice))
        entries.append(streams.entry_of(_delivered(delivery, notice, now)))
    await _record(connection, sent, told, entries, now)


async def _send_digest(connection: Raw, sent: Sequence[Delivery], now: datetime) -> None:
    """One notification for all of them; they are of one user."""
    notice = notices.digest(
        [_name(delivery) for delivery in sent],
        [delivery.title for delivery in sent],
        late_seconds=max(delivery.late_seconds or 0 for delivery in sent),
        created_at=instant_text(now),
    )
    event = _delivered(sent[0], notice, now)
    event["id"], event["subject"] = f"Delivery:digest:{notice['id']}", sent[0].user_id
    event["data"] |= {"task_id": None, "version": 0, "reminders": [_reminder(delivery) for delivery in sent]}
    del event["data"]["reminder"]
    await _record(connection, sent, [(sent[0].user_id, None, notice)], [streams.entry_of(event)], now)


async def _record(
    connection: Raw,
    sent: Sequence[Delivery],
    told: Sequence[tuple[str, int | None, Json]],
    entries: Sequence[streams.Entry],
    now: datetime,
) -> None:
    await deliveries.notify(connection, told)
    await deliveries.mark_sent(connection, sent, now)
    steps = [_step(delivery, step, now) for delivery in sent for step in ("delivery_attempt", "delivered")]
    await ledger.add(connection, steps)
    await streams.append(connection, entries)
    metrics.notifications_sent.labels(IN_APP).inc(len(told))
    for delivery in sent:
        due = delivery.fired_at - timedelta(seconds=delivery.late_seconds or 0)
        metrics.reminder_latency.observe(max(0.0, (now - due).total_seconds()))


def _name(delivery: Delivery) -> str:
    return f"Delivery:{delivery.reminder_id}:{delivery.firing}:{delivery.channel}"


def _reminder(delivery: Delivery) -> Json:
    return {"id": delivery.reminder_id, "firing": delivery.firing, "task_id": delivery.task_id}


def _step(delivery: Delivery, step: str, now: datetime) -> ledger.Step:
    return ledger.Step(
        user_id=delivery.user_id,
        task_id=delivery.task_id,
        reminder_id=delivery.reminder_id,
        firing=delivery.firing,
        step=step,
        at=instant_text(now),
        source=f"{_name(delivery)}:{step}:1",
        channel=delivery.channel,
        detail={"late_seconds": delivery.late_seconds} if delivery.late_seconds else None,
    )


def _delivered(delivery: Delivery, notice: Json, now: datetime) -> Json:
    """The event for the user's stream; it is no actor's, so it stands in no outbox."""
    return {
        "specversion": "1.0",
        "id": _name(delivery),
        "source": "/notifier/in_app",
        "type": "reminder.delivered",
        "subject": delivery.task_id,
        "time": instant_text(now),
        "datacontenttype": "application/json",
        "data": {
            "user_id": delivery.user_id,
            "task_id": delivery.task_id,
            "version": delivery.version,
            "seq": 1,
            "of": 1,
            "actor": {"kind": "system", "id": "notifier"},
            "correlation_id": delivery.correlation_id,
            "command_id": None,
            "changed": {},
            "reminder": _reminder(delivery),
            "late_seconds": delivery.late_seconds,
            "notification": notice,
        },
    }
