"""The notifier: makes a delivery of each fired reminder and overdue task, and sends it at once or holds it."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, cast

from actors.clock import LATE, Clock, late_seconds, parse_instant
from actors.replies import Json
from host import metrics
from host.consumers.handler import Handler
from host.loops import repeat
from host.notify import held, in_app, notifications
from host.notify import rules as delivery_rules
from host.notify.in_app import IN_APP
from host.store.engine import Database, Raw, is_outage
from host.store.notify import deliveries, reminder_ledger
from host.store.notify import notifications as stored
from host.store.notify.deliveries import Delivery
from host.store.read_model import activity_rows
from host.store.turns.outbox import Event

log = logging.getLogger(__name__)

POLL_SECONDS: Final = 0.5
OUTAGE_PAUSE_SECONDS: Final = 2.0
USERS_AT_ONCE: Final = 5_000  # looked up, not released: each look groups all that is due


class Notifier(Handler):
    """The consumer that sends deliveries or holds them, and in `run` the chore that releases held ones."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        signal: Callable[[set[str]], None],
        users_at_once: int = USERS_AT_ONCE,
        deliveries_at_once: int = in_app.DELIVERIES_AT_ONCE,
    ) -> None:
        """`signal` gets the users whose streams have grown."""
        self._database = database
        self._clock = clock
        self._signal = signal
        self._users_at_once = users_at_once
        self._deliveries_at_once = deliveries_at_once
        self._released_at: datetime | None = None

    async def apply(self, connection: Raw, events: Sequence[Event]) -> None:
        """Sends or holds what fired, settles what was answered, and looks again at what a new choice may release."""
        now = self._clock.now()
        told = {
            delivery: event.body["data"].get("told_with")
            for event in events
            if (delivery := _delivery(event.body, now))
        }
        fired = [delivery for delivery, other in told.items() if other is None]
        silent = {delivery: other for delivery, other in told.items() if other is not None}
        answered = [key for event in events if event.type in _ANSWERS and (key := _answered(event.body))]
        changed = [event.user_id for event in events if event.type == "user.updated" and _has_new_choice(event.body)]
        if told:
            # The projector notes these, too, but it may be later, and the ledger lists a reminder's life in order.
            await reminder_ledger.add(
                connection, [reminder_ledger.step_of(event.body) for event in events if event.type == "reminder.fired"]
            )
        if answered or changed:  # before their deliveries, as `held.release` does: else there could be a deadlock
            await activity_rows.lock(connection, {event.user_id for event in events})
        if fired:
            recipients = await held.recipients_of(connection, [delivery.user_id for delivery in fired], now)
            scheduled = delivery_rules.schedule(fired, recipients, now)
            sent = await deliveries.add(connection, scheduled, now)
            await in_app.send_each(
                connection, [each for each in scheduled if (each.reminder_id, each.firing) in sent], now
            )
        if silent:
            await deliveries.add(connection, list(silent), now, silent=True)
            await in_app.note_silent(connection, silent, now)
        if answered:
            await stored.acknowledge(connection, answered)
            moot = await deliveries.cancel_answered(connection, [(key[0], key[1]) for key in answered])
            await in_app.note_cancelled(connection, moot, now)
        if changed:
            await deliveries.look_again(connection, now, changed)

    def committed(self, events: Sequence[Event]) -> None:
        metrics.reminders_fired.inc(sum(event.type == "reminder.fired" for event in events))
        self._signal({event.user_id for event in events})

    async def run(self) -> None:
        """Releases what was held long enough, until cancelled; waits out an outage."""
        await repeat(self.release, POLL_SECONDS, OUTAGE_PAUSE_SECONDS, log, "held reminders could not be delivered")

    async def release(self) -> None:
        """Releases the deliveries that are due, some users a transaction.

        A user whose delivery fails holds up no other; at the end all failures rise as an ExceptionGroup.
        """
        failed: list[Exception] = []
        seen: set[str] = set()
        now = self._clock.now()
        async with self._database.raw() as connection:
            if self._released_at is not None and now < self._released_at:
                # The clock was put back: what is held for seconds would wait until the clock shows that time again.
                await deliveries.look_again(connection, now + delivery_rules.HOLD)
            self._released_at = now
            while due := await deliveries.users_due(connection, IN_APP, now, self._users_at_once, seen):
                seen.update(user_id for user_id, _ in due)
                for users in held.batches(due):
                    failed += await self._release(connection, users)
        if failed:
            raise ExceptionGroup("some users", failed)

    async def _release(self, connection: Raw, users: Sequence[str]) -> list[Exception]:
        """Returns the errors of users; raises for an outage. A batch that fails is done again user by user."""
        try:
            async with connection.transaction():
                await held.release(connection, users, self._clock.now(), self._deliveries_at_once)
        except Exception as error:
            if is_outage(error):
                raise
            if len(users) == 1:
                return [error]
            return [failure for user_id in users for failure in await self._release(connection, [user_id])]
        self._signal(set(users))
        return []


