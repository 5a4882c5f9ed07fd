"""In-app channel: turns deliveries into notification rows, ledger entries and stream events."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from actors.clock import instant_text
from actors.replies import Json
from host import metrics
from host.notify import notifications
from host.store.engine import Raw
from host.store.notify import deliveries, reminder_ledger
from host.store.notify import notifications as stored
from host.store.notify.deliveries import Delivery
from host.store.read_model import activity_rows

IN_APP: Final = "in_app"
DELIVERIES_AT_ONCE: Final = 2_000  # in one statement


async def send_each(connection: Raw, sent: Sequence[Delivery], now: datetime) -> None:
    """Makes one notification of each delivery; all of them are marked as sent already."""
    if not sent:
        return
    made = [_notification(delivery, now) for delivery in sent]
    events = [_delivered_event(delivery, notification, now) for delivery, notification in zip(sent, made, strict=True)]
    await _record(connection, sent, now)
    firings = [delivery.firing if delivery.kind == "reminder" else None for delivery in sent]
    users = [delivery.user_id for delivery in sent]
    await _write(connection, list(zip(users, firings, made, strict=True)), events)


async def send_gathered(
    connection: Raw,
    pending: Sequence[tuple[Sequence[Delivery], str]],
    now: datetime,
    deliveries_at_once: int = DELIVERIES_AT_ONCE,
) -> None:
    """Sends all that some users have pending, and makes one notification for each of them.

    `pending` has for each user the first `deliveries_at_once` deliveries, and the reason why they come as one.
    """
    await _mark_sent(connection, [delivery for first_batch, _ in pending for delivery in first_batch], now)
    rows: list[tuple[str, int | None, Json]] = []
    events: list[Json] = []
    for first_batch, reason in pending:
        total, late = await _send_rest(connection, first_batch, now, deliveries_at_once)
        notification, event = _gathered(first_batch, reason, total, late, now)
        rows.append((first_batch[0].user_id, None, notification))
        events.append(event)
    await _write(connection, rows, events)


async def _mark_sent(connection: Raw, batch: Sequence[Delivery], now: datetime) -> None:
    await deliveries.mark_sent(connection, batch, now)
    await _record(connection, batch, now)


async def _send_rest(
    connection: Raw, batch: Sequence[Delivery], now: datetime, deliveries_at_once: int
) -> tuple[int, float]:
    """Sends what a user has pending after the first batch, which is sent.

    Returns how many deliveries there are in all, and by how many seconds the latest of them was late.
    """
    total, late = len(batch), max(delivery.late_seconds or 0 for delivery in batch)
    while len(batch) == deliveries_at_once:
        batch = next(iter(await deliveries.hold(connection, IN_APP, [batch[0].user_id], deliveries_at_once)), [])
        await _mark_sent(connection, batch, now)
        total += len(batch)
        late = max([late, *(delivery.late_seconds or 0 for delivery in batch)])
    return total, late


def _gathered(
    first_batch: Sequence[Delivery], reason: str, total: int, late: float, now: datetime
) -> tuple[Json, Json]:
    """Returns the notification, and its event."""
    first, listed = first_batch[0], first_batch[: notifications.TITLES_IN_DIGEST]
    notification = notifications.gathered(
        first.name,
        [delivery.title for delivery in listed],
        total,
        reason,
        late_seconds=late or None,
        created_at=instant_text(now),
    )
    about: Json = {
        "user_id": first.user_id,
        "correlation_id": first.correlation_id,
        "reminders": [_reminder(delivery) for delivery in listed],
        "total": total,
        "late_seconds": late or None,
    }
    return notification, _digest_event("reminder.delivered", about, notification, now)


async def send_digest(connection: Raw, about: Json, notification: Json, now: datetime) -> None:
    """Sends the digest of a day; `about` has its user_id, correlation_id, day and late_seconds."""
    event = _digest_event("notice.delivered", about, notification, now)
    await _write(connection, [(about["user_id"], None, notification)], [event])


async def note_silent(connection: Raw, silent: Mapping[Delivery, Json], now: datetime) -> None:
    """Notes in the ledger that deliveries were cancelled because another firing, given with each, tells of both."""
    steps = [
        _step(delivery, "cancelled", now)._replace(detail={"told_with": other}) for delivery, other in silent.items()
    ]
    await reminder_ledger.add(connection, steps)


async def note_cancelled(connection: Raw, moot: Sequence[Delivery], now: datetime) -> None:
    """Notes in the ledger that deliveries were cancelled because nobody needs them any more."""
    await reminder_ledger.add(
        connection, [_step(delivery, "cancelled", now) for delivery in moot if delivery.kind == "reminder"]
    )


async def _write(connection: Raw, rows: Sequence[tuple[str, int | None, Json]], events: Sequence[Json]) -> None:
    """Writes (user, firing, notification) to the notification centre, and the event of each to its user's stream."""
    await stored.add(connection, rows)
    await activity_rows.append(connection, [activity_rows.entry_of(event) for event in events])
    metrics.notifications_sent.labels(IN_APP).inc(len(rows))


