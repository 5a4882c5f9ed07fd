"""A notification as the API shows it."""

from typing import Any

from actors.clock import instant_text
from host.store.notify.notifications import NotificationRow


def notification_json(row: NotificationRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "task_id": row.task_id,
        "reminder_id": row.reminder_id,
        "title": row.title,
        "body": row.body,
        "late_seconds": row.late_seconds,
        "created_at": instant_text(row.created_at),
        "read_at": instant_text(row.read_at) if row.read_at else None,
        "acknowledged_at": instant_text(row.acknowledged_at) if row.acknowledged_at else None,
    }