ASKED: Final = "The time of this reminder had passed when you asked for it."
_ANSWERS: Final = frozenset({"reminder.acknowledged", "reminder.snoozed"})


def _answered(event: Json) -> tuple[str, int, str] | None:
    """Returns (reminder, firing, when) of the last firing that is answered; None when none had happened.

    In events of an early release a snoozed reminder has the next firing already.
    """
    data = event["data"]
    reminder = data["reminder"]
    answers = data.get("answers", reminder["firing"] - (event["type"] == "reminder.snoozed"))
    return None if answers is None else (reminder["id"], answers, event["time"])


def _has_new_choice(event: Json) -> bool:
    """Returns whether the user changed what decides when a delivery goes out."""
    return not {"zone", "defaults"}.isdisjoint(event["data"]["changed"])


def _delivery(event: Json, now: datetime) -> Delivery | None:
    """Returns the delivery of a fired reminder or of a task that became overdue; None for any other event."""
    data = event["data"]
    if event["type"] == "reminder.fired":
        reminder = data["reminder"]
        fired_at = parse_instant(reminder["fired_at"])
        key = {"reminder_id": reminder["id"], "firing": reminder["firing"], "change_set": data.get("change_set")}
        return _of_task(data, now, fired_at, data["late_seconds"], **key)
    # A reminder that fired in the same turn says that the task is due: a second notification would repeat it.
    if event["type"] != "task.overdue" or data["of"] > 1:
        return None
    at = parse_instant(event["time"])
    return _of_task(
        data, now, at, _late_seconds(data, at), reminder_id=data["task_id"], firing=data["version"], kind="overdue"
    )


def _late_seconds(data: Json, at: datetime) -> int | None:
    """Returns how late it is told that the task is overdue; an early release did not write it into the event."""
    if "late_seconds" in data:
        return cast("int | None", data["late_seconds"])
    return late_seconds(at, parse_instant(max(data["task"]["overdue_at"], data["task"]["updated_at"])))


def _of_task(data: Json, now: datetime, at: datetime, late_seconds: float | None, **which: Any) -> Delivery:
    task = data["task"]
    is_overdue = task["overdue_at"] is not None and parse_instant(task["overdue_at"]) + LATE < at
    since = "Overdue since" if is_overdue or which.get("kind") == "overdue" else "Due"
    due = notifications.due_text(task["due"])
    lines = [f"{since} {due}" if due else "", ASKED if "asked_at" in data else ""]
    return Delivery(
        channel=IN_APP,
        user_id=data["user_id"],
        task_id=data["task_id"],
        due_at=now,
        late_seconds=late_seconds,
        version=data["version"],
        title=task["title"],
        body="\n".join(filter(None, lines)),
        correlation_id=data["correlation_id"],
        fired_at=at,
        **which,
    )
