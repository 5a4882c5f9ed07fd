"""How a person is told: deliveries as notifications in the app, with their steps in the ledger and on the stream."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from actors.clock import instant_text
from actors.replies import Json
from host import metrics
from host.notify import notifications
from host.store.engine import Raw
from host.store.notify import deliveries, ledger
from host.store.notify.deliveries import Delivery
from host.store.read_model import activity_rows

IN_APP: Final = "in_app"
PAGE: Final = 2_000  # deliveries in one statement


async def singles(connection: Raw, sent: Sequence[Delivery], now: datetime) -> None:
    """One notification each, for deliveries that are marked as sent."""
    if not sent:
        return
    told = [_notification(delivery, now) for delivery in sent]
    events = [_delivered_event(delivery, notification, now) for delivery, notification in zip(sent, told, strict=True)]
    await _record(connection, sent, now)
    firings = [delivery.firing if delivery.kind == "reminder" else None for delivery in sent]
    users = [delivery.user_id for delivery in sent]
    await _tell(connection, list(zip(users, firings, told, strict=True)), events)


async def as_one(connection: Raw, bunches: Sequence[tuple[Sequence[Delivery], str]], now: datetime) -> None:
    """One notification for all that a user has pending, of which this is the first page, with why; of several users."""
    await _send(connection, [delivery for first_page, _ in bunches for delivery in first_page], now)
    told: list[tuple[str, int | None, Json]] = []
    events: list[Json] = []
    for first_page, why in bunches:
        total, late = await _send_rest(connection, first_page, now)
        notification, event = _gathered(first_page, why, total, late, now)
        told.append((first_page[0].user_id, None, notification))
        events.append(event)
    await _tell(connection, told, events)


async def _send(connection: Raw, page: Sequence[Delivery], now: datetime) -> None:
    await deliveries.mark_sent(connection, page, now)
    await _record(connection, page, now)


async def _send_rest(connection: Raw, page: Sequence[Delivery], now: datetime) -> tuple[int, float]:
    """After the first page, which is sent; gives how many a user's pages have in all, and how late the latest was."""
    total, late = len(page), max(delivery.late_seconds or 0 for delivery in page)
    while len(page) == PAGE:
        page = next(iter(await deliveries.hold(connection, IN_APP, [page[0].user_id], PAGE)), [])
        await _send(connection, page, now)
        total += len(page)
        late = max([late, *(delivery.late_seconds or 0 for delivery in page)])
    return total, late


def _gathered(first_page: Sequence[Delivery], why: str, total: int, late: float, now: datetime) -> tuple[Json, Json]:
    """The notification, and its event."""
    first, listed = first_page[0], first_page[: notifications.TITLES_IN_DIGEST]
    notification = notifications.gathered(
        first.name,
        [delivery.title for delivery in listed],
        total,
        why,
        late_seconds=late or None,
        created_at=instant_text(now),
    )
    about: Json = {
        "user_id": first.user_id,
        "correlation_id": first.correlation_id,
        "reminders": [_named(delivery) for delivery in listed],
        "total": total,
        "late_seconds": late or None,
    }
    return notification, _digest_event("reminder.delivered", about, notification, now)


async def daily(connection: Raw, about: Json, notification: Json, now: datetime) -> None:
    """`about` has the user_id, the correlation_id, the day and how late it is."""
    event = _digest_event("notice.delivered", about, notification, now)
    await _tell(connection, [(about["user_id"], None, notification)], [event])


async def cancelled(connection: Raw, moot: Sequence[Delivery], now: datetime) -> None:
    """What was never told, because there was no need to."""
    await ledger.add(
        connection, [_step(delivery, "cancelled", now) for delivery in moot if delivery.kind == "reminder"]
    )


async def _tell(connection: Raw, told: Sequence[tuple[str, int | None, Json]], events: Sequence[Json]) -> None:
    """(user, firing, notification) into the notification centre, and the event of each into its user's stream."""
    await deliveries.notify(connection, told)
    await activity_rows.append(connection, [activity_rows.entry_of(event) for event in events])
    metrics.notifications_sent.labels(IN_APP).inc(len(told))


async def _record(connection: Raw, sent: Sequence[Delivery], now: datetime) -> None:
    reminders = [delivery for delivery in sent if delivery.kind == "reminder"]
    steps = [_step(delivery, step, now) for delivery in reminders for step in ("delivery_attempt", "delivered")]
    await ledger.add(connection, steps)
    for delivery in reminders:
        due = delivery.fired_at - timedelta(seconds=delivery.late_seconds or 0)
        metrics.reminder_latency.observe(max(0.0, (now - due).total_seconds()))


def _notification(delivery: Delivery, now: datetime) -> Json:
    says: Json = {
        "task_id": delivery.task_id,
        "title": delivery.title,
        "body": delivery.body,
        "late_seconds": delivery.late_seconds,
        "created_at": instant_text(now),
    }
    if delivery.kind == "overdue":
        return notifications.overdue(version=delivery.version, **says)
    return notifications.reminder(reminder_id=delivery.reminder_id, firing=delivery.firing, **says)


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
    data["reminder"] = _named(delivery)
    return _event("reminder.delivered", delivery.name, data, notification, now)


def _named(delivery: Delivery) -> Json:
    return {"id": delivery.reminder_id, "firing": delivery.firing, "task_id": delivery.task_id}


def _step(delivery: Delivery, step: str, now: datetime) -> ledger.Step:
    return ledger.Step(
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
    """Of a notification that is about no one task."""
    return _event(
        kind, f"Delivery:digest:{notification['id']}", {"task_id": None, "version": 0, **about}, notification, now
    )


def _event(kind: str, event_id: str, data: Json, notification: Json, now: datetime) -> Json:
    """The event for the user's stream; it is no actor's, so it stands in no outbox."""
    ours: Json = {
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
        "data": {**data, **ours},
    }
