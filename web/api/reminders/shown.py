"""A reminder as the API shows it: alone, and with its history and what made it."""

from collections.abc import Mapping, Sequence
from typing import Any

from actors.clock import instant_text
from actors.replies import Json
from actors.series.stored import sentence_of
from host.store.notify.reminder_ledger import LedgerRow


def life_json(
    row: Any, entries: Sequence[LedgerRow], deliveries: Sequence[Any], series: Mapping[str, Any] | None
) -> Json:
    """Returns a reminder with its history; `row` is a row of `reminders` with its task's title and body."""
    return {
        **reminder_json(row),
        "ledger": [ledger_json(entry) for entry in entries],
        "deliveries": [_delivery_json(sent) for sent in deliveries],
        "why": _why(row, series),
    }


def _why(row: Any, series: Mapping[str, Any] | None) -> Json:
    occurrence = row.body.get("occurrence")
    return {
        "series_id": row.series_id,
        "sentence": None if series is None else sentence_of(series),
        "slot": None if occurrence is None else occurrence["slot"],
        "reminder": _form(row),
    }


def _form(row: Any) -> Json:
    """Returns how the reminder was set, by the one field of three that it has."""
    if row.at:
        return {"at": instant_text(row.at)}
    return {"offset": row.offset} if row.offset else {"offset_minutes": row.offset_minutes}


def _delivery_json(row: Any) -> Json:
    return {
        "firing": row.firing,
        "channel": row.channel,
        "status": row.status,
        "attempts": row.attempts,
        "sent_at": _text(row.sent_at),
        "error": row.error,
    }


def reminder_json(row: Any) -> dict[str, Any]:
    """Returns what to show of a row of `reminders` with its task's title."""
    return {
        "id": row.id,
        "task_id": row.task_id,
        "task_title": row.task_title,
        **_form(row),
        "status": row.status,
        "fire_at": _text(row.fire_at),
        "fired_at": _text(row.fired_at),
        "late_seconds": row.late_seconds,
        "firing": row.firing,
        "acknowledged_at": _text(row.acknowledged_at),
        "snoozed_until": _text(row.snoozed_until),
        **({"firings": row.firings} if row.firings else {}),
    }


def ledger_json(row: LedgerRow) -> dict[str, Any]:
    """Returns what to show of an entry of the ledger."""
    return {
        "id": row.id,
        "task_id": row.task_id,
        "reminder_id": row.reminder_id,
        "firing": row.firing,
        "step": row.step,
        "channel": row.channel,
        "at": instant_text(row.at),
        "detail": row.detail,
    }


def _text(instant: Any) -> str | None:
    return instant_text(instant) if instant else None
