"""What an entry of the activity log says in English. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from web.tools.words import due_words

_LONGEST_VALUE: Final = 80

# What an event did to its task or series. The page has its own words in `web/ui/src/components/ActivityLine.tsx`.
WORDS: Final[Mapping[str, str]] = {
    "task.created": "added",
    "task.updated": "changed",
    "task.completed": "completed",
    "task.reopened": "reopened",
    "task.deleted": "moved to the trash",
    "task.restored": "restored from the trash",
    "task.purged": "deleted for good",
    "task.overdue": "noted as overdue",
    "reminder.scheduled": "set a reminder of",
    "reminder.fired": "reminded of",
    "reminder.delivered": "delivered a reminder of",
    "reminder.failed": "could not deliver a reminder of",
    "reminder.snoozed": "snoozed",
    "reminder.acknowledged": "acknowledged",
    "reminder.cancelled": "cancelled a reminder of",
    "series.created": "set up the series",
    "series.updated": "changed the series",
    "series.paused": "paused the series",
    "series.resumed": "resumed the series",
    "series.stopped": "stopped the series",
    "series.ended": "came to the end of the series",
    "series.deleted": "deleted the series",
    "series.split": "divided the series",
    "recurrence.triggered": "called for the next occurrence of",
    "recurrence.instance-created": "made an occurrence of",
    "recurrence.skipped": "skipped an occurrence of",
    "recurrence.unskipped": "took back the skip of an occurrence of",
    "recurrence.moved": "moved an occurrence of",
    "recurrence.written": "noted a change in an occurrence of",
    "recurrence.withdrawn": "took back an occurrence of",
    "recurrence.taken-up": "took up an occurrence under the new rule of",
    "recurrence.retemplated": "brought an occurrence up to date of",
    "notice.delivered": "delivered a notice",
    "digest.due": "made the digest of the day",
    "user.registered": "joined Duely",
    "user.updated": "changed the settings",
}
# Fields whose change the event's own name says, or that only Duely needs.
_SILENT: Final = frozenset({"status", "completed_at", "deleted_at", "overdue_noted", "zone", "occurrence", "series_id"})


def did(event_type: str, title: str, changed: Mapping[str, Any]) -> str:
    """Returns what an event did, as `changed "Dentist": due 2026-12-01 → 2026-12-04`."""
    said = WORDS.get(event_type, event_type.replace(".", " "))
    subject = f' "{title}"' if title else ""
    changes = "; ".join(fields_changed(changed))
    return f"{said}{subject}: {changes}" if changes else f"{said}{subject}"


def fields_changed(changed: Mapping[str, Any]) -> list[str]:
    """Returns each change of a field that people fill in, as `priority none → high`; long fields by their name alone."""
    return [_change(name, each) for name, each in sorted(changed.items()) if name not in _SILENT]


def _change(name: str, change: Mapping[str, Any]) -> str:
    old, new = _value(name, change.get("old")), _value(name, change.get("new"))
    return name if old is None or new is None else f"{name} {old} → {new}"


def _value(name: str, value: Any) -> str | None:
    """Returns a value in one line; None for one that is too long, or not made of words."""
    if name in {"due", "start"}:
        return due_words(value)
    text = ", ".join(f"#{tag}" for tag in value) or "none" if name == "tags" and value is not None else value
    text = "none" if text is None else str(text) if isinstance(text, str | int) else None
    return text if text is not None and len(text) <= _LONGEST_VALUE and "\n" not in text else None
