"""How a person is told: deliveries as notifications in the app, with their steps in the ledger and on the stream."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from actors.clock import instant_text
from host import metrics, notices
from host.store import deliveries, ledger, streams
from host.store.deliveries import Delivery
from host.store.engine import Raw

Json = dict[str, Any]

IN_APP: Final = "in_app"
PAGE: Final = 2_000  # deliveries in one statement


async def singles(connection: Raw, sent: Sequence[Delivery], now: datetime) -> None:
    """One notification each, for deliveries that are marked as sent."""
    if not sent:
        return
    told = [_notice(delivery, now) for delivery in sent]
    entries = [
        streams.entry_of(_told_event(delivery, notice, now)) for delivery, notice in zip(sent, told, strict=True)
    ]
    await _record(connection, sent, now)
    firings = [delivery.firing if delivery.kind == "reminder" else None for delivery in sent]
    users = [delivery.user_id for delivery in sent]
    await deliveries.notify(connection, list(zip(users, firings, told, strict=True)))
    await streams.append(connection, entries)
    metrics.notifications_sent.labels(IN_APP).inc(len(sent))


async def as_one(connection: Raw, first_page: Sequence[Delivery], why: str, now: datetime) -> None:
    """One notification for all that a user has pending, of which this is the first page."""
    first, page = first_page[0], first_page
    total, late = 0, 0.0
    while page:
        total += len(page)
        late = max(late, *(delivery.late_seconds or 0 for delivery in page))
        await deliveries.mark_sent(connection, page, now)
        await _record(connection, page, now)
        page = await deliveries.hold(connection, IN_APP, first.user_id, PAGE) if len(page) == PAGE else []
    listed = first_page[: notices.TITLES_IN_DIGEST]
    notice = notices.gathered(
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
    await _tell(connection, "reminder.delivered", about, notice, now)


async def daily(connection: Raw, about: Json, notice: Json, now: datetime) -> None:
    """`about` has the user_id, the correlation_id, the day and how late it is."""
    await _tell(connection, "notice.delivered", about, notice, now)


async def cancelled(connection: Raw, moot: Sequence[Delivery], now: datetime) -> None:
    """What was never told, because there was no need to."""
    await ledger.add(
        connection, [_step(delivery, "cancelled", now) for delivery in moot if delivery.kind == "reminder"]
    )


async def _tell(connection: Raw, kind: str, about: Json, notice: Json, now: datetime) -> None:
    """A notification that is about no one task."""
    await deliveries.notify(connection, [(about["user_id"], None, notice)])
    event = _event(kind, f"Delivery:digest:{notice['id']}", {"task_id": None, "version": 0, **about}, notice, now)
    await streams.append(connection, [streams.entry_of(event)])
    metrics.notifications_sent.labels(IN_APP).inc()


async def _record(connection: Raw, sent: Sequence[Delivery], now: datetime) -> None:
    reminders = [delivery for delivery in sent if delivery.kind == "reminder"]
    steps = [_step(delivery, step, now) for delivery in reminders for step in ("delivery_attempt", "delivered")]
    await ledger.add(connection, steps)
    for delivery in reminders:
        due = delivery.fired_at - timedelta(seconds=delivery.late_seconds or 0)
        metrics.reminder_latency.observe(max(0.0, (now - due).total_seconds()))


def _notice(delivery: Delivery, now: datetime) -> Json:
    says: Json = {
        "task_id": delivery.task_id,
        "title": delivery.title,
        "body": delivery.body,
        "late_seconds": delivery.late_seconds,
        "created_at": instant_text(now),
    }
    if delivery.kind == "overdue":
        return notices.overdue(version=delivery.version, **says)
    return notices.reminder(reminder_id=delivery.reminder_id, firing=delivery.firing, **says)


def _told_event(delivery: Delivery, notice: Json, now: datetime) -> Json:
    data: Json = {
        "user_id": delivery.user_id,
        "task_id": delivery.task_id,
        "version": delivery.version,
        "correlation_id": delivery.correlation_id,
        "late_seconds": delivery.late_seconds,
    }
    if delivery.kind == "overdue":
        return _event("notice.delivered", delivery.name, data, notice, now)
    data["reminder"] = _named(delivery)
    return _event("reminder.delivered", delivery.name, data, notice, now)


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


def _event(kind: str, event_id: str, data: Json, notice: Json, now: datetime) -> Json:
    """The event for the user's stream; it is no actor's, so it stands in no outbox."""
    ours: Json = {
        "seq": 1,
        "of": 1,
        "actor": {"kind": "system", "id": "notifier"},
        "command_id": None,
        "changed": {},
        "notification": notice,
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
