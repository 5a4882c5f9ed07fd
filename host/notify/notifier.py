"""The notifier: a fired reminder becomes one notification in the app; many that were held become one."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from actors.clock import Clock, parse_instant
from actors.replies import Json
from actors.task.reminders import LATE
from host import metrics
from host.consumers.handler import Handler
from host.loops import repeat
from host.notify import held, in_app, notifications
from host.notify import rules as delivery_rules
from host.notify.in_app import IN_APP
from host.store.engine import Database, Raw, is_outage
from host.store.notify import deliveries, ledger
from host.store.notify.deliveries import Delivery
from host.store.read_model import activity_rows
from host.store.turns.outbox import Event

log = logging.getLogger(__name__)

POLL_SECONDS: Final = 0.5
OUTAGE_PAUSE_SECONDS: Final = 2.0
USERS_AT_ONCE: Final = 5_000  # looked up, not told: each look groups all that is due


class Notifier(Handler):
    """As a consumer it tells what may be told at once and holds the rest; `run` tells what was held."""

    def __init__(self, database: Database, clock: Clock, *, signal: Callable[[set[str]], None]) -> None:
        self._database = database
        self._clock = clock
        self._signal = signal
        self._released_at: datetime | None = None

    async def apply(self, connection: Raw, events: Sequence[Event]) -> None:
        now = self._clock.now()
        fired = [delivery for event in events if (delivery := _delivery(event.body, now))]
        answered = [_answered(event.body) for event in events if event.type in _ANSWERS]
        chose = [event.user_id for event in events if event.type == "user.updated" and _chose(event.body)]
        if fired:
            # Also the projector's to note; it may come later, and the ledger tells a reminder's life in order.
            await ledger.add(
                connection, [ledger.step_of(event.body) for event in events if event.type == "reminder.fired"]
            )
        if answered or chose:  # before their deliveries, as `held.release` does: or two of us could wait on each other
            await activity_rows.lock(connection, {event.user_id for event in events})
        if fired:
            people = await held.people(connection, [delivery.user_id for delivery in fired], now)
            placed = delivery_rules.placed(fired, people, now)
            sent = await deliveries.add(connection, placed, now)
            await in_app.singles(connection, [it for it in placed if (it.reminder_id, it.firing) in sent], now)
        if answered:
            await deliveries.acknowledge(connection, answered)
            moot = await deliveries.cancel_answered(connection, [(key[0], key[1]) for key in answered])
            await in_app.cancelled(connection, moot, now)
        if chose:
            await deliveries.look_again(connection, now, chose)

    def committed(self, events: Sequence[Event]) -> None:
        metrics.reminders_fired.inc(sum(event.type == "reminder.fired" for event in events))
        self._signal({event.user_id for event in events})

    async def run(self) -> None:
        """Deliver what was held long enough. Ends only by cancellation; an outage is waited out."""
        await repeat(self.release, POLL_SECONDS, OUTAGE_PAUSE_SECONDS, log, "held reminders could not be delivered")

    async def release(self) -> None:
        """Some users a transaction; one whose delivery fails holds up nobody else's, and raises at the end."""
        failed: list[Exception] = []
        seen: set[str] = set()
        now = self._clock.now()
        async with self._database.raw() as connection:
            if self._released_at is not None and now < self._released_at:
                # The clock was put back: else what is held for seconds would wait until it has come round again.
                await deliveries.look_again(connection, now + delivery_rules.HOLD)
            self._released_at = now
            while due := await deliveries.users_due(connection, IN_APP, now, USERS_AT_ONCE, seen):
                seen.update(user_id for user_id, _ in due)
                for users in held.pages(due):
                    failed += await self._release(connection, users)
        if failed:
            raise ExceptionGroup("some users", failed)

    async def _release(self, connection: Raw, users: Sequence[str]) -> list[Exception]:
        """What went wrong, but for an outage, which raises. A page that fails is done again user by user."""
        try:
            async with connection.transaction():
                await held.release(connection, users, self._clock.now())
        except Exception as error:
            if is_outage(error):
                raise
            if len(users) == 1:
                return [error]
            return [failure for user_id in users for failure in await self._release(connection, [user_id])]
        self._signal(set(users))
        return []


_ANSWERS: Final = frozenset({"reminder.acknowledged", "reminder.snoozed"})


def _answered(event: Json) -> tuple[str, int, str]:
    """The last firing that is answered: a snoozed reminder names the next one already."""
    reminder = event["data"]["reminder"]
    return reminder["id"], reminder["firing"] - (event["type"] == "reminder.snoozed"), event["time"]


def _chose(event: Json) -> bool:
    return not {"zone", "defaults"}.isdisjoint(event["data"]["changed"])


def _delivery(event: Json, now: datetime) -> Delivery | None:
    """Of a fired reminder, or of a task that became overdue; None for what is nothing to tell."""
    data = event["data"]
    if event["type"] == "reminder.fired":
        reminder = data["reminder"]
        fired_at = parse_instant(reminder["fired_at"])
        key = {"reminder_id": reminder["id"], "firing": reminder["firing"]}
        return _of_task(data, now, fired_at, data["late_seconds"], **key)
    # A reminder that fired in the same turn tells that the task is due: twice would be once too often.
    if event["type"] != "task.overdue" or data["of"] > 1:
        return None
    task, at = data["task"], parse_instant(event["time"])
    late = at - parse_instant(max(task["overdue_at"], task["updated_at"]))
    late_seconds = int(late.total_seconds()) if late > LATE else None
    return _of_task(data, now, at, late_seconds, reminder_id=task["id"], firing=data["version"], kind="overdue")


def _of_task(data: Json, now: datetime, at: datetime, late_seconds: float | None, **which: Any) -> Delivery:
    task = data["task"]
    is_overdue = task["overdue_at"] is not None and parse_instant(task["overdue_at"]) + LATE < at
    since = "Overdue since" if is_overdue or which.get("kind") == "overdue" else "Due"
    return Delivery(
        channel=IN_APP,
        user_id=data["user_id"],
        task_id=data["task_id"],
        due_at=now,
        late_seconds=late_seconds,
        version=data["version"],
        title=task["title"],
        body=f"{since} {due}" if (due := notifications.due_text(task["due"])) else "",
        correlation_id=data["correlation_id"],
        fired_at=at,
        **which,
    )