async def _record(connection: Raw, sent: Sequence[Delivery], now: datetime) -> None:
    """Notes the sent reminders in the ledger and in the metrics."""
    reminders = [delivery for delivery in sent if delivery.kind == "reminder"]
    steps = [_step(delivery, step, now) for delivery in reminders for step in ("delivery_attempt", "delivered")]
    await reminder_ledger.add(connection, steps)
    for delivery in reminders:
        due = delivery.fired_at - timedelta(seconds=delivery.late_seconds or 0)
        metrics.reminder_latency.observe(max(0.0, (now - due).total_seconds()))


def _notification(delivery: Delivery, now: datetime) -> Json:
    content: Json = {
        "task_id": delivery.task_id,
        "title": delivery.title,
        "body": delivery.body,
        "late_seconds": delivery.late_seconds,
        "created_at": instant_text(now),
    }
    if delivery.kind == "overdue":
        return notifications.overdue(version=delivery.version, **content)
    return notifications.reminder(reminder_id=delivery.reminder_id, firing=delivery.firing, **content)


def _delivered_event(delivery: Delivery, notification: Json, now: datetime) -> Json:
    data: Json = {
        "user_id": delivery.user_id,
        "task_id": delivery.task_id,
        "version": delivery.version,
        "correlation_id": delivery.correlation_id,
        "late_seconds": delivery.late_seconds,
    }
    if delivery.kind == "overdue":
        return _event("notice.delivered", delivery.name, data, notification, now)
    data["reminder"] = _reminder(delivery)
    return _event("reminder.delivered", delivery.name, data, notification, now)


def _reminder(delivery: Delivery) -> Json:
    return {"id": delivery.reminder_id, "firing": delivery.firing, "task_id": delivery.task_id}


def _step(delivery: Delivery, step: str, now: datetime) -> reminder_ledger.Step:
    return reminder_ledger.Step(
        user_id=delivery.user_id,
        task_id=delivery.task_id,
        reminder_id=delivery.reminder_id,
        firing=delivery.firing,
        step=step,
        at=instant_text(now),
        source=f"{delivery.name}:{step}:1",
        channel=delivery.channel,
        detail={"late_seconds": delivery.late_seconds} if delivery.late_seconds else None,
    )


def _digest_event(kind: str, about: Json, notification: Json, now: datetime) -> Json:
    """Returns the event of a notification that is about several tasks."""
    return _event(
        kind, f"Delivery:digest:{notification['id']}", {"task_id": None, "version": 0, **about}, notification, now
    )


def _event(kind: str, event_id: str, data: Json, notification: Json, now: datetime) -> Json:
    """Returns the event for the user's stream. No actor has committed it, so it is in no outbox."""
    common: Json = {
        "seq": 1,
        "of": 1,
        "actor": {"kind": "system", "id": "notifier"},
        "command_id": None,
        "changed": {},
        "notification": notification,
    }
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": "/notifier/in_app",
        "type": kind,
        "subject": data["task_id"] or data["user_id"],
        "time": instant_text(now),
        "datacontenttype": "application/json",
        "data": {**data, **common},
    }
